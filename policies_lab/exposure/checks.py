"""A permission check in the manner of AWS Trusted Advisor: what lets the world in.

Everything is asked of the engine: whether a policy or a list is public, which statement
let a caller in, what holds it back, and, by deciding again with one thing changed, what
would close it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from policies_lab.exposure.deciding import Answer, Case, Cell, bound
from policies_lab.exposure.people import CALLERS
from policies_lab.iam import (
    Decision,
    EvaluationError,
    Policies,
    Policy,
    Scenario,
    Statement,
    decide,
)
from policies_lab.iam.buckets import (
    ACLS_DISABLED,
    PUBLIC_GROUPS,
    RESTRICT_PUBLIC_BUCKETS,
    SETTINGS,
    acls_left_out,
    blocked_by,
    is_public_acl,
)
from policies_lab.iam.documents import AclGrant, fold
from policies_lab.iam.publicness import is_public

RED, YELLOW, GREEN = "red", "yellow", "green"
POLICY, BUCKET_ACL, OBJECT_ACL = "resource", "s3.bucket_acl", "s3.object_acl"
LISTS = {BUCKET_ACL: "bucket_acl", OBJECT_ACL: "object_acl"}
# An action that each list speaks of, to ask whether the list counts at all.
SPEAKS_OF = {BUCKET_ACL: "list", OBJECT_ACL: "get"}


@dataclass(frozen=True)
class Finding:
    """One line of the check. `code` says what was found at which `way` (the policy or
    a list): open, narrow, held, ignored, idle, missing or clean. `closes` are the
    changes that would end it, `by` what holds it back already."""

    status: str
    code: str
    way: str
    actions: tuple[str, ...] = ()
    anonymous: bool = False
    statements: tuple[Statement, ...] = ()
    grants: tuple[AclGrant, ...] = ()
    by: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()


def check(answer: Answer) -> list[Finding]:
    """Look at the policy, the two lists and Block Public Access; gravest first."""
    found = [*_of_policy(answer)]
    for way in LISTS:
        found += _of_list(answer, way)
    found += [_of_settings(answer.case)]
    if all(one.way not in {POLICY, *LISTS} for one in found):
        found.append(Finding(GREEN, "clean", POLICY))
    return sorted(found, key=lambda one: (RED, YELLOW, GREEN).index(one.status))


# --- the bucket's policy ----------------------------------------------------------


def _of_policy(answer: Answer) -> Iterator[Finding]:
    policy = answer.case.policy
    if policy is None:
        return
    public = is_public(policy)
    if through := _through(answer, POLICY):
        statements = _deciding(policy, through)
        yield replace(
            _told(through),
            status=RED if public else YELLOW,
            code="open" if public else "narrow",
            statements=statements,
            closes=_closing(answer.case, POLICY, through, statements),
        )
    elif public:
        held = _blocked(answer)
        yield Finding(
            YELLOW,
            "held" if held else "idle",
            POLICY,
            statements=_public_statements(policy),
            by=held,
        )


def _public_statements(policy: Policy) -> tuple[Statement, ...]:
    return tuple(s for s in policy.statements if is_public(_only(policy, (s,))))


def _only(policy: Policy, statements: tuple[Statement, ...]) -> Policy:
    return replace(policy, statements=statements, cache={})


def _deciding(policy: Policy, through: list[Cell]) -> tuple[Statement, ...]:
    """The statements that let the cells' callers in, in the policy's order."""
    places = {
        one.statement
        for cell in through
        for one in cell.trace.deciding
        if one.policy == POLICY
    }
    return tuple(policy.statements[place] for place in sorted(places))


# --- the two lists ----------------------------------------------------------------


def _of_list(answer: Answer, way: str) -> Iterator[Finding]:
    case = answer.case
    listed = getattr(case.bucket, LISTS[way])
    if not is_public_acl(listed):
        return
    grants = tuple(grant for grant in listed if grant.grantee in PUBLIC_GROUPS)
    cell = answer.cell(CALLERS[0].key, SPEAKS_OF[way])
    why = acls_left_out(bound(case, cell.caller, cell.action), fold(cell.action.name))
    if why:
        yield Finding(YELLOW, "ignored", way, grants=grants, by=(why,))
    elif through := _through(answer, way):
        closes = _closing(case, way, through, ())
        yield replace(_told(through), way=way, grants=grants, closes=closes)
    else:
        held = _blocked(answer)
        yield Finding(YELLOW, "held" if held else "idle", way, grants=grants, by=held)


# --- Block Public Access ------------------------------------------------------------


def _of_settings(case: Case) -> Finding:
    off = tuple(name for name in SETTINGS if name not in case.bucket.blocking)
    if off:
        return Finding(YELLOW, "missing", "settings", by=off, closes=off)
    return Finding(GREEN, "clean", "settings")


def _blocked(answer: Answer) -> tuple[str, ...]:
    """The setting that keeps the world out of the bucket as it is, if one does."""
    for cell in answer.cells:
        scenario = bound(answer.case, cell.caller, cell.action)
        if (
            cell.caller.outside
            and blocked_by(scenario, fold(cell.action.name)) == RESTRICT_PUBLIC_BUCKETS
        ):
            return (RESTRICT_PUBLIC_BUCKETS,)
    return ()


# --- who gets through, and what would end it ------------------------------------------


def _through(answer: Answer, way: str) -> list[Cell]:
    """The requests of the world that are allowed, and would be by this way alone."""
    return [
        cell
        for cell in answer.cells
        if cell.caller.outside
        and cell.allowed
        and _is_allowed(_alone(answer.case, cell, way))
    ]


def _told(through: list[Cell]) -> Finding:
    actions = dict.fromkeys(cell.action.key for cell in through)
    anonymous = any(cell.caller.key == "anonymous" for cell in through)
    return Finding(RED, "open", POLICY, tuple(actions), anonymous)


def _alone(case: Case, cell: Cell, way: str, **bucket) -> Scenario:
    """The request with nothing but one way in."""
    held = bucket.pop("policies", case.held[cell.caller.policy])
    if way == POLICY:
        alone = replace(held, acls={}, cache={})
    else:
        lists = {place: one for place, one in held.acls.items() if place == way}
        alone = replace(held, resource=None, acls=lists, cache={})
    return bound(case, cell.caller, cell.action, policies=alone, **bucket)


def _is_allowed(scenario: Scenario) -> bool:
    try:
        return decide(scenario).decision is Decision.ALLOW
    except EvaluationError:
        return False


def _closing(
    case: Case, way: str, through: list[Cell], statements: tuple[Statement, ...]
) -> tuple[str, ...]:
    """The single changes after which none of the requests gets through this way."""
    callers = {cell.caller.key for cell in through}
    first = next(caller.key for caller in CALLERS if caller.key in callers)
    asked = [cell for cell in through if cell.caller.key == first]
    return tuple(
        name
        for name, change in _changes(case, way, statements)
        if all(_ends(case, way, cell, change) for cell in asked)
    )


def _ends(case: Case, way: str, cell: Cell, change: Callable[[Policies], dict]) -> bool:
    changed = change(case.held[cell.caller.policy])
    now = bound(case, cell.caller, cell.action, **changed)
    return not _is_allowed(now) or not _is_allowed(_alone(case, cell, way, **changed))


def _changes(
    case: Case, way: str, statements: tuple[Statement, ...]
) -> Iterator[tuple[str, Callable[[Policies], dict]]]:
    blocking = case.bucket.blocking
    for name in SETTINGS:
        if name not in blocking:
            yield name, lambda _held, name=name: {"blocking": blocking | {name}}
    if case.bucket.ownership != ACLS_DISABLED:
        yield ACLS_DISABLED, lambda _held: {"ownership": ACLS_DISABLED}
    if way == POLICY:
        yield "statements", lambda held: {"policies": _without(held, statements)}
    else:
        yield "private", lambda held: {LISTS[way]: (), "policies": _unlisted(held, way)}


def _without(held: Policies, statements: tuple[Statement, ...]) -> Policies:
    left = tuple(s for s in held.resource.statements if s not in statements)
    policy = _only(held.resource, left) if left else None
    return replace(held, resource=policy, cache={})


def _unlisted(held: Policies, way: str) -> Policies:
    left = {place: one for place, one in held.acls.items() if place != way}
    return replace(held, acls=left, cache={})
