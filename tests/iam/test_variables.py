"""Policy variables: what is replaced, where, and what happens without a value."""

import pytest

from policies_lab.iam import EvaluationError, PolicyError, Version, decide, evaluate
from policies_lab.iam.conditions import as_text
from policies_lab.iam.variables import TemplateError, parse
from tests.iam.cases import ROLE, USER, parsed, policy, scenario, statement, verdict

HOME = "arn:aws:s3:::b/${aws:username}/*"
TEAM = "${aws:PrincipalTag/team, 'all'}"


def expanded(text, lookup, version=Version.V2012):
    tokens = parse(text, version, wildcards=True).expand(lookup)
    return None if tokens is None else as_text(tokens)


@pytest.mark.parametrize(
    ("text", "lookup", "expected"),
    [
        (HOME, {"aws:username": "ann"}, "arn:aws:s3:::b/ann/*"),
        (HOME, {}, None),
        (TEAM, {}, "all"),
        (TEAM, {"aws:principaltag/team": "red"}, "red"),
        ("a${*}b", {}, "a*b"),
        ("a${?}b${$}", {}, "a?b$"),
        ("${aws:TagKeys}", {"aws:tagkeys": ("x",)}, None),
        ("${AWS:UserName}", {"aws:username": "ann"}, "ann"),
        ("${aws:username}", {"aws:username": ""}, ""),
        ("${aws:PrincipalTag/cost centre}", {"aws:principaltag/cost centre": "9"}, "9"),
        ("${k, ''}", {}, ""),
        ("${k,'x'}", {}, "x"),
        ("cost $5 {a}", {}, "cost $5 {a}"),
        ("${a}${b}", {"a": "1", "b": "2"}, "12"),
    ],
)
def test_expansion(text, lookup, expected):
    assert expanded(text, lookup) == expected


def test_plain_text_under_the_old_version():
    assert expanded(HOME, {"aws:username": "ann"}, Version.V2008) == HOME


@pytest.mark.parametrize(
    "text",
    [
        "${aws:username",
        "${}",
        "${ k}",
        "${k }",
        "${a b:c}",
        "${k, 'x}",
        "${k, x}",
        "${k,}",
        "${${k}}",
        "${k, 'a', 'b'}",
        "${\u212a}",
        "${*, 'x'}",
        "${aws:*}",
        "${a'b}",
    ],
)
def test_malformed(text):
    with pytest.raises(TemplateError) as caught:
        parse("ab" + text, Version.V2012, wildcards=True)
    assert caught.value.offset == 2


def test_malformed_is_a_problem_of_the_document():
    with pytest.raises(PolicyError) as caught:
        parsed(policy(statement(resource="arn:aws:s3:::b/${aws:username/*")))
    problem = caught.value.problems[0]
    assert (problem.code, problem.path) == ("variable_syntax", "Statement[0].Resource")
    assert problem.facts["found"] == "${aws:username/*"


def test_malformed_is_plain_text_under_the_old_version():
    parsed(policy(statement(resource="arn:aws:s3:::b/${x"), version="2008-10-17"))


def bucket(resource, principal=USER, name="ann", **elements):
    allow = policy(statement("Allow", "s3:*", resource, **elements))
    return verdict(
        principal=principal, resource=f"arn:aws:s3:::b/{name}/x", identity=[allow]
    )


def test_own_folder():
    assert bucket(HOME, name="alice") == ("allow", "identity")
    assert bucket(HOME, name="ann") == ("implicit_deny", "identity")


def test_without_a_value_the_pattern_matches_nothing():
    assert bucket(HOME, ROLE, "") == ("implicit_deny", "identity")
    both = [HOME, "arn:aws:s3:::b/ann/x"]
    assert bucket(both, ROLE, "ann") == ("allow", "identity")


def test_a_value_is_no_wildcard():
    allow = policy(statement("Allow", "s3:*", HOME))
    asked = {"resource": "arn:aws:s3:::b/bob/x", "identity": [allow]}
    decision = verdict(context={"aws:username": "*"}, **asked)
    assert decision == ("implicit_deny", "identity")
    asked["resource"] = "arn:aws:s3:::b/*/x"
    assert verdict(context={"aws:username": "*"}, **asked) == ("allow", "identity")


def test_before_the_sixth_field_nothing_is_replaced():
    pattern = "arn:aws:s3:${aws:RequestedRegion}::b"
    allow = policy(statement("Allow", "s3:*", pattern))
    found = verdict(
        resource="arn:aws:s3:eu-west-1::b",
        context={"aws:RequestedRegion": "eu-west-1"},
        identity=[allow],
    )
    assert found == ("implicit_deny", "identity")


