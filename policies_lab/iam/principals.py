"""Whom a Principal element names, and what such a grant is worth.

The classes follow "Policy evaluation logic for requests within a single account" in
the IAM User Guide: a grant to the caller itself is not limited by what other policies
fail to say, a grant to its role is, and a grant to the account only delegates.
"""

from enum import IntEnum

from policies_lab.iam.documents import (
    Principal,
    PrincipalElement,
    PrincipalEntry,
    PrincipalType,
)

SIGNED = frozenset(
    {
        PrincipalType.USER,
        PrincipalType.ROLE_SESSION,
        PrincipalType.FEDERATED_USER,
        PrincipalType.ROOT,
    }
)
"""Callers that belong to an account."""


class Grant(IntEnum):
    """What the naming of a caller is worth, from nothing to everything.

    UNKNOWN: the scenario does not say enough (a canonical user ID).
    """

    UNKNOWN = -1
    NONE = 0
    DELEGATION = 1
    ENTITY = 2
    DIRECT = 3


def partition(principal: Principal) -> str:
    """Return the caller's partition (aws, aws-cn, ...)."""
    return principal.arn.split(":", 2)[1] if principal.arn else "aws"


def account_arn(principal: Principal) -> str | None:
    """Return the ARN that names the caller's whole account."""
    if principal.account is None or principal.type not in SIGNED:
        return None
    return f"arn:{partition(principal)}:iam::{principal.account}:root"


def grant(element: PrincipalElement, caller: Principal, *, bounded: bool) -> Grant:
    """Return what the element means for the caller. `bounded`: it has a permissions
    boundary, which a NotPrincipal always hits."""
    if element.negated:
        return _not_principal(element, caller, bounded)
    grants = [entry_grant(entry, caller) for entry in element.entries]
    best = max(grants)
    return Grant.UNKNOWN if best <= 0 and Grant.UNKNOWN in grants else best


def entry_grant(entry: PrincipalEntry, caller: Principal) -> Grant:
    """Return what one listed principal means for the caller."""
    match entry.type:
        case "*":
            return Grant.DIRECT
        case "AWS":
            return _aws_grant(entry.value, caller)
        case "Service":
            return _when(entry.value == caller.service, Grant.DIRECT)
        case "Federated":
            return _when(entry.value == caller.provider, Grant.DIRECT)
        case _:
            # Nobody but AWS can tell whose account a canonical user ID is.
            return _when(caller.type in SIGNED, Grant.UNKNOWN)


def _when(condition: bool, found: Grant) -> Grant:
    return found if condition else Grant.NONE


def _aws_grant(value: str, caller: Principal) -> Grant:
    if value == "*":
        # Service principals and callers with a foreign token are not meant by it.
        known = caller.type in SIGNED or caller.type is PrincipalType.ANONYMOUS
        return _when(known, Grant.DIRECT)
    if caller.type not in SIGNED:
        return Grant.NONE
    if value in (caller.account, account_arn(caller)):
        is_root = caller.type is PrincipalType.ROOT
        return Grant.DIRECT if is_root else Grant.DELEGATION
    if value == caller.arn:
        return Grant.DIRECT
    return _when(value in (caller.role_arn, caller.user_arn), Grant.ENTITY)


def _not_principal(
    element: PrincipalElement, caller: Principal, bounded: bool
) -> Grant:
    if bounded:
        return Grant.DIRECT
    listed = [_is_listed(element, name, caller) for name in _chain(caller)]
    if listed and all(listed):
        return Grant.NONE
    if any(entry.type == "CanonicalUser" for entry in element.entries):
        return _when(caller.type in SIGNED, Grant.UNKNOWN) or Grant.DIRECT
    return Grant.DIRECT


def _chain(caller: Principal) -> tuple[str, ...]:
    """Everything that has to be listed before a NotPrincipal spares the caller."""
    if caller.type is PrincipalType.ANONYMOUS:
        return ("anonymous",)
    names = (
        caller.arn,
        caller.role_arn,
        caller.user_arn,
        account_arn(caller),
        caller.service,
        caller.provider,
    )
    return tuple(dict.fromkeys(name for name in names if name is not None))


def _is_listed(element: PrincipalElement, name: str, caller: Principal) -> bool:
    return any(_lists(entry, name, caller) for entry in element.entries)


def _lists(entry: PrincipalEntry, name: str, caller: Principal) -> bool:
    if entry.type == "*":
        return True
    if entry.type != "AWS":
        return entry.value == name
    if entry.value == "*":
        return caller.type in SIGNED or caller.type is PrincipalType.ANONYMOUS
    is_account = name == account_arn(caller) and entry.value == caller.account
    return entry.value == name or is_account


def is_partly_listed(element: PrincipalElement, caller: Principal) -> bool:
    """Whether a NotPrincipal lists some of the caller's chain and not all of it: what
    AWS does then depends on the service."""
    listed = [_is_listed(element, name, caller) for name in _chain(caller)]
    return element.negated and any(listed) and not all(listed)
