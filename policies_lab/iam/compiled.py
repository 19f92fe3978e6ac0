"""Documents made ready for deciding: each pattern is compiled once, and kept with the
document.

The quick decision and the trace use the same functions for every element, so that
they cannot tell two stories.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from policies_lab.iam import matching, principals, variables
from policies_lab.iam.conditions import CompiledTest, Lookup, as_text
from policies_lab.iam.documents import (
    Effect,
    Element,
    Policy,
    Principal,
    PrincipalElement,
    Span,
    Statement,
    Version,
    fold,
)
from policies_lab.iam.matching import Matcher, Tokens, Wild
from policies_lab.iam.principals import Grant
from policies_lab.iam.trace import ElementCheck, StatementTrace
from policies_lab.iam.variables import Template

_CACHED_LENGTH = 256
_CACHED_ACTIONS = 64
_cached_resource = lru_cache(maxsize=512)(matching.resource)


@dataclass(frozen=True, slots=True)
class Call:
    """A request as the matchers want it: `action` folded, keys folded."""

    action: str
    resource: str
    lookup: Lookup
    caller: Principal
    bounded: bool
    """Whether the caller has a permissions boundary."""


class UnknowableError(Exception):
    """A statement's part in the decision cannot be told; `code` says why."""

    def __init__(self, code: str, policy: Policy, path: str, span: Span) -> None:
        super().__init__(code)
        self.code = code
        self.policy = policy
        self.path = path
        self.span = span


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


class CompiledStatement:
    """A statement ready to be held against requests."""

    __slots__ = ("_policy", "_principal", "action", "resource", "statement", "tests")

    def __init__(self, statement: Statement, policy: Policy) -> None:
        self.statement = statement
        self._policy = policy
        self._principal: PrincipalElement | None = statement.principal
        self.action = CompiledAction(statement.action)
        self.resource = (
            CompiledResource(statement.resource, statement.effect, policy.version)
            if statement.resource
            else None
        )
        self.tests = tuple(
            CompiledTest(test, policy.version) for test in statement.conditions
        )

    def grant(self, call: Call) -> Grant:
        """Return what the statement means for the caller: NONE where it does not apply,
        DIRECT where it has no Principal element. Raises UnknowableError where an
        element cannot be told and the others are satisfied."""
        if not self.action.matches(call.action):
            return Grant.NONE
        resource = self.resource.matches(call) if self.resource else True
        if resource is False:
            return Grant.NONE
        for test in self.tests:
            if not test.holds(call.lookup):
                return Grant.NONE
        grant = self._grant(call)
        if grant is Grant.NONE:
            return grant
        if resource is None and self.resource is not None:
            element = self.resource.element
            self._refuse("notresource_variable", element.name, element.span)
        if grant is Grant.UNKNOWN and self._principal is not None:
            principal = self._principal
            self._refuse("canonical_user", principal.name, principal.span)
        return grant

    def _grant(self, call: Call) -> Grant:
        if self._principal is None:
            return Grant.DIRECT
        return principals.grant(self._principal, call.caller, bounded=call.bounded)

    def _refuse(self, code: str, element: str, span: Span) -> None:
        path = f"{self.statement.path}.{element}"
        raise UnknowableError(code, self._policy, path, span)

    def trace(self, call: Call, written_action: str, path: str) -> StatementTrace:
        """Hold the statement against the request, element by element, in the order
        Principal, Action, Resource, conditions; what follows a failure is not looked
        at. Never raises: what cannot be told gets the note `cannot_be_told`."""
        checks: list[ElementCheck] = []
        going = True
        untold = False
        for look in self._looks(call, written_action):
            check = look(going)
            untold = untold or (going and check.matched is None)
            going = going and check.matched is not False
            checks.append(check)
        statement = self.statement
        return StatementTrace(
            policy=path,
            name=self._policy.name,
            origin=self._policy.origin,
            statement=statement.index,
            sid=statement.sid,
            effect=statement.effect,
            span=statement.span,
            applies=going and not untold,
            checks=tuple(checks),
            note="cannot_be_told" if going and untold else "",
        )

    def _looks(
        self, call: Call, written_action: str
    ) -> list[Callable[[bool], ElementCheck]]:
        looks: list[Callable[[bool], ElementCheck]] = []
        if self._principal is not None:
            looks.append(lambda on: self._check_principal(call, looked_at=on))
        looks.append(
            lambda on: self.action.check(call.action, written_action, looked_at=on)
        )
        if (resource := self.resource) is not None:
            looks.append(lambda on: resource.check(call, looked_at=on))
        looks += [_look(test, call.lookup) for test in self.tests]
        return looks

    def _check_principal(self, call: Call, *, looked_at: bool) -> ElementCheck:
        element, caller = self._principal, call.caller
        if element is None:  # INVARIANT: only called where there is a Principal
            raise ValueError("no Principal")
        hits = (
            at
            for at, entry in enumerate(element.entries)
            if principals.entry_grant(entry, caller) > Grant.NONE
        )
        return ElementCheck(
            element=element.name,
            policy_values=element.texts,
            request_value=caller.arn or caller.service or caller.provider,
            matched=_told(self._grant(call)) if looked_at else None,
            span=element.span,
            hits=tuple(hits) if looked_at else (),
            note=_principal_note(element, call) if looked_at else "",
        )


