"""Documents made ready for deciding: each pattern is compiled once, and kept with the
document.

The quick decision and the trace use the same functions for every element, so that
they cannot tell two stories.
"""

from collections.abc import Callable

from policies_lab.iam import principals
from policies_lab.iam.conditions import CompiledTest, Lookup
from policies_lab.iam.documents import (
    Policy,
    PrincipalElement,
    Span,
    Statement,
)
from policies_lab.iam.elements import Call, CompiledAction, CompiledResource
from policies_lab.iam.principals import Grant
from policies_lab.iam.trace import ElementCheck, StatementTrace


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


Statements = tuple[CompiledStatement, ...]


def compiled(policy: Policy) -> Statements:
    """Return a document's statements, compiled at their first use."""
    found = policy.cache.get("statements")
    if not isinstance(found, tuple):
        found = tuple(CompiledStatement(s, policy) for s in policy.statements)
        policy.cache["statements"] = found
    return found
