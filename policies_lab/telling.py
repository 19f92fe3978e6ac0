"""The trace in a tutor's words: why a statement did or did not apply, and the one
sentence about the decision. What the steps asked and found is in `telling_steps`.

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
    Request,
    StatementTrace,
    Trace,
)
from policies_lab.wording import outcome_sentence

CERTAINTIES = [
    ("1", gettext_lazy("Guessing")),
    ("2", gettext_lazy("Fairly sure")),
    ("3", gettext_lazy("Certain")),
]
VERDICTS = [
    ("allow", gettext_lazy("Allow")),
    ("explicit_deny", gettext_lazy("Explicit deny")),
    ("implicit_deny", gettext_lazy("Implicit deny")),
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


def decision_word(decision: str) -> str:
    return str(dict(VERDICTS)[decision])


def certainty_word(certainty: int) -> str:
    return str(dict(CERTAINTIES)[str(certainty)])


def place_name(place: str, level: str = "") -> str:
    """What kind of policy a document is attached as."""
    name = str(dict(PLACES)[place])
    return f"{name}, {level_name(level)}" if place in {"scp", "rcp"} else name


def level_name(level: str | None) -> str:
    names = {"root": _("root"), "ou": _("unit"), "account": _("account")}
    return names[level] if level else ""


def name_of(statement: StatementTrace) -> str:
    """The Sid, or the statement's place where it has none."""
    return statement.sid or _("Statement %d") % (statement.statement + 1)


_LISTS = {
    "s3.bucket_acl": gettext_lazy("the bucket's access control list"),
    "s3.object_acl": gettext_lazy("the object's access control list"),
}


def policy_of(statement: StatementTrace) -> str:
    """The policy's name and where the caller has it from."""
    if statement.policy in _LISTS:
        return str(_LISTS[statement.policy])
    name = statement.name or _("an unnamed policy")
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
    if trace.deciding_step in {DecidingStep.ACL, DecidingStep.IDENTITY_AND_ACL}:
        return outcome_sentence(trace.decision, trace.deciding_step)
    return (
        _(
            "%(who)s allows %(action)s, and no policy above or beside it takes that "
            "away."
        )
        % facts
    )


_TOLD_BY_THE_OUTCOME = {
    DecidingStep.ROOT_USER,
    DecidingStep.BLOCK_PUBLIC_ACCESS,
    DecidingStep.ACL,
}


def _implicit(trace: Trace, request: Request) -> str:
    if trace.deciding_step in _TOLD_BY_THE_OUTCOME:
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
