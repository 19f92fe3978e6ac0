"""A bound on the work of one evaluation, the same on every machine.

A worker that is stuck in a pattern is not stopped by anybody, so what would be too
much is refused before it begins. The unit is about one comparison.
"""

from collections.abc import Iterable

from policies_lab.iam.compiled import CompiledStatement
from policies_lab.iam.documents import EvaluationError, Problem, Request, Span
from policies_lab.iam.elements import Call
from policies_lab.iam.groups import Group

MAX_WORK = 20_000
_SHIFT = 11
"""A search through n characters for a pattern of m costs about n·m / 2048."""


def limit_work(
    groups: Iterable[tuple[Group, ...]], request: Request, call: Call
) -> None:
    """Raise EvaluationError with `too_much_work` and the place where it got too much.

    A rough bound from the documents' sizes settles nearly every case at once; only
    where that is too high is the work added up statement by statement.
    """
    bound = 0
    for levels in groups:
        for group in levels:
            size = group.size
            filled = size.variables * request.longest
            bound += size.patterns + size.values * request.widest + (filled >> 4)
            bound += (size.chars + filled) * request.longest >> _SHIFT
    if bound > MAX_WORK:
        _add_up(groups, call)


def _add_up(groups: Iterable[tuple[Group, ...]], call: Call) -> None:
    total = 0
    documents = (d for levels in groups for group in levels for d in group.documents)
    for document in documents:
        for statement in document.statements:
            for cost, element, span in _costs(statement, call):
                total += cost
                if total > MAX_WORK:
                    where = f"{document.path}.{statement.statement.path}.{element}"
                    problem = Problem("too_much_work", f"policies.{where}", span)
                    raise EvaluationError((problem,))


def _costs(statement: CompiledStatement, call: Call) -> list[tuple[int, str, Span]]:
    """List what the statement's elements cost, as far as they are looked at."""
    action = statement.action.element
    length = sum(map(len, action.texts)) * len(call.action)
    costs = [(len(action.values) + (length >> _SHIFT), action.name, action.span)]
    if not statement.action.matches(call.action):
        return costs
    if statement.resource is not None:
        element = statement.resource.element
        chars = statement.resource.work(call.lookup)
        filled = chars >> 4 if statement.resource.variables else 0
        cost = len(element.values) + (chars * len(call.resource) >> _SHIFT) + filled
        costs.append((cost, element.name, element.span))
    for test in statement.tests:
        costs.append((test.work(call.lookup), "Condition", test.test.span))
    return costs
