"""Documents made ready for deciding: each pattern is compiled once, and kept with the
document.

The quick decision and the trace use the same functions for every element, so that
they cannot tell two stories.
"""

from policies_lab.iam import principals
from policies_lab.iam.conditions import CompiledTest, Lookup
from policies_lab.iam.documents import (
    ConditionTest,
    Element,
    Policy,
    PrincipalElement,
    Span,
    Statement,
    fold,
)
from policies_lab.iam.elements import Call, CompiledAction, CompiledResource
from policies_lab.iam.principals import Grant
from policies_lab.iam.trace import ElementCheck, StatementTrace
from policies_lab.iam.variables import may_vary


class UnknowableError(Exception):
    """A statement's part in the decision cannot be told; `code` says why."""

    def __init__(self, code: str, policy: Policy, path: str, span: Span) -> None:
        super().__init__(code)
        self.code = code
        self.policy = policy
        self.path = path
        self.span = span


class CompiledStatement:
    """A statement ready to be held against requests."""

    __slots__ = ("_policy", "_principal", "_resource", "_tests", "action", "statement")

    def __init__(self, statement: Statement, policy: Policy) -> None:
        self.statement = statement
        self._policy = policy
        self._principal: PrincipalElement | None = statement.principal
        self.action = CompiledAction(statement.action)
        self._resource: CompiledResource | None = None
        self._tests: tuple[CompiledTest, ...] | None = None

    # Most statements fail at their action: the rest is compiled when it is needed.

    @property
    def resource(self) -> CompiledResource | None:
        """Resource or NotResource; None where the statement has neither."""
        element = self.statement.resource
        if self._resource is None and element is not None:
            effect, version = self.statement.effect, self._policy.version
            self._resource = CompiledResource(element, effect, version)
        return self._resource

    @property
    def tests(self) -> tuple[CompiledTest, ...]:
        """The tests of the Condition element."""
        if self._tests is None:
            version = self._policy.version
            listed = self.statement.conditions
            self._tests = tuple(CompiledTest(test, version) for test in listed)
        return self._tests

    def grant(self, call: Call) -> Grant:
        """Return what the statement means for a caller whose action it speaks of: NONE
        where it does not apply, DIRECT where it has no Principal element. Raises
        UnknowableError where an element cannot be told and all others are satisfied.
        """
        element = self.resource
        resource = element.matches(call) if element is not None else True
        if resource is False:
            return Grant.NONE
        for test in self.tests:
            if not test.holds(call.lookup):
                return Grant.NONE
        grant = self._grant(call)
        if grant is Grant.NONE:
            return grant
        if resource is None and element is not None:
            name, span = element.element.name, element.element.span
            self._refuse("notresource_variable", name, span)
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
        if self._principal is not None:
            checks.append(self._check_principal(self._principal, call))
            going = checks[0].matched is not False
        checks.append(self.action.check(call.action, written_action, looked_at=going))
        going = going and checks[-1].matched is not False
        if (element := self.statement.resource) is not None:
            checks.append(self._check_resource(element, call, looked_at=going))
            going = going and checks[-1].matched is not False
        for at, test in enumerate(self.statement.conditions):
            checks.append(self._check_test(at, test, call.lookup, looked_at=going))
            going = going and checks[-1].matched is not False
        untold = going and any(check.matched is None for check in checks)
        statement, policy = self.statement, self._policy
        return StatementTrace(
            path,
            policy.name,
            policy.origin,
            statement.index,
            statement.sid,
            statement.effect,
            statement.span,
            going and not untold,
            tuple(checks),
            "cannot_be_told" if untold else "",
        )

    def examine(self, call: Call, written_action: str) -> tuple[ElementCheck, ...]:
        """Hold every element against the request, also those after a failure, in the
        order of `trace`."""
        checks: list[ElementCheck] = []
        if self._principal is not None:
            checks.append(self._check_principal(self._principal, call))
        checks.append(self.action.check(call.action, written_action, looked_at=True))
        if (element := self.statement.resource) is not None:
            checks.append(self._check_resource(element, call, looked_at=True))
        for at, test in enumerate(self.statement.conditions):
            checks.append(self._check_test(at, test, call.lookup, looked_at=True))
        return tuple(checks)

    # What comes after a failure needs nothing compiled, unless variables are shown.

    def _check_resource(
        self, element: Element, call: Call, *, looked_at: bool
    ) -> ElementCheck:
        if (looked_at or may_vary(element.texts)) and self.resource is not None:
            return self.resource.check(call, looked_at=looked_at)
        texts, asked = element.texts, call.resource
        return ElementCheck(element.name, texts, asked, None, element.span)

    def _check_test(
        self, at: int, test: ConditionTest, lookup: Lookup, *, looked_at: bool
    ) -> ElementCheck:
        if looked_at or may_vary(test.texts):
            return self.tests[at].check(lookup, looked_at=looked_at)
        texts, value = test.texts, lookup.get(fold(test.key))
        return ElementCheck(
            "Condition", texts, value, None, test.span, test.key, test.operator
        )

    def _check_principal(self, element: PrincipalElement, call: Call) -> ElementCheck:
        caller = call.caller
        hits = (
            at
            for at, entry in enumerate(element.entries)
            if principals.entry_grant(entry, caller) > Grant.NONE
        )
        return ElementCheck(
            element=element.name,
            policy_values=element.texts,
            request_value=caller.arn or caller.service or caller.provider,
            matched=_told(self._grant(call)),
            span=element.span,
            hits=tuple(hits),
            note=_principal_note(element, call),
        )


def _principal_note(element: PrincipalElement, call: Call) -> str:
    if element.negated and call.bounded:
        return "notprincipal_boundary"
    partly = principals.is_partly_listed(element, call.caller)
    return "notprincipal_partly_listed" if partly else ""


def _told(grant: Grant) -> bool | None:
    return None if grant is Grant.UNKNOWN else grant > Grant.NONE


Statements = tuple[CompiledStatement, ...]


def compiled(policy: Policy) -> Statements:
    """Return a document's statements, compiled at their first use."""
    found = policy.cache.get("statements")
    if not isinstance(found, tuple):
        found = tuple(CompiledStatement(s, policy) for s in policy.statements)
        policy.cache["statements"] = found
    return found
