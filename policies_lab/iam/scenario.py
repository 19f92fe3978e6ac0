"""The engine's JSON, inward: a scenario.

Reading is strict: an unknown member is an error with its path, because a misspelt
"boundary" that is passed over would grant too much.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from policies_lab.iam import jsontext
from policies_lab.iam.buckets import acl_policies
from policies_lab.iam.context import make_request
from policies_lab.iam.documents import (
    ContextValue,
    Level,
    Policies,
    Policy,
    PolicyError,
    PolicyType,
    Principal,
    PrincipalType,
    Problem,
    Request,
    Scenario,
    ScenarioError,
    Span,
    is_role,
)
from policies_lab.iam.jsontext import Node, Source, item_path, member_path, shown
from policies_lab.iam.parsing import MAX_CHARACTERS, parse_policy
from policies_lab.iam.problems import Gathered
from policies_lab.iam.scenario_s3 import read_bucket

MAX_SCENARIO = 1024 * 1024
MAX_DOCUMENTS = 200
_MAX_DEPTH = jsontext.MAX_DEPTH + 8
_CANONICAL_GROWTH = 6

_MEMBERS = (
    "id",
    "principal",
    "action",
    "resource",
    "resource_account",
    "context",
    "management_account",
    "policies",
    "s3",
)
_FOR_PEOPLE = ("title", "level", "account", "note", "expected", "why", "crosscheck")
_PRINCIPAL = (
    "type",
    "arn",
    "account",
    "role_arn",
    "user_arn",
    "service",
    "provider",
    "service_linked",
)
_POLICIES = ("identity", "resource", "boundary", "session", "scps", "rcps", "vpce")
_LEVELS = ("root", "ou", "account")


class _Invalid(Exception):
    """Enough is wrong; the problems are in the reader."""


class _Reader:
    """Walks the tree of a scenario and gathers problems."""

    def __init__(self, source: Source, root: Node) -> None:
        self.source = source
        self.root = root
        self.problems = Gathered()
        self.places: dict[str, Span] = {}
        self.unread: set[int] = set()
        self.documents = 0

    def add(self, code: str, path: str, node: Node, **facts: str) -> None:
        if not self.problems.full:
            self.problems.add(Problem(code, path, self.source.of(node), facts))

    def expect(self, node: Node, path: str, *types: str) -> bool:
        self.places[path] = self.source.of(node)
        if node.type in types:
            return True
        expected = types[0] if len(types) == 1 else "string_or_list"
        self.add("wrong_type", path, node, expected=expected, found=node.type)
        return False

    def members(self, node: Node, path: str, known: tuple[str, ...]) -> dict[str, Node]:
        """Return an object's members; null counts as absent."""
        found: dict[str, Node] = {}
        if not self.expect(node, path, "object"):
            return found
        for key, value in node.members:
            if key.text not in known:
                inside = member_path(path, key.text)
                self.add("unknown_member", inside, key, name=shown(key.text))
            elif value.type != "null":
                found.setdefault(key.text, value)
        return found

    def items(self, members: dict[str, Node], name: str, path: str) -> list[Node]:
        node = members.get(name)
        if node is None or not self.expect(node, f"{path}.{name}", "array"):
            return []
        return list(node.items)

    def text(self, members: dict[str, Node], name: str, path: str = "") -> str | None:
        node = members.get(name)
        where = member_path(path, name)
        if node is None or not self.expect(node, where, "string"):
            return None
        return node.text

    def required(self, members: dict[str, Node], name: str, holder: Node) -> str:
        if name not in members:
            self.add("missing_member", name, holder, name=name)
        return self.text(members, name) or ""

    # The parts ------------------------------------------------------------------

    def scenario(self) -> Scenario:
        for key, value in self.root.members:
            if key.text in _FOR_PEOPLE:
                self.unread.add(id(value))
        members = self.members(self.root, "", (*_MEMBERS, *_FOR_PEOPLE))
        id_ = self.text(members, "id")
        request = self.request(members)
        management = self.text(members, "management_account")
        if management is not None and not (
            management.isascii() and management.isdigit() and len(management) == 12
        ):
            node = members["management_account"]
            self.add(
                "invalid_account", "management_account", node, found=shown(management)
            )
        policies = self.policies(members, request)
        bucket = None
        if "s3" in members and request is not None:
            bucket = read_bucket(
                self, members["s3"], request.action, request.resource_account
            )
            if not self.problems:
                policies = replace(policies, acls=acl_policies(bucket))
        known = {(problem.code, problem.path) for problem in self.problems}
        self.problems.extend(
            problem
            for problem in jsontext.value_problems(
                self.source, self.root, skip=frozenset(self.unread)
            )
            if (problem.code, problem.path) not in known
        )
        if self.problems or request is None:
            raise _Invalid
        return Scenario(id_, request, policies, management, bucket)

    def request(self, members: dict[str, Node]) -> Request | None:
        principal = self.principal(members)
        action = self.required(members, "action", self.root)
        resource = self.required(members, "resource", self.root)
        account = self.required(members, "resource_account", self.root)
        context = self.context(members)
        if self.problems or principal is None:
            return None
        try:
            return make_request(
                principal=principal,
                action=action,
                resource=resource,
                resource_account=account,
                context=context,
            )
        except ScenarioError as error:
            self.problems.extend(
                Problem(
                    p.code,
                    p.path,
                    self.places.get(p.path, self.source.of(self.root)),
                    p.facts,
                )
                for p in error.problems
            )
            return None

    def principal(self, members: dict[str, Node]) -> Principal | None:
        if "principal" not in members:
            self.add("missing_member", "principal", self.root, name="principal")
            return None
        node = members["principal"]
        given = self.members(node, "principal", _PRINCIPAL)
        if node.type != "object":
            return None
        type_ = self.text(given, "type", "principal")
        linked = given.get("service_linked")
        if linked is not None:
            self.expect(linked, "principal.service_linked", "boolean")
        texts = {
            name: self.text(given, name, "principal")
            for name in _PRINCIPAL
            if name not in {"type", "service_linked"}
        }
        if type_ not in set(PrincipalType):
            at = given.get("type", node)
            self.add(
                "unknown_principal_type", "principal.type", at, found=shown(type_ or "")
            )
            return None
        return Principal(
            type=PrincipalType(type_),
            service_linked=linked is not None and linked.text == "true",
            **texts,
        )

    def context(self, members: dict[str, Node]) -> dict[str, ContextValue]:
        node = members.get("context")
        context: dict[str, ContextValue] = {}
        if node is None or not self.expect(node, "context", "object"):
            return context
        for key, value in node.members:
            path = member_path("context", key.text)
            if not self.expect(value, path, "string", "array"):
                continue
            if value.type == "string":
                context[key.text] = value.text
                continue
            members_ = [
                item.text
                for index, item in enumerate(value.items)
                if self.expect(item, item_path(path, index), "string")
            ]
            context[key.text] = tuple(members_)
        return context

    def policies(self, members: dict[str, Node], request: Request | None) -> Policies:
        if "policies" not in members:
            self.add("missing_member", "policies", self.root, name="policies")
            return Policies()
        given = self.members(members["policies"], "policies", _POLICIES)
        resource = self.text(members, "resource") if "resource" in members else None
        kind = PolicyType.TRUST if is_role(resource or "") else PolicyType.RESOURCE
        identity = self.items(given, "identity", "policies")
        session = self.items(given, "session", "policies")
        boundary = self.single(given, "boundary", PolicyType.BOUNDARY)
        if boundary and request and request.principal.service_linked:
            self.add("boundary_not_possible", "policies.boundary", given["boundary"])
        return Policies(
            identity=self.listed(identity, "policies.identity", PolicyType.IDENTITY),
            resource=self.single(given, "resource", kind),
            boundary=boundary,
            session=self.listed(session, "policies.session", PolicyType.SESSION),
            scps=self.levels(given, "scps", PolicyType.SCP),
            rcps=self.levels(given, "rcps", PolicyType.RCP),
            vpce=self.single(given, "vpce", PolicyType.ENDPOINT),
        )

    def levels(
        self, given: dict[str, Node], name: str, kind: PolicyType
    ) -> tuple[Level, ...]:
        levels = []
        for index, node in enumerate(self.items(given, name, "policies")):
            path = item_path(f"policies.{name}", index)
            members = self.members(node, path, ("level", "policies"))
            level = self.text(members, "level", path)
            if level not in _LEVELS:
                at = members.get("level", node)
                self.add("unknown_level", f"{path}.level", at, found=shown(level or ""))
            nodes = self.items(members, "policies", path)
            listed = self.listed(nodes, f"{path}.policies", kind)
            levels.append(Level(level or "", listed))
        return tuple(levels)

    def listed(
        self, nodes: list[Node], path: str, kind: PolicyType
    ) -> tuple[Policy, ...]:
        found = (
            self.document(node, item_path(path, index), kind)
            for index, node in enumerate(nodes)
        )
        return tuple(policy for policy in found if policy is not None)

    def single(
        self, given: dict[str, Node], name: str, kind: PolicyType
    ) -> Policy | None:
        node = given.get(name)
        return None if node is None else self.document(node, f"policies.{name}", kind)

    def document(self, node: Node, path: str, kind: PolicyType) -> Policy | None:
        """Read a document: its text, the object itself, or either with a name."""
        name = ""
        if node.type == "object" and any(k.text == "document" for k, _ in node.members):
            members = self.members(node, path, ("name", "document"))
            name = self.text(members, "name", path) or ""
            node = members.get("document", node)
        self.unread.add(id(node))
        self.documents += 1
        if self.documents > MAX_DOCUMENTS:
            if self.documents == MAX_DOCUMENTS + 1:
                self.add("too_many_documents", path, node, limit=str(MAX_DOCUMENTS))
            return None
        if node.type not in {"string", "object"}:
            self.expect(node, path, "object")
            return None
        try:
            return self.parse(node, name, kind)
        except PolicyError as error:
            self.problems.extend(
                Problem(p.code, f"{path}.{p.path}" if p.path else path, p.span, p.facts)
                for p in error.problems
            )
            return None

    def parse(self, node: Node, name: str, kind: PolicyType) -> Policy:
        if node.type == "string":
            return parse_policy(node.text, name=name, kind=kind)
        # The limit is on what was written; the canonical form is a bit longer.
        if node.end - node.start > MAX_CHARACTERS:
            length = str(node.end - node.start)
            facts = {"length": length, "limit": str(MAX_CHARACTERS)}
            raise PolicyError((Problem("document_too_large", "", facts=facts),))
        limit = MAX_CHARACTERS * _CANONICAL_GROWTH
        return parse_policy(jsontext.dump(node), name=name, kind=kind, limit=limit)


def read_scenario(source: str | Mapping[str, Any]) -> Scenario:
    """Read a scenario from JSON text or from what `json.loads` makes of it.

    Raises ScenarioError with every problem. Lines and columns of a problem inside a
    policy refer to the policy's own text, or to its canonical form.
    """
    if isinstance(source, str):
        text = source
    else:
        try:
            text = json.dumps(source)
        except RecursionError:
            raise ScenarioError(
                (Problem("too_deep", "", facts={"limit": str(_MAX_DEPTH)}),)
            ) from None
    if len(text) > MAX_SCENARIO:
        facts = {"length": str(len(text)), "limit": str(MAX_SCENARIO)}
        raise ScenarioError((Problem("scenario_too_large", "", facts=facts),))
    place = Source(text)
    try:
        root = jsontext.read(place, max_depth=_MAX_DEPTH)
    except jsontext.JsonError as error:
        raise ScenarioError(error.problems, is_json=False) from None
    reader = _Reader(place, root)
    try:
        return reader.scenario()
    except _Invalid:
        raise ScenarioError(reader.problems.told(), _id(root)) from None


def _id(root: Node) -> str | None:
    found = (value for key, value in root.members if key.text == "id")
    return next((node.text for node in found if node.type == "string"), None)
