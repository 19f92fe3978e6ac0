"""What each step of an evaluation looks at and found, in words: titles, questions,
answers short enough for a box of the chart.
"""

from django.utils.translation import gettext as _

from policies_lab.iam import Outcome, StatementTrace, Step, StepKind
from policies_lab.telling import level_name, name_of

FOUND_WIDTH = 22
"""Characters that fit on the second line of a box of the chart."""


def short_title(step: Step) -> str:
    """At most 22 characters or so: the first line of a box."""
    level = level_name(step.level)
    return {
        StepKind.EXPLICIT_DENY: _("Any explicit deny?"),
        StepKind.RCP: _("RCP, %s") % level,
        StepKind.SCP: _("SCP, %s") % level,
        StepKind.VPCE: _("Endpoint policy"),
        StepKind.BLOCK_PUBLIC_ACCESS: _("Block Public Access"),
        StepKind.RESOURCE: _("Resource policy"),
        StepKind.ACL: _("Access control list"),
        StepKind.IDENTITY: _("Identity policies"),
        StepKind.BOUNDARY: _("Permissions boundary"),
        StepKind.SESSION: _("Session policy"),
    }[step.kind]


def long_title(step: Step) -> str:
    level = level_name(step.level)
    return {
        StepKind.RCP: _("Resource control policies, %s") % level,
        StepKind.SCP: _("Service control policies, %s") % level,
        StepKind.VPCE: _("VPC endpoint policy"),
    }.get(step.kind, short_title(step))


def asks(step: Step) -> str:
    """What the step looks at, and what its answer is worth."""
    if step.kind is StepKind.RESOURCE:
        return _asks_resource(step)
    if step.kind is StepKind.IDENTITY and step.facts.get("exempt"):
        return _(
            "Not asked here. The resource's policy names the caller's own role or "
            "user, and within one account that stands in for identity policies."
        )
    if step.kind is StepKind.SESSION and step.facts.get("needed"):
        return _(
            "A federated user session has what its session policy allows as well as "
            "its parent user. Without a session policy nothing is left."
        )
    return {
        StepKind.EXPLICIT_DENY: _(
            "Every Deny statement of every policy that binds this request. One that "
            "applies is enough."
        ),
        StepKind.RCP: _(
            "A resource control policy follows the resource, whoever calls. It grants "
            "nothing. RCPFullAWSAccess is attached on every level, so only its Deny "
            "statements can stop a request."
        ),
        StepKind.SCP: _(
            "A service control policy is a ceiling over the caller's account. Every "
            "level has to allow, and none of them grants."
        ),
        StepKind.VPCE: _(
            "The request comes through a VPC endpoint, so the endpoint's policy has "
            "to allow it as well. It grants nothing."
        ),
        StepKind.BLOCK_PUBLIC_ACCESS: _(
            "Settings of the organisation, the account and the bucket that override "
            "policies and access control lists. The strictest of them counts."
        ),
        StepKind.ACL: _(
            "A grant in an access control list counts like an Allow in the resource's "
            "policy. Buckets made since April 2023 have them disabled."
        ),
        StepKind.IDENTITY: _(
            "All identity policies of the caller together, those of its groups "
            "included. One Allow among them is enough."
        ),
        StepKind.BOUNDARY: _(
            "The boundary grants nothing. What it does not allow, the identity "
            "policies cannot give."
        ),
        StepKind.SESSION: _(
            "The policy that was passed with the session. It can only narrow what the "
            "caller may do."
        ),
    }[step.kind]


def _asks_resource(step: Step) -> str:
    if step.facts.get("or_acl"):
        return _(
            "The resource's policy or an access control list has to let this caller in."
        )
    return {
        "other_account": _(
            "The resource belongs to another account, so its own policy has to let "
            "this caller in."
        ),
        "key_policy": _(
            "A key answers to its key policy first. Without an Allow there, identity "
            "policies count for nothing."
        ),
        "trust_policy": _(
            "A role answers to its trust policy: that has to say who may assume it."
        ),
        "caller_without_account": _(
            "This caller has no policies of its own, so only the resource's policy "
            "can allow."
        ),
        "": _(
            "In the same account the resource's policy may allow by itself. If it "
            "does not, the question goes on."
        ),
    }[step.facts.get("needed", "")]


def found(step: Step, width: int = 0) -> str:
    """What the step found; with a width, names are cut so that it fits."""
    if step.outcome is Outcome.NOT_REACHED:
        return _("not reached")
    applying = [s for s in step.statements if s.applies]
    if step.kind is StepKind.EXPLICIT_DENY:
        return _found_deny(step, applying, width)
    if step.kind is StepKind.RCP:
        return _("allowed at this level")
    if step.facts.get("exempt"):
        return _("not asked")
    if step.kind is StepKind.BLOCK_PUBLIC_ACCESS:
        return step.facts.get("setting") or _("stops nothing here")
    if step.outcome is Outcome.STOP:
        return _("no statement allows it")
    if step.kind in {StepKind.RESOURCE, StepKind.ACL}:
        return _found_resource(step, applying, width)
    return _named(_("%s allows"), applying[0], width) if applying else _("goes on")


def _found_deny(step: Step, applying: list[StatementTrace], width: int) -> str:
    if len(applying) == 1:
        return _named(_("%s applies"), applying[0], width)
    total = len(step.statements)
    if applying:
        numbers = {"some": len(applying), "all": total}
        return _("%(some)d of %(all)d apply") % numbers
    if total == 0:
        return _("there is no Deny")
    if total == 1:
        return _("the Deny doesn't apply")
    return _("none of %d applies") % total


def _found_resource(step: Step, applying: list[StatementTrace], width: int) -> str:
    grant = step.facts.get("grant", "none")
    if not applying or grant == "none":
        return _("grants nothing here")
    if grant == "direct" or step.facts.keys() & {"needed", "or_acl"}:
        return _named(_("%s allows"), applying[0], width)
    if grant == "entity":
        return _named(_("%s names the role"), applying[0], width)
    return _("left to the account")


def _named(pattern: str, statement: StatementTrace, width: int) -> str:
    name = name_of(statement)
    room = width - len(pattern) + len("%s")
    if width and len(name) > room:
        name = f"{name[: room - 1]}…"
    return pattern % name


def not_asked(step: Step) -> str:
    """Why policies that are there have no say."""
    return {
        "service_linked_role": _("it does not bind service-linked roles"),
        "management_account": _("it does not bind the management account"),
        "not_covered_by_rcps": _("resource control policies do not cover this action"),
        "caller_without_account": _("this caller belongs to no account of yours"),
        "root_user": _("the root user has none"),
        "trust_policy": _("a trust policy only says who may assume the role"),
        "root_mends_bucket_policy": _(
            "the owner's root user may always mend a bucket policy"
        ),
        "no_acls": _("the scenario names no object ownership"),
        "acls_disabled": _("the owner of the bucket has disabled them"),
        "public_acls_ignored": _("IgnorePublicAcls passes over this public list"),
        "granted_to_entity": _("the resource's policy stands in for it"),
    }.get(step.facts.get("exempt", ""), "")