@pytest.mark.parametrize("field", range(6))
def test_only_the_sixth_field_is_filled(field):
    parts = ["arn", "aws", "sqs", "eu-west-1", "111111111111", "q"]
    asked = ":".join(parts)
    name, parts[field] = parts[field], "${k}"
    allow = policy(statement("Allow", "sqs:*", ":".join(parts)))
    found = verdict(
        action="sqs:SendMessage", resource=asked, context={"k": name}, identity=[allow]
    )
    assert found[0] == ("allow" if field == 5 else "implicit_deny")


def test_a_colon_in_a_variable_is_no_colon_of_the_arn():
    pattern = "arn:aws:sqs:eu-west-1:111111111111:${a:b}:${c:d}"
    allow = policy(statement("Allow", "sqs:*", pattern))
    found = verdict(
        action="sqs:SendMessage",
        resource="arn:aws:sqs:eu-west-1:111111111111:x:y",
        context={"a:b": "x", "c:d": "y"},
        identity=[allow],
    )
    assert found == ("allow", "identity")


TAG = "${aws:PrincipalTag/x}"


@pytest.mark.parametrize(
    ("operator", "keys", "holds"),
    [
        ("StringNotEquals", {"k": "1"}, True),
        ("StringEquals", {"k": ""}, False),
        ("StringEquals", {"k": "1", "aws:PrincipalTag/x": "1"}, True),
        ("StringLike", {"k": "ab", "aws:PrincipalTag/x": "a*"}, False),
        ("StringLike", {"k": "a*", "aws:PrincipalTag/x": "a*"}, True),
        ("StringEqualsIgnoreCase", {"k": "AB", "aws:PrincipalTag/x": "ab"}, True),
        ("ArnEquals", {"k": "a:b:c:d:e:f", "aws:PrincipalTag/x": "a:b:c:d:e:f"}, True),
        ("ArnNotLike", {"k": "a:b:c:d:e:f"}, True),
        ("ForAllValues:StringEquals", {"k": ["1"]}, False),
        ("ForAnyValue:StringNotEquals", {"k": ["1"]}, True),
    ],
)
def test_in_conditions(operator, keys, holds):
    condition = {operator: {"k": TAG}}
    allow = policy(statement("Allow", "s3:*", "*", Condition=condition))
    expected = "allow" if holds else "implicit_deny"
    assert verdict(context=keys, identity=[allow]) == (expected, "identity")


@pytest.mark.parametrize(
    ("operator", "code"),
    [
        ("NumericEquals", "variable_place"),
        ("DateLessThan", "variable_place"),
        ("Bool", "variable_place"),
        ("BinaryEquals", "variable_place"),
        ("IpAddress", "variable_place"),
        ("Null", "variable_place"),
    ],
)
def test_other_operators_refuse_variables(operator, code):
    with pytest.raises(PolicyError) as caught:
        parsed(policy(statement(Condition={operator: {"k": TAG}})))
    assert [p.code for p in caught.value.problems] == [code]


@pytest.mark.parametrize("element", ["Action", "NotAction"])
def test_actions_refuse_variables(element):
    with pytest.raises(PolicyError) as caught:
        parsed(policy({"Effect": "Deny", element: "s3:${k}", "Resource": "*"}))
    assert [p.code for p in caught.value.problems] == ["variable_place"]


def not_resource(effect, *patterns, **elements):
    return policy(statement(effect, "s3:*", NotResource=list(patterns), **elements))


def test_allow_with_a_valueless_notresource_is_refused():
    found = scenario(principal=ROLE, identity=[not_resource("Allow", HOME)])
    for take in (decide, evaluate):
        with pytest.raises(EvaluationError) as caught:
            take(found)
        problem = caught.value.problems[0]
        assert problem.code == "notresource_variable"
        assert problem.path == "policies.identity[0].Statement[0].NotResource"
        assert (problem.span.line, problem.span.column) == (6, 22)


def test_it_is_not_refused_where_it_does_not_matter():
    """Another element fails, another pattern matches, or another policy allows."""
    never = {"Bool": {"aws:SecureTransport": "true"}}
    for identity, expected in (
        ([not_resource("Allow", HOME, Condition=never)], "implicit_deny"),
        ([not_resource("Allow", HOME, "arn:aws:s3:::data/*")], "implicit_deny"),
        ([not_resource("Allow", HOME), policy(statement())], "allow"),
        ([policy(statement()), not_resource("Allow", HOME)], "allow"),
    ):
        found = verdict(principal=ROLE, identity=identity)
        assert found == (expected, "identity")
