"""The decision, top to bottom, in the order in which the course teaches it.

"Policy evaluation logic" in the IAM User Guide: an explicit deny in any policy that
binds the request wins; then every ceiling has to allow; then somebody has to grant.
Each stage is a function of the case and answers with a ruling or passes it on.
"""

from collections.abc import Callable
from typing import NamedTuple

from policies_lab.iam import buckets
from policies_lab.iam.compiled import UnknowableError
from policies_lab.iam.documents import (
    EvaluationError,
    PrincipalType,
    Problem,
    Request,
    Scenario,
    fold,
    is_role,
)
from policies_lab.iam.elements import Call
from policies_lab.iam.groups import Groups, grouped
from policies_lab.iam.organisations import RCP_FREE_ACTIONS, RCP_SERVICES
from policies_lab.iam.principals import SIGNED, Grant
from policies_lab.iam.trace import DecidingStep, Decision, StepKind
from policies_lab.iam.work import limit_work

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
# The path of service-linked roles, which nobody else can give to a role.
_SERVICE_LINKED = ":role/aws-service-role/"
_BUCKET_POLICY_ACTIONS = frozenset(
    {"s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"}
)


_ANSWERED = {
    "sts:getcalleridentity": SIGNED | {PrincipalType.SERVICE},
    "sts:getsessiontoken": {PrincipalType.USER, PrincipalType.ROOT},
}

_DENIES_AT = {kind: DecidingStep(kind.value) for kind in tuple(StepKind)[1:]}


class Ruling(NamedTuple):
    """The decision and the step at which it fell; `level` counts an organisation's
    levels from 0 where one of them denied."""

    decision: Decision
    deciding_step: DecidingStep
    level: int | None = None


class Case:
    """A scenario with everything that does not bind this request left out.

    `layers` holds the documents that do, by step; `exempt` says why a step's
    documents do not; `needed` says why the resource's policy has to allow; `owner` is
    the account whose word that is.
    """

    __slots__ = ("_grants", "call", "exempt", "layers", "needed", "owner", "scenario")

    def __init__(self, scenario: Scenario) -> None:
        request, policies = scenario.request, scenario.policies
        self.scenario = scenario
        self._grants: dict[StepKind, Grant] = {}
        self.call = Call(
            fold(request.action),
            request.resource,
            request.lookup,
            request.principal,
            policies.boundary is not None
            and request.principal.type in _WITH_IDENTITY_POLICIES,
        )
        self.exempt = _exemptions(scenario, self.call.action)
        self.owner = buckets.owner(scenario, self.call.action)
        self.needed = _resource_has_to_allow(request, self.owner, self.call.action)
        self.layers: Groups = grouped(policies)
        if self.exempt:
            self.layers = {
                kind: groups
                for kind, groups in self.layers.items()
                if kind not in self.exempt
            }

    def allowed_by(self, kind: StepKind) -> bool:
        """Whether the documents of a step without levels allow, taken together."""
        return any(group.allows(self.call) for group in self.layers.get(kind, ()))

    def granted_by(self, kind: StepKind) -> Grant:
        """What the resource's policy, or an ACL, grants to the caller at its strongest.
        The owner of a bucket can give away only what is its own."""
        found = self._grants.get(kind)
        if found is None:
            groups = self.layers.get(kind, ())
            foreign = self.owner != self.scenario.request.resource_account
            if not groups or (kind is StepKind.RESOURCE and foreign):
                found = Grant.NONE
            else:
                found = groups[0].grant(self.call)
            self._grants[kind] = found
        return found

    @property
    def grant(self) -> Grant:
        """What the resource's policy grants."""
        return self.granted_by(StepKind.RESOURCE)

    @property
    def has_acls(self) -> bool:
        """Whether access control lists have a say."""
        return self.scenario.s3 is not None and StepKind.ACL not in self.exempt

    @property
    def caller_type(self) -> PrincipalType:
        """The type of the caller."""
        return self.call.caller.type

    @property
    def same_account(self) -> bool:
        """Whether caller and resource belong to one account."""
        return self.call.caller.account == self.owner