def _look(test: CompiledTest, lookup: Lookup) -> Callable[[bool], ElementCheck]:
    return lambda on: test.check(lookup, looked_at=on)


def _principal_note(element: PrincipalElement, call: Call) -> str:
    if element.negated and call.bounded:
        return "notprincipal_boundary"
    partly = principals.is_partly_listed(element, call.caller)
    return "notprincipal_partly_listed" if partly else ""


def _told(grant: Grant) -> bool | None:
    return None if grant is Grant.UNKNOWN else grant > Grant.NONE


class CompiledPolicy:
    """A document's statements by effect, and its size."""

    __slots__ = ("_by_action", "allows", "denies", "size", "statements")

    def __init__(self, policy: Policy) -> None:
        self.statements = tuple(CompiledStatement(s, policy) for s in policy.statements)
        self.denies = self._with(Effect.DENY)
        self.allows = self._with(Effect.ALLOW)
        self.size = Size.of(self.statements)
        self._by_action: dict[str, tuple[Statements, Statements]] = {}

    def _with(self, effect: Effect) -> "Statements":
        return tuple(s for s in self.statements if s.statement.effect is effect)

    def speaking_of(self, action: str) -> tuple["Statements", "Statements"]:
        """Return the Deny and the Allow statements whose Action matches (folded)."""
        found = self._by_action.get(action)
        if found is None:
            found = (
                tuple(s for s in self.denies if s.action.matches(action)),
                tuple(s for s in self.allows if s.action.matches(action)),
            )
            if len(self._by_action) >= _CACHED_ACTIONS:
                self._by_action.clear()
            self._by_action[action] = found
        return found


def strongest(policies: Iterable[Policy], effect: Effect, call: Call) -> Grant:
    """Return the strongest grant among the statements of that effect.

    A statement that cannot be told matters only where no other one applies in full;
    then its UnknowableError is raised. So the order of statements never counts.
    """
    which = 0 if effect is Effect.DENY else 1
    best = Grant.NONE
    untold: UnknowableError | None = None
    for policy in policies:
        for statement in compiled(policy).speaking_of(call.action)[which]:
            try:
                found = statement.grant(call)
            except UnknowableError as error:
                untold = untold or error
                continue
            if found is Grant.DIRECT:
                return found
            best = max(best, found)
    if untold is not None:
        raise untold
    return best


Statements = tuple[CompiledStatement, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """What bounds the work: patterns (of Action and Resource) and condition values,
    with their characters, and the variables among them."""

    patterns: int
    pattern_chars: int
    values: int
    value_chars: int
    variables: int

    @classmethod
    def of(cls, statements: "Statements") -> "Size":
        """Add the statements up."""
        elements = [
            element
            for s in statements
            for element in (s.statement.action, s.statement.resource)
            if element is not None
        ]
        tests = [test for s in statements for test in s.tests]
        return cls(
            patterns=sum(len(element.values) for element in elements),
            pattern_chars=sum(len(t) for element in elements for t in element.texts),
            values=sum(test.size[0] + 1 for test in tests),
            value_chars=sum(test.size[1] for test in tests),
            variables=sum(test.variables for test in tests)
            + sum(s.resource.variables for s in statements if s.resource),
        )


def compiled(policy: Policy) -> CompiledPolicy:
    """Return the compiled form of a document, made at its first use."""
    found = policy.cache.get("compiled")
    if not isinstance(found, CompiledPolicy):
        found = policy.cache["compiled"] = CompiledPolicy(policy)
    return found
