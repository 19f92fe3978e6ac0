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


Token = str | Wild
Tokens = tuple[Token, ...]
Matcher = Callable[[str], bool]

ARN_FIELDS = 6
_WILDCARD = re.compile(r"([*?])")


def tokenise(text: str) -> Tokens:
    """Split text at its wildcards: `a*b` is ("a", STAR, "b")."""
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

    The time is bounded by pattern length times text length: the regular expression
    never goes back on a piece that it has found, which is right only because every
    star here may match every character.
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
    return _searching(re.compile(_expression(tokens), re.DOTALL).fullmatch)


def _anything(text: str) -> bool:
    return True


def _prefix(prefix: str) -> Matcher:
    return lambda text: text.startswith(prefix)


def _searching(fullmatch: Callable[[str], re.Match[str] | None]) -> Matcher:
    return lambda text: fullmatch(text) is not None


def _expression(tokens: Tokens) -> str:
    """Pieces between stars: the first is anchored, the middle ones take their first
    fit in an atomic group, the last one is looked up behind at the end of the text."""
    pieces: list[list[str]] = [[]]
    widths = [0]
    for token in tokens:
        if token is Wild.STAR:
            pieces.append([])
            widths.append(0)
        else:
            pieces[-1].append("." if isinstance(token, Wild) else re.escape(token))
            widths[-1] += len(token) if isinstance(token, str) else 1
    first, *rest = ("".join(piece) for piece in pieces)
    if not rest:
        return first
    middle = "".join(f"(?>.*?{piece})" for piece in rest[:-1])
    if not widths[-1]:
        return f"{first}{middle}(?>.*)"
    return f"{first}{middle}(?=.{{{widths[-1]}}})(?>.*)(?<={rest[-1]})"


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
    fields = split_fields(tokens)
    fields += [(Wild.STAR,)] * (ARN_FIELDS - len(fields))
    whole: list[Token] = []
    caged: set[int] = set()
    for number, field in enumerate(fields):
        whole += [":"] if number else []
        for at, token in enumerate(field):
            if token is Wild.STAR and number < ARN_FIELDS - 1 and at < len(field) - 1:
                caged.add(len(whole))
            whole.append(token)
    matches = _by_states(whole, caged) if caged else glob(join(whole))
    return lambda text: text != "*" and matches(text)


def _by_states(tokens: list[Token], caged: set[int]) -> Matcher:
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


def any_of(patterns: Iterable[Tokens]) -> Matcher:
    """Match when one of the patterns does; plain texts and prefixes are looked up."""
    exact: set[str] = set()
    prefixes: list[str] = []
    others: list[Matcher] = []
    for tokens in patterns:
        match tokens:
            case (Wild.STAR,):
                return _anything
            case (str(text),):
                exact.add(text)
            case (str(prefix), Wild.STAR):
                prefixes.append(prefix)
            case _:
                others.append(glob(tokens))
    starts = tuple(prefixes)

    def matches(text: str) -> bool:
        return (
            text in exact
            or (bool(starts) and text.startswith(starts))
            or any(fits(text) for fits in others)
        )

    return matches