def _exemptions(scenario: Scenario, action: str) -> dict[StepKind, str]:
    """Say which steps do not bind the request, and why."""
    request, management = scenario.request, scenario.management_account
    caller = request.principal
    exempt: dict[StepKind, str] = {}
    to_role = is_role(request.resource)
    if to_role and action not in _TRUST_ACTIONS:
        # A trust policy says who may become the role, not who may change it.
        exempt[StepKind.RESOURCE] = "trust_policy"
    if without_acls := buckets.acls_left_out(scenario, action):
        exempt[StepKind.ACL] = without_acls
    if caller.service_linked or _SERVICE_LINKED in (caller.role_arn or ""):
        exempt[StepKind.RCP] = exempt[StepKind.SCP] = "service_linked_role"
    elif (
        to_role
        and caller.type is PrincipalType.SERVICE
        and _SERVICE_LINKED in request.resource
    ):
        exempt[StepKind.RCP] = "service_linked_role"
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


def _resource_has_to_allow(request: Request, owner: str, action: str) -> str:
    """Say why nothing is possible without the resource's policy, or an empty text."""
    if request.principal.type not in SIGNED:
        return "caller_without_account"
    if request.principal.account != owner:
        return "other_account"
    fields = request.resource.split(":", 5)
    if len(fields) == 6 and fields[2] == "kms" and fields[5].startswith("key/"):
        return "key_policy"
    if action in _TRUST_ACTIONS and is_role(request.resource):
        return "trust_policy"
    return ""


# The stages ---------------------------------------------------------------------


def needs_no_permission(case: Case) -> Ruling | None:
    """sts:GetCallerIdentity answers every signed caller, even one with a Deny;
    sts:GetSessionToken is a sign-in of a user or root user, which no policy controls
    ("Permissions for GetSessionToken" in the IAM User Guide)."""
    if case.caller_type in _ANSWERED.get(case.call.action, ()):
        return Ruling(Decision.ALLOW, DecidingStep.NONE_NEEDED)
    return None


def explicit_deny(case: Case) -> Ruling | None:
    """A Deny that applies, in whatever policy, is final; the first type is named."""
    for kind, groups in case.layers.items():
        for group in groups:
            if group.denies(case.call):
                level = group.level if kind in LEVELLED else None
                return Ruling(Decision.EXPLICIT_DENY, _DENIES_AT[kind], level)
    return None


def service_control_policies(case: Case) -> Ruling | None:
    """Every level, root to account, has to allow. Resource control policies come
    before them and have no implicit deny: RCPFullAWSAccess is on every level."""
    for group in case.layers.get(StepKind.SCP, ()):
        if not group.allows(case.call):
            return Ruling(Decision.IMPLICIT_DENY, DecidingStep.SCP, group.level)
    return None


def endpoint_policy(case: Case) -> Ruling | None:
    """A VPC endpoint with a policy lets through what that policy allows."""
    if StepKind.VPCE in case.layers and not case.allowed_by(StepKind.VPCE):
        return Ruling(Decision.IMPLICIT_DENY, DecidingStep.VPCE)
    return None


def block_public_access(case: Case) -> Ruling | None:
    """Block Public Access stops what would make a bucket public, and everybody from
    outside where a bucket's policy is public. No Deny is written anywhere."""
    if case.scenario.s3 is None:
        return None
    _refuse_unsettled(case)
    if buckets.blocked_by(case.scenario, case.call.action):
        return Ruling(Decision.IMPLICIT_DENY, DecidingStep.BLOCK_PUBLIC_ACCESS)
    return None


def resource_policy(case: Case) -> Ruling | None:
    """The resource's policy may end it: with an allow for the caller itself, or with a
    denial where it had to allow and does not."""
    if case.caller_type is PrincipalType.ROOT and _is_settled_for_root(case):
        return _root_user(case)
    return _granting(case, StepKind.RESOURCE, is_last=not case.has_acls)


def access_control_lists(case: Case) -> Ruling | None:
    """A grant in an ACL counts like an Allow in the resource's policy."""
    if not case.has_acls:
        return None
    if case.caller_type is PrincipalType.ROOT:
        return _root_user(case)
    return _granting(case, StepKind.ACL, is_last=True)


def _granting(case: Case, kind: StepKind, *, is_last: bool) -> Ruling | None:
    grant = case.granted_by(kind)
    if case.needed and is_last and not (grant or case.grant):
        return Ruling(Decision.IMPLICIT_DENY, _DENIES_AT[kind])
    if case.needed == "caller_without_account" and grant:
        return Ruling(Decision.ALLOW, _DENIES_AT[kind])
    if case.same_account and grant is Grant.DIRECT:
        return Ruling(Decision.ALLOW, _DENIES_AT[kind])
    return None


