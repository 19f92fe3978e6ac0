"""A lesson's text, taken apart line by line: what is Markdown's, and what is ours."""

import re

from courseware.inline_scanning import Paragraph, target_and_shown
from courseware.markup import (
    CALLOUTS,
    CLOSE,
    END,
    NONCHARACTERS,
    OPEN,
    BlockAddress,
    Callout,
    Divider,
    Document,
    Embed,
    Fence,
    Heading,
    Note,
    NoteReference,
    Piece,
    plain,
    slug_of,
)

# Markdown's work grows with nesting, and with the length of a block, faster than
# with the length of a text. No lesson comes near these bounds.
MAX_EMBEDS = 50
MAX_PIECES = 800
MAX_PROBLEMS = 100
MAX_INDENT = 32
MAX_NESTING = 6
MAX_LINE = 5_000
MAX_LINES = 2_000
MAX_BLOCK_LINES = 200
MAX_BLOCK = 20_000
# What can open a quotation, a list or a definition at the start of a line.
OPENINGS = re.compile(r"(?:[ \t]*(?:>|(?:[-*+:]|[0-9]{1,9}[.)])(?=[ \t])))*")
QUOTE = re.compile(r"(?:[ ]{0,3}>[ ]?)*")
FENCE = re.compile(r"([ ]*)(`{3,}|~{3,})[ ]*([^`]*)$")
HEADING = re.compile(r"(#{1,6})[ \t]+(\S.*)$")
CALLOUT = re.compile(r"\[!([A-Za-z-]+)\][ \t]*(.*)$")
EMBED = re.compile(r"!\[\[([^\[\]]+)\]\]$")
ADDRESS = r"\^([A-Za-z0-9][A-Za-z0-9-]*)"
ADDRESS_ALONE = re.compile(ADDRESS + "$")
ADDRESS_AT_END = re.compile(r"[ \t]" + ADDRESS + r"[ \t]*$", re.M)
NOTE = re.compile(r"\[\^([A-Za-z0-9-]+)\]:[ \t]*(.*)$")


def scan(source: str, *, first_line: int = 1) -> Document:
    """Take `source` apart; `first_line` is the line on which it stands in its file.

    A text beyond the bounds above has a problem that says so, and no more text.
    """
    scanner = _Scanner(NONCHARACTERS.sub("", source), first_line)
    try:
        scanner.run()
    except _TooMuch as reason:
        scanner.document.problems.append((scanner.line, str(reason)))
    return scanner.document


class _TooMuch(Exception):
    """No use in reading on."""


