"""The trace in a tutor's words: what a step asks, what it found, why a statement
did or did not apply, and the one sentence about the decision.

Codes and values come from the engine; only here do they become sentences.
"""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies_lab.iam import (
    DecidingStep,
    Decision,
    Effect,
    ElementCheck,
    Outcome,
    Request,
    StatementTrace,
    Step,
    StepKind,
    Trace,
)
from policies_lab.wording import outcome_sentence

CERTAINTIES = [
    ("1", gettext_lazy("Guessing")),
    ("2", gettext_lazy("Fairly sure")),
    ("3", gettext_lazy("Certain")),
]
PLACES = [
    ("identity", gettext_lazy("Identity policy")),
    ("resource", gettext_lazy("Resource policy")),
    ("boundary", gettext_lazy("Permissions boundary")),
    ("session", gettext_lazy("Session policy")),
    ("scp", gettext_lazy("Service control policy")),
    ("rcp", gettext_lazy("Resource control policy")),
    ("endpoint", gettext_lazy("VPC endpoint policy")),
]

FOUND_WIDTH = 22
"""Characters that fit on the second line of a box of the chart."""


def decision_word(decision: str) -> str:
    return {
        "allow": _("Allow"),
        "explicit_deny": _("Explicit deny"),
        "implicit_deny": _("Implicit deny"),
    }[decision]


def certainty_word(certainty: int) -> str:
    return str(dict(CERTAINTIES)[str(certainty)])


def place_name(place: str, level: str = "") -> str:
    """What kind of policy a document is attached as."""
    name = str(dict(PLACES)[place])
    return f"{name}, {level_name(level)}" if place in {"scp", "rcp"} else name


def level_name(level: str | None) -> str:
    names = {"root": _("root"), "ou": _("unit"), "account": _("account")}
    return names[level] if level else ""


