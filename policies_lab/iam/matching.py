"""Wildcards and ARNs, in time that no pattern can blow up.

A pattern is a tuple of tokens: literal text, `Wild.STAR` (any run, maybe empty) and
`Wild.ONE` (exactly one character). Case is the caller's affair: fold both sides.
"""

import re
from collections.abc import Callable, Iterable
from enum import Enum


class Wild(Enum):
    """The wildcards of IAM."""

    STAR = "*"
    ONE = "?"

    # Patterns are the keys of caches, and Enum's own hash is a function in Python.
    __hash__ = object.__hash__


Token = str | Wild
Tokens = tuple[Token, ...]
Matcher = Callable[[str], bool]

ARN_FIELDS = 6
_WILDCARD = re.compile(r"([*?])")


def tokenise(text: str) -> Tokens:
    """Split text at its wildcards: `a*b` is ("a", STAR, "b")."""
    if "*" not in text and "?" not in text:
        return (text,) if text else ()
    pieces = _WILDCARD.split(text)
    return join(
        Wild(piece) if at % 2 else piece for at, piece in enumerate(pieces) if piece
    )


def join(tokens: Iterable[Token]) -> Tokens:
    """Merge neighbouring literals and neighbouring stars, which mean the same."""
    merged: list[Token] = []
    for token in tokens:
        last = merged[-1] if merged else None
        if isinstance(token, str) and isinstance(last, str):
            merged[-1] = last + token
        elif not (token is Wild.STAR and last is Wild.STAR) and token != "":
            merged.append(token)
    return tuple(merged)


def glob(tokens: Tokens) -> Matcher:
    """Return a function that tells whether a whole text has the pattern's form.

    Time is bounded by pattern length times text length: the pieces between stars are
    looked up from left to right and never looked up again. That the first fit of a
    piece is good enough holds only because every star here may match every character.
    """
    match tokens:
        case ():
            return "".__eq__
        case (str(text),):
            return text.__eq__
        case (Wild.STAR,):
            return _anything
        case (str(prefix), Wild.STAR):
            return _prefix(prefix)
    pieces = _pieces(tokens)
    if Wild.ONE in tokens:
        return _searching(re.compile(_expression(pieces), re.DOTALL).fullmatch)
    return _finding(["".join(map(str, piece)) for piece in pieces])


def _anything(text: str) -> bool:
    return True


def _prefix(prefix: str) -> Matcher:
    return lambda text: text.startswith(prefix)


def _pieces(tokens: Tokens) -> list[list[Token]]:
    """Split a pattern at its stars."""
    pieces: list[list[Token]] = [[]]
    for token in tokens:
        if token is Wild.STAR:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return pieces


def _finding(pieces: list[str]) -> Matcher:
    """Match literal pieces with a star between each two: the first begins the text,
    the last ends it, the others are found in between."""
    first, *middle, last = pieces

    def matches(text: str) -> bool:
        at, end = len(first), len(text) - len(last)
        if at > end or not (text.startswith(first) and text.endswith(last)):
            return False
        for piece in middle:
            at = text.find(piece, at, end)
            if at < 0:
                return False
            at += len(piece)
        return True

    return matches


def _searching(fullmatch: Callable[[str], re.Match[str] | None]) -> Matcher:
    return lambda text: fullmatch(text) is not None


def _expression(pieces: list[list[Token]]) -> str:
    """The same as a regular expression, for pieces with question marks: each middle
    piece is an atomic group, the last one is looked up behind at the end."""
    first, *rest = (
        "".join("." if isinstance(t, Wild) else re.escape(t) for t in piece)
        for piece in pieces
    )
    if not rest:
        return first
    middle = "".join(f"(?>.*?{piece})" for piece in rest[:-1])
    width = sum(1 if isinstance(t, Wild) else len(t) for t in pieces[-1])
    if not width:
        return f"{first}{middle}(?>.*)"
    return f"{first}{middle}(?=.{{{width}}})(?>.*)(?<={rest[-1]})"


def split_fields(tokens: Tokens) -> list[Tokens]:
    """Split a pattern at its first five literal colons, as ARNs are split."""
    fields: list[list[Token]] = [[]]
    for token in tokens:
        if isinstance(token, Wild):
            fields[-1].append(token)
            continue
        pieces = token.split(":", ARN_FIELDS - len(fields))
        fields[-1].append(pieces[0])
        fields.extend([piece] for piece in pieces[1:])
    return [join(field) for field in fields]


def is_everything(tokens: Tokens) -> bool:
    """Whether the pattern is the lone star, which alone matches the resource `*`."""
    return tokens == (Wild.STAR,)


