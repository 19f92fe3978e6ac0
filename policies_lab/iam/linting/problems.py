"""What the parser refuses, as findings: one table, so that no problem goes unsaid."""

from policies_lab.iam.documents import PolicyType, Problem
from policies_lab.iam.linting.findings import Finding, class_of

_SYNTAX = "json-syntax"
_LIMIT = "reading-limit"
_CHARACTER = "invalid-character"
_FORM = "type-mismatch"

_IDS = {
    "bad_escape": _SYNTAX,
    "bad_number": _SYNTAX,
    "byte_order_mark": _SYNTAX,
    "comment": _SYNTAX,
    "empty_document": _SYNTAX,
    "key_not_string": _SYNTAX,
    "missing_colon": _SYNTAX,
    "missing_comma": _SYNTAX,
    "not_json_word": _SYNTAX,
    "raw_control_character": _SYNTAX,
    "single_quotes": _SYNTAX,
    "trailing_comma": _SYNTAX,
    "trailing_text": _SYNTAX,
    "unclosed_string": _SYNTAX,
    "unexpected_character": _SYNTAX,
    "unexpected_end": _SYNTAX,
    "unexpected_end_of_text": _SYNTAX,
    "document_too_large": _LIMIT,
    "number_too_long": _LIMIT,
    "too_deep": _LIMIT,
    "too_many_statements": _LIMIT,
    "too_many_values": _LIMIT,
    "value_too_long": _LIMIT,
    "character_not_allowed": _CHARACTER,
    "control_character": _CHARACTER,
    "lone_surrogate": _CHARACTER,
    "not_ascii": _CHARACTER,
    "boolean_not_number": _FORM,
    "date_without_zone": _FORM,
    "not_a_boolean": _FORM,
    "not_a_date": _FORM,
    "not_a_number": _FORM,
    "not_an_address": _FORM,
    "not_base64": _FORM,
    "number_out_of_range": _FORM,
    "value_not_string": _FORM,
    "allow_notprincipal": "allow-notprincipal",
    "ambiguous_arn": "invalid-arn",
    "duplicate_key": "duplicate-key",
    "element_pair": "element-pair",
    "empty_principal": "missing-principal",
    "empty_resource": "missing-resource",
    "group_principal": "group-principal",
    "incomplete_arn": "invalid-arn",
    "invalid_action": "invalid-action-format",
    "invalid_effect": "invalid-effect",
    "invalid_key": "key-format",
    "invalid_principal": "invalid-principal-format",
    "invalid_version": "invalid-version",
    "missing_action": "missing-action",
    "more_problems": "more-problems",
    "missing_effect": "missing-effect",
    "missing_principal": "missing-principal",
    "missing_resource": "missing-resource",
    "missing_statement": "missing-statement",
    "notprincipal_not_allowed": "trust-notprincipal",
    "null_if_exists": "null-ifexists",
    "partial_wildcard_principal": "partial-wildcard-principal",
    "principal_not_allowed": "principal-not-allowed",
    "rcp_allow": "rcp-allow",
    "rcp_notaction": "rcp-notaction",
    "rcp_principal": "rcp-principal",
    "rcp_version": "invalid-version",
    "resource_not_allowed": "trust-resource",
    "unknown_element": "invalid-element",
    "unknown_operator": "invalid-operator",
    "variable_place": "variable-place",
    "variable_syntax": "variable-syntax",
    "wrong_type": "wrong-type",
}
_OTHER = "refused"
_LISTS = {"Action": "missing-action", "Resource": "missing-resource"}


def as_finding(problem: Problem) -> Finding:
    """Turn a problem into a finding; its code stays among the facts, for the words."""
    id = _id(problem)
    facts = {**problem.facts, "problem": problem.code}
    return Finding(id, class_of(id), problem.path, problem.span, facts)


def _id(problem: Problem) -> str:
    """A few codes mean different things in different places."""
    in_principal = any(
        name in {"Principal", "NotPrincipal"} for name in problem.path.split(".")
    )
    match problem.code:
        case "empty_list":
            name = problem.path.rpartition(".")[2].removeprefix("Not")
            return _LISTS.get(name, "missing-principal")
        case "unknown_element" if in_principal:
            return "invalid-principal-key"
        case "invalid_principal" if problem.facts.get("type") == "Service":
            return "service-principal-format"
        case "notprincipal_not_allowed" if (
            problem.facts.get("kind") == PolicyType.RCP.value
        ):
            return "rcp-principal"
        case code:
            return _IDS.get(code, _OTHER)
