"""Policy variables: `${aws:username}`, `${key, 'default'}`, `${*}`.

They exist under version 2012-10-17 only. A value is inserted as plain text: a star
that a caller managed to get into a tag is no wildcard.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from policies_lab.iam.documents import ContextValue, Version, fold
from policies_lab.iam.matching import ARN_FIELDS, Token, Tokens, join, tokenise

_OPENING = "${"
_ESCAPES = {"*", "?", "$"}
_KEY = re.compile(r"[!-~]+(?: +[!-~]+)*")
_DEFAULT = re.compile(r" ?'([^']*)'")
_NEVER_IN_A_KEY = frozenset("${}'*?")


@dataclass(frozen=True, slots=True)
class Variable:
    """A key whose value is asked for in the request; `default` may be None."""

    key: str
    default: str | None

    def value(self, lookup: Mapping[str, ContextValue]) -> str | None:
        """Return the text to insert. A multivalued key has no single value."""
        found = lookup.get(self.key)
        return found if isinstance(found, str) else self.default


Part = Token | Variable


@dataclass(frozen=True, slots=True)
class Template:
    """A text with wildcards and variables."""

    parts: tuple[Part, ...]

    @property
    def variables(self) -> int:
        """How many variables there are."""
        return sum(isinstance(part, Variable) for part in self.parts)

    def fixed(self) -> Tokens | None:
        """Return the tokens where nothing depends on the request, else None."""
        tokens = tuple(p for p in self.parts if not isinstance(p, Variable))
        return join(tokens) if len(tokens) == len(self.parts) else None

    def expand(self, lookup: Mapping[str, ContextValue]) -> Tokens | None:
        """Put the request's values in; None where a variable has none."""
        tokens: list[Token] = []
        for part in self.parts:
            if isinstance(part, Variable):
                value = part.value(lookup)
                if value is None:
                    return None
                tokens.append(value)
            else:
                tokens.append(part)
        return join(tokens)


class TemplateError(ValueError):
    """A variable is malformed; `offset` is where it opens in the text."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


def parse(text: str, version: Version, *, wildcards: bool) -> Template:
    """Read a policy value. Raise TemplateError for a malformed variable.

    Under 2008-10-17 `${...}` is plain text; stars in it are stars.
    """
    if version is Version.V2008 or _OPENING not in text:
        return Template(_plain(text, wildcards))
    parts: list[Part] = []
    at = 0
    while at < len(text):
        opening = text.find(_OPENING, at)
        end = len(text) if opening < 0 else opening
        parts += _plain(text[at:end], wildcards)
        if opening < 0:
            break
        part, at = _variable(text, opening)
        parts.append(part)
    return Template(tuple(parts))


def may_vary(texts: tuple[str, ...]) -> bool:
    """Whether a value may hold a variable; no is certain, in every version."""
    return any(_OPENING in text for text in texts)


def _plain(text: str, wildcards: bool) -> Tokens:
    if wildcards:
        return tokenise(text)
    return (text,) if text else ()


def _variable(text: str, opening: int) -> tuple[Part, int]:
    closing = text.find("}", opening)
    key, comma, rest = text[opening + len(_OPENING) : max(closing, 0)].partition(",")
    default = _DEFAULT.fullmatch(rest)
    if closing < 0 or (comma and default is None):
        raise TemplateError(opening)
    if key in _ESCAPES and not comma:
        return key, closing + 1
    # Spaces may only stand in a tag's name: `${aws:PrincipalTag/cost centre}`.
    if (
        not _KEY.fullmatch(key)
        or _NEVER_IN_A_KEY.intersection(key)
        or " " in key.partition("/")[0]
    ):
        raise TemplateError(opening)
    return Variable(fold(key), default[1] if default else None), closing + 1


def fields(template: Template) -> int:
    """Count the ARN fields of a resource pattern; colons in variables do not count."""
    colons = sum(part.count(":") for part in template.parts if isinstance(part, str))
    return min(colons + 1, ARN_FIELDS)


def before_sixth_field(template: Template) -> bool:
    """Whether a variable stands before the fifth colon, where none is expanded."""
    colons = 0
    for part in template.parts:
        if isinstance(part, Variable) and colons < ARN_FIELDS - 1:
            return True
        colons += part.count(":") if isinstance(part, str) else 0
    return False
