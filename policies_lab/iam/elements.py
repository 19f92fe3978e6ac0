"""Action and Resource made ready for requests.

The quick answer (`matches`) and the one for readers (`check`) stand side by side: the
second asks the first, so that they cannot tell two stories.
"""

from functools import lru_cache
from typing import NamedTuple

from policies_lab.iam import matching, variables
from policies_lab.iam.conditions import Lookup, as_text
from policies_lab.iam.documents import Effect, Element, Principal, Version, fold
from policies_lab.iam.matching import Matcher, Tokens, Wild
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

    __slots__ = ("_each", "_matches", "_negated", "_patterns", "element")

    def __init__(self, element: Element) -> None:
        self._patterns = [matching.tokenise(fold(text)) for text in element.texts]
        self.element = element
        self._negated = element.negated
        self._matches = matching.any_of(self._patterns)
        self._each: list[Matcher] = []

    def matches(self, action: str) -> bool:
        """Whether the element is satisfied by a folded action."""
        return self._matches(action) is not self._negated

    def check(self, action: str, written: str, *, looked_at: bool) -> ElementCheck:
        """Hold the element against the request, value by value."""
        return ElementCheck(
            element=self.element.name,
            policy_values=self.element.texts,
            request_value=written,
            matched=self.matches(action) if looked_at else None,
            span=self.element.span,
            hits=self._hits(action) if looked_at else (),
        )

    def _hits(self, action: str) -> tuple[int, ...]:
        self._each = self._each or [matching.glob(p) for p in self._patterns]
        return tuple(i for i, matches in enumerate(self._each) if matches(action))


class CompiledResource:
    """Resource or NotResource."""

    __slots__ = (
        "_each",
        "_effect",
        "_everything",
        "_fixed",
        "_parts",
        "_varying",
        "element",
    )

    def __init__(self, element: Element, effect: Effect, version: Version) -> None:
        self.element = element
        self._effect = effect
        self._parts = [
            variables.parse(text, version, wildcards=True) for text in element.texts
        ]
        fixed = [t for t in (part.fixed() for part in self._parts) if t is not None]
        self._everything = any(map(matching.is_everything, fixed))
        self._fixed = _any_resource(fixed)
        self._varying = [part for part in self._parts if part.variables]
        self._each: list[Matcher | Template] = []

    @property
    def variables(self) -> int:
        """How many variables the patterns hold."""
        return sum(part.variables for part in self._varying)

    def matches(self, call: Call) -> bool | None:
        """Whether the element is satisfied; None where AWS does not settle it.

        A variable without a value makes its pattern match nothing. Whether NotResource
        then grants more, or the statement falls away, is not settled: a Deny takes the
        wider reading, an Allow is refused.
        """
        listed = self._everything or (
            call.resource != "*" and self._fixed(call.resource)
        )
        valueless = False
        if not listed and self._varying:
            for template in self._varying:
                answer = _matches_template(template, call)
                valueless = valueless or answer is None
                listed = listed or answer is True
        if not self.element.negated:
            return listed
        if not listed and valueless and self._effect is Effect.ALLOW:
            return None
        return not listed

    def check(self, call: Call, *, looked_at: bool) -> ElementCheck:
        """Hold the element against the request, value by value."""
        answers = self._answers(call) if looked_at else []
        note = "variable_without_value" if None in answers else ""
        return ElementCheck(
            element=self.element.name,
            policy_values=self.element.texts,
            request_value=call.resource,
            matched=self.matches(call) if looked_at else None,
            span=self.element.span,
            hits=tuple(i for i, answer in enumerate(answers) if answer),
            expanded=self._expanded(call) if self._varying else (),
            note=note,
        )

    def _answers(self, call: Call) -> list[bool | None]:
        """Say for each pattern whether it matches; None: a variable has no value."""
        self._each = self._each or [
            part if (fixed := part.fixed()) is None else matching.resource(fixed)
            for part in self._parts
        ]
        return [
            _matches_template(matcher, call)
            if isinstance(matcher, Template)
            else matcher(call.resource)
            for matcher in self._each
        ]

    def _expanded(self, call: Call) -> tuple[str | None, ...]:
        filled = [_fill(part, call.lookup) for part in self._parts]
        return tuple(None if t is None else as_text(t) for t in filled)

    def work(self, lookup: Lookup) -> int:
        """Bound the characters that the patterns come to with their values in."""
        filled = (part.expand(lookup) or () for part in self._parts)
        return sum(len(t) for tokens in filled for t in tokens if isinstance(t, str))


def _any_resource(patterns: list[Tokens]) -> Matcher:
    """Look complete ARNs and their beginnings up at once, try the others in turn."""
    colons = matching.ARN_FIELDS - 1
    simple: list[Tokens] = []
    others: list[Matcher] = []
    for tokens in patterns:
        match tokens:
            case (str(text),) | (str(text), Wild.STAR) if text.count(":") >= colons:
                simple.append(tokens)
            case _:
                others.append(matching.resource(tokens))
    plain = matching.any_of(simple)
    if not others:
        return plain
    return lambda text: plain(text) or any(fits(text) for fits in others)


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
