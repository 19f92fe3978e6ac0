"""Requests: what a caller, an action, a resource and context keys have to look like,
and the keys that follow from the caller ("AWS global condition context keys")."""

import re
from collections.abc import Iterator, Mapping

from policies_lab.iam import formats
from policies_lab.iam.documents import (
    ContextValue,
    Principal,
    PrincipalType,
    Problem,
    Request,
    ScenarioError,
    fold,
)
from policies_lab.iam.jsontext import member_path, shown

MAX_TEXT = 2_048
MAX_KEYS = 200
MAX_MEMBERS = 500

_ACCOUNT = re.compile(r"[0-9]{12}")
_ACTION = re.compile(r"[A-Za-z0-9-]{1,64}:[A-Za-z0-9_.-]{1,128}")
_KEY = re.compile(r"[!-~](?:[ -~]{0,254}[!-~])?")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PARTITION = r"arn:aws[a-z0-9-]*"
_ARNS = {
    "user": re.compile(rf"{_PARTITION}:iam::([0-9]{{12}}):user/[!-)+->@-~]+"),
    "role": re.compile(rf"{_PARTITION}:iam::([0-9]{{12}}):role/[!-)+->@-~]+"),
    "root": re.compile(rf"{_PARTITION}:iam::([0-9]{{12}}):root"),
    "role_session": re.compile(
        rf"{_PARTITION}:sts::([0-9]{{12}}):assumed-role/[!-)+-.0->@-~]+/[!-)+-.0->@-~]+"
    ),
    "federated_user": re.compile(
        rf"{_PARTITION}:sts::([0-9]{{12}}):federated-user/[!-)+->@-~]+"
    ),
    "provider": re.compile(
        rf"{_PARTITION}:iam::([0-9]{{12}}):(?:oidc|saml)-provider/[!-~]+"
    ),
}
# What each type of caller is described by; everything else has to be absent.
_DESCRIBED_BY: dict[PrincipalType, tuple[str, ...]] = {
    PrincipalType.USER: ("arn", "account"),
    PrincipalType.ROLE_SESSION: ("arn", "account", "role_arn"),
    PrincipalType.FEDERATED_USER: ("arn", "account", "user_arn"),
    PrincipalType.ROOT: ("arn", "account"),
    PrincipalType.SERVICE: ("service",),
    PrincipalType.ANONYMOUS: (),
    PrincipalType.WEB_IDENTITY: ("provider",),
    PrincipalType.SAML: ("provider",),
}
_FIELDS = ("arn", "account", "role_arn", "user_arn", "service", "provider")
_ADDRESS_KEYS = frozenset(
    {"aws:sourceip", "aws:vpcsourceip", "aws:ec2instancesourceprivateipv4"}
)
_PRINCIPAL_TYPES = {
    PrincipalType.USER: "User",
    PrincipalType.ROLE_SESSION: "AssumedRole",
    PrincipalType.FEDERATED_USER: "FederatedUser",
    PrincipalType.ROOT: "Account",
    PrincipalType.ANONYMOUS: "Anonymous",
}


def make_request(
    *,
    principal: Principal,
    action: str,
    resource: str,
    resource_account: str,
    context: Mapping[str, ContextValue] | None = None,
) -> Request:
    """Put a request together: check every part, add the keys that the caller implies.

    Raises ScenarioError with every problem; their paths are those of a scenario
    (`principal.arn`, `context.aws:SourceIp`).
    """
    given = dict(context or {})
    problems = [
        *principal_problems(principal),
        *_action_problems(action),
        *_text_problems("resource", resource),
        *_context_problems(given),
    ]
    if not is_account(resource_account):
        facts = {"found": shown(resource_account)}
        problems.append(Problem("invalid_account", "resource_account", facts=facts))
    if problems:
        raise ScenarioError(tuple(problems))
    return Request(
        principal=principal,
        action=action,
        resource=resource,
        resource_account=resource_account,
        context=derived_keys(principal, given) | given,
    )


def is_account(text: str) -> bool:
    """Whether the text has the form of an account ID: twelve digits."""
    return _ACCOUNT.fullmatch(text) is not None


def derived_keys(
    principal: Principal, given: Mapping[str, ContextValue]
) -> dict[str, ContextValue]:
    """Return the keys that follow from the caller and are not given.

    A role session is known to policies by its role's ARN. The unique ID in aws:userid
    of users and roles follows from nothing.
    """
    type_ = principal.type
    keys: dict[str, str | None] = {
        "aws:PrincipalArn": principal.role_arn or principal.arn,
        "aws:PrincipalAccount": principal.account,
        "aws:PrincipalType": _PRINCIPAL_TYPES.get(type_),
    }
    if type_ is PrincipalType.USER and principal.arn:
        keys["aws:username"] = principal.arn.rpartition("/")[2]
    if type_ is PrincipalType.ROOT:
        keys["aws:userid"] = principal.account
    if type_ is PrincipalType.FEDERATED_USER and principal.arn:
        name = principal.arn.partition("/")[2]
        keys["aws:userid"] = f"{principal.account}:{name}"
    if type_ is PrincipalType.ANONYMOUS:
        keys["aws:PrincipalAccount"] = keys["aws:userid"] = "anonymous"
    present = {fold(key) for key in given}
    return {
        key: value
        for key, value in keys.items()
        if value is not None and fold(key) not in present
    }


