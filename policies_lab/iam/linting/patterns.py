"""Comparing patterns with texts and with other patterns, within bounds.

Answers are on the safe side: "covers" is only said where it is certain, "meets"
wherever it is possible.
"""

from collections.abc import Iterable

from policies_lab.iam import matching
from policies_lab.iam.documents import fold
from policies_lab.iam.matching import ARN_FIELDS, Matcher, Tokens, Wild

_LONGEST = 96
_ANY_RUN = "\x01\x02"
"""Stands for a star of the covered pattern: only a star takes both characters."""


class Budget:
    """Bounds work that a hostile document could make endless: what it does not pay for
    is left out, so that a finding may be missed but none is ever wrong."""

    def __init__(self, amount: int) -> None:
        self.left = amount

    def spend(self, amount: int = 1) -> bool:
        """Take from the budget; False when it does not reach."""
        if amount > self.left:
            return False
        self.left -= amount
        return True


def is_everything(text: str) -> bool:
    """Whether a pattern is the lone star, however often it is written."""
    return text != "" and not text.strip("*")


def is_every_action(text: str) -> bool:
    """Whether an action pattern leaves nothing out."""
    prefix, colon, name = text.partition(":")
    return is_everything(prefix) and (not colon or is_everything(name))


def has_wildcard(text: str) -> bool:
    """Whether a text holds a star or a question mark."""
    return "*" in text or "?" in text


def is_prefix(text: str) -> bool:
    """Whether the only wildcard is a star at the end."""
    return text.find("*") == len(text) - 1 and "?" not in text


def tokenise(text: str) -> Tokens:
    """Split a pattern at its wildcards, most of which have none."""
    if has_wildcard(text):
        return matching.tokenise(text)
    return (text,) if text else ()


class Matchers:
    """Patterns made ready, each one once. Plain texts and prefixes cost nothing; the
    others are regular expressions, which take long to make."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._made: dict[str, Matcher | None] = {}

    def get(self, pattern: str) -> Matcher | None:
        """Return a function that tells whether a text has the pattern's form; None
        when the budget is spent."""
        if pattern not in self._made:
            self._made[pattern] = self._make(pattern)
        return self._made[pattern]

    def _make(self, pattern: str) -> Matcher | None:
        cheap = not has_wildcard(pattern) or is_prefix(pattern)
        if not cheap and not self._budget.spend(1 + pattern.count("*") // 8):
            return None
        return matching.glob(tokenise(pattern))


class Coverage:
    """Tells which of many patterns covers another one: means all that it means."""

    def __init__(self, patterns: Iterable[str], matchers: Matchers) -> None:
        self._matchers = matchers
        self._plain: set[str] = set()
        self._prefixes: set[str] = set()
        self._others: list[str] = []
        for pattern in patterns:
            if not has_wildcard(pattern):
                self._plain.add(pattern)
            elif is_prefix(pattern):
                self._prefixes.add(pattern[:-1])
            else:
                self._others.append(pattern)
        self._lengths = sorted({len(prefix) for prefix in self._prefixes})

    @property
    def cost(self) -> int:
        """How many comparisons one question takes."""
        return 1 + len(self._lengths) + len(self._others)

    def by(self, narrow: str) -> str | None:
        """Return the pattern that covers another one, itself excepted."""
        for length in self._lengths:
            if length > len(narrow):
                break
            prefix = narrow[:length]
            if prefix in self._prefixes and narrow != prefix + "*":
                return prefix + "*"
        for wide in self._others:
            if wide != narrow and self._covers(wide, narrow):
                return wide
        return None

    def has(self, narrow: str) -> bool:
        """Whether a pattern is covered, by itself or by another one."""
        own = narrow in self._plain or narrow in self._others
        return own or narrow[:-1] in self._prefixes or self.by(narrow) is not None

    def _covers(self, wide: str, narrow: str) -> bool:
        if "?" in wide and "*" in narrow:
            return False
        matches = self._matchers.get(wide)
        return matches is not None and matches(narrow.replace("*", _ANY_RUN))


def covering_resources(patterns: Iterable[str]) -> list[str]:
    """Return the patterns whose reach can be told from their text alone: complete
    ones, without variables, in which each star may cross colons."""
    return [pattern for pattern in patterns if _is_simple(pattern)]


def _is_simple(pattern: str) -> bool:
    if is_everything(pattern) or not has_wildcard(pattern):
        return True
    fields = pattern.split(":", ARN_FIELDS - 1)
    return (
        "$" not in pattern
        and len(fields) == ARN_FIELDS
        and not any(has_wildcard(f[:-1]) or "?" in f for f in fields[:-1])
    )


class Automaton:
    """A pattern that can be asked whether another one can mean the same text.

    It walks through the other pattern and keeps every state that it can be in itself.
    A state is a bit: how many of its elements are behind us.
    """

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        elements = [part for token in tokens for part in _elements(token)]
        self._stars = self._steps = self._anyone = 0
        self._takes: dict[str, int] = {}
        for at, element in enumerate(elements):
            if element is Wild.STAR:
                self._stars |= 1 << at
                continue
            self._steps |= 1 << at
            if isinstance(element, str):
                self._takes[element] = self._takes.get(element, 0) | 1 << at
            else:
                self._anyone |= 1 << at
        self._goal = 1 << len(elements)

    def meets(self, pattern: Tokens) -> bool:
        """Whether a text exists that both patterns match, with stars that cross
        everything. A long pattern is cut, with a star in place of the rest: that can
        only add texts."""
        if _clash(self.tokens, pattern):
            return False
        states = self._settle(1)
        for token in _shorten(pattern):
            if token is Wild.STAR:
                states = (2 * self._goal - 1) & -(states & -states)
                continue
            for part in _elements(token):
                fits = self._steps
                if isinstance(part, str):
                    fits = self._takes.get(part, 0) | self._anyone
                states = self._settle((states & fits) << 1 | states & self._stars)
                if not states:
                    return False
        return bool(states & self._goal)

    def _settle(self, states: int) -> int:
        """Add the states that are reached by letting a star stand for nothing."""
        return states | (states & self._stars) << 1


def _elements(token: str | Wild) -> Iterable[str | Wild]:
    return token if isinstance(token, str) else (token,)


def _clash(one: Tokens, other: Tokens) -> bool:
    """Whether the literal beginnings of two patterns rule each other out."""
    if not one or not other:
        return bool(one or other) and (one or other) != (Wild.STAR,)
    first, second = one[0], other[0]
    if not isinstance(first, str) or not isinstance(second, str):
        return False
    length = min(len(first), len(second))
    return first[:length] != second[:length]


def _shorten(tokens: Tokens) -> Tokens:
    size = 0
    for at, token in enumerate(tokens):
        size += len(token) if isinstance(token, str) else 1
        if size > _LONGEST:
            head = (token[:_LONGEST],) if isinstance(token, str) else (token,)
            return matching.join((*tokens[:at], *head, Wild.STAR))
    return tokens


def can_meet(one: str, other: str) -> bool:
    """Whether an action exists that two action patterns both mean."""
    one, other = fold(one), fold(other)
    if not has_wildcard(one) and not has_wildcard(other):
        return one == other
    return Automaton(tokenise(one)).meets(tokenise(other))