class _Scanner:
    def __init__(self, source: str, first_line: int):
        self.lines = source.split("\n")
        self.first_line = first_line
        self.at = 0
        self.out: list[str] = []
        self.chunk: list[tuple[int, str]] = []
        self.notes: list[tuple[int, str, str]] = []
        self.numbers: dict[str, int] = {}
        self.document = Document()
        self.level = 1
        self.in_callout = False
        self.embeds = 0

    # --- the walk ------------------------------------------------------------

    def run(self) -> None:
        if len(self.lines) > MAX_LINES:
            raise _TooMuch(f"more than {MAX_LINES:,} lines")
        while self.at < len(self.lines):
            self._block()
        self._flush()
        self._write_notes()
        self.document.text = "\n".join(self.out)

    @property
    def line(self) -> int:
        return self.first_line + self.at

    def _block(self) -> None:
        raw = self.lines[self.at]
        prefix = QUOTE.match(raw)[0]
        rest = raw[len(prefix) :]
        if self.in_callout and not prefix:
            self._flush()
            self._alone("", self.token(Divider("break")))
            self.in_callout = False
        if not self._bounded(raw, rest):
            self.at += 1
            return
        for reader in (
            self._fence,
            self._comment,
            self._heading,
            self._callout,
            self._embed,
            self._note,
            self._address,
        ):
            if reader(prefix, rest):
                return
        if rest.strip():
            self.chunk.append((self.line, raw))
        else:
            self._flush()
            self.out.append(prefix.rstrip())
        self.at += 1

    def _bounded(self, raw: str, rest: str) -> bool:
        rest = rest.expandtabs(4)
        marks = OPENINGS.match(raw)[0].expandtabs(4)
        if len(raw) > MAX_LINE:
            problem = f"the line is longer than {MAX_LINE:,} characters"
        elif len(re.findall(r"[>:*+-]|[0-9]+[.)]", marks)) > MAX_NESTING:
            problem = f"quotations and lists are nested more than {MAX_NESTING} deep"
        elif rest.strip() and len(rest) - len(rest.lstrip()) > MAX_INDENT:
            problem = f"the line is indented by more than {MAX_INDENT} spaces"
        else:
            return True
        self.problem(self.line, problem)
        return False

    # --- blocks --------------------------------------------------------------

    def _fence(self, prefix: str, rest: str) -> bool:
        found = FENCE.match(rest)
        if not found:
            return False
        self._flush()
        indent, fence, info = found.groups()
        start, code = self.at, []
        closing = re.compile(rf"[ ]*{re.escape(fence[0])}{{{len(fence)},}}[ ]*$")
        for at in range(start + 1, len(self.lines)):
            text = _unquoted(self.lines[at], prefix)
            if text is None:
                break
            if closing.match(text):
                self.at = at + 1
                piece = Fence(self.first_line + start, info.strip(), "\n".join(code))
                self._alone(prefix + indent, self.token(piece))
                return True
            code.append(_outdented(text, len(indent)))
        self.problem(self.line, f"the fence {fence} is never closed")
        self.at = start + 1 + len(code)
        return True

    def _comment(self, prefix: str, rest: str) -> bool:
        """A comment that begins a line may run over several paragraphs."""
        if not rest.lstrip().startswith("<!--"):
            return False
        begins = self.line
        text = rest.lstrip()[4:]
        while "-->" not in text:
            self.at += 1
            if self.at == len(self.lines):
                self.problem(begins, "the comment <!-- is never closed")
                return True
            text = self.lines[self.at]
        self.lines[self.at] = prefix + text.partition("-->")[2].lstrip()
        return True

    def _heading(self, prefix: str, rest: str) -> bool:
        found = HEADING.match(rest)
        if not found:
            return False
        self._flush()
        level, words = len(found[1]), found[2].rstrip("# \t")
        if prefix:
            self.problem(self.line, "a heading cannot stand inside a quotation")
        elif level == 1:
            self.problem(
                self.line, "the page has one # heading, its title; begin with ##"
            )
        elif level > 4:
            self.problem(self.line, "headings go down to level 4 (####)")
        elif level > self.level + 1:
            self.problem(
                self.line,
                f"a heading of level {level} follows one of level {self.level}",
            )
        address = ADDRESS_AT_END.search(words)
        if address:
            words = words[: address.start()]
        self.level = max(2, min(level, 4))
        identifier = address[1] if address else slug_of(words)
        if not identifier:
            self.problem(self.line, "the heading needs an address: end it with ^id")
        heading = Heading(
            self.line, self.level, plain(words), identifier, bool(address)
        )
        self._alone("", f"{self.token(heading)}{self._inline(words, self.line)}{END}")
        self.at += 1
        return True

    def _callout(self, prefix: str, rest: str) -> bool:
        found = CALLOUT.match(rest) if prefix else None
        if not found:
            return False
        self._flush()
        kind, title = found[1].lower(), found[2].strip()
        if kind not in CALLOUTS:
            known = ", ".join(CALLOUTS)
            self.problem(self.line, f'unknown callout "{found[1]}"; there are {known}')
        if prefix.count(">") > 1:
            self.problem(self.line, "a callout cannot stand inside a quotation")
        if kind == "correction" and not title:
            self.problem(self.line, "a correction says in its title what is corrected")
        self._alone("", self.token(Divider("break")))
        piece = Callout(self.line, kind, min(self.level + 1, 5))
        words = self._inline(title, self.line)
        self.out += [f"{prefix}{self.token(piece)}{words}{END}", prefix.rstrip()]
        self.in_callout = True
        self.at += 1
        return True

    def _embed(self, prefix: str, rest: str) -> bool:
        found = EMBED.match(rest.strip())
        if not found:
            return False
        self._flush()
        self.embeds += 1
        if self.embeds > MAX_EMBEDS:
            raise _TooMuch(f"more than {MAX_EMBEDS} embeds in a lesson")
        target, caption = target_and_shown(found[1])
        indent = rest[: len(rest) - len(rest.lstrip())]
        piece = Embed(self.line, target, caption, self.level)
        self._alone(prefix + indent, self.token(piece))
        self.at += 1
        return True

    def _note(self, prefix: str, rest: str) -> bool:
        found = None if prefix else NOTE.match(rest)
        if not found:
            return False
        self._flush()
        begins, words = self.line, [found[2]]
        self.at += 1
        while self.at < len(self.lines) and self.lines[self.at].strip():
            if NOTE.match(self.lines[self.at]):
                break
            words.append(self.lines[self.at].strip())
            self.at += 1
        if found[1] in [name for _, name, _ in self.notes]:
            self.problem(begins, f'the footnote "{found[1]}" stands here a second time')
        else:
            self.notes.append((begins, found[1], "\n".join(words)))
        return True

    def _address(self, prefix: str, rest: str) -> bool:
        """^id alone on a line: of the paragraph above, or of what stands there."""
        found = ADDRESS_ALONE.match(rest.strip())
        if not found:
            return False
        token = self.token(BlockAddress(self.line, found[1]))
        if self.chunk and not self.chunk[-1][1].lstrip("> ").startswith("|"):
            line, text = self.chunk[-1]
            self.chunk[-1] = (line, f"{text} {token}")
        else:
            self._flush()
            self._alone(prefix, token)
        self.at += 1
        return True

    # --- inside a paragraph --------------------------------------------------

    def _flush(self) -> None:
        if self.chunk:
            self._bounded_chunk()
            lines = [line for line, _ in self.chunk]
            text = "\n".join(text for _, text in self.chunk)
            self.out.append(Paragraph(self, text, lines).run())
            self.chunk = []

    def _bounded_chunk(self) -> None:
        size = sum(len(text) for _, text in self.chunk)
        if len(self.chunk) > MAX_BLOCK_LINES or size > MAX_BLOCK:
            raise _TooMuch(
                f"a block of more than {MAX_BLOCK_LINES} lines or {MAX_BLOCK:,} "
                "characters; a blank line divides it"
            )

    def _inline(self, text: str, line: int) -> str:
        """`text`, which begins on `line`, with its links and addresses as tokens."""
        lines = range(line, line + text.count("\n") + 1)
        return Paragraph(self, text, lines).run()

    def _write_notes(self) -> None:
        known = {name: (line, words) for line, name, words in self.notes}
        for piece in self.document.pieces:
            if isinstance(piece, NoteReference) and piece.name not in known:
                self.problem(piece.line, f'there is no footnote "{piece.name}"')
        if not known:
            return
        self._alone("", self.token(Divider("notes")))
        for name in list(self.numbers):
            if name in known:
                line, words = known.pop(name)
                token = self.token(Note(line, name))
                words = self._inline(words, line).replace("\n", "\n    ")
                self.out.append(f"{self.numbers[name]}. {token}{words}")
        self._alone("", self.token(Divider("end")))
        for name, (line, _) in known.items():
            self.problem(line, f'nothing refers to the footnote "{name}"')

    # --- bookkeeping ---------------------------------------------------------

    def token(self, piece: Piece) -> str:
        if len(self.document.pieces) == MAX_PIECES:
            raise _TooMuch(f"more than {MAX_PIECES} links, headings and embeds")
        self.document.pieces.append(piece)
        return f"{OPEN}{len(self.document.pieces) - 1}{CLOSE}"

    def _alone(self, prefix: str, text: str) -> None:
        blank = prefix.rstrip()
        self.out += [blank, prefix + text, blank]

    def problem(self, line: int, message: str) -> None:
        if len(self.document.problems) == MAX_PROBLEMS:
            raise _TooMuch("too many problems; what follows was not read")
        self.document.problems.append((line, message))


def _unquoted(line: str, prefix: str) -> str | None:
    """`line` without as many > as `prefix` has; None where it has fewer."""
    depth = prefix.count(">")
    if not depth:
        return line
    found = re.match(rf"(?:[ ]{{0,3}}>[ ]?){{{depth}}}", line)
    return line[found.end() :] if found else None


def _outdented(line: str, width: int) -> str:
    indent = len(line) - len(line.lstrip(" "))
    return line[min(indent, width) :]
