"""Gathering problems: a parser goes on where it can, and reports everything."""

import difflib
from collections.abc import Iterable, Iterator

from policies_lab.iam.documents import PolicyType, Problem, Value
from policies_lab.iam.jsontext import Node, Source, item_path, plain_number, shown

MAX_VALUES = 2_000
MAX_VALUE_LENGTH = 8 * 1024
MAX_GUESSES = 50
MAX_PROBLEMS = 200


class Gathered:
    """The first problems that were found, at most MAX_PROBLEMS of them.

    Where there are more, one last problem says so: naming each of a hundred
    thousand would help nobody and cost the machine minutes.
    """

    def __init__(self) -> None:
        self._kept: list[Problem] = []
        self._more: Problem | None = None

    def __bool__(self) -> bool:
        return bool(self._kept)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._kept)

    @property
    def full(self) -> bool:
        """Whether further problems would not be kept."""
        return self._more is not None

    def add(self, problem: Problem) -> None:
        """Keep a problem, or only that there are more."""
        if len(self._kept) < MAX_PROBLEMS:
            self._kept.append(problem)
        elif self._more is None:
            limit = {"limit": str(MAX_PROBLEMS)}
            self._more = Problem("more_problems", "", problem.span, limit)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Keep problems until there are enough."""
        for problem in problems:
            if self.full:
                return
            self.add(problem)

    def told(self, kept: Iterable[Problem] | None = None) -> tuple[Problem, ...]:
        """Return what was kept (or `kept`, put in another order), and whether there
        is more."""
        more = () if self._more is None else (self._more,)
        return (*(self._kept if kept is None else kept), *more)


class Collector:
    """Gathers problems while the parser goes on."""

    def __init__(self, source: Source, kind: PolicyType) -> None:
        self.source = source
        self.kind = kind
        self.problems = Gathered()
        self.values = 0
        self.guesses = 0

    def add(self, code: str, path: str, node: Node, **facts: str) -> None:
        """Note a problem at a node."""
        if not self.problems.full:
            self.problems.add(Problem(code, path, self.source.of(node), facts))

    def is_a(self, type_: str, node: Node, path: str) -> bool:
        """Whether the node is of a JSON type; note a problem where it is not."""
        if node.type == type_:
            return True
        self.add("wrong_type", path, node, expected=type_, found=node.type)
        return False

    def unknown(self, key: Node, path: str, known: Iterable[str]) -> None:
        """Note an element that does not exist, with the one that was likely meant."""
        guess = self.closest(key.text, known)
        self.add("unknown_element", path, key, name=shown(key.text), guess=guess)

    def closest(self, name: str, known: Iterable[str]) -> str:
        """Return the known name that was likely meant; looking takes long, so that in
        a document of misspellings only the first ones are looked at."""
        self.guesses += 1
        return closest(name, known) if self.guesses <= MAX_GUESSES else ""

    def one_of(self, statement: dict[str, Node], path: str, name: str) -> str | None:
        """Return which of a pair is there; note a problem where both are."""
        other = f"Not{name}"
        if name in statement and other in statement:
            self.add("element_pair", path, statement[other], first=name, second=other)
        return name if name in statement else other if other in statement else None

    def texts(self, node: Node, path: str) -> list[tuple[Node, str]]:
        """Return the strings of a string or of a list of strings, with their paths."""
        if node.type == "array" and not node.items:
            self.add("empty_list", path, node)
        listed = [(item, item_path(path, i)) for i, item in enumerate(node.items)]
        found = listed if node.type == "array" else [(node, path)]
        return [
            (n, p) for n, p in found if self.is_a("string", n, p) and self.fits(n, p)
        ]

    def fits(self, node: Node, path: str) -> bool:
        """Whether a value is not too long, and not one too many."""
        self.values += 1
        if self.values == MAX_VALUES + 1:
            self.add("too_many_values", path, node, limit=str(MAX_VALUES))
        if len(node.text) > MAX_VALUE_LENGTH:
            length = str(len(node.text))
            limit = str(MAX_VALUE_LENGTH)
            self.add("value_too_long", path, node, length=length, limit=limit)
            return False
        return self.values <= MAX_VALUES

    def value(self, node: Node) -> Value:
        """Turn a scalar node into a value; numbers lose their exponent."""
        text = node.text
        if node.type == "number":
            text = plain_number(text) or text
        return Value(text, self.source.of(node), node.type)


def closest(name: str, known: Iterable[str]) -> str:
    """Return the known name that was likely meant, or an empty text."""
    by_folded = {k.lower(): k for k in known}
    near = difflib.get_close_matches(name[:64].lower(), by_folded, 1, 0.7)
    return by_folded[near[0]] if near else ""
