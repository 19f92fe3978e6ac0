"""The decision, top to bottom, in the order in which the course teaches it.

"Policy evaluation logic" in the IAM User Guide: an explicit deny in any policy that
binds the request wins; then every ceiling has to allow; then somebody has to grant.
Each stage is a function of the case and answers with a ruling or passes it on.
"""

from collections.abc import Callable
from typing import NamedTuple

from policies_lab.iam.compiled import Call, UnknowableError, strongest
from policies_lab.iam.documents import (
    Effect,
    EvaluationError,
    Policy,
    PrincipalType,
    Problem,
    Scenario,
    Span,
    fold,
)
from policies_lab.iam.organisations import RCP_FREE_ACTIONS, RCP_SERVICES
from policies_lab.iam.principals import SIGNED, Grant
from policies_lab.iam.trace import DecidingStep, Decision, StepKind
from policies_lab.iam.work import Document, limit_work

LEVELLED = frozenset({StepKind.RCP, StepKind.SCP})
"""Steps that an organisation takes level by level."""

_WITH_IDENTITY_POLICIES = frozenset(
    {PrincipalType.USER, PrincipalType.ROLE_SESSION, PrincipalType.FEDERATED_USER}
)
_TRUST_ACTIONS = (
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
    "sts:tagsession",
    "sts:setsourceidentity",
    "sts:setcontext",
)
_BUCKET_POLICY_ACTIONS = frozenset(
    {"s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"}
)


class Ruling(NamedTuple):
    """The decision and the step at which it fell; `level` counts an organisation's
    levels from 0 where one of them denied."""

    decision: Decision
    deciding_step: DecidingStep
    level: int | None = None


class Case:
    """A scenario with everything that does not bind this request left out.

    `layers` holds the documents that do, by step; `exempt` says why a step's
    documents do not; `needed` says why the resource's policy has to allow.
    """

    __slots__ = ("_grant", "call", "exempt", "layers", "needed", "scenario")

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        request, policies = scenario.request, scenario.policies
        caller = request.principal
        self._grant: Grant | None = None
        self.call = Call(
            action=fold(request.action),
            resource=request.resource,
            lookup=request.lookup,
            caller=caller,
            bounded=policies.boundary is not None,
        )
        self.exempt = _exemptions(scenario, self.call.action)
        self.needed = _resource_has_to_allow(scenario, self.call.action)
        bound: dict[StepKind, tuple[tuple[Policy, ...], ...]] = {
            StepKind.RCP: tuple(level.policies for level in policies.rcps),
            StepKind.SCP: tuple(level.policies for level in policies.scps),
            StepKind.VPCE: _single(policies.vpce),
            StepKind.RESOURCE: _single(policies.resource),
            StepKind.IDENTITY: (policies.identity,),
            StepKind.BOUNDARY: _single(policies.boundary),
            StepKind.SESSION: (policies.session,) if policies.session else (),
        }
        for kind in self.exempt:
            bound[kind] = ()
        self.layers = bound

    def is_denied(self, policies: tuple[Policy, ...]) -> bool:
        """Whether a Deny statement of these documents applies."""
        return strongest(policies, Effect.DENY, self.call) is not Grant.NONE

    def is_allowed(self, policies: tuple[Policy, ...]) -> bool:
        """Whether an Allow statement of these documents applies."""
        return strongest(policies, Effect.ALLOW, self.call) is not Grant.NONE

    def allowed_by(self, kind: StepKind) -> bool:
        """Whether the documents of a step without levels allow, taken together."""
        return any(self.is_allowed(policies) for policies in self.layers[kind])

    @property
    def grant(self) -> Grant:
        """What the resource's policy grants to the caller, at its strongest."""
        if self._grant is None:
            policies = (p for level in self.layers[StepKind.RESOURCE] for p in level)
            self._grant = strongest(policies, Effect.ALLOW, self.call)
        return self._grant

    @property
    def caller_type(self) -> PrincipalType:
        """The type of the caller."""
        return self.call.caller.type

    @property
    def same_account(self) -> bool:
        """Whether caller and resource belong to one account."""
        return self.call.caller.account == self.scenario.request.resource_account


def _single(policy: Policy | None) -> tuple[tuple[Policy, ...], ...]:
    return () if policy is None else ((policy,),)


