"""Action and Resource made ready for requests.

The quick answer (`matches`) and the one for readers (`check`) stand side by side: the
second asks the first, so that they cannot tell two stories.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from policies_lab.iam import matching, variables
from policies_lab.iam.conditions import Lookup, as_text
from policies_lab.iam.documents import Effect, Element, Principal, Version, fold
from policies_lab.iam.matching import AnyOf, Matcher, Tokens
from policies_lab.iam.trace import ElementCheck

_CACHED_LENGTH = 256
_VALUELESS = "variable_without_value"
_cached_resource = lru_cache(maxsize=512)(matching.resource)

Filled = Mapping[int, Tokens | None]
"""Patterns by their place, with the request's values put in; None: one is missing."""


class Call(NamedTuple):
    """A request as the matchers want it: `action` folded, keys folded."""

    action: str
    resource: str
    lookup: Lookup
    caller: Principal
    bounded: bool
    """Whether the caller has a permissions boundary."""


class CompiledAction:
    """Action or NotAction."""

    __slots__ = ("_last", "_listed", "element")

    def __init__(self, element: Element) -> None:
        self.element = element
        self._last: ElementCheck | None = None
        self._listed = AnyOf([matching.tokenise(fold(text)) for text in element.texts])

    def matches(self, action: str) -> bool:
        """Whether the element is satisfied by a folded action."""
        return self._listed(action) is not self.element.negated

    def check(self, action: str, written: str, *, looked_at: bool) -> ElementCheck:
        """Hold the element against the request, value by value."""
        element, last = self.element, self._last
        if not looked_at:
            texts, span = element.texts, element.span
            return ElementCheck(element.name, texts, written, None, span)
        # Nothing but the action counts, and the same one is asked about often.
        if last is None or last.request_value != written:
            listed = self._listed(action)
            last = self._last = ElementCheck(
                element.name,
                element.texts,
                written,
                listed is not element.negated,
                element.span,
                hits=self._listed.hits(action) if listed else (),
            )
        return last


class CompiledResource:
    """Resource or NotResource."""

    __slots__ = ("_effect", "_fixed", "_listed", "_shown", "_varying", "element")

    def __init__(self, element: Element, effect: Effect, version: Version) -> None:
        self.element = element
        self._effect = effect
        parts = [
            variables.parse(text, version, wildcards=True) for text in element.texts
        ]
        fixed = {
            at: tokens
            for at, part in enumerate(parts)
            if (tokens := part.fixed()) is not None
        }
        self._fixed = tuple(fixed)
        self._listed = AnyOf(list(fixed.values()), matching.resource)
        self._shown = {at: as_text(tokens) for at, tokens in fixed.items()}
        # A variable before the sixth field of an ARN never has a value.
        self._varying = {
            at: None if variables.before_sixth_field(part) else part
            for at, part in enumerate(parts)
            if at not in fixed
        }

    def matches(self, call: Call) -> bool | None:
        """Whether the element is satisfied; None where AWS does not settle it.

        A variable without a value makes its pattern match nothing. Whether NotResource
        then grants more, or the statement falls away, is not settled: a Deny takes the
        wider reading, an Allow is refused.
        """
        listed = self._listed(call.resource)
        if listed or not self._varying:
            return listed is not self.element.negated
        filled = self._filled(call.lookup)
        return self._settled(_hits(filled, call.resource), filled)

    def _settled(self, hits: Sequence[int], filled: Filled) -> bool | None:
        if not self.element.negated:
            return bool(hits)
        if not hits and None in filled.values() and self._effect is Effect.ALLOW:
            return None
        return not hits

    def check(self, call: Call, *, looked_at: bool) -> ElementCheck:
        """Hold the element against the request, value by value."""
        element, asked = self.element, call.resource
        if not self._varying:
            listed = looked_at and self._listed(asked)
            return ElementCheck(
                element.name,
                element.texts,
                asked,
                listed is not element.negated if looked_at else None,
                element.span,
                None,
                None,
                self._fixed_hits(asked) if listed else (),
            )
        filled = self._filled(call.lookup)
        hits = sorted([*self._fixed_hits(asked), *_hits(filled, asked)])
        return ElementCheck(
            element=element.name,
            policy_values=element.texts,
            request_value=asked,
            matched=self._settled(hits, filled) if looked_at else None,
            span=element.span,
            hits=tuple(hits) if looked_at else (),
            expanded=self._expanded(filled),
            note=_VALUELESS if looked_at and None in filled.values() else "",
        )

    def _filled(self, lookup: Lookup) -> Filled:
        """Put values into the patterns that vary; None where there is none."""
        return {
            at: None if part is None else part.expand(lookup)
            for at, part in self._varying.items()
        }

    def _fixed_hits(self, asked: str) -> tuple[int, ...]:
        return tuple([self._fixed[at] for at in self._listed.hits(asked)])

    def _expanded(self, filled: Filled) -> tuple[str | None, ...]:
        shown: dict[int, str | None] = dict(self._shown)
        for at, tokens in filled.items():
            shown[at] = None if tokens is None else as_text(tokens)
        return tuple([shown[at] for at in range(len(shown))])


def _hits(filled: Filled, asked: str) -> list[int]:
    """Return which of the patterns match."""
    return [
        at
        for at, tokens in filled.items()
        if tokens is not None and _matcher(tokens)(asked)
    ]


def _matcher(tokens: Tokens) -> Matcher:
    short = sum([len(t) for t in tokens if isinstance(t, str)]) <= _CACHED_LENGTH
    return (_cached_resource if short else matching.resource)(tokens)
