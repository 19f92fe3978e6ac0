"""Reading Action and Resource with their Not forms."""

import re

from policies_lab.iam import variables
from policies_lab.iam.documents import Element, PolicyType, Version
from policies_lab.iam.jsontext import Node, shown
from policies_lab.iam.matching import ARN_FIELDS, Wild, is_everything
from policies_lab.iam.problems import Collector

_ACTION = re.compile(r"\*+|[A-Za-z0-9*?_-]+:[A-Za-z0-9*?_./-]+")


def parse_action(
    collect: Collector, statement: Node, members: dict[str, Node], path: str
) -> Element | None:
    name = collect.one_of(members, path, "Action")
    if name is None:
        collect.add("missing_action", path, statement)
        return None
    where = f"{path}.{name}"
    node = members[name]
    values = []
    for item, inside in collect.texts(node, where):
        if not item.text.isascii():
            letter = next(c for c in item.text if not c.isascii())
            character = f"U+{ord(letter):04X}"
            collect.add("not_ascii", inside, item, character=character)
        elif "${" in item.text:
            collect.add("variable_place", inside, item, element=name)
        elif not _ACTION.fullmatch(item.text):
            collect.add("invalid_action", inside, item, found=shown(item.text))
        values.append(collect.value(item))
    return Element(name, tuple(values), collect.source.of(node))


def parse_resource(
    collect: Collector,
    statement: Node,
    members: dict[str, Node],
    path: str,
    version: Version,
) -> Element | None:
    name = collect.one_of(members, path, "Resource")
    if collect.kind is PolicyType.TRUST:
        if name is not None:
            collect.add("resource_not_allowed", f"{path}.{name}", members[name])
        return None
    if name is None:
        collect.add("missing_resource", path, statement)
        return None
    where = f"{path}.{name}"
    values = []
    for item, inside in collect.texts(members[name], where):
        _resource_pattern(collect, item, inside, version)
        values.append(collect.value(item))
    return Element(name, tuple(values), collect.source.of(members[name]))


def _resource_pattern(
    collect: Collector, node: Node, path: str, version: Version
) -> None:
    """Refuse a pattern whose meaning AWS does not settle for this policy type.

    Fields that are missing are completed with stars in identity-based policies; a
    session policy with such an ARN is rejected; elsewhere AWS is silent.
    """
    try:
        template = variables.parse(node.text, version, wildcards=True)
    except variables.TemplateError as error:
        collect.add(
            "variable_syntax", path, node, found=shown(node.text[error.offset :])
        )
        return
    tokens = template.fixed()
    if not node.text:
        collect.add("empty_resource", path, node)
        return
    if tokens is not None and is_everything(tokens):
        return
    count = variables.fields(template)
    if count == ARN_FIELDS:
        return
    found = shown(node.text)
    if count == ARN_FIELDS - 1 and _has_early_star(template):
        collect.add("ambiguous_arn", path, node, found=found)
    elif collect.kind in {PolicyType.IDENTITY, PolicyType.BOUNDARY}:
        return
    elif (
        collect.kind in {PolicyType.SESSION, PolicyType.RCP}
        or not template.parts
        or template.parts[-1] is not Wild.STAR
    ):
        kind = collect.kind.value
        collect.add("incomplete_arn", path, node, found=found, kind=kind)


def _has_early_star(template: variables.Template) -> bool:
    """Whether a star ends a field before the last one: it may cross the colon there,
    and then the five fields are six."""
    for part, after in zip(template.parts, template.parts[1:], strict=False):
        if part is Wild.STAR and isinstance(after, str) and after.startswith(":"):
            return True
    return False