def _exemptions(scenario: Scenario, action: str) -> dict[StepKind, str]:
    """Say which steps do not bind the request, and why."""
    request, management = scenario.request, scenario.management_account
    caller = request.principal
    exempt: dict[StepKind, str] = {}
    if caller.service_linked:
        exempt[StepKind.RCP] = exempt[StepKind.SCP] = "service_linked_role"
    elif management and request.resource_account == management:
        exempt[StepKind.RCP] = "management_account"
    elif action.partition(":")[0] not in RCP_SERVICES or action in RCP_FREE_ACTIONS:
        exempt[StepKind.RCP] = "not_covered_by_rcps"
    if caller.type not in SIGNED:
        exempt[StepKind.SCP] = "caller_without_account"
    elif management and caller.account == management:
        exempt[StepKind.SCP] = "management_account"
    if caller.type not in _WITH_IDENTITY_POLICIES:
        is_root = caller.type is PrincipalType.ROOT
        why = "root_user" if is_root else "caller_without_account"
        for kind in (StepKind.IDENTITY, StepKind.BOUNDARY, StepKind.SESSION):
            exempt[kind] = why
        # No bucket policy can keep the owner's root user from mending it.
        owner = caller.account == request.resource_account
        if is_root and owner and action in _BUCKET_POLICY_ACTIONS:
            exempt[StepKind.RESOURCE] = "root_mends_bucket_policy"
    return exempt


def _resource_has_to_allow(scenario: Scenario, action: str) -> str:
    """Say why nothing is possible without the resource's policy, or an empty text."""
    request = scenario.request
    if request.principal.type not in SIGNED:
        return "caller_without_account"
    if request.principal.account != request.resource_account:
        return "other_account"
    service, _, name = (
        request.resource.removeprefix("arn:").partition(":")[2].partition(":")
    )
    what = name.split(":", 2)[-1]
    if service == "kms" and what.startswith("key/"):
        return "key_policy"
    if service == "iam" and what.startswith("role/") and action in _TRUST_ACTIONS:
        return "trust_policy"
    return ""


# The stages ---------------------------------------------------------------------


def needs_no_permission(case: Case) -> Ruling | None:
    """sts:GetCallerIdentity answers every signed caller, even one with a Deny."""
    known = case.caller_type in SIGNED or case.caller_type is PrincipalType.SERVICE
    if case.call.action == "sts:getcalleridentity" and known:
        return Ruling(Decision.ALLOW, DecidingStep.NONE_NEEDED)
    return None


def explicit_deny(case: Case) -> Ruling | None:
    """A Deny that applies, in whatever policy, is final; the first type is named."""
    for kind, levels in case.layers.items():
        for number, policies in enumerate(levels):
            if case.is_denied(policies):
                level = number if kind in LEVELLED else None
                return Ruling(Decision.EXPLICIT_DENY, DecidingStep(kind.value), level)
    return None


def service_control_policies(case: Case) -> Ruling | None:
    """Every level, root to account, has to allow. Resource control policies come
    before them and have no implicit deny: RCPFullAWSAccess is on every level."""
    for number, policies in enumerate(case.layers[StepKind.SCP]):
        if not case.is_allowed(policies):
            return Ruling(Decision.IMPLICIT_DENY, DecidingStep.SCP, number)
    return None


def endpoint_policy(case: Case) -> Ruling | None:
    """A VPC endpoint with a policy lets through what that policy allows."""
    if case.layers[StepKind.VPCE] and not case.allowed_by(StepKind.VPCE):
        return Ruling(Decision.IMPLICIT_DENY, DecidingStep.VPCE)
    return None


def resource_policy(case: Case) -> Ruling | None:
    """The resource's policy may end it: with an allow for the caller itself, or with a
    denial where it had to allow and does not."""
    if case.caller_type is PrincipalType.ROOT:
        return _root_user(case)
    if case.needed and case.grant is Grant.NONE:
        return Ruling(Decision.IMPLICIT_DENY, DecidingStep.RESOURCE)
    if case.needed == "caller_without_account":
        return Ruling(Decision.ALLOW, DecidingStep.RESOURCE)
    if case.same_account and case.grant is Grant.DIRECT:
        return Ruling(Decision.ALLOW, DecidingStep.RESOURCE)
    return None


