"""What the vocabulary adds to Markdown, as pieces of a lesson's text.

Links, embeds, fences, callouts, headings, block addresses and footnotes become
pieces with their lines (`courseware.scanning`), and their places in the text are
kept by tokens. Tokens are made of noncharacters, which no source may hold
(`courseware.vault.files`), so nothing that an author writes can pass for one:

    OPEN number CLOSE               the piece itself
    OPEN number CLOSE text END      a piece with text that is Markdown
"""

import re
from dataclasses import dataclass, field
from html import unescape

from django.utils.text import slugify

OPEN, CLOSE, END = "\ufdd0", "\ufdd1", "\ufdd2"
NONCHARACTERS = re.compile("[\ufdd0-\ufdef\x02\x03]")
TOKEN = re.compile(f"{OPEN}(\\d+){CLOSE}|{END}")

LINK = re.compile(r"\[\[([^\[\]]{1,400})\]\]")
CALLOUTS = ("note", "tip", "warning", "question", "summary", "correction")
# Where a link of Markdown may lead.
SCHEMES = ("http://", "https://", "mailto:")


@dataclass(frozen=True)
class Heading:
    """`id` is its address; `explicit` where the author gave it with ^id."""

    line: int
    level: int
    text: str
    id: str
    explicit: bool


@dataclass(frozen=True)
class BlockAddress:
    line: int
    id: str


@dataclass(frozen=True)
class Link:
    """[[target#fragment|shown]]; `after` is the punctuation that follows it."""

    line: int
    target: str
    fragment: str
    shown: str
    after: str


@dataclass(frozen=True)
class Embed:
    """![[target|caption]] on a line of its own, below a heading of `level`."""

    line: int
    target: str
    caption: str
    level: int


@dataclass(frozen=True)
class Fence:
    """A fenced block; `code` begins on the line after `line`."""

    line: int
    info: str
    code: str


@dataclass(frozen=True)
class Callout:
    """`level` is the level of its title."""

    line: int
    type: str
    level: int


@dataclass(frozen=True)
class NoteReference:
    line: int
    name: str
    number: int


@dataclass(frozen=True)
class Note:
    """A footnote's text begins here."""

    line: int
    name: str


@dataclass(frozen=True)
class Divider:
    """Keeps neighbours apart ("break"), or begins and ends the notes."""

    role: str


Piece = (
    Heading
    | BlockAddress
    | Link
    | Embed
    | Fence
    | Callout
    | NoteReference
    | Note
    | Divider
)


@dataclass
class Document:
    """`text` is Markdown with tokens; `pieces[n]` is what token n stands for."""

    text: str = ""
    pieces: list[Piece] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)

    @property
    def headings(self) -> list[Heading]:
        return [piece for piece in self.pieces if isinstance(piece, Heading)]


def slug_of(words: str) -> str:
    """The address that the words of a heading give: ASCII letters, digits, hyphens."""
    return slugify(plain(words))


def plain(text: str) -> str:
    """The words of a piece of Markdown without its marks."""
    text = LINK.sub(lambda found: found[1].rpartition("|")[2].strip(), text)
    text = TOKEN.sub("", text)
    text = re.sub(r"\[([^\[\]]*)\]\([^()]*\)", r"\1", text)
    text = re.sub(r"(?<![\w\\])_([^_]+)_(?!\w)", r"\1", text)
    text = re.sub(r"(?<!\\)[*`]", "", text)
    text = re.sub(r"\\([\\`*_{}\[\]()>#+.!|~-])", r"\1", text)
    return unescape(text).strip()
