"""What the document as a whole looks like: Version, Id, Sids, size, empty parts.

Quotas as in "IAM and AWS STS quotas" and in the guides of the services that keep
resource policies.
"""

import re
from typing import NamedTuple

from policies_lab.iam.documents import PolicyType, fold
from policies_lab.iam.jsontext import Node, item_path, member_path, shown
from policies_lab.iam.linting.context import Lint
from policies_lab.iam.linting.findings import FindingClass
from policies_lab.iam.linting.reading import Item

_T = PolicyType
_SID = re.compile(r"[A-Za-z0-9]*")
# IAM and Organizations restrict the letters of a Sid; services mostly do not.
_PLAIN_SIDS = (_T.IDENTITY, _T.BOUNDARY, _T.SESSION, _T.SCP, _T.RCP)
_UNIQUE_SIDS = (_T.IDENTITY, _T.BOUNDARY, _T.SESSION, _T.TRUST)
_WITHOUT_ID = (_T.IDENTITY, _T.BOUNDARY, _T.SESSION, _T.SCP, _T.RCP)
_LISTS = frozenset({"Action", "NotAction", "Resource", "NotResource"})


class Quota(NamedTuple):
    """A limit on the size of a document, in characters (`bytes` where those count)."""

    limit: int
    klass: FindingClass
    what: str
    spaces_count: bool
    bytes_count: bool = False


_ERROR, _WARNING = FindingClass.ERROR, FindingClass.WARNING
_QUOTAS: dict[PolicyType, tuple[Quota, ...]] = {
    _T.IDENTITY: (
        Quota(10_240, _ERROR, "the inline policies of a role", spaces_count=False),
        Quota(6_144, _WARNING, "a managed policy", spaces_count=False),
    ),
    _T.BOUNDARY: (Quota(6_144, _ERROR, "a managed policy", spaces_count=False),),
    _T.TRUST: (
        Quota(8_192, _ERROR, "a trust policy at its highest", spaces_count=False),
        Quota(2_048, _WARNING, "a trust policy by default", spaces_count=False),
    ),
    _T.SESSION: (Quota(2_048, _ERROR, "a session policy", spaces_count=True),),
    _T.SCP: (
        Quota(10_240, _ERROR, "a service control policy", spaces_count=False),
        Quota(10_240, _WARNING, "a service control policy", spaces_count=True),
    ),
    _T.RCP: (
        Quota(5_120, _ERROR, "a resource control policy", spaces_count=False),
        Quota(5_120, _WARNING, "a resource control policy", spaces_count=True),
    ),
    _T.ENDPOINT: (
        Quota(20_480, _ERROR, "the policy of a VPC endpoint", spaces_count=True),
    ),
}
_RESOURCE_QUOTAS = {
    "s3": Quota(20_480, _ERROR, "a bucket policy", True, bytes_count=True),
    "kms": Quota(32_768, _ERROR, "a key policy", True, bytes_count=True),
    "sqs": Quota(8_192, _WARNING, "the policy of a queue", True, bytes_count=True),
    "sns": Quota(30_720, _WARNING, "the policy of a topic", True, bytes_count=True),
    "lambda": Quota(20_480, _WARNING, "the policy of a function", True, True),
    "secretsmanager": Quota(20_480, _WARNING, "the policy of a secret", True, True),
}


def check(lint: Lint) -> None:
    """Check everything that takes no knowledge of services."""
    _check_version(lint)
    _check_sids(lint)
    _check_size(lint)
    _check_empty_parts(lint)
    if lint.options.style:
        _check_lists(lint)


def _check_version(lint: Lint) -> None:
    document = lint.document
    if document.version is None and document.root.type == "object":
        lint.add("missing-version", "", document.span)
    if document.id is not None and lint.is_a(*_WITHOUT_ID):
        lint.at("id-not-allowed", document.id)


def _check_sids(lint: Lint) -> None:
    seen: dict[str, Item] = {}
    klass = _ERROR if lint.is_a(*_UNIQUE_SIDS) else _WARNING
    for view in lint.statements:
        sid = view.sid
        if sid is None or lint.is_refused(sid.span):
            continue
        if not sid.text:
            lint.at("empty-sid", sid)
            continue
        if lint.is_a(*_PLAIN_SIDS) and not _SID.fullmatch(sid.text):
            lint.at("invalid-sid", sid)
        first = seen.setdefault(sid.text, sid)
        if first is not sid:
            facts = {"found": shown(sid.text), "line": str(first.span.line)}
            lint.add_as(klass, "duplicate-sid", sid.path, sid.span, **facts)


def service_of(lint: Lint) -> str:
    """Return the one service that all actions of a document belong to, folded, or an
    empty text."""
    services = {
        fold(item.text.partition(":")[0]) if ":" in item.text else "*"
        for view in lint.statements
        for item in (view.action.items if view.action else ())
    }
    return services.pop() if len(services) == 1 else ""


def _check_size(lint: Lint) -> None:
    """Report the first quota that is broken. White space is counted by some only."""
    text = lint.document.source.text
    quotas = _QUOTAS.get(lint.kind, ())
    if lint.is_a(PolicyType.RESOURCE):
        quota = _RESOURCE_QUOTAS.get(service_of(lint))
        quotas = (quota,) if quota else ()
    for quota in quotas:
        counted = text if quota.spaces_count else "".join(text.split())
        size = len(counted.encode("utf-8", "replace") if quota.bytes_count else counted)
        if size > quota.limit:
            unit = "bytes" if quota.bytes_count else "characters"
            facts = {"size": f"{size:,}", "limit": f"{quota.limit:,}", "unit": unit}
            span = lint.document.span
            lint.add_as(quota.klass, "size", "", span, what=quota.what, **facts)
            return


def _check_empty_parts(lint: Lint) -> None:
    """Report conditions that test nothing, and tests that nothing satisfies."""
    for view in lint.statements:
        node = view.condition
        if node is None or node.type != "object":
            continue
        path, span = f"{view.path}.Condition", lint.document.source.of(node)
        if not node.members:
            lint.add("empty-condition", path, span, found="Condition")
        for name, block in node.members:
            if block.type == "object" and not block.members:
                where, at = member_path(path, name.text), lint.document.source.of(name)
                lint.add("empty-condition", where, at, found=shown(name.text))
            for key, value in block.members:
                if value.type == "array" and not value.items:
                    where = member_path(member_path(path, name.text), key.text)
                    at = lint.document.source.of(value)
                    lint.add("empty-list", where, at, key=shown(key.text))


def _check_lists(lint: Lint) -> None:
    """Report lists of one, once for the whole document: it is a matter of taste."""
    found = _lists_of_one(lint.document.root, "", listed=False)
    if found:
        path, node = found[0]
        span = lint.document.source.of(node)
        lint.add("single-list-noise", path, span, count=str(len(found)))


def _lists_of_one(node: Node, path: str, *, listed: bool) -> list[tuple[str, Node]]:
    if node.type == "array":
        found = [(path, node)] if listed and len(node.items) == 1 else []
        for index, item in enumerate(node.items):
            found += _lists_of_one(item, item_path(path, index), listed=False)
        return found
    parts = path.split(".")
    inside = bool({"Condition", "Principal", "NotPrincipal"}.intersection(parts))
    found = []
    for key, value in node.members:
        counts = inside or key.text in _LISTS
        where = member_path(path, key.text)
        found += _lists_of_one(value, where, listed=counts)
    return found
