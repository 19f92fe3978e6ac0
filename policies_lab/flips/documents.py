"""Changes of policies: of one element of one statement, of a statement, of a document.

What would open more than the request needs is never among them: no `*` is added, and
no Allow loses what keeps it from everybody or everything.
"""

from collections.abc import Iterable, Iterator

from policies_lab.flips.changes import (
    ADD_VALUE,
    DETACH,
    DROP_STATEMENT,
    DROP_TEST,
    DROP_VALUE,
    Change,
    is_document,
    policy_at,
)
from policies_lab.iam import (
    Effect,
    Element,
    ElementCheck,
    Scenario,
    Statement,
    StatementTrace,
)


def policy_changes(
    scenario: Scenario, statements: Iterable[StatementTrace], *, to_allow: bool
) -> Iterator[Change]:
    """Every change of a document that could lead towards an allow, or away from it,
    smallest first. `statements` were held against the request with every element."""
    listed = [one for one in statements if is_document(one.policy)]
    helping = [s for s in listed if (s.effect is Effect.ALLOW) is to_allow]
    hindering = [s for s in listed if s not in helping and s.applies]
    for statement in helping:
        yield from _widened(scenario, statement)
    for statement in hindering:
        yield from _narrowed(scenario, statement)
    for statement in hindering:
        line = statement.span.line
        yield Change(DROP_STATEMENT, statement, line)
    for statement in {s.policy: s for s in reversed(hindering)}.values():
        yield Change(DETACH, statement, 1)


def _widened(scenario: Scenario, statement: StatementTrace) -> Iterator[Change]:
    """A statement that lacks one thing, with that thing."""
    lacking = [check for check in statement.checks if not check.matched]
    if len(lacking) != 1 or lacking[0].matched is None:
        return
    (check,) = lacking
    written = _written(scenario, statement)
    if check.element == "Condition":
        if not _guards(written):
            yield _drop_test(statement, check)
    elif check.element in {"Action", "Resource"}:
        if not _opens(scenario, written, statement, check):
            yield from _add(statement, check)
    elif check.element in {"NotAction", "NotResource"}:
        yield from _drop_entry(statement, written, check)


def _narrowed(scenario: Scenario, statement: StatementTrace) -> Iterator[Change]:
    """A statement that applies, with the request left out of it."""
    for check in statement.checks:
        if check.element in {"NotAction", "NotResource"}:
            yield from _add(statement, check)


def _written(scenario: Scenario, statement: StatementTrace) -> Statement:
    policy = policy_at(scenario.policies, statement.policy)
    return policy.statements[statement.statement]


def _drop_test(statement: StatementTrace, check: ElementCheck) -> Change:
    return Change(
        DROP_TEST,
        statement,
        check.span.line,
        key=check.key or "",
        operator=check.operator or "",
        element=check.element,
    )


def _add(statement: StatementTrace, check: ElementCheck) -> Iterator[Change]:
    value = str(check.request_value)
    if not _is_pattern(value):
        line = check.span.line
        yield Change(ADD_VALUE, statement, line, value=value, element=check.element)


def _drop_entry(
    statement: StatementTrace, written: Statement, check: ElementCheck
) -> Iterator[Change]:
    """The one entry that names the request. One that names more stays."""
    if len(check.hits) != 1:
        return
    at, element = check.hits[0], check.element
    value = check.policy_values[at]
    if written.effect is Effect.ALLOW and _is_pattern(value):
        return
    listed = written.action if element == "NotAction" else written.resource
    if listed is not None:
        line = listed.values[at].span.line
        yield Change(DROP_VALUE, statement, line, value=value, element=element, at=at)


# What would open too much ------------------------------------------------------------


def _guards(written: Statement) -> bool:
    """Whether a test keeps an Allow from everybody, or from everything."""
    if written.effect is Effect.DENY:
        return False
    wide = _is_wide(written.action) or _is_wide(written.resource)
    return _is_for_everybody(written) or (wide and len(written.conditions) == 1)


def _opens(
    scenario: Scenario,
    written: Statement,
    statement: StatementTrace,
    check: ElementCheck,
) -> bool:
    """Whether one value more in an Allow gives more than what is asked for: to others,
    or on every resource. A ceiling gives nothing, however wide it is."""
    if written.effect is Effect.DENY:
        return False
    if _is_for_everybody(written) and not written.conditions:
        return True
    if check.element == "Resource":
        return _is_wide(written.action)
    grants = statement.policy.startswith(("identity", "resource"))
    return grants and _is_wide(written.resource) and scenario.request.resource != "*"


def _is_wide(element: Element | None) -> bool:
    return element is not None and (
        element.negated or any(not text.strip("*") for text in element.texts)
    )


def _is_for_everybody(written: Statement) -> bool:
    named = written.principal
    return named is not None and any(entry.value == "*" for entry in named.entries)


def _is_pattern(text: str) -> bool:
    return any(sign in text for sign in ("*", "?", "${"))
