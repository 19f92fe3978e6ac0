"""The answers of the exposure explorer in words: cells of its table, and the check."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies_lab.exposure.checks import (
    BUCKET_ACL,
    GREEN,
    OBJECT_ACL,
    POLICY,
    RED,
    YELLOW,
    Finding,
)
from policies_lab.exposure.deciding import Cell, Settings
from policies_lab.iam import DecidingStep, Decision, Trace
from policies_lab.iam.buckets import ACLS_DISABLED, SETTINGS
from policies_lab.marks import Badge
from policies_lab.telling import name_of
from policies_lab.wording import problem_sentence

MOST_NAME = 32
OF_LETTER = {"a": "allow", "e": "explicit_deny", "i": "implicit_deny"}

WORDS = {
    RED: gettext_lazy("Action recommended"),
    YELLOW: gettext_lazy("Investigation recommended"),
    GREEN: gettext_lazy("No problem found"),
}
LOOKS = {RED: ("bad", "stop"), YELLOW: ("warn", "alert"), GREEN: ("good", "tick")}

_WAYS = {
    POLICY: gettext_lazy("the bucket policy"),
    BUCKET_ACL: gettext_lazy("the bucket's list"),
    OBJECT_ACL: gettext_lazy("the object's list"),
}
_DEEDS = {
    "get": gettext_lazy("read the object"),
    "list": gettext_lazy("list the bucket"),
    "put": gettext_lazy("upload"),
    "acl": gettext_lazy("read the object's list"),
    "policy": gettext_lazy("put another policy on the bucket"),
}
_ALLOWED_AT = {
    DecidingStep.RESOURCE: gettext_lazy("bucket policy"),
    DecidingStep.IDENTITY: gettext_lazy("own policy"),
    DecidingStep.IDENTITY_AND_RESOURCE: gettext_lazy("own policy and bucket policy"),
    DecidingStep.ACL: gettext_lazy("access control list"),
    DecidingStep.IDENTITY_AND_ACL: gettext_lazy("own policy and access control list"),
    DecidingStep.ROOT_USER: gettext_lazy("root user of the owner"),
}
_DENIED_AT = {
    DecidingStep.RESOURCE: gettext_lazy("not in the bucket policy"),
    DecidingStep.ACL: gettext_lazy("in neither policy nor list"),
    DecidingStep.IDENTITY: gettext_lazy("no own policy allows it"),
}


# --- cells ------------------------------------------------------------------------


def where(cell: Cell) -> str:
    """The step that decided, in few words, with the statement where one did."""
    if cell.trace is None:
        return problem_sentence(cell.problem) if cell.problem else ""
    trace = cell.trace
    if trace.decision is Decision.IMPLICIT_DENY:
        return _stopped(trace)
    if trace.decision is Decision.EXPLICIT_DENY:
        at = _("bucket policy") if _is_of_bucket(trace) else _("own policy")
        return f"{at}: {_shortened(name_of(trace.deciding[0]))}"
    words = str(_ALLOWED_AT[trace.deciding_step])
    named = [one for one in trace.deciding if not one.policy.startswith("s3.")]
    if not named or len(trace.deciding) > 1:
        return words
    return f"{words}: {_shortened(name_of(named[0]))}"


def _stopped(trace: Trace) -> str:
    step = trace.stopped_at
    if step and (setting := step.facts.get("setting")):
        return setting
    return str(_DENIED_AT[trace.deciding_step])


def _is_of_bucket(trace: Trace) -> bool:
    return trace.deciding_step is DecidingStep.RESOURCE


def _shortened(name: str) -> str:
    return name if len(name) <= MOST_NAME else f"{name[: MOST_NAME - 1]}…"


@dataclass(frozen=True)
class CellShown:
    """A cell as a page shows it; `was` is the verdict before, if it was another."""

    cell: Cell
    where: str
    badge: Badge | None
    was: Badge | None


def shown(cell: Cell, before: str) -> CellShown:
    badge = Badge(cell.decision) if cell.decision else None
    was = OF_LETTER.get(before) if before != cell.letter else None
    return CellShown(cell, where(cell), badge, Badge(was) if was else None)


# --- the check ----------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A finding in sentences. `opens` are (words, line) of what opens it, the line 0
    where it is a grant; `closes` what would end it."""

    status: str
    title: str
    sentence: str
    opens: tuple[tuple[str, int], ...]
    closes: tuple[str, ...]

    @property
    def word(self) -> str:
        return str(WORDS[self.status])

    @property
    def look(self) -> str:
        return LOOKS[self.status][0]

    @property
    def icon(self) -> str:
        return LOOKS[self.status][1]


