"""Brackets and code spans of Markdown, matched in linear time.

The library looks for the end of a link from each opening bracket, through the
whole paragraph: the square of its length where none is closed. Brackets that
cannot begin a link are therefore escaped before it sees them.
"""

import re
from dataclasses import dataclass

MARKS = re.compile(r"\\.|`+|[\[\]()]", re.S)
PARAGRAPHS = re.compile(r"(\n[ \t]*\n)")
MAX_SPAN = 600
MAX_NESTING = 3


def tamed(text: str) -> str:
    """`text` whose brackets are near each other in pairs, or escaped."""
    if "[" not in text:
        return text
    return "".join(_tamed_paragraph(part) for part in PARAGRAPHS.split(text))


def code_ends(text: str) -> dict[int, int]:
    """Where the code spans of a paragraph begin -> where they end.

    A span opens and closes with equally many backticks.
    """
    runs = [(found.start(), found.end()) for found in re.finditer("`+", text)]
    ends: dict[int, int] = {}
    next_of_length: dict[int, int] = {}
    for start, end in reversed(runs):
        if end - start in next_of_length:
            ends[start] = next_of_length[end - start]
        next_of_length[end - start] = end
    return ends


def _tamed_paragraph(text: str) -> str:
    loose = _loose_brackets(text)
    parts, at = [], 0
    for place in loose:
        parts += [text[at:place], "\\"]
        at = place
    parts.append(text[at:])
    return "".join(parts)


@dataclass
class _Open:
    """An opening bracket or parenthesis; `link` is where its link begins, or -1."""

    place: int
    link: int
    height: int = 0  # how deep others nest inside

    def closed(self, place: int, outer: list["_Open"]) -> bool:
        """Tell what is around; whether the pair is small and flat enough."""
        if outer:
            outer[-1].height = max(outer[-1].height, self.height + 1)
        return place - self.place <= MAX_SPAN and self.height < MAX_NESTING


def _loose_brackets(text: str) -> list[int]:
    """Where the opening brackets stand that cannot begin a link."""
    ends = code_ends(text)
    brackets: list[_Open] = []
    parentheses: list[_Open] = []
    loose: set[int] = set()
    code_until = 0
    closed, closed_at = -1, -1  # the pair of brackets that ended last
    for found in MARKS.finditer(text):
        place, mark = found.start(), found[0]
        if place < code_until:
            continue
        if mark[0] == "`":
            code_until = ends.get(place, found.end())
        elif mark == "[":
            brackets.append(_Open(place, place))
        elif mark == "(":
            link = closed if closed_at == place - 1 else -1
            parentheses.append(_Open(place, link))
        elif mark in ("]", ")"):
            stack = brackets if mark == "]" else parentheses
            if not stack:
                continue
            opened = stack.pop()
            if not opened.closed(place, stack):
                loose.add(opened.link)
            if mark == "]":
                closed, closed_at = opened.link, place
    loose.update(one.link for one in brackets + parentheses)
    return sorted(loose - {-1})
