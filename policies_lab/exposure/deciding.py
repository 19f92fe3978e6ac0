"""Who gets at one bucket: settings of S3 → a request of every caller → verdicts.

Pure: no database, no form. Every verdict is the engine's; here stand only the bucket,
the callers and what they ask for. Each request is also a scenario of its own
(`scenario_of`), so that the bench can take it up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from policies_lab.exposure.people import ACTIONS, CALLERS, Action, Caller
from policies_lab.exposure.policies import (
    ELSEWHERE,
    FULL_ACCESS,
    OWNER,
    READ_REPORTS,
    public_read,
)
from policies_lab.iam import (
    EvaluationError,
    Policies,
    Policy,
    PolicyError,
    PolicyType,
    Principal,
    PrincipalType,
    Problem,
    Request,
    Scenario,
    Trace,
    evaluate,
    make_request,
    parse_policy,
)
from policies_lab.iam.buckets import ACLS_DISABLED, SETTINGS, acl_policies, canned
from policies_lab.iam.documents import Bucket
from policies_lab.iam.work import rough_cost

BUCKET_POLICY, IDENTITY_POLICY = "bucket_policy", "identity_policy"
NAMES = {BUCKET_POLICY: "BucketPolicy", IDENTITY_POLICY: "AnasPolicy"}
# Units of work (see iam.work) of all requests of one answer together.
MOST_WORK = 200_000
UNDECIDED = "o"
LETTERS = {"allow": "a", "explicit_deny": "e", "implicit_deny": "i"}


@dataclass(frozen=True)
class Settings:
    """What can be set. Policies are texts, blank for none; `organization` is all four
    settings at once, as a policy of the organisation sets them."""

    organization: bool = False
    account: frozenset[str] = frozenset()
    bucket: frozenset[str] = frozenset(SETTINGS)
    ownership: str = ACLS_DISABLED
    bucket_acl: str = "private"
    object_acl: str = "private"
    object_owner: str = OWNER
    bucket_policy: str = ""
    identity_policy: str = ""
    address: str = ELSEWHERE

    @property
    def blocking(self) -> dict[str, dict[str, bool]]:
        """The settings that are on, by level, as a scenario has them."""
        levels = {
            "organization": SETTINGS if self.organization else (),
            "account": self.account,
            "bucket": self.bucket,
        }
        return {
            level: {name: True for name in SETTINGS if name in on}
            for level, on in levels.items()
        }


class Unreadable(Exception):
    """Policies that cannot be read; `problems` by the name of the setting."""

    def __init__(self, problems: Mapping[str, tuple[Problem, ...]]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


class TooMuchWork(Exception):
    """So many requests against such policies would take too long."""


@dataclass(frozen=True)
class Case:
    """Settings that were read. `held` has the policies that bind each caller."""

    settings: Settings
    bucket: Bucket
    policy: Policy | None
    held: Mapping[str, Policies] = field(repr=False)


@dataclass(frozen=True)
class Cell:
    """What one caller gets for one action; `problem` where nothing can be decided."""

    caller: Caller
    action: Action
    trace: Trace | None
    problem: Problem | None = None

    @property
    def decision(self) -> str:
        return self.trace.decision.value if self.trace else ""

    @property
    def allowed(self) -> bool:
        return self.decision == "allow"

    @property
    def letter(self) -> str:
        return LETTERS.get(self.decision, UNDECIDED)


@dataclass(frozen=True)
class Answer:
    """The verdict of every caller on every action, caller by caller."""

    case: Case
    cells: tuple[Cell, ...]

    @cached_property
    def letters(self) -> str:
        """All verdicts, one letter each: what the next answer is compared with."""
        return "".join(cell.letter for cell in self.cells)

    def cell(self, caller: str, action: str) -> Cell:
        return next(
            cell
            for cell in self.cells
            if cell.caller.key == caller and cell.action.key == action
        )


def read(settings: Settings) -> Case:
    """Read the policies. Raises Unreadable with the problems of all of them."""
    problems, read_policies = {}, {}
    kinds = {
        BUCKET_POLICY: PolicyType.RESOURCE,
        IDENTITY_POLICY: PolicyType.IDENTITY,
    }
    for name, kind in kinds.items():
        try:
            read_policies[name] = _read_one(getattr(settings, name), name, kind)
        except PolicyError as error:
            problems[name] = error.problems
    if problems:
        raise Unreadable(problems)
    bucket = _bucket(settings)
    policy = read_policies[BUCKET_POLICY]
    identity = {
        "": None,
        "own": read_policies[IDENTITY_POLICY],
        "read": parse_policy(READ_REPORTS, name="ReadReports"),
        "full": parse_policy(FULL_ACCESS, name="FullAccess"),
    }
    acls = acl_policies(bucket)
    held = {
        name: Policies(identity=(own,) if own else (), resource=policy, acls=acls)
        for name, own in identity.items()
    }
    return Case(settings, bucket, policy, held)


def _read_one(text: str, name: str, kind: PolicyType) -> Policy | None:
    if not text.strip():
        return None
    return parse_policy(text, name=NAMES[name], kind=kind)


def _bucket(settings: Settings) -> Bucket:
    foreign = settings.object_owner != OWNER
    return Bucket(
        blocking=frozenset(on for names in settings.blocking.values() for on in names),
        ownership=settings.ownership,
        bucket_acl=canned(settings.bucket_acl, OWNER) or (),
        object_acl=canned(settings.object_acl, OWNER) or (),
        object_owner=settings.object_owner if foreign else None,
    )


def request_of(case: Case, caller: Caller, action: Action) -> Request:
    return make_request(
        principal=_principal(caller),
        action=action.name,
        resource=action.resource,
        resource_account=OWNER,
        context=caller.context(case.settings.address),
    )


def _principal(caller: Caller) -> Principal:
    members = dict(caller.principal)
    return Principal(type=PrincipalType(members.pop("type")), **members)


def bound(case: Case, caller: Caller, action: Action, **bucket: Any) -> Scenario:
    """One caller's request under the settings; `bucket` replaces parts of the bucket's
    and `policies` the policies, to ask what would be otherwise."""
    policies = bucket.pop("policies", case.held[caller.policy])
    changed = {**_parts(case.bucket), **bucket}
    if action.key == "policy":
        changed["new_policy"] = parse_policy(public_read(), kind=PolicyType.RESOURCE)
    request = request_of(case, caller, action)
    return Scenario(None, request, policies, None, Bucket(**changed))


def _parts(bucket: Bucket) -> dict[str, Any]:
    return {name: getattr(bucket, name) for name in Bucket.__slots__}


def answer(settings: Settings) -> Answer:
    """Decide every request. Raises Unreadable or TooMuchWork."""
    case = read(settings)
    asked = [
        (caller, action, bound(case, caller, action))
        for caller in CALLERS
        for action in ACTIONS
    ]
    if sum(rough_cost(scenario) for _caller, _action, scenario in asked) > MOST_WORK:
        raise TooMuchWork
    return Answer(case, tuple(_decide(*one) for one in asked))


def _decide(caller: Caller, action: Action, scenario: Scenario) -> Cell:
    try:
        return Cell(caller, action, evaluate(scenario))
    except EvaluationError as error:
        return Cell(caller, action, None, error.problems[0])


def scenario_of(settings: Settings, caller: Caller, action: Action) -> dict[str, Any]:
    """The same request as a scenario in the engine's JSON."""
    texts = {
        "own": (NAMES[IDENTITY_POLICY], settings.identity_policy),
        "read": ("ReadReports", READ_REPORTS),
        "full": ("FullAccess", FULL_ACCESS),
    }
    name, text = texts.get(caller.policy, ("", ""))
    policies: dict[str, Any] = {
        "identity": [{"name": name, "document": text}] if text.strip() else [],
    }
    if settings.bucket_policy.strip():
        document = {"name": NAMES[BUCKET_POLICY], "document": settings.bucket_policy}
        policies["resource"] = document
    return {
        "id": f"{caller.key}-{action.key}",
        "principal": caller.principal,
        "action": action.name,
        "resource": action.resource,
        "resource_account": OWNER,
        "context": caller.context(settings.address),
        "policies": policies,
        "s3": _s3(settings, action),
    }


def _s3(settings: Settings, action: Action) -> dict[str, Any]:
    s3: dict[str, Any] = {
        "block_public_access": settings.blocking,
        "object_ownership": settings.ownership,
        "bucket_acl": settings.bucket_acl,
        "object_acl": settings.object_acl,
    }
    if settings.object_owner != OWNER:
        s3["object_owner"] = settings.object_owner
    if action.key == "policy":
        s3["new_policy"] = public_read()
    return s3
