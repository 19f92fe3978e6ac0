"""Action and Resource made ready for requests.

The quick answer (`matches`) and the one for readers (`check`) stand side by side: the
second asks the first, so that they cannot tell two stories.
"""

from functools import lru_cache
from typing import NamedTuple

from policies_lab.iam import matching, variables
from policies_lab.iam.conditions import Lookup, as_text
from policies_lab.iam.documents import Effect, Element, Principal, Version, fold
from policies_lab.iam.matching import AnyOf, Tokens
from policies_lab.iam.trace import ElementCheck
from policies_lab.iam.variables import Template

_CACHED_LENGTH = 256
_cached_resource = lru_cache(maxsize=512)(matching.resource)


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

    __slots__ = ("_listed", "_negated", "element")

    def __init__(self, element: Element) -> None:
        self.element = element
        self._negated = element.negated
        self._listed = AnyOf([matching.tokenise(fold(text)) for text in element.texts])

    def matches(self, action: str) -> bool:
        """Whether the element is satisfied by a folded action."""
        return self._listed(action) is not self._negated

    def check(self, action: str, written: str, *, looked_at: bool) -> ElementCheck:
        """Hold the element against the request, value by value."""
        return ElementCheck(
            element=self.element.name,
            policy_values=self.element.texts,
            request_value=written,
            matched=self.matches(action) if looked_at else None,
            span=self.element.span,
            hits=self._listed.hits(action) if looked_at else (),
        )


class CompiledResource:
    """Resource or NotResource."""

    __slots__ = ("_effect", "_fixed", "_listed", "_parts", "_varying", "element")

    def __init__(self, element: Element, effect: Effect, version: Version) -> None:
        self.element = element
        self._effect = effect
        self._parts = [
            variables.parse(text, version, wildcards=True) for text in element.texts
        ]
        fixed = [(at, part.fixed()) for at, part in enumerate(self._parts)]
        self._fixed = [at for at, tokens in fixed if tokens is not None]
        patterns = [tokens for _, tokens in fixed if tokens is not None]
        self._listed = AnyOf(patterns, matching.resource)
        self._varying = [at for at, tokens in fixed if tokens is None]

    def matches(self, call: Call) -> bool | None:
        """Whether the element is satisfied; None where AWS does not settle it.

        A variable without a value makes its pattern match nothing. Whether NotResource
        then grants more, or the statement falls away, is not settled: a Deny takes the
        wider reading, an Allow is refused.
        """
        listed = self._listed(call.resource)
        valueless = False
        if not listed and self._varying:
            answers = [_matches_template(self._parts[at], call) for at in self._varying]
            listed = True in answers
            valueless = None in answers
        if not self.element.negated:
            return listed
        if not listed and valueless and self._effect is Effect.ALLOW:
            return None
        return not listed

    def check(self, call: Call, *, looked_at: bool) -> ElementCheck:
        """Hold the element against the request, value by value."""
        hits, valueless = self._hits(call) if looked_at else ((), False)
        return ElementCheck(
            element=self.element.name,
            policy_values=self.element.texts,
            request_value=call.resource,
            matched=self.matches(call) if looked_at else None,
            span=self.element.span,
            hits=hits,
            expanded=self._expanded(call) if self._varying else (),
            note="variable_without_value" if valueless else "",
        )

    def _hits(self, call: Call) -> tuple[tuple[int, ...], bool]:
        """Return the patterns that match, and whether a variable has no value."""
        answers = {at: _matches_template(self._parts[at], call) for at in self._varying}
        hits = [self._fixed[at] for at in self._listed.hits(call.resource)]
        hits += [at for at, answer in answers.items() if answer]
        return tuple(sorted(hits)), None in answers.values()

    def _expanded(self, call: Call) -> tuple[str | None, ...]:
        filled = [_fill(part, call.lookup) for part in self._parts]
        return tuple(None if t is None else as_text(t) for t in filled)


def _fill(template: Template, lookup: Lookup) -> Tokens | None:
    """Put values in; a variable before the sixth ARN field never has one."""
    if template.variables and variables.before_sixth_field(template):
        return None
    return template.expand(lookup)


def _matches_template(template: Template, call: Call) -> bool | None:
    """Whether one pattern matches; None where a variable has no value."""
    tokens = _fill(template, call.lookup)
    if tokens is None:
        return None
    short = sum(len(t) for t in tokens if isinstance(t, str)) <= _CACHED_LENGTH
    return (_cached_resource if short else matching.resource)(tokens)(call.resource)
