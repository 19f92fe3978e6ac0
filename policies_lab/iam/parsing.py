"""A policy's text -> the policy, or everything that is wrong with it, with its place.

Only what cannot be evaluated for certain, or what AWS refuses to store, is refused
here; questionable style is the linter's business. The grammar is that of the "IAM
JSON policy elements reference".
"""

import re

from policies_lab.iam import jsontext
from policies_lab.iam.documents import (
    Effect,
    Policy,
    PolicyError,
    PolicyType,
    PrincipalElement,
    Problem,
    Span,
    Statement,
    Version,
)
from policies_lab.iam.jsontext import Node, Source, item_path, member_path, shown
from policies_lab.iam.parsing_conditions import parse_conditions
from policies_lab.iam.parsing_principals import parse_principal
from policies_lab.iam.parsing_targets import parse_action, parse_resource
from policies_lab.iam.problems import Collector, closest

MAX_CHARACTERS = 32 * 1024
MAX_STATEMENTS = 200

_POLICY_ELEMENTS = ("Version", "Id", "Statement")
_STATEMENT_ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_OUTSIDE_IAM = re.compile(r"[^\x00-\xff\ud800-\udfff]")
# Documents that IAM itself stores; it takes no character beyond U+00FF.
_STORED_BY_IAM = frozenset(
    {PolicyType.IDENTITY, PolicyType.TRUST, PolicyType.BOUNDARY, PolicyType.SESSION}
)
_SAYS_ENOUGH = frozenset(
    {
        "control_character",
        "lone_surrogate",
        "number_too_long",
        "number_out_of_range",
        "not_ascii",
        "character_not_allowed",
    }
)
_NAMES_PRINCIPALS = frozenset(
    {PolicyType.RESOURCE, PolicyType.TRUST, PolicyType.RCP, PolicyType.ENDPOINT}
)


def parse_policy(
    text: str,
    *,
    name: str = "",
    kind: PolicyType = PolicyType.IDENTITY,
    origin: str = "",
    limit: int = MAX_CHARACTERS,
) -> Policy:
    """Read a policy document of the given type.

    `name` and `origin` are labels for people. Raises PolicyError with every problem
    that was found; a text that is not JSON, or has more than `limit` characters, has
    one.
    """
    return parse_tree(*read_tree(text, limit), name=name, kind=kind, origin=origin)


def read_tree(text: str, limit: int = MAX_CHARACTERS) -> tuple[Source, Node]:
    """Read a document as JSON. Raises PolicyError with one problem where it is none,
    or has more than `limit` characters."""
    if len(text) > limit:
        facts = {"length": str(len(text)), "limit": str(limit)}
        raise PolicyError((Problem("document_too_large", "", facts=facts),))
    source = Source(text)
    try:
        return source, jsontext.read(source)
    except jsontext.JsonError as error:
        raise PolicyError(error.problems) from None


