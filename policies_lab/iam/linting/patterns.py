"""Comparing patterns with patterns: does one cover another, can both mean one text.

Answers are on the safe side: "covers" is only said where it is certain, "overlaps"
wherever it is possible.
"""

from collections.abc import Callable
from functools import lru_cache

from policies_lab.iam import matching
from policies_lab.iam.documents import fold
from policies_lab.iam.matching import ARN_FIELDS, Tokens, Wild

_LONGEST = 256
_ANY_RUN = "\x01\x02"
"""Stands for a star of the covered pattern: only a star takes both characters."""

tokenise = lru_cache(maxsize=2048)(matching.tokenise)


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


def covers_action(wide: str, narrow: str) -> bool:
    """Whether every action that `narrow` means is meant by `wide` too."""
    return _covers(fold(wide), fold(narrow))


def covers_resource(wide: str, narrow: str) -> bool:
    """The same for Resource, where a star inside a field stays in it."""
    if wide == narrow or is_everything(wide):
        return True
    if "$" in wide or is_everything(narrow) or not _stars_run_on(wide):
        return False
    return _covers(wide, narrow)


def _stars_run_on(pattern: str) -> bool:
    """Whether the pattern is complete and each of its stars may cross colons."""
    fields = pattern.split(":", ARN_FIELDS - 1)
    return len(fields) == ARN_FIELDS and all(
        "*" not in field[:-1] and "?" not in field for field in fields[:-1]
    )


def _covers(wide: str, narrow: str) -> bool:
    if wide == narrow:
        return True
    if "?" in wide:
        if "*" in narrow:
            return False
    elif wide.endswith("*") and "*" not in wide[:-1]:
        return narrow.startswith(wide[:-1])
    elif "*" not in wide:
        return False
    return matching.glob(tokenise(wide))(narrow.replace("*", _ANY_RUN))


def overlap(pattern: Tokens, other: Tokens) -> bool:
    """Whether a text exists that both patterns match, all stars crossing everything.

    A long pattern is cut, with a star in place of the rest: that can only add texts.
    """
    return _overlap(_shorten(pattern), _shorten(other))


def _shorten(tokens: Tokens) -> Tokens:
    size = 0
    for at, token in enumerate(tokens):
        size += len(token) if isinstance(token, str) else 1
        if size > _LONGEST:
            head = (token[:_LONGEST],) if isinstance(token, str) else (token,)
            return matching.join((*tokens[:at], *head, Wild.STAR))
    return tokens


@lru_cache(maxsize=4096)
def _overlap(pattern: Tokens, other: Tokens) -> bool:
    """Walk through one pattern and keep every state that the other can be in.

    A state is a bit: how many elements of the other pattern are behind us.
    """
    elements = [part for token in other for part in _elements(token)]
    stars = steps = 0
    takes: dict[str, int] = {}
    for at, element in enumerate(elements):
        if element is Wild.STAR:
            stars |= 1 << at
        else:
            steps |= 1 << at
            if isinstance(element, str):
                takes[element] = takes.get(element, 0) | 1 << at
    anyone = sum(1 << at for at, e in enumerate(elements) if e is Wild.ONE)
    everything = (1 << len(elements) + 1) - 1

    def settle(states: int) -> int:
        while (more := states | (states & stars) << 1) != states:
            states = more
        return states

    states = settle(1)
    for token in pattern:
        for part in _elements(token):
            if part is Wild.STAR:
                states = everything & -(states & -states)
                continue
            fits = steps
            if isinstance(part, str):
                fits = takes.get(part, 0) | anyone
            states = settle((states & fits) << 1 | states & stars)
            if not states:
                return False
    return bool(states & 1 << len(elements))


def _elements(token: str | Wild) -> tuple[str | Wild, ...]:
    return tuple(token) if isinstance(token, str) else (token,)


def matcher(pattern: str) -> Callable[[str], bool]:
    """Return a function that tells whether a folded action has the pattern's form."""
    return matching.glob(tokenise(fold(pattern)))
