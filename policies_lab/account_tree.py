"""Where the documents of a bench sit, as a small tree: organisation, account, caller.

Pure. It says what the labels of the bench say, and decides nothing: what binds a
request is the engine's business.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from policies_lab.bench import Bench, PolicyRow, account_in, resource_account_of

_GROUP = re.compile(r"\bgroup ([\w+=,.@-]{1,64})", re.ASCII)
_ICONS = {"user": "user", "root": "user", "federated_user": "user"}


@dataclass
class Node:
    """One thing in the tree; `documents` are attached to it, `current` asks."""

    icon: str
    name: str
    documents: list[str] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)
    note: str = ""
    current: bool = False


def tree_of(bench: Bench) -> list[Node]:
    """The tree of the caller's account, and beside it what lies elsewhere."""
    caller_account = account_in(bench.principal_arn)
    resource_account = resource_account_of(bench)
    callers, resource = _callers(bench), _resource(bench)
    if not caller_account:
        home = _inside(bench, ["rcp"], resource_account, [resource])
        return [*callers, *home]
    if caller_account == resource_account:
        inside = [*callers, resource]
        return _inside(bench, ["scp", "rcp"], caller_account, inside)
    return [
        *_inside(bench, ["scp"], caller_account, callers),
        *_inside(bench, ["rcp"], resource_account, [resource]),
    ]


def _inside(
    bench: Bench, places: list[str], account: str, children: list[Node]
) -> list[Node]:
    """An account with what is in it, under the levels that have a document."""
    shown = "-".join(re.findall(r"\d{4}", account)) or account or _("unknown")
    node = Node(
        "org",
        _("Account %s") % shown,
        _ceilings(bench, places, "account"),
        children,
    )
    for level, name in (("ou", _("Unit")), ("root", _("Organisation root"))):
        documents = _ceilings(bench, places, level)
        if documents:
            node = Node("org", name, documents, [node])
    return [node]


def _ceilings(bench: Bench, places: list[str], level: str) -> list[str]:
    return [
        f"{policy.place.upper()} {_named(policy)}"
        for policy in bench.attached
        if policy.place in places and policy.level == level
    ]


def _callers(bench: Bench) -> list[Node]:
    """The caller, and before it the groups that hand it policies."""
    own, groups = [], {}
    for policy in _at(bench, "identity"):
        group = _GROUP.search(policy.via)
        if group:
            groups.setdefault(group[1], []).append(_named(policy))
        else:
            own.append(_named(policy))
    found = [
        Node("users", _("Group %s") % name, documents, note=_("not a principal"))
        for name, documents in groups.items()
    ]
    boundaries = [_("boundary %s") % _named(p) for p in _at(bench, "boundary")]
    sessions = [_named(p) for p in _at(bench, "session")]
    if bench.principal_type == "role_session":
        session = Node("user", _("Session %s") % _last(bench.principal_arn), sessions)
        session.current = True
        role = bench.role_arn or bench.principal_arn.rpartition("/")[0]
        name = _("Role %s") % _last(role)
        return [*found, Node("role", name, own + boundaries, [session])]
    icon = _ICONS.get(bench.principal_type, "role")
    caller = Node(icon, _caller_name(bench), own + boundaries + sessions)
    caller.current = True
    return [*found, caller]


def _caller_name(bench: Bench) -> str:
    return {
        "root": _("Root user"),
        "service": bench.service or _("An AWS service"),
        "anonymous": _("Somebody unknown"),
        "web_identity": bench.provider or _("Web identity"),
        "saml": bench.provider or _("SAML identity"),
    }.get(bench.principal_type, _last(bench.principal_arn) or _("Nobody yet"))


def _resource(bench: Bench) -> Node:
    documents = [_named(policy) for policy in _at(bench, "resource")]
    service = bench.resource.split(":")[2:3] or [""]
    icon = "bucket" if service == ["s3"] else "link"
    return Node(icon, _short(bench.resource), documents)


def _short(arn: str) -> str:
    """What an ARN names, without where it is: a bucket rather than its object."""
    parts = arn.split(":", 5)
    name = parts[-1]
    return name.partition("/")[0] if parts[2:3] == ["s3"] else name


def _named(policy: PolicyRow) -> str:
    return policy.name or _("unnamed policy")


def _last(arn: str) -> str:
    return arn.rpartition("/")[2]


def _at(bench: Bench, place: str) -> Iterable[PolicyRow]:
    return (policy for policy in bench.attached if policy.place == place)
