"""Near misses and flips in words. The facts come from `policies_lab.flips`."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from policies_lab.flips import Change, NearMiss, changes
from policies_lab.iam import Decision, StatementTrace
from policies_lab.telling import element_name, name_of

_MOST_NAMED = 3


def lacks(near: NearMiss) -> str:
    """What kept a statement from applying, in one sentence."""
    names = [element_name(check) for check in near.lacked[:_MOST_NAMED]]
    more = len(near.lacked) - len(names)
    if more:
        names.append(
            ngettext("one more element", "%(more)d more elements", more)
            % {"more": more}
        )
    if len(names) == 1:
        return _("It lacks one thing: its %s does not match.") % names[0]
    facts = {"first": ", ".join(names[:-1]), "last": names[-1]}
    return _("It lacks more than one thing: %(first)s and %(last)s.") % facts


def sentence(change: Change) -> str:
    """What to do, as one sentence."""
    facts = {
        "key": change.key,
        "value": shown(change.value),
        "was": shown(change.was),
        "element": change.element,
        "operator": change.operator,
        "statement": _statement(change.statement),
        "name": name_of(change.statement),
        "policy": policy_name(change.statement),
    }
    return _pattern(change) % facts


def policy_name(statement: StatementTrace) -> str:
    """The document of a statement, as briefly as it can be named."""
    return statement.name or _("an unnamed policy")


def _statement(statement: StatementTrace) -> str:
    if statement.sid and statement.sid == statement.name:
        return statement.sid
    names = {"statement": name_of(statement), "policy": policy_name(statement)}
    return _("%(statement)s in %(policy)s") % names


def _pattern(change: Change) -> str:
    if change.kind == changes.KEY:
        if change.value is None:
            return _("Switch %(key)s off, so that the request does not have it.")
        if change.was is None:
            return _("Give the request %(key)s with the value %(value)s.")
        return _("Set %(key)s to %(value)s instead of %(was)s.")
    if change.kind == changes.ADD_VALUE and change.element.startswith("Not"):
        return _(
            "Add %(value)s to the %(element)s of %(statement)s, which then leaves it "
            "out."
        )
    return {
        changes.ACTION: _("Ask for %(value)s instead of %(was)s."),
        changes.RESOURCE: _("Ask for it on %(value)s instead of %(was)s."),
        changes.ADD_VALUE: _("Add %(value)s to the %(element)s of %(statement)s."),
        changes.DROP_VALUE: _(
            "Take %(value)s out of the %(element)s of %(statement)s."
        ),
        changes.DROP_TEST: _(
            "Take the condition on %(key)s (%(operator)s) out of %(statement)s."
        ),
        changes.DROP_STATEMENT: _("Take the statement %(name)s out of %(policy)s."),
        changes.DETACH: _("Detach %(policy)s."),
    }[change.kind]


def shown(value: str | tuple[str, ...] | None) -> str:
    """A value of the request as its row shows it."""
    if value is None or isinstance(value, str):
        return value or _("no value")
    return f"[{', '.join(value)}]"


def question(decision: Decision) -> str:
    """What the list of changes answers."""
    if decision is Decision.ALLOW:
        return _("Which single change would take it away?")
    return _("Which single change would be enough?")


def none_found(decision: Decision, *, complete: bool) -> str:
    """Why no change is listed."""
    if not complete:
        return _(
            "Nothing was found before the trying had to stop: this is a large bench."
        )
    if decision is Decision.ALLOW:
        return _(
            "None that was tried takes the allow away: no other value of a key, and no "
            "change of one element, one statement or one document."
        )
    return _(
        "None that was tried is enough. More than one thing is missing, or it is the "
        "caller, or the one change that is left would open too much to be proposed."
    )