def _root_user(case: Case) -> Ruling:
    """The root user has no identity policies: in its own account nothing is missing,
    elsewhere the other side decides. It cannot become a role."""
    if case.call.action == "sts:assumerole":
        return Ruling(Decision.IMPLICIT_DENY, DecidingStep.ROOT_USER)
    if case.needed and case.grant is Grant.NONE:
        return Ruling(Decision.IMPLICIT_DENY, DecidingStep.RESOURCE)
    step = DecidingStep.ROOT_USER if case.same_account else DecidingStep.RESOURCE
    return Ruling(Decision.ALLOW, step)


def identity_policies(case: Case) -> Ruling | None:
    """One of the caller's own policies has to allow, unless the resource's policy
    named its role, or the user behind a federated session, in the same account."""
    if granted_to_entity(case) or case.allowed_by(StepKind.IDENTITY):
        return None
    return Ruling(Decision.IMPLICIT_DENY, DecidingStep.IDENTITY)


def granted_to_entity(case: Case) -> bool:
    """Whether the resource's policy stands in for identity policies."""
    return case.same_account and case.grant is Grant.ENTITY


def permissions_boundary(case: Case) -> Ruling | None:
    """A boundary, where there is one, has to allow as well."""
    if case.layers[StepKind.BOUNDARY] and not case.allowed_by(StepKind.BOUNDARY):
        return Ruling(Decision.IMPLICIT_DENY, DecidingStep.BOUNDARY)
    return None


def session_policies(case: Case) -> Ruling | None:
    """Session policies, where there are any, have to allow as well; a federated user
    without one has nothing."""
    is_federated = case.caller_type is PrincipalType.FEDERATED_USER
    present = bool(case.layers[StepKind.SESSION]) or is_federated
    if present and not case.allowed_by(StepKind.SESSION):
        return Ruling(Decision.IMPLICIT_DENY, DecidingStep.SESSION)
    return None


def allowed(case: Case) -> Ruling:
    """Nobody objected. Name who granted."""
    if granted_to_entity(case):
        return Ruling(Decision.ALLOW, DecidingStep.RESOURCE)
    both = DecidingStep.IDENTITY_AND_RESOURCE
    return Ruling(Decision.ALLOW, both if case.needed else DecidingStep.IDENTITY)


STAGES: tuple[Callable[[Case], Ruling | None], ...] = (
    needs_no_permission,
    explicit_deny,
    service_control_policies,
    endpoint_policy,
    resource_policy,
    identity_policies,
    permissions_boundary,
    session_policies,
    allowed,
)


def rule(case: Case) -> Ruling:
    """Take the case through the stages. Raises EvaluationError where the answer would
    be a guess, or would take too much work."""
    limit_work(documents(case), case.call)
    try:
        for stage in STAGES:
            ruling = stage(case)
            if ruling is not None:
                return ruling
    except UnknowableError as error:
        path = next(d.path for d in documents(case) if d.policy is error.policy)
        raise refusal(error.code, f"{path}.{error.path}", error.span) from None
    raise AssertionError("the last stage always rules")


def refusal(code: str, path: str, span: Span) -> EvaluationError:
    """Word a refusal as a problem at a place of the scenario."""
    return EvaluationError((Problem(code, f"policies.{path}", span),))


def decide(scenario: Scenario) -> Ruling:
    """Decide without a trace. Raises EvaluationError like `evaluate`."""
    return rule(Case(scenario))


def documents(case: Case) -> list[Document]:
    """List the documents that bind the request, in the order of the steps."""
    found = []
    for kind, levels in case.layers.items():
        for number, policies in enumerate(levels):
            for index, policy in enumerate(policies):
                path = document_path(kind, number, index)
                found.append(Document(kind, number, path, policy))
    return found


def document_path(kind: StepKind, level: int, index: int) -> str:
    """Name a document's place in a scenario: `scps[1].policies[0]`, `identity[0]`."""
    if kind in LEVELLED:
        return f"{kind.value}s[{level}].policies[{index}]"
    if kind in {StepKind.IDENTITY, StepKind.SESSION}:
        return f"{kind.value}[{index}]"
    return kind.value
