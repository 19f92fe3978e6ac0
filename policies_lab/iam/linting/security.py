"""Statements that grant more, or hold back less, than they seem to."""

from policies_lab.iam.documents import PolicyType, fold
from policies_lab.iam.jsontext import shown
from policies_lab.iam.linting.actions import some_of
from policies_lab.iam.linting.context import Lint
from policies_lab.iam.linting.guards import (
    all_of_service,
    every_action,
    every_resource,
    granted,
    only_circumstances,
)
from policies_lab.iam.linting.patterns import is_every_action, is_everything
from policies_lab.iam.linting.reading import Item, Test, View

_T = PolicyType
_MFA = "aws:multifactorauthpresent"
_FORGEABLE = frozenset({"aws:referer", "aws:useragent"})
_SENSITIVE_SERVICES = frozenset(
    {
        "account",
        "cloudtrail",
        "dynamodb",
        "ec2",
        "iam",
        "kms",
        "lambda",
        "organizations",
        "s3",
        "secretsmanager",
        "sso",
        "sts",
    }
)
_ROLE_PASSING = frozenset({"iam:passrole"})
_PASS_GUARDS = ("iam:passedtoservice", "iam:associatedresourcearn")
_ESCALATION_GUARDS = ("iam:permissionsboundary", "iam:policyarn")
_ESCALATING = {
    fold(name): name
    for name in (
        "iam:AddUserToGroup",
        "iam:AttachGroupPolicy",
        "iam:AttachRolePolicy",
        "iam:AttachUserPolicy",
        "iam:CreateAccessKey",
        "iam:CreateLoginProfile",
        "iam:CreatePolicyVersion",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteUserPermissionsBoundary",
        "iam:PutGroupPolicy",
        "iam:PutRolePolicy",
        "iam:PutUserPolicy",
        "iam:SetDefaultPolicyVersion",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateLoginProfile",
    )
}
# Ways to run something of one's own under a role that is passed.
_RUNNING = {
    fold(name): name
    for name in (
        "cloudformation:CreateStack",
        "codebuild:CreateProject",
        "datapipeline:CreatePipeline",
        "ec2:RunInstances",
        "ecs:RegisterTaskDefinition",
        "glue:CreateDevEndpoint",
        "glue:CreateJob",
        "lambda:CreateFunction",
        "sagemaker:CreateNotebookInstance",
        "states:CreateStateMachine",
    )
}


def check(lint: Lint) -> None:
    """Look for wide grants, ways to more power, and conditions that hold nobody."""
    if lint.is_a(_T.IDENTITY):
        for view in lint.statements:
            if view.allows:
                _check_wide_grant(lint, view)
        _check_passing_and_running(lint)
    for view in lint.statements:
        if view.allows:
            _check_nots(lint, view)
        for test in view.tests:
            _check_forgeable(lint, test)
            _check_mfa(lint, view, test)


def _check_wide_grant(lint: Lint, view: View) -> None:
    if every_action(view) and every_resource(view):
        if only_circumstances(view):
            item = next(i for i in view.listed_actions if is_every_action(i.text))
            lint.at("admin-star", item)
        return
    for item in view.listed_actions:
        _check_service_star(lint, view, item)
    _check_pass_role(lint, view)
    _check_escalation(lint, view)


def _check_service_star(lint: Lint, view: View, item: Item) -> None:
    service, _, name = item.text.partition(":")
    if fold(service) not in _SENSITIVE_SERVICES or not is_everything(name):
        return
    own = f"arn:aws:{fold(service)}:::*"
    everything = every_resource(view) or any(
        resource.text == own for resource in view.listed_resources
    )
    if everything and only_circumstances(view):
        lint.at("service-star", item, service=shown(service))


def _check_pass_role(lint: Lint, view: View) -> None:
    if not all_of_service(view, "iam") or view.asks(*_PASS_GUARDS):
        return
    for item in view.listed_actions:
        if granted(lint, item, _ROLE_PASSING):
            lint.at("passrole-star", item)


def _check_escalation(lint: Lint, view: View) -> None:
    if not all_of_service(view, "iam") or view.asks(*_ESCALATION_GUARDS):
        return
    first, found = _first_granted(lint, view, frozenset(_ESCALATING))
    if first is not None:
        actions = some_of(sorted(_ESCALATING[name] for name in found))
        lint.at("privilege-escalation", first, actions=actions)


def _first_granted(
    lint: Lint, view: View, names: frozenset[str]
) -> tuple[Item | None, set[str]]:
    """Return the first pattern that means one of the actions, and all actions meant."""
    first: Item | None = None
    found: set[str] = set()
    for item in view.listed_actions:
        hits = granted(lint, item, names)
        first = first or (item if hits else None)
        found |= hits
    return first, found


def _check_passing_and_running(lint: Lint) -> None:
    """Who may pass any role and start something with it has what the role has."""
    passing: Item | None = None
    running: set[str] = set()
    for view in lint.statements:
        if not view.allows or (every_action(view) and every_resource(view)):
            continue
        running |= _first_granted(lint, view, frozenset(_RUNNING))[1]
        if all_of_service(view, "iam") and not view.asks(*_PASS_GUARDS):
            passing = passing or _first_granted(lint, view, _ROLE_PASSING)[0]
    if passing is not None and running:
        actions = some_of(sorted(_RUNNING[name] for name in running))
        facts = {"actions": actions, "variant": "passing"}
        lint.at("privilege-escalation", passing, **facts)


def _check_nots(lint: Lint, view: View) -> None:
    action, resource = view.action, view.resource
    ceiling = lint.is_a(_T.BOUNDARY, _T.SCP)
    if action and action.negated and (ceiling or lint.is_a(_T.IDENTITY)):
        lint.add("allow-notaction", action.path, action.span)
    if resource and resource.negated and lint.is_a(_T.IDENTITY):
        lint.add("allow-notresource", resource.path, resource.span)


def _check_forgeable(lint: Lint, test: Test) -> None:
    if test.folded in _FORGEABLE:
        lint.add("referer-useragent", test.path, test.key_span, key=shown(test.key))


def _check_mfa(lint: Lint, view: View, test: Test) -> None:
    """The key is missing from requests that long-term access keys sign."""
    if test.folded != _MFA or test.operator is None or not test.items:
        return
    if view.denies and test.demands and test.says("false"):
        if not _missing_mfa_is_denied(lint):
            lint.add("mfa-bool-deny", test.path, test.operator_span)
    elif view.allows and test.if_exists and not test.negated and test.says("true"):
        lint.add("mfa-ifexists-allow", test.path, test.operator_span)


def _missing_mfa_is_denied(lint: Lint) -> bool:
    """Whether another Deny fires where the key is missing."""
    return any(
        view.denies
        and any(
            test.folded == _MFA
            and (
                (test.name == "Null" and test.says("true"))
                or (test.if_exists and test.says("false"))
            )
            for test in view.tests
        )
        for view in lint.statements
    )
