"""The engine's JSON, outward: a decision, its trace, or why there is none."""

from typing import Any

from policies_lab.iam.documents import Problem
from policies_lab.iam.evaluation import Ruling
from policies_lab.iam.trace import ElementCheck, StatementTrace, Step, Trace


def result(
    outcome: Trace | Ruling, *, id: str | None, with_trace: bool = False
) -> dict[str, Any]:
    """Return a decision as JSON; with_trace adds statements and steps of a Trace."""
    found: dict[str, Any] = {
        "id": id,
        "decision": outcome.decision.value,
        "deciding_step": outcome.deciding_step.value,
    }
    if with_trace and isinstance(outcome, Trace):
        found["statements"] = [_statement(s) for s in outcome.statements]
        found["steps"] = [_step(step) for step in outcome.steps]
    return found


def error_result(problem: Problem, *, id: str | None, message: str) -> dict[str, Any]:
    """Return a refusal as JSON: never a decision."""
    return {
        "id": id,
        "error": {
            "path": problem.path,
            "line": problem.span.line,
            "column": problem.span.column,
            "code": problem.code,
            "message": message,
        },
    }


def _statement(statement: StatementTrace) -> dict[str, Any]:
    return {
        "policy": statement.policy,
        "name": statement.name,
        "statement": statement.statement,
        "sid": statement.sid,
        "effect": statement.effect.value,
        "line": statement.span.line,
        "column": statement.span.column,
        "applies": statement.applies,
        "failed": _failed(statement.failed),
    }


def _failed(check: ElementCheck | None) -> dict[str, Any] | None:
    if check is None:
        return None
    value = check.request_value
    return {
        "element": check.element,
        "key": check.key,
        "operator": check.operator,
        "policy_value": list(check.policy_values),
        "request_value": list(value) if isinstance(value, tuple) else value,
    }


def _step(step: Step) -> dict[str, Any]:
    found: dict[str, Any] = {"step": step.kind.value, "outcome": step.outcome.value}
    return found | ({"level": step.level} if step.level else {})
