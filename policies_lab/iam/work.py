"""A bound on the work of one evaluation, the same on every machine.

A worker that is stuck in a pattern is not stopped by anybody, so what would be too
much is refused before it begins. A unit is about a microsecond of a small machine.
"""

from collections.abc import Iterable, Iterator

from policies_lab.iam import size
from policies_lab.iam.compiled import CompiledStatement
from policies_lab.iam.documents import (
    ConditionTest,
    EvaluationError,
    Problem,
    Request,
    Scenario,
    Span,
    fold,
)
from policies_lab.iam.elements import Call
from policies_lab.iam.groups import Group
from policies_lab.iam.size import Size

MAX_WORK = 20_000

# What things cost, in units. A search through n characters for a pattern of m takes
# about n·m / 2048; a pattern with a question mark is compiled to a regular expression.
_STATEMENT = 8
_MATCHING_STATEMENT = 12
_TEST = 6
_PATTERN = 6
_STAR = 1
_VARIABLE = 8
_SEARCHED = 60
_CAGED = 20
_PRODUCT_SHIFT = 11
_FILLED_SHIFT = 5
_STATES_SHIFT = 2
_READING_SHIFT = 6


def limit_work(
    scenario: Scenario, groups: Iterable[tuple[Group, ...]], call: Call
) -> None:
    """Raise EvaluationError with `too_much_work` and the place where it got too much.

    A rough bound from the size of all documents settles nearly every case at once;
    only where that is too high is the work of the groups that bind the request added
    up, statement by statement.
    """
    if rough_cost(scenario) > MAX_WORK:
        _add_up(groups, scenario.request, call)


def rough_cost(scenario: Scenario) -> int:
    """Bound the work of one decision from the size of all documents, in units."""
    request = scenario.request
    total = size.of_policies(scenario.policies)
    return _cost(total, request.longest, request.widest, request.longest)


def examining_cost(compiled: CompiledStatement, request: Request) -> int:
    """Bound the work of holding every element of one statement, in units."""
    found = size.added(size.of_statement(compiled.statement))
    return _cost(found, request.longest, request.widest, request.longest)


def _cost(found: Size, length: int, members: int, filling: int) -> int:
    """Bound the work of holding values against a text of a length (or `members` texts
    of that length together), where each variable is filled with at most `filling`."""
    filled = found.variables * filling
    return (
        found.statements * (_STATEMENT + _MATCHING_STATEMENT)
        + found.tests * (_TEST + (length >> _READING_SHIFT))
        + found.names
        + found.patterns * _PATTERN
        + found.stars * _STAR
        + found.values * members
        + ((found.chars + filled) * length >> _PRODUCT_SHIFT)
        + found.variables * _VARIABLE
        + (filled >> _FILLED_SHIFT)
        + found.searched * _SEARCHED
        + found.caged * (_CAGED + (length >> _STATES_SHIFT))
    )


def _add_up(groups: Iterable[tuple[Group, ...]], request: Request, call: Call) -> None:
    total = 0
    documents = (d for levels in groups for group in levels for d in group.documents)
    for document in documents:
        for statement in document.statements:
            for cost, element, span in _costs(statement, request, call):
                total += cost
                if total > MAX_WORK:
                    where = f"{document.path}.{statement.statement.path}.{element}"
                    problem = Problem("too_much_work", f"policies.{where}", span)
                    raise EvaluationError((problem,))


def _costs(
    compiled: CompiledStatement, request: Request, call: Call
) -> Iterator[tuple[int, str, Span]]:
    """Yield what the statement's elements cost, as far as they are looked at."""
    statement = compiled.statement
    action, resource = statement.action, statement.resource
    cost = _cost(size.of_element(action), len(call.action), 1, 0)
    yield _STATEMENT + cost, action.name, action.span
    if not compiled.action.matches(call.action):
        return
    yield _MATCHING_STATEMENT, action.name, action.span
    if resource is not None:
        found = size.of_element(resource)
        cost = _cost(found, len(call.resource), 1, request.longest)
        yield cost, resource.name, resource.span
    for test in statement.conditions:
        yield _test_cost(test, request), "Condition", test.span


def _test_cost(test: ConditionTest, request: Request) -> int:
    value = request.lookup.get(fold(test.key))
    members = (value,) if isinstance(value, str) else value or ()
    length = sum(map(len, members))
    return _cost(size.of_test(test), length, len(members), request.longest)
