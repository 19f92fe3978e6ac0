"""Reading Principal and NotPrincipal ("AWS JSON policy elements: Principal")."""

import re

from policies_lab.iam.documents import PrincipalElement, PrincipalEntry
from policies_lab.iam.jsontext import Node, shown
from policies_lab.iam.problems import Collector

_TYPES = ("AWS", "Federated", "Service", "CanonicalUser")

_ACCOUNT = r"[0-9]{12}"
_FORMS = {
    "AWS": re.compile(
        rf"\*|{_ACCOUNT}|A(?:IDA|ROA)[A-Z0-9]{{12,124}}"
        rf"|arn:aws[a-z0-9-]*:iam::{_ACCOUNT}:(?:root|(?:user|role)/[!-~]+)"
        rf"|arn:aws[a-z0-9-]*:sts::{_ACCOUNT}:assumed-role/[!-~]+/[!-~]+"
        rf"|arn:aws[a-z0-9-]*:sts::{_ACCOUNT}:federated-user/[!-~]+"
    ),
    "Federated": re.compile(
        rf"arn:aws[a-z0-9-]*:iam::{_ACCOUNT}:(?:oidc|saml)-provider/[!-~]+"
        r"|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
    ),
    "Service": re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
    "CanonicalUser": re.compile(r"[0-9a-f]{64}"),
}
_GROUP = re.compile(rf"arn:aws[a-z0-9-]*:iam::{_ACCOUNT}:group/.*", re.DOTALL)


def parse_principal(
    collect: Collector, name: str, node: Node, path: str
) -> PrincipalElement | None:
    """Read the element: "*", or an object of principal types with their values."""
    span = collect.source.of(node)
    if node.type == "string":
        if node.text != "*":
            collect.add(
                "invalid_principal", path, node, found=shown(node.text), type=""
            )
        return PrincipalElement(name, (PrincipalEntry("*", "*", span),), span)
    if not collect.is_a("object", node, path):
        return None
    entries: list[PrincipalEntry] = []
    for key, value in node.members:
        inside = f"{path}.{shown(key.text)}"
        if key.text not in _TYPES:
            collect.unknown(key, inside, _TYPES)
            continue
        for item, where in collect.texts(value, inside):
            _check(collect, key.text, item, where)
            place = collect.source.of(item)
            entries.append(PrincipalEntry(key.text, item.text, place))
    if not node.members:
        collect.add("empty_principal", path, node)
    return PrincipalElement(name, tuple(entries), span)


def _check(collect: Collector, type_: str, node: Node, path: str) -> None:
    text, found = node.text, shown(node.text)
    if _GROUP.fullmatch(text):
        collect.add("group_principal", path, node, found=found)
    elif _FORMS[type_].fullmatch(text) and not ("*" in text[1:] or "?" in text):
        return
    elif text != "*" and ("*" in text or "?" in text):
        collect.add("partial_wildcard_principal", path, node, found=found)
    else:
        collect.add("invalid_principal", path, node, found=found, type=type_)
