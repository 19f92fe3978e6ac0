"""Reading Condition: operators that exist, values that have their form."""

import re

from policies_lab.iam import formats, variables
from policies_lab.iam.conditions import (
    OPERATOR_NAMES,
    Family,
    Operator,
    Quantifier,
    parse_operator,
    read_policy_value,
)
from policies_lab.iam.documents import ConditionTest, Span, Value, Version
from policies_lab.iam.jsontext import Node, item_path, member_path, shown
from policies_lab.iam.problems import Collector

_KEY = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_NEED_STRINGS = frozenset({Family.ADDRESS, Family.ARN, Family.BINARY})
_FORM_CODES = {
    Family.NUMBER: "not_a_number",
    Family.DATE: "not_a_date",
    Family.BOOLEAN: "not_a_boolean",
    Family.NULL: "not_a_boolean",
    Family.ADDRESS: "not_an_address",
    Family.BINARY: "not_base64",
}


def parse_conditions(
    collect: Collector, node: Node | None, statement: str, version: Version
) -> tuple[ConditionTest, ...]:
    """Read the Condition element of a statement into its tests, in their order."""
    path = f"{statement}.Condition"
    if node is None or not collect.is_a("object", node, path):
        return ()
    tests: list[ConditionTest] = []
    for name, block in node.members:
        inside = member_path(path, name.text)
        operator = parse_operator(name.text)
        if operator is None:
            _unknown_operator(collect, name, inside)
        if not collect.is_a("object", block, inside):
            continue
        operator_span = collect.source.of(name)
        for key, value in block.members:
            where = member_path(inside, key.text)
            _check_key(collect, key, where)
            values = _values(collect, operator, value, where, version)
            start, end = collect.source.of(key), collect.source.of(value)
            tests.append(
                ConditionTest(
                    operator=name.text,
                    key=key.text,
                    values=values,
                    span=Span(start.line, start.column, end.end_line, end.end_column),
                    operator_span=operator_span,
                    key_span=start,
                )
            )
    return tuple(tests)


def _unknown_operator(collect: Collector, name: Node, path: str) -> None:
    prefix, colon, base = name.text.rpartition(":")
    if base == "NullIfExists":
        collect.add("null_if_exists", path, name)
        return
    suffix = "IfExists" if base.lower().endswith("ifexists") else ""
    guess = collect.closest(base[: len(base) - len(suffix)], OPERATOR_NAMES)
    if colon and guess:
        quantifier = collect.closest(prefix, [q.value for q in Quantifier])
        guess = f"{quantifier}:{guess}" if quantifier else ""
    suffix = suffix if guess and not guess.endswith("Null") else ""
    found = shown(name.text)
    collect.add("unknown_operator", path, name, found=found, guess=guess + suffix)


def _check_key(collect: Collector, key: Node, path: str) -> None:
    if not key.text.isascii():
        letter = next(c for c in key.text if not c.isascii())
        collect.add("not_ascii", path, key, character=f"U+{ord(letter):04X}")
    elif not _KEY.fullmatch(key.text):
        collect.add("invalid_key", path, key, found=shown(key.text))


def _values(
    collect: Collector,
    operator: Operator | None,
    node: Node,
    path: str,
    version: Version,
) -> tuple[Value, ...]:
    """Read the scalars; an empty list is read and matches nothing."""
    listed = [(item, item_path(path, i)) for i, item in enumerate(node.items)]
    values = []
    for item, where in listed if node.type == "array" else [(node, path)]:
        if item.type in {"object", "array", "null"}:
            collect.add("wrong_type", where, item, expected="scalar", found=item.type)
        elif collect.fits(item, where):
            if operator is not None:
                _check_value(collect, operator, item, where, version)
            values.append(collect.value(item))
    return tuple(values)


def _check_value(
    collect: Collector, operator: Operator, node: Node, path: str, version: Version
) -> None:
    """A value that its operator cannot read would make a Deny that never applies."""
    family, name = operator.family, operator.base
    text = collect.value(node).text
    found = shown(node.text)
    if family in _NEED_STRINGS and node.type != "string":
        collect.add("value_not_string", path, node, found=found, operator=name)
    elif family.has_variables:
        _check_variables(collect, family, node, path, version)
    elif version is Version.V2012 and "${" in text:
        collect.add("variable_place", path, node, element=name)
    elif family is Family.NUMBER and node.type == "boolean":
        collect.add("boolean_not_number", path, node, found=found)
    elif family is Family.NUMBER and not text.isascii():
        letter = next(c for c in text if not c.isascii())
        collect.add("not_ascii", path, node, character=f"U+{ord(letter):04X}")
    elif read_policy_value(family, text) is None:
        code = _FORM_CODES[family]
        if family is Family.DATE and formats.has_time_without_zone(text):
            code = "date_without_zone"
        collect.add(code, path, node, found=found, operator=name)


def _check_variables(
    collect: Collector, family: Family, node: Node, path: str, version: Version
) -> None:
    try:
        variables.parse(node.text, version, wildcards=family.has_wildcards)
    except variables.TemplateError as error:
        found = shown(node.text[error.offset :])
        collect.add("variable_syntax", path, node, found=found)
