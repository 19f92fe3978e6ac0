"""A case and its ruling -> the trace.

The ruling comes from the stages of `evaluation`; here every statement is looked at
once more, element by element, by the functions that the ruling was made with.
"""

from collections.abc import Iterable, Iterator

from policies_lab.iam import buckets
from policies_lab.iam.compiled import CompiledStatement, UnknowableError
from policies_lab.iam.documents import Effect, Policy, PrincipalType, Scenario
from policies_lab.iam.evaluation import (
    LEVELLED,
    Case,
    Ruling,
    granted_to_entity,
    rule,
)
from policies_lab.iam.groups import Group
from policies_lab.iam.principals import Grant
from policies_lab.iam.trace import (
    DecidingStep,
    Decision,
    Outcome,
    StatementTrace,
    Step,
    StepKind,
    Trace,
)
from policies_lab.iam.work import examining_cost

_LAYERS = tuple(StepKind)[1:]
_OF_S3 = frozenset({StepKind.BLOCK_PUBLIC_ACCESS, StepKind.ACL})
_IDS = {kind: kind.value for kind in StepKind}
_PLACES = {kind: place for place, kind in enumerate(_LAYERS)}
_GRANTING = {
    DecidingStep.IDENTITY: {StepKind.IDENTITY},
    DecidingStep.RESOURCE: {StepKind.RESOURCE},
    DecidingStep.IDENTITY_AND_RESOURCE: {StepKind.IDENTITY, StepKind.RESOURCE},
    DecidingStep.ACL: {StepKind.ACL},
    DecidingStep.IDENTITY_AND_ACL: {StepKind.IDENTITY, StepKind.ACL},
}
# After which step an allow asks nobody any more; identity and both sides ask everybody.
_LAST_ASKED = {
    DecidingStep.RESOURCE: StepKind.RESOURCE,
    DecidingStep.ROOT_USER: StepKind.RESOURCE,
    DecidingStep.ACL: StepKind.ACL,
}

Looked = list[tuple[Group, CompiledStatement, StatementTrace]]
Allows = dict[tuple[StepKind, int], list[StatementTrace]]


def evaluate(scenario: Scenario) -> Trace:
    """Decide a scenario and say how.

    Raises EvaluationError where the answer would be a guess, or would take too much
    work; its one problem names the place.
    """
    case = Case(scenario)
    ruling = rule(case)
    looked = _look(case)
    return Trace(
        decision=ruling.decision,
        deciding_step=ruling.deciding_step,
        steps=tuple(_steps(case, ruling, looked)),
        deciding=tuple(_deciding(case, ruling, looked)),
        statements=tuple(trace for _, _, trace in looked),
    )


def examine(
    scenario: Scenario, statements: Iterable[StatementTrace], *, units: int
) -> list[StatementTrace]:
    """Return statements of a trace of this scenario with every element looked at, as
    a trace stops at the first that fails.

    Takes them in the order given and ends before the work is more than `units`.
    """
    case = Case(scenario)
    documents = {
        document.path: document.statements
        for group in _groups(case)
        for document in group.documents
    }
    found = []
    for trace in statements:
        compiled = documents[trace.policy][trace.statement]
        units -= examining_cost(compiled, scenario.request)
        if units < 0:
            break
        checks = compiled.examine(case.call, scenario.request.action)
        found.append(trace._replace(checks=checks))
    return found


def _look(case: Case) -> Looked:
    written = case.scenario.request.action
    return [
        (group, statement, statement.trace(case.call, written, document.path))
        for group in _groups(case)
        for document in group.documents
        for statement in document.statements
    ]


def _groups(case: Case) -> Iterator[Group]:
    for groups in case.layers.values():
        yield from groups


def _deciding(case: Case, ruling: Ruling, looked: Looked) -> list[StatementTrace]:
    """Pick the statements that applied at the deciding step."""
    if ruling.decision is Decision.IMPLICIT_DENY:
        return []
    if ruling.decision is Decision.EXPLICIT_DENY:
        kind = StepKind(ruling.deciding_step.value)
        return [t for g, _, t in looked if g.kind is kind and _is(t, Effect.DENY)]
    kinds = _GRANTING.get(ruling.deciding_step, set())
    return [
        trace
        for group, statement, trace in looked
        if group.kind in kinds
        and _is(trace, Effect.ALLOW)
        and _counts(case, group, statement)
    ]


def _is(statement: StatementTrace, effect: Effect) -> bool:
    return statement.applies and statement.effect is effect


def _counts(case: Case, group: Group, statement: CompiledStatement) -> bool:
    """Of several grants in one resource's policy only the strongest counts."""
    if group.kind not in (StepKind.RESOURCE, StepKind.ACL):
        return True
    return statement.grant(case.call) is case.granted_by(group.kind)


def _steps(case: Case, ruling: Ruling, looked: Looked) -> list[Step]:
    denied = ruling.decision is Decision.EXPLICIT_DENY
    first = Step(
        id=_IDS[StepKind.EXPLICIT_DENY],
        parent=None,
        kind=StepKind.EXPLICIT_DENY,
        level=None,
        outcome=_first_outcome(ruling),
        statements=tuple(t for _, _, t in looked if t.effect is Effect.DENY),
        facts={"found_in": ruling.deciding_step.value} if denied else {},
    )
    allows: Allows = {}
    for group, _, trace in looked:
        if trace.effect is Effect.ALLOW:
            allows.setdefault((group.kind, group.level), []).append(trace)
    steps = [first]
    grant = _grant_name(case)
    for kind in _LAYERS:
        if kind in _OF_S3 and case.scenario.s3 is None:
            continue
        levels = len(case.layers.get(kind, ())) if kind in LEVELLED else 0
        for number in range(levels) if levels else (None,):
            steps.append(_step(case, ruling, allows, kind, number, grant))
    return steps