def short_title(step: Step) -> str:
    """At most 22 characters or so: the first line of a box."""
    level = level_name(step.level)
    return {
        StepKind.EXPLICIT_DENY: _("Any explicit deny?"),
        StepKind.RCP: _("RCP, %s") % level,
        StepKind.SCP: _("SCP, %s") % level,
        StepKind.VPCE: _("Endpoint policy"),
        StepKind.RESOURCE: _("Resource policy"),
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
    if step.outcome is Outcome.STOP:
        return _("no statement allows it")
    if step.kind is StepKind.RESOURCE:
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
    if step.facts.get("needed") or grant == "direct":
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


def name_of(statement: StatementTrace) -> str:
    """The Sid, or the statement's place where it has none."""
    return statement.sid or _("Statement %d") % (statement.statement + 1)


def policy_of(statement: StatementTrace) -> str:
    """The policy's name and where the caller has it from."""
    name = statement.name or _("a policy without a name")
    return f"{name} ({statement.origin})" if statement.origin else name


def full_name(statement: StatementTrace) -> str:
    """The statement in its policy; said once where the two share a name."""
    if statement.sid and statement.sid == statement.name:
        return policy_of(statement)
    names = {"statement": name_of(statement), "policy": policy_of(statement)}
    return _("%(statement)s in %(policy)s") % names


# --- statements ---------------------------------------------------------------


def reason(statement: StatementTrace) -> str:
    """Why a statement did or did not apply, in one or two sentences."""
    notes = [_note(check) for check in statement.checks if check.matched is not False]
    if statement.note == "cannot_be_told":
        return _("Whether this statement applies cannot be told.")
    failed = statement.failed
    if failed is None:
        known = " ".join(note for note in notes if note)
        ending = (
            _("Every element matches, so the Deny applies.")
            if statement.effect is Effect.DENY
            else _("Every element matches, so it allows.")
        )
        return f"{known} {ending}".strip()
    return _failure(failed)


def _failure(check: ElementCheck) -> str:
    note = _note(check)
    if note:
        return _("%s So the statement does not apply.") % note
    if check.element == "Condition":
        return _(
            "The condition on %s does not hold, so the statement does not apply."
        ) % (check.key)
    if check.element.startswith("Not"):
        return _(
            "%s lists what the request has, and so leaves it out. The statement does "
            "not apply."
        ) % (check.element)
    return _("Its %s does not match, so the statement does not apply.") % check.element


def _note(check: ElementCheck) -> str:
    notes: Mapping[str, str] = {
        "key_missing": _("%s is absent, and a plain operator is then false.")
        % check.key,
        "key_missing_negated": _("%s is absent, and a negated operator is then true.")
        % check.key,
        "key_missing_if_exists": _(
            "%s is absent, and an operator that ends in IfExists is then true."
        )
        % check.key,
        "multivalued_without_set_operator": _(
            "%s has several values, and an operator without ForAnyValue or "
            "ForAllValues is then false."
        )
        % check.key,
        "null_with_set_operator": _("Null takes no account of ForAnyValue."),
        "set_empty_all": _("%s has no value, and ForAllValues is then true.")
        % check.key,
        "set_empty_any": _("%s has no value, and ForAnyValue is then false.")
        % check.key,
        "value_unreadable": _("The value of %s is not of the operator's type.")
        % check.key,
        "variable_without_value": _(
            "A variable has no value in this request, so what holds it matches nothing."
        ),
        "notprincipal_boundary": _(
            "NotPrincipal with Deny also hits every caller that has a permissions "
            "boundary."
        ),
        "notprincipal_partly_listed": _(
            "NotPrincipal has to list the account as well as the caller in it."
        ),
    }
    return notes.get(check.note, "")


# --- the decision ---------------------------------------------------------------


def sentence(trace: Trace, request: Request) -> str:
    """The deciding statement, or the missing permission."""
    if trace.decision is Decision.EXPLICIT_DENY:
        return _explicit(trace, request)
    if trace.decision is Decision.ALLOW:
        return _allow(trace, request)
    return _implicit(trace, request)


def _explicit(trace: Trace, request: Request) -> str:
    facts = {"who": full_name(trace.deciding[0]), "action": request.action}
    return _("%(who)s denies %(action)s. A Deny that applies ends the matter.") % facts


def _allow(trace: Trace, request: Request) -> str:
    if not trace.deciding:
        return outcome_sentence(trace.decision, trace.deciding_step)
    facts = {"who": full_name(trace.deciding[0]), "action": request.action}
    if trace.deciding_step is DecidingStep.IDENTITY_AND_RESOURCE:
        resource = next(s for s in trace.deciding if s.policy == "resource")
        identity = next(s for s in trace.deciding if s.policy != "resource")
        facts = {"who": full_name(identity), "other": full_name(resource)}
        return (
            _("Both sides have to allow here, and do: %(who)s, and %(other)s.") % facts
        )
    if trace.deciding_step is DecidingStep.RESOURCE:
        return _("%(who)s allows %(action)s to this very caller.") % facts
    return (
        _(
            "%(who)s allows %(action)s, and no policy above or beside it takes that "
            "away."
        )
        % facts
    )


def _implicit(trace: Trace, request: Request) -> str:
    if trace.deciding_step is DecidingStep.ROOT_USER:
        return outcome_sentence(trace.decision, trace.deciding_step)
    step = trace.stopped_at
    level = level_name(step.level if step else None)
    facts = {"action": request.action, "level": level}
    missing = {
        DecidingStep.SCP: _(
            "No service control policy allows %(action)s at this level (%(level)s), "
            "and every level has to."
        ),
        DecidingStep.VPCE: _("The endpoint policy does not allow %(action)s."),
        DecidingStep.RESOURCE: _(
            "The resource's policy has to let this caller use %(action)s, and does not."
        ),
        DecidingStep.IDENTITY: _(
            "No identity policy of the caller allows %(action)s on this resource."
        ),
        DecidingStep.BOUNDARY: _(
            "The permissions boundary does not allow %(action)s here, so no identity "
            "policy can give it."
        ),
        DecidingStep.SESSION: _(
            "The session policy has to allow %(action)s as well, and does not."
        ),
    }[trace.deciding_step] % facts
    near = nearest(step.statements) if step else None
    if near is None or near.failed is None:
        return missing
    closest = {"statement": name_of(near), "element": element_name(near.failed)}
    return (
        missing
        + " "
        + _("%(statement)s comes closest: its %(element)s does not match.") % closest
    )


def element_name(check: ElementCheck) -> str:
    if check.element == "Condition":
        return _("condition on %s") % check.key
    return check.element


def nearest(statements: Iterable[StatementTrace]) -> StatementTrace | None:
    """The statement that came furthest before an element failed."""
    return max(
        (statement for statement in statements if not statement.applies),
        key=lambda s: sum(check.matched is True for check in s.checks),
        default=None,
    )


def not_asked(step: Step) -> str:
    """Why policies that are there have no say."""
    return {
        "service_linked_role": _("it does not bind service-linked roles"),
        "management_account": _("it does not bind the management account"),
        "not_covered_by_rcps": _("resource control policies do not cover this action"),
        "caller_without_account": _("this caller belongs to no account of yours"),
        "root_user": _("the root user has none"),
        "root_mends_bucket_policy": _(
            "the owner's root user may always mend a bucket policy"
        ),
        "granted_to_entity": _("the resource's policy stands in for it"),
    }.get(step.facts.get("exempt", ""), "")