def _is_settled_for_root(case: Case) -> bool:
    """Whether no ACL can change anything for the root user."""
    return not case.has_acls or not case.needed or case.grant is not Grant.NONE


def _root_user(case: Case) -> Ruling:
    """The root user has no identity policies: in its own account nothing is missing,
    elsewhere the other side decides. It cannot become a role."""
    if case.call.action == "sts:assumerole":
        return Ruling(Decision.IMPLICIT_DENY, DecidingStep.ROOT_USER)
    if case.same_account and not case.needed:
        return Ruling(Decision.ALLOW, DecidingStep.ROOT_USER)
    step = DecidingStep.RESOURCE if _is_settled_for_root(case) else DecidingStep.ACL
    granted = case.grant or case.granted_by(StepKind.ACL)
    if case.needed and not granted:
        return Ruling(Decision.IMPLICIT_DENY, step)
    return Ruling(Decision.ALLOW, DecidingStep.ROOT_USER if case.same_account else step)


def _refuse_unsettled(case: Case) -> None:
    """Refuse what AWS leaves open about buckets, and what the scenario leaves out."""
    scenario, action = case.scenario, case.call.action
    if code := buckets.missing(scenario, action):
        place = f"s3.{code.removesuffix('_missing')}"
        raise EvaluationError((Problem(code, place),))
    if buckets.is_unsettled(scenario, action):
        raise EvaluationError((Problem("object_owner_unsettled", "s3.object_owner"),))
    if case.needed and not case.grant and buckets.is_partly_ignored(scenario, action):
        place = "s3.block_public_access"
        raise EvaluationError((Problem("public_acl_partly_ignored", place),))


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
    if StepKind.BOUNDARY in case.layers and not case.allowed_by(StepKind.BOUNDARY):
        return Ruling(Decision.IMPLICIT_DENY, DecidingStep.BOUNDARY)
    return None


def session_policies(case: Case) -> Ruling | None:
    """Session policies, where there are any, have to allow as well; a federated user
    without one has nothing."""
    is_federated = case.caller_type is PrincipalType.FEDERATED_USER
    present = StepKind.SESSION in case.layers or is_federated
    if present and not case.allowed_by(StepKind.SESSION):
        return Ruling(Decision.IMPLICIT_DENY, DecidingStep.SESSION)
    return None


def allowed(case: Case) -> Ruling:
    """Nobody objected. Name who granted."""
    if granted_to_entity(case):
        return Ruling(Decision.ALLOW, DecidingStep.RESOURCE)
    if not case.needed:
        return Ruling(Decision.ALLOW, DecidingStep.IDENTITY)
    both = (
        DecidingStep.IDENTITY_AND_RESOURCE
        if case.grant
        else DecidingStep.IDENTITY_AND_ACL
    )
    return Ruling(Decision.ALLOW, both)


STAGES: tuple[Callable[[Case], Ruling | None], ...] = (
    needs_no_permission,
    explicit_deny,
    service_control_policies,
    endpoint_policy,
    block_public_access,
    resource_policy,
    access_control_lists,
    identity_policies,
    permissions_boundary,
    session_policies,
    allowed,
)


def rule(case: Case) -> Ruling:
    """Take the case through the stages. Raises EvaluationError where the answer would
    be a guess, or would take too much work."""
    limit_work(case.scenario, case.layers.values(), case.call)
    try:
        for stage in STAGES:
            ruling = stage(case)
            if ruling is not None:
                return ruling
    except UnknowableError as error:
        raise _refusal(case, error) from None
    raise AssertionError("the last stage always rules")


def _refusal(case: Case, error: UnknowableError) -> EvaluationError:
    documents = (
        document
        for groups in case.layers.values()
        for group in groups
        for document in group.documents
    )
    document = next(d.path for d in documents if d.policy is error.policy)
    path = f"policies.{document}.{error.path}"
    return EvaluationError((Problem(error.code, path, error.span),))


def decide(scenario: Scenario) -> Ruling:
    """Decide without a trace. Raises EvaluationError like `evaluate`."""
    return rule(Case(scenario))
