"""Changes of the request: another value of a key, another action or resource, each
taken from what the policies say."""

import re
from collections.abc import Callable, Iterable, Iterator

from policies_lab.flips.changes import ACTION, KEY, RESOURCE, Change
from policies_lab.flips.values import filled, values_for, written
from policies_lab.iam import (
    ContextValue,
    ElementCheck,
    Request,
    Scenario,
    StatementTrace,
)
from policies_lab.iam.context import derived_keys
from policies_lab.iam.documents import fold, is_role

Suits = Callable[[str, str], bool]
"""Whether an action works on a resource: nobody learns from a request that AWS could
never get."""

_VARIABLE = re.compile(r"\$\{([^{},*?$]+)")
# These say who calls, and the caller stays the same.
_OF_THE_CALLER = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:principaltype",
        "aws:userid",
        "aws:username",
    }
)


def request_changes(
    scenario: Scenario, statements: Iterable[StatementTrace], suits: Suits
) -> Iterator[Change]:
    """Every change of the request that the statements suggest, smallest first."""
    listed = list(statements)
    yield from _keys(scenario.request, listed)
    if scenario.s3 is None:
        # What S3 has besides policies was read for this action and this bucket.
        yield from _actions(scenario.request, listed, suits)
        yield from _resources(scenario.request, listed, suits)


def _keys(request: Request, statements: list[StatementTrace]) -> Iterator[Change]:
    """The tests of statements that speak of the action, and variables in them."""
    spelt = {fold(key): key for key in request.context}
    fixed = _OF_THE_CALLER | {fold(key) for key in derived_keys(request.principal, {})}
    concerned = [s for s in statements if _is_about_the_request(s)]
    tried: set[tuple[str, object]] = set()
    for statement, check, key, value in _suggested(concerned):
        name = fold(key)
        was = request.lookup.get(name)
        if name in fixed or (name, value) in tried or value == was:
            continue
        if not _can_be_written(value):
            continue
        tried.add((name, value))
        yield Change(
            KEY,
            statement,
            check.span.line,
            key=spelt.get(name, key),
            value=value,
            was=was,
        )


def _can_be_written(value: ContextValue | None) -> bool:
    """Whether a row of a bench can hold the value: several are written `[a, b]`."""
    if value is None or isinstance(value, str):
        return value is None or not value.startswith("[")
    return not any(set("[],").intersection(one) or one.strip() != one for one in value)


def _is_about_the_request(statement: StatementTrace) -> bool:
    failed = statement.failed
    return failed is None or failed.element == "Condition"


def _suggested(statements: list[StatementTrace]) -> Iterator[tuple]:
    """Values first, because they say more than a key that is missing."""
    for statement in statements:
        for check in statement.checks:
            if check.key:
                for value in values_for(check):
                    yield statement, check, check.key, value
    for statement in statements:
        for check in statement.checks:
            for key in _mentioned(check):
                yield statement, check, key, None


def _mentioned(check: ElementCheck) -> list[str]:
    keys = [check.key] if check.key else []
    for text in check.policy_values:
        if "${" in text:
            keys += _VARIABLE.findall(text)
    return keys


def _actions(
    request: Request, statements: list[StatementTrace], suits: Suits
) -> Iterator[Change]:
    """Actions that a policy names in full, of the same service."""
    service, asked = request.action.partition(":")[0], fold(request.action)
    seen = {asked}
    for statement, check in _elements(statements, "Action"):
        for text in check.policy_values:
            name = fold(text)
            if name in seen or "*" in text or "?" in text:
                continue
            seen.add(name)
            same_service = name.partition(":")[0] == fold(service)
            if same_service and suits(text, request.resource):
                line, was = check.span.line, request.action
                yield Change(ACTION, statement, line, value=text, was=was)


def _resources(
    request: Request, statements: list[StatementTrace], suits: Suits
) -> Iterator[Change]:
    """Resources that a policy names, of the same service and account. Only the name
    in an ARN may be a pattern: something that fits is put in."""
    fields = request.resource.split(":", 5)
    if len(fields) < 6:
        return
    seen = {request.resource}
    for statement, check in _elements(statements, "Resource"):
        for text in written(check):
            resource = filled(text)
            if resource in seen or text.split(":", 5)[:5] != fields[:5]:
                continue
            if text.count(":") < 5 or is_role(resource) != is_role(request.resource):
                continue
            seen.add(resource)
            if suits(request.action, resource):
                line, was = check.span.line, request.resource
                yield Change(RESOURCE, statement, line, value=resource, was=was)


def _elements(
    statements: list[StatementTrace], name: str
) -> Iterator[tuple[StatementTrace, ElementCheck]]:
    for statement in statements:
        for check in statement.checks:
            if check.element in {name, f"Not{name}"}:
                yield statement, check