def _first_outcome(ruling: Ruling) -> Outcome:
    if ruling.deciding_step is DecidingStep.NONE_NEEDED:
        return Outcome.NOT_REACHED
    denied = ruling.decision is Decision.EXPLICIT_DENY
    return Outcome.STOP if denied else Outcome.PASS


def _step(
    case: Case,
    ruling: Ruling,
    allows: Allows,
    kind: StepKind,
    number: int | None,
    grant: str,
) -> Step:
    name = _IDS[kind]
    return Step(
        id=name if number is None else f"{name}[{number}]",
        parent=None if number is None else name,
        kind=kind,
        level=None if number is None else _level_name(case, kind, number),
        outcome=_outcome(case, ruling, kind, number),
        statements=tuple(allows.get((kind, number or 0), ())),
        facts=_facts(case, kind, grant),
    )


def _level_name(case: Case, kind: StepKind, number: int) -> str:
    policies = case.scenario.policies
    levels = policies.rcps if kind is StepKind.RCP else policies.scps
    return levels[number].level


def _outcome(case: Case, ruling: Ruling, kind: StepKind, number: int | None) -> Outcome:
    if not _is_present(case, kind):
        return Outcome.NOT_PRESENT
    if (
        ruling.decision is Decision.EXPLICIT_DENY
        or ruling.deciding_step is DecidingStep.NONE_NEEDED
    ):
        return Outcome.NOT_REACHED
    here = (_PLACES[kind], number or 0)
    if ruling.decision is Decision.ALLOW:
        last = _LAST_ASKED.get(ruling.deciding_step, StepKind.SESSION)
        if ruling.deciding_step is DecidingStep.RESOURCE and granted_to_entity(case):
            last = StepKind.SESSION
        passed = here[0] <= _PLACES[last]
        return Outcome.PASS if passed else Outcome.NOT_REACHED
    stopped = (_stopping_layer(ruling), ruling.level or 0)
    if here == stopped:
        return Outcome.STOP
    return Outcome.PASS if here < stopped else Outcome.NOT_REACHED


def _stopping_layer(ruling: Ruling) -> int:
    """Where an implicit deny stands among the layers. That the root user cannot take a
    role on is found where the role's trust policy is asked."""
    is_root = ruling.deciding_step is DecidingStep.ROOT_USER
    step = StepKind.RESOURCE if is_root else StepKind(ruling.deciding_step.value)
    return _PLACES[step]


def _is_present(case: Case, kind: StepKind) -> bool:
    if kind in case.exempt:
        return kind is StepKind.RESOURCE and bool(case.needed)
    if kind is StepKind.RESOURCE:
        return kind in case.layers or _stops_at_resource(case)
    if kind is StepKind.BLOCK_PUBLIC_ACCESS:
        return case.scenario.s3 is not None and bool(case.scenario.s3.blocking)
    if kind is StepKind.ACL:
        return True
    if kind is StepKind.SESSION and _is_federated(case):
        return True
    # Without an identity policy the caller has none that allows: that is an answer.
    return kind is StepKind.IDENTITY or kind in case.layers


def _stops_at_resource(case: Case) -> bool:
    is_root = case.caller_type is PrincipalType.ROOT
    return bool(case.needed) or (is_root and case.call.action == "sts:assumerole")


def _facts(case: Case, kind: StepKind, grant: str) -> dict[str, str]:
    facts: dict[str, str] = {}
    if kind in case.exempt:
        if _is_given(case, kind):
            facts["exempt"] = case.exempt[kind]
    elif kind is StepKind.IDENTITY and grant == "entity" and case.same_account:
        facts["exempt"] = "granted_to_entity"
    elif kind is StepKind.SESSION and _is_federated(case):
        facts["needed"] = "federated_user"
    if kind is StepKind.RESOURCE:
        facts["grant"] = grant
        if case.needed:
            facts["or_acl" if case.has_acls else "needed"] = case.needed
    if kind in _OF_S3:
        facts |= _facts_of_s3(case, kind)
    return facts


def _facts_of_s3(case: Case, kind: StepKind) -> dict[str, str]:
    if kind is StepKind.ACL:
        if not case.has_acls:
            return {}
        needed = {"needed": case.needed} if case.needed and not case.grant else {}
        return {"grant": case.granted_by(kind).name.lower()} | needed
    setting = buckets.blocked_by(case.scenario, case.call.action)
    return {"setting": setting} if setting else {}


def _is_federated(case: Case) -> bool:
    return case.caller_type is PrincipalType.FEDERATED_USER


def _is_given(case: Case, kind: StepKind) -> bool:
    """Whether the scenario holds documents that the step leaves out."""
    policies = case.scenario.policies
    given: dict[StepKind, Policy | tuple[object, ...] | bool | None] = {
        StepKind.RCP: policies.rcps,
        StepKind.SCP: policies.scps,
        StepKind.RESOURCE: policies.resource,
        StepKind.IDENTITY: policies.identity or (PrincipalType.ROOT,),
        StepKind.BOUNDARY: policies.boundary,
        StepKind.SESSION: policies.session,
        StepKind.ACL: case.exempt.get(StepKind.ACL) != "no_acls",
    }
    return bool(given.get(kind))


def _grant_name(case: Case) -> str:
    try:
        return case.grant.name.lower()
    except UnknowableError:
        return Grant.UNKNOWN.name.lower()