def parse_tree(
    source: Source, root: Node, *, name: str = "", kind: PolicyType, origin: str = ""
) -> Policy:
    """Make a policy of a document's tree. Raises PolicyError like `parse_policy`."""
    collect = Collector(source, kind)
    collect.problems.extend(jsontext.value_problems(source, root))
    policy = _policy(collect, root, name, origin)
    if collect.problems or policy is None:
        raise PolicyError(collect.problems.told(_in_order(list(collect.problems))))
    return policy


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Sort by place. What is wrong with the characters of a value says enough: other
    complaints about the same value would only repeat it."""
    first: dict[tuple[str, Span], Problem] = {}
    for problem in problems:
        if problem.code in _SAYS_ENOUGH:
            first.setdefault((problem.path, problem.span), problem)
    kept = [p for p in problems if first.get((p.path, p.span), p) is p]
    return sorted(kept, key=lambda p: (p.span.line, p.span.column))


def _policy(collect: Collector, root: Node, name: str, origin: str) -> Policy | None:
    if not collect.is_a("object", root, ""):
        return None
    members = _members(collect, root, "", _POLICY_ELEMENTS)
    version = _version(collect, members.get("Version"))
    id_node = members.get("Id")
    if id_node is not None:
        collect.is_a("string", id_node, "Id")
    statements = _statements(collect, root, members.get("Statement"), version)
    text = collect.source.text
    if collect.kind in _STORED_BY_IAM and not (text.isascii() and "\\u" not in text):
        _refuse_characters(collect, root, "")
    return Policy(
        version=version,
        id=id_node.text if id_node else None,
        statements=tuple(statements),
        text=collect.source.text,
        span=collect.source.of(root),
        kind=collect.kind,
        name=name,
        origin=origin,
    )


def _refuse_characters(collect: Collector, node: Node, path: str) -> None:
    if found := _OUTSIDE_IAM.search(node.text):
        character = f"U+{ord(found[0]):04X}"
        collect.add("character_not_allowed", path, node, character=character)
    for index, item in enumerate(node.items):
        _refuse_characters(collect, item, item_path(path, index))
    for key, value in node.members:
        inside = member_path(path, key.text)
        _refuse_characters(collect, key, inside)
        _refuse_characters(collect, value, inside)


def _members(
    collect: Collector, node: Node, path: str, known: tuple[str, ...]
) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for key, value in node.members:
        if key.text in known:
            found.setdefault(key.text, value)
        else:
            collect.unknown(key, member_path(path, key.text), known)
    return found


def _version(collect: Collector, node: Node | None) -> Version:
    """Without a Version the document is of 2008, in which variables are plain text."""
    version = Version.V2008
    if node is not None and collect.is_a("string", node, "Version"):
        if node.text in set(Version):
            version = Version(node.text)
        else:
            collect.add("invalid_version", "Version", node, found=shown(node.text))
            return Version.V2012
    if collect.kind is PolicyType.RCP and version is not Version.V2012 and node:
        collect.add("rcp_version", "Version", node)
    return version


def _statements(
    collect: Collector, root: Node, node: Node | None, version: Version
) -> list[Statement]:
    if node is None or (node.type == "array" and not node.items):
        collect.add(
            "missing_statement", "" if node is None else "Statement", node or root
        )
        return []
    if node.type == "object":
        found = [(node, "Statement")]
    elif node.type == "array":
        found = [(n, item_path("Statement", i)) for i, n in enumerate(node.items)]
    else:
        collect.is_a("object", node, "Statement")
        return []
    if len(found) > MAX_STATEMENTS:
        limit, count = str(MAX_STATEMENTS), str(len(found))
        collect.add("too_many_statements", "Statement", node, limit=limit, count=count)
        return []
    parsed = (
        _statement(collect, index, item, path, version)
        for index, (item, path) in enumerate(found)
    )
    return [statement for statement in parsed if statement is not None]


def _statement(
    collect: Collector, index: int, node: Node, path: str, version: Version
) -> Statement | None:
    if not collect.is_a("object", node, path):
        return None
    members = _members(collect, node, path, _STATEMENT_ELEMENTS)
    sid = members.get("Sid")
    if sid is not None:
        collect.is_a("string", sid, f"{path}.Sid")
    effect = _effect(collect, node, members.get("Effect"), path)
    principal = _principal(collect, node, members, path, effect)
    action = parse_action(collect, node, members, path)
    resource = parse_resource(collect, node, members, path, version)
    conditions = parse_conditions(collect, members.get("Condition"), path, version)
    if effect is None or action is None:
        return None
    statement = Statement(
        index=index,
        sid=sid.text if sid else None,
        effect=effect,
        principal=principal,
        action=action,
        resource=resource,
        conditions=conditions,
        span=collect.source.of(node),
        effect_span=collect.source.of(members["Effect"]),
        path=path,
    )
    if collect.kind is PolicyType.RCP:
        _resource_control(collect, node, members, statement)
    return statement


def _effect(
    collect: Collector, statement: Node, node: Node | None, path: str
) -> Effect | None:
    if node is None:
        collect.add("missing_effect", path, statement)
    elif collect.is_a("string", node, f"{path}.Effect"):
        if node.text in set(Effect):
            return Effect(node.text)
        guess = closest(node.text, tuple(Effect))
        found = shown(node.text)
        collect.add("invalid_effect", f"{path}.Effect", node, found=found, guess=guess)
    return None


def _principal(
    collect: Collector,
    statement: Node,
    members: dict[str, Node],
    path: str,
    effect: Effect | None,
) -> PrincipalElement | None:
    name = collect.one_of(members, path, "Principal")
    if collect.kind not in _NAMES_PRINCIPALS:
        if name is not None:
            where, kind = f"{path}.{name}", collect.kind.value
            collect.add("principal_not_allowed", where, members[name], kind=kind)
        return None
    if name is None:
        collect.add("missing_principal", path, statement)
        return None
    if name == "NotPrincipal":
        _not_principal(collect, members[name], path, effect)
    return parse_principal(collect, name, members[name], f"{path}.{name}")


def _not_principal(
    collect: Collector, node: Node, path: str, effect: Effect | None
) -> None:
    where = f"{path}.NotPrincipal"
    if collect.kind in {PolicyType.TRUST, PolicyType.RCP}:
        collect.add("notprincipal_not_allowed", where, node, kind=collect.kind.value)
    elif effect is Effect.ALLOW:
        collect.add("allow_notprincipal", where, node)


def _resource_control(
    collect: Collector, node: Node, members: dict[str, Node], statement: Statement
) -> None:
    """Own resource control policies only deny, to everyone, and list actions; the
    Allow of RCPFullAWSAccess, which AWS attaches everywhere, is let through."""
    if members.get("NotAction") is not None:
        where = f"{statement.path}.NotAction"
        collect.add("rcp_notaction", where, members["NotAction"])
    principal = statement.principal
    if principal is not None and principal.texts != ("*",):
        where = f"{statement.path}.{principal.name}"
        collect.add("rcp_principal", where, members[principal.name])
    if statement.effect is Effect.ALLOW and not (
        statement.action.texts == ("*",)
        and statement.resource is not None
        and statement.resource.texts == ("*",)
        and not statement.conditions
    ):
        collect.add("rcp_allow", f"{statement.path}.Effect", members["Effect"])