def told(finding: Finding, settings: Settings) -> Told:
    title, sentence = _SAID[finding.code](finding, settings)
    return Told(
        finding.status,
        title,
        sentence,
        tuple(_opening(finding)),
        tuple(_change(name, finding) for name in finding.closes),
    )


def _opening(finding: Finding) -> Iterable[tuple[str, int]]:
    for statement in finding.statements:
        name = statement.sid or _("Statement %d") % (statement.index + 1)
        yield _shortened(name), statement.span.line
    for grant in finding.grants:
        yield f"{grant.grantee} {grant.permission}", 0


def _change(name: str, finding: Finding) -> str:
    if name in SETTINGS:
        return _("turn %s on") % name
    if name == ACLS_DISABLED:
        return _("disable access control lists (%s)") % name
    if name == "private":
        return _("make %s private") % _WAYS[finding.way]
    names = [text for text, _line in _opening(finding)]
    return _("take %s out of the bucket policy") % listed(names)


def listed(words: Iterable[str]) -> str:
    """`a, b and c`."""
    *first, last = words
    return (
        _("%(some)s and %(last)s")
        % {
            "some": ", ".join(first),
            "last": last,
        }
        if first
        else last
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _open(finding: Finding, settings: Settings) -> tuple[str, str]:
    facts = {
        "way": _capital(str(_WAYS[finding.way])),
        "deeds": listed(str(_DEEDS[action]) for action in finding.actions),
    }
    if finding.anonymous:
        return _("Open to the world"), _("%(way)s lets anybody %(deeds)s.") % facts
    return (
        _("Open to everybody with an AWS account"),
        _("%(way)s lets any signed caller %(deeds)s, of whatever account.") % facts,
    )


def _narrow(finding: Finding, settings: Settings) -> tuple[str, str]:
    deeds = listed(str(_DEEDS[action]) for action in finding.actions)
    return (
        _("Open under a condition"),
        _(
            "Whoever meets the condition may %s, signed or not. S3 does not count the "
            "policy as public, because the condition names fixed values; so Block "
            "Public Access leaves it alone."
        )
        % deeds,
    )


def _held(finding: Finding, settings: Settings) -> tuple[str, str]:
    (setting,) = finding.by
    facts = {
        "way": _capital(str(_WAYS[finding.way])),
        "setting": setting,
        "levels": listed(_levels(setting, settings)),
    }
    if finding.way == POLICY:
        title = _("The bucket policy is public, and held")
        sentence = _(
            "Only %(setting)s keeps the world out (on for %(levels)s). Everybody in "
            "the bucket's account, and AWS services, still get what it grants."
        )
        return title, sentence % facts
    return (
        _("A list grants to everybody, and is held"),
        _(
            "%(way)s is public. %(setting)s cuts it off (on for %(levels)s), because "
            "the bucket policy is public too; without that policy the list would open."
        )
        % facts,
    )


def _levels(setting: str, settings: Settings) -> list[str]:
    named = {
        "organization": _("the organisation"),
        "account": _("the account"),
        "bucket": _("the bucket"),
    }
    return [named[level] for level, on in settings.blocking.items() if setting in on]


def _ignored(finding: Finding, settings: Settings) -> tuple[str, str]:
    why = {
        "acls_disabled": _(
            "%s grants to everybody, and does not count: lists are disabled for this "
            "bucket. Enabling them would bring it back."
        ),
        "public_acls_ignored": _(
            "%s grants to everybody, and IgnorePublicAcls passes over it. Turning the "
            "setting off would bring it back."
        ),
    }[finding.by[0]]
    return _("A list grants to everybody, and is ignored"), why % _capital(
        str(_WAYS[finding.way])
    )


def _idle(finding: Finding, settings: Settings) -> tuple[str, str]:
    sentence = _(
        "S3 counts %s as public. None of the requests in the table gets through by it: "
        "a Deny, a condition or another resource stands in the way."
    )
    return _("Public, without effect here"), sentence % _WAYS[finding.way]


def _missing(finding: Finding, settings: Settings) -> tuple[str, str]:
    return (
        _("Block Public Access is not fully on"),
        _("Off at every level: %s.") % listed(finding.by),
    )


def _clean(finding: Finding, settings: Settings) -> tuple[str, str]:
    if finding.way == POLICY:
        return (
            _("Nothing lets the world in"),
            _("Neither the bucket policy nor a list grants to everybody."),
        )
    return (
        _("Block Public Access is fully on"),
        _("All four settings are on, at one level or another; the strictest counts."),
    )


_SAID = {
    "open": _open,
    "narrow": _narrow,
    "held": _held,
    "ignored": _ignored,
    "idle": _idle,
    "missing": _missing,
    "clean": _clean,
}