def resource(tokens: Tokens) -> Matcher:
    """Match a Resource pattern against the request's resource, case-sensitively.

    A star inside one of the first five fields stays inside it; a star that ends its
    field, or stands in the sixth, matches colons too. Fields that are missing are
    completed with stars (AWS reference "Amazon Resource Names"; documents in which
    that is not certain are refused when they are parsed).
    """
    if is_everything(tokens):
        return _anything
    colons = sum(token.count(":") for token in tokens if isinstance(token, str))
    missing = (":", Wild.STAR) * (ARN_FIELDS - 1 - colons)
    whole = join((*tokens, *missing)) if missing else tokens
    caged = _caged_stars(whole)
    matches = _by_states(whole, caged) if caged else glob(whole)
    return lambda text: text != "*" and matches(text)


def _caged_stars(tokens: Tokens) -> set[int]:
    """Find the stars of the first five fields that do not end their field."""
    caged: set[int] = set()
    colons = 0
    for at, token in enumerate(tokens[:-1]):
        if isinstance(token, str):
            colons += token.count(":")
            continue
        after = tokens[at + 1]
        ends = isinstance(after, str) and after.startswith(":")
        if token is Wild.STAR and colons < ARN_FIELDS - 1 and not ends:
            caged.add(at)
    return caged


def _by_states(tokens: Tokens, caged: set[int]) -> Matcher:
    """Match with two kinds of star by keeping every state that can be reached.

    With both kinds in one pattern the first fit of a piece is not always the right
    one, so nothing may be thrown away. A state is a bit: how many characters of the
    pattern are behind us. A star lets its state stay; a caged one not at a colon.
    """
    takes: dict[str, int] = {}
    takes_any = stays = stays_caged = size = 0
    for at, token in enumerate(tokens):
        if token is Wild.STAR:
            stays_caged |= 1 << size
            stays |= 0 if at in caged else 1 << size
        elif token is Wild.ONE:
            takes_any |= 1 << size
            size += 1
        elif isinstance(token, str):
            for character in token:
                takes[character] = takes.get(character, 0) | 1 << size
                size += 1
    goal = 1 << size

    def matches(text: str) -> bool:
        states = 1
        for character in text:
            moved = (states & (takes.get(character, 0) | takes_any)) << 1
            states = moved | (states & (stays if character == ":" else stays_caged))
            if not states:
                return False
        return bool(states & goal)

    return matches


def arn(tokens: Tokens) -> Matcher:
    """Match an ARN condition value: each of the six parts on its own.

    Neither a pattern nor a text with fewer than six parts matches anything.
    """
    fields = split_fields(tokens)
    if len(fields) < ARN_FIELDS:
        return lambda text: False
    globs = [glob(field) for field in fields]

    def matches(text: str) -> bool:
        parts = text.split(":", ARN_FIELDS - 1)
        return len(parts) == ARN_FIELDS and all(
            fits(part) for fits, part in zip(globs, parts, strict=True)
        )

    return matches


class AnyOf:
    """Several patterns at once: plain texts and beginnings are looked up together,
    the others tried in turn. Matchers are made when they are first needed."""

    __slots__ = ("_each", "_exact", "_make", "_others", "_patterns", "_prefixes")

    def __init__(
        self, patterns: list[Tokens], make: Callable[[Tokens], Matcher] = glob
    ) -> None:
        self._patterns = patterns
        self._make = make
        self._each: list[Matcher] | None = None
        self._exact: set[str] | None = None
        self._prefixes: tuple[str, ...] = ()
        self._others: list[Matcher] = []

    def __call__(self, text: str) -> bool:
        """Whether one of the patterns matches."""
        exact = self._exact
        if exact is None:
            exact = self._sort()
        return (
            text in exact
            or (bool(self._prefixes) and text.startswith(self._prefixes))
            or any(matches(text) for matches in self._others)
        )

    def hits(self, text: str) -> tuple[int, ...]:
        """Return the positions of the patterns that match."""
        if self._each is None:
            self._each = [self._make(tokens) for tokens in self._patterns]
        return tuple(at for at, matches in enumerate(self._each) if matches(text))

    def _sort(self) -> set[str]:
        exact: set[str] = set()
        prefixes: list[str] = []
        for tokens in self._patterns:
            plain = self._make is glob or is_everything(tokens) or _is_whole(tokens)
            match tokens if plain else None:
                case (Wild.STAR,):
                    prefixes.append("")
                case (str(text),):
                    exact.add(text)
                case (str(prefix), Wild.STAR):
                    prefixes.append(prefix)
                case _:
                    self._others.append(self._make(tokens))
        self._prefixes = tuple(prefixes)
        self._exact = exact
        return exact


def _is_whole(tokens: Tokens) -> bool:
    """Whether a Resource pattern's first literal holds all colons of an ARN: then it
    needs no completing, and a star after it is free."""
    first = tokens[0] if tokens else ""
    return isinstance(first, str) and first.count(":") >= ARN_FIELDS - 1
