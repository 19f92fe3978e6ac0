"""A policy's text as it is shown beside a decision: lines, colours, gutter marks.

A statement's part is allowed, denied or none (it did not apply). Before a prediction
there are no parts, and so no marks.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from policies_lab.iam import Effect, StatementTrace

_COLON = re.compile(r"\s*:")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"')
_STRENGTH = {"": 0, "none": 1, "allowed": 2, "denied": 3}
# A line that nobody would read is not coloured to its end.
MOST_PIECES = 200
# The key "Effect" and its value are what a reader looks for first.
_EFFECT_KEY = '"Effect"'


@dataclass(frozen=True)
class Piece:
    """A stretch of a line. `kind` is k (key), v (value), e (an effect) or nothing."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Line:
    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Block:
    """Lines that belong together: one statement's, or those between statements.

    `part` is allowed, denied, none, or nothing where there is no statement.
    """

    part: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Source:
    """A document to look at. `row` is its row on the bench, `more` how many of its
    lines are left out at the end."""

    row: int
    name: str
    place: str
    via: str
    blocks: tuple[Block, ...]
    more: int = 0

    @property
    def marks(self) -> str:
        """The part of each statement by its lines: `4-9:allowed 10-18:none`."""
        return " ".join(
            f"{block.lines[0].number}-{block.lines[-1].number}:{block.part}"
            for block in self.blocks
            if block.part
        )


def blocks_of(
    text: str, statements: Iterable[StatementTrace] = (), most: int | None = None
) -> tuple[Block, ...]:
    """The text in blocks, or its first `most` lines; statements that share a line share
    a block, and then the strongest part is shown: denied before allowed before none."""
    lines = lines_of(text)[:most]
    parts = parts_by_line(statements)
    blocks: list[Block] = []
    held: list[Line] = []
    current: tuple[int, str] = (0, "")
    for number, line in enumerate(lines, 1):
        here = parts.get(number, (0, ""))
        if held and here != current:
            blocks.append(Block(current[1], tuple(held)))
            held = []
        current = here
        held.append(Line(number, tuple(pieces_of(line.rstrip("\r")))))
    blocks.append(Block(current[1], tuple(held)))
    return tuple(blocks)


def lines_of(text: str) -> list[str]:
    """The lines of a document, without empty ones at its end."""
    return text.rstrip("\n").split("\n")


def parts_by_line(
    statements: Iterable[StatementTrace],
) -> Mapping[int, tuple[int, str]]:
    """For each line of a statement the block that it is in, and its part."""
    groups: list[tuple[int, int, str]] = []
    for statement in sorted(statements, key=lambda one: one.span.line):
        start, end = statement.span.line, statement.span.end_line
        part = part_of(statement)
        if groups and start <= groups[-1][1]:
            first, last, before = groups.pop()
            part = max(before, part, key=_STRENGTH.__getitem__)
            start, end = first, max(last, end)
        groups.append((start, end, part))
    return {
        line: (number, part)
        for number, (start, end, part) in enumerate(groups, 1)
        for line in range(start, end + 1)
    }


def part_of(statement: StatementTrace) -> str:
    """What a statement did: allowed, denied, or none."""
    if not statement.applies:
        return "none"
    return "denied" if statement.effect is Effect.DENY else "allowed"


def pieces_of(line: str) -> Iterable[Piece]:
    """A line of JSON in coloured pieces; all of its text, nothing else."""
    at, after_effect = 0, False
    for found in islice(_TOKEN.finditer(line), MOST_PIECES):
        if found.start() > at:
            yield Piece(line[at : found.start()])
        at = found.end()
        is_key = _COLON.match(line, at) is not None
        if is_key:
            yield Piece(found[0], "k")
        else:
            yield Piece(found[0], "e" if after_effect else "v")
        after_effect = is_key and found[0] == _EFFECT_KEY
    if at < len(line):
        yield Piece(line[at:])
