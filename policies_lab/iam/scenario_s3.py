"""The member `s3` of a scenario: what S3 looks at besides policies."""

from typing import Protocol

from policies_lab.iam import buckets
from policies_lab.iam.documents import AclGrant, Bucket, Policy, PolicyType
from policies_lab.iam.jsontext import Node, item_path, shown

MAX_GRANTS = 100
_MEMBERS = (
    "block_public_access",
    "object_ownership",
    "bucket_acl",
    "object_acl",
    "object_owner",
    "new_acl",
    "new_policy",
)
_NEED_OWNERSHIP = {"bucket_acl", "object_acl", "object_owner"}
_LEVELS = ("organization", "account", "bucket")


class Reader(Protocol):
    """What the reader of scenarios lends."""

    def add(self, code: str, path: str, node: Node, **facts: str) -> None: ...

    def expect(self, node: Node, path: str, *types: str) -> bool: ...

    def members(
        self, node: Node, path: str, known: tuple[str, ...]
    ) -> dict[str, Node]: ...

    def text(
        self, members: dict[str, Node], name: str, path: str = ""
    ) -> str | None: ...

    def document(self, node: Node, path: str, kind: PolicyType) -> Policy | None: ...


def read_bucket(reader: Reader, node: Node, action: str, owner: str) -> Bucket:
    """Read the member; problems go to the reader. `owner` is the bucket's account."""
    if action.partition(":")[0].lower() != "s3":
        reader.add("s3_of_other_service", "s3", node, action=shown(action))
    given = reader.members(node, "s3", _MEMBERS)
    ownership = reader.text(given, "object_ownership", "s3")
    if ownership is not None and ownership not in buckets.OWNERSHIPS:
        at = given["object_ownership"]
        _not_one_of(reader, "s3.object_ownership", at, ownership, buckets.OWNERSHIPS)
    lists = {
        name: _acl(reader, given[name], f"s3.{name}", owner)
        for name in ("bucket_acl", "object_acl", "new_acl")
        if name in given
    }
    if ownership is None and given.keys() & _NEED_OWNERSHIP:
        reader.add("object_ownership_missing", "s3", node)
    return Bucket(
        blocking=_blocking(reader, given),
        ownership=ownership,
        bucket_acl=lists.get("bucket_acl", ()),
        object_acl=lists.get("object_acl", ()),
        object_owner=_owner(reader, given),
        new_acl=lists.get("new_acl"),
        new_policy=_new_policy(reader, given),
    )


def _blocking(reader: Reader, given: dict[str, Node]) -> frozenset[str]:
    """Return the settings that are on: S3 takes the strictest of all levels."""
    node = given.get("block_public_access")
    if node is None:
        return frozenset()
    path = "s3.block_public_access"
    found = set()
    for level, settings in reader.members(node, path, _LEVELS).items():
        inside = f"{path}.{level}"
        on = reader.members(settings, inside, buckets.SETTINGS)
        for name, value in on.items():
            if reader.expect(value, f"{inside}.{name}", "boolean"):
                found |= {name} if value.text == "true" else set()
    return frozenset(found)


def _new_policy(reader: Reader, given: dict[str, Node]) -> Policy | None:
    node = given.get("new_policy")
    if node is None:
        return None
    return reader.document(node, "s3.new_policy", PolicyType.RESOURCE)


def _owner(reader: Reader, given: dict[str, Node]) -> str | None:
    owner = reader.text(given, "object_owner", "s3")
    if owner is not None and not _is_account(owner):
        node = given["object_owner"]
        reader.add("invalid_account", "s3.object_owner", node, found=shown(owner))
    return owner


def _acl(reader: Reader, node: Node, path: str, owner: str) -> tuple[AclGrant, ...]:
    """Read a list of grants, or the name of a canned ACL."""
    if not reader.expect(node, path, "array", "string"):
        return ()
    if node.type == "string":
        found = buckets.canned(node.text, owner)
        if found is None:
            _not_one_of(reader, path, node, node.text, buckets.CANNED)
        return found or ()
    if len(node.items) > MAX_GRANTS:
        reader.add("too_many_grants", path, node, limit=str(MAX_GRANTS))
        return ()
    return tuple(
        _grant(reader, item, item_path(path, at)) for at, item in enumerate(node.items)
    )


def _grant(reader: Reader, node: Node, path: str) -> AclGrant:
    given = reader.members(node, path, ("grantee", "permission"))
    grantee = reader.text(given, "grantee", path) or ""
    permission = reader.text(given, "permission", path) or ""
    if grantee not in buckets.GROUPS and not _is_account(grantee):
        at = given.get("grantee", node)
        reader.add("unknown_grantee", f"{path}.grantee", at, found=shown(grantee))
    if permission not in buckets.PERMISSIONS:
        at = given.get("permission", node)
        _not_one_of(reader, f"{path}.permission", at, permission, buckets.PERMISSIONS)
    return AclGrant(grantee, permission)


def _is_account(text: str) -> bool:
    return len(text) == 12 and text.isascii() and text.isdigit()


def _not_one_of(
    reader: Reader, path: str, node: Node, found: str, known: tuple[str, ...]
) -> None:
    reader.add("not_one_of", path, node, found=shown(found), known=", ".join(known))