def principal_problems(principal: Principal) -> Iterator[Problem]:
    """Yield what does not fit a caller of this type, or contradicts itself."""
    wanted = _DESCRIBED_BY[principal.type]
    facts = {"type": principal.type.value}
    for name in _FIELDS:
        path = f"principal.{name}"
        value = getattr(principal, name)
        if value is None and name in wanted:
            yield Problem("missing_member", path, facts={"name": name, **facts})
        elif value is not None and name not in wanted:
            yield Problem("not_for_this_caller", path, facts={"name": name, **facts})
        elif value is not None and not _fits(principal, name, value):
            found = {"found": shown(value), **facts}
            yield Problem("invalid_principal_member", path, facts=found)
    if principal.service_linked and principal.type is not PrincipalType.ROLE_SESSION:
        facts = {"name": "service_linked", **facts}
        yield Problem("not_for_this_caller", "principal.service_linked", facts=facts)
    yield from _contradictions(principal)


def _fits(principal: Principal, name: str, value: str) -> bool:
    if len(value) > MAX_TEXT:
        return False
    match name:
        case "account":
            return is_account(value)
        case "service":
            return _HOST.fullmatch(value) is not None
        case "provider":
            is_arn = _ARNS["provider"].fullmatch(value)
            return is_arn is not None or _HOST.fullmatch(value) is not None
        case "role_arn":
            return _ARNS["role"].fullmatch(value) is not None
        case "user_arn":
            is_root = _ARNS["root"].fullmatch(value)
            return is_root is not None or _ARNS["user"].fullmatch(value) is not None
        case _:
            return _ARNS[principal.type.value].fullmatch(value) is not None


def _contradictions(principal: Principal) -> Iterator[Problem]:
    """An ARN of another account, or a session of another role."""
    for name in ("arn", "role_arn", "user_arn"):
        fields = (getattr(principal, name) or "").split(":")
        other = fields[4] if len(fields) > 4 else principal.account
        if principal.account is not None and other != principal.account:
            facts = {"found": shown(other or ""), "account": shown(principal.account)}
            yield Problem("other_account_in_arn", f"principal.{name}", facts=facts)
    if principal.role_arn and principal.arn and principal.arn.count("/") > 1:
        role = principal.role_arn.rpartition("/")[2]
        session_of = principal.arn.split("/")[1]
        if role != session_of:
            facts = {"found": shown(session_of), "role": shown(role)}
            yield Problem("session_of_other_role", "principal.arn", facts=facts)


def _action_problems(action: str) -> Iterator[Problem]:
    found = {"found": shown(action)}
    if "*" in action or "?" in action:
        yield Problem("wildcard_in_request", "action", facts=found)
    elif not _ACTION.fullmatch(action):
        yield Problem("invalid_request_action", "action", facts=found)


def _text_problems(path: str, text: str) -> Iterator[Problem]:
    if path == "resource" and not text:
        yield Problem("empty_text", path)
    if len(text) > MAX_TEXT:
        facts = {"length": str(len(text)), "limit": str(MAX_TEXT)}
        yield Problem("text_too_long", path, facts=facts)
    elif found := _FORBIDDEN.search(text):
        facts = {"character": f"U+{ord(found[0]):04X}"}
        yield Problem("control_character", path, facts=facts)


def _context_problems(context: Mapping[str, ContextValue]) -> Iterator[Problem]:
    if len(context) > MAX_KEYS:
        yield Problem("too_many_keys", "context", facts={"limit": str(MAX_KEYS)})
        return
    seen: dict[str, str] = {}
    for key, value in context.items():
        path = member_path("context", key)
        if not _KEY.fullmatch(key):
            yield Problem("invalid_context_key", path, facts={"found": shown(key)})
        first = seen.setdefault(fold(key), key)
        if first != key:
            facts = {"key": shown(key), "first": shown(first)}
            yield Problem("duplicate_context_key", path, facts=facts)
        members = (value,) if isinstance(value, str) else value
        if len(members) > MAX_MEMBERS:
            facts = {"limit": str(MAX_MEMBERS)}
            yield Problem("too_many_members", path, facts=facts)
        for member in members[:MAX_MEMBERS]:
            yield from _text_problems(path, member)
            if fold(key) in _ADDRESS_KEYS and formats.address(member) is None:
                facts = {"found": shown(member)}
                yield Problem("invalid_address", path, facts=facts)
