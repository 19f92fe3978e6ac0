"""One paragraph of a lesson, taken apart: links, footnotes, addresses, comments."""

import html
import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Protocol

from courseware.brackets import code_ends
from courseware.markup import (
    LINK,
    SCHEMES,
    BlockAddress,
    Link,
    NoteReference,
    Piece,
    plain,
)

NOTE_REFERENCE = re.compile(r"\[\^([A-Za-z0-9-]+)\]")
INLINE = re.compile(
    r"\\.|`+|<!--|!?\[\[|!\[|\[\^|<[A-Za-z][A-Za-z0-9+.-]*:|\]\("
    r"|^[ ]{0,3}\[[^\[\]^\n][^\[\]\n]{0,200}\]:[ \t]"
    r"|[ \t]\^[A-Za-z0-9][A-Za-z0-9-]*[ \t]*$",
    re.M,
)
DESTINATION = re.compile(r"\]\(\s*<?\s*([^\s()<>]*)")
DEFINITION = re.compile(r"[ ]{0,3}\[[^\[\]]*\]:[ \t]*<?(\S*)")
AUTOLINK = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]*):")
AFTER = re.compile(r"[.,;:!?)]?")
AUTOLINKED = ("http", "https", "mailto")
LINK_ADVICE = (
    "a link goes to http, https or mailto; another lesson is linked by [[its slug]]"
)
IMAGE_ADVICE = (
    "a picture is written ![[images/NAME|alternative text]] on a line of its own; "
    "pictures from elsewhere are not shown"
)


class Keeper(Protocol):
    """Who keeps pieces and problems: the scanner of the lesson.

    `numbers`: the names of footnotes in the order in which they are referred to.
    """

    numbers: dict[str, int]

    def token(self, piece: Piece) -> str: ...

    def problem(self, line: int, message: str) -> None: ...


class Paragraph:
    """One paragraph: finds links outside code, and what a lesson must not hold.

    `lines` holds the line number of each line of `text`.
    """

    def __init__(self, keeper: Keeper, text: str, lines: Sequence[int]):
        self.keeper = keeper
        self.text = text
        self.lines = lines
        self.newlines = [found.start() for found in re.finditer("\n", text)]
        self.code_ends = code_ends(text)

    def run(self) -> str:
        parts, at = [], 0
        for found in INLINE.finditer(self.text):
            if found.start() < at:
                continue
            parts.append(self.text[at : found.start()])
            text, at = self._mark(found[0], found.start(), found.end())
            parts.append(text)
        parts.append(self.text[at:])
        return "".join(parts)

    def _mark(self, mark: str, start: int, end: int) -> tuple[str, int]:
        """What stands for the mark in the text, and where reading goes on."""
        if mark[0] == "\\":
            return mark, end
        if mark[0] == "`":
            end = self.code_ends.get(start, end)
            return self.text[start:end], end
        if mark == "<!--":
            return self._comment(start)
        if mark.endswith("[["):
            return self._link(mark, start)
        if mark == "[^":
            return self._note_reference(start)
        if mark[0] in " \t":
            address = mark.strip()[1:]
            token = self.keeper.token(BlockAddress(self._line(start), address))
            return token, end
        if mark == "![":
            self._problem(start, IMAGE_ADVICE)
        else:
            self._destination(mark, start)
        return mark, end

    def _comment(self, start: int) -> tuple[str, int]:
        end = self.text.find("-->", start)
        if end < 0:
            self._problem(start, "the comment <!-- is never closed in its paragraph")
            return "", len(self.text)
        return "", end + 3

    def _link(self, mark: str, start: int) -> tuple[str, int]:
        found = LINK.match(self.text, start + len(mark) - 2)
        if not found:
            return mark, start + len(mark)
        if mark[0] == "!":
            self._problem(start, "an embed stands on a line of its own")
            return plain(found[0]), found.end()
        target, shown = target_and_shown(re.sub(r"\s*\n[ >]*", " ", found[1]))
        target, _, fragment = target.partition("#")
        after = AFTER.match(self.text, found.end())[0]
        piece = Link(self._line(start), target.strip(), fragment.strip(), shown, after)
        return self.keeper.token(piece), found.end() + len(after)

    def _note_reference(self, start: int) -> tuple[str, int]:
        found = NOTE_REFERENCE.match(self.text, start)
        if not found:
            return "[^", start + 2
        numbers = self.keeper.numbers
        number = numbers.setdefault(found[1], len(numbers) + 1)
        piece = NoteReference(self._line(start), found[1], number)
        return self.keeper.token(piece), found.end()

    def _destination(self, mark: str, start: int) -> None:
        """Links lead to other sites by three schemes, and to lessons by [[...]]."""
        if mark[0] == "<":
            found = AUTOLINK.match(self.text, start)
            url = found[1]
            allowed = url.lower() in AUTOLINKED
        else:
            pattern = DESTINATION if mark[0] == "]" else DEFINITION
            url = html.unescape(pattern.match(self.text, start)[1])
            allowed = url.lower().startswith(SCHEMES)
        if not allowed:
            self._problem(start, f'"{url[:60]}": {LINK_ADVICE}')

    def _line(self, position: int) -> int:
        return self.lines[bisect_left(self.newlines, position)]

    def _problem(self, position: int, message: str) -> None:
        self.keeper.problem(self._line(position), message)


def target_and_shown(inner: str) -> tuple[str, str]:
    """The two sides of the bar, which tables need as \\|."""
    target, _, shown = inner.replace("\\|", "|").partition("|")
    return target.strip(), shown.strip()
