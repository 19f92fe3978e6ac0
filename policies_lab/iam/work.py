"""A bound on the work of one evaluation, the same on every machine.

A worker that is stuck in a pattern is not stopped by anybody, so what would be too
much is refused before it begins. The unit is about one comparison.
"""

from typing import NamedTuple

from policies_lab.iam.compiled import Call, CompiledStatement, compiled
from policies_lab.iam.documents import EvaluationError, Policy, Problem, Span
from policies_lab.iam.trace import StepKind

MAX_WORK = 20_000
_SHIFT = 11
"""A search through n characters for a pattern of m costs about n·m / 2048."""


class Document(NamedTuple):
    """A document that binds the request, and its place in the scenario."""

    kind: StepKind
    level: int
    path: str
    policy: Policy


def limit_work(documents: list[Document], call: Call) -> None:
    """Raise EvaluationError with `too_much_work` and the place where it got too much.

    A rough bound from the documents' sizes settles nearly every case at once; only
    where that is too high is the work added up statement by statement.
    """
    if _rough_bound(documents, call) > MAX_WORK:
        _add_up(documents, call)


def _rough_bound(documents: list[Document], call: Call) -> int:
    widest, longest = 1, len(call.action) + len(call.resource)
    for value in call.lookup.values():
        members = (value,) if isinstance(value, str) else value
        widest = max(widest, len(members))
        longest = max(longest, sum(map(len, members)))
    total = 0
    for document in documents:
        size = compiled(document.policy).size
        filled = size.variables * longest
        chars = size.pattern_chars + size.value_chars + filled
        total += size.patterns + size.values * widest
        total += (chars * longest >> _SHIFT) + (filled >> 4)
    return total


def _add_up(documents: list[Document], call: Call) -> None:
    total = 0
    for document in documents:
        for statement in compiled(document.policy).statements:
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
