"""Policy variables: what is replaced, where, and what happens without a value."""

import pytest

from policies_lab.iam import EvaluationError, PolicyError, Version, decide, evaluate
from policies_lab.iam.conditions import as_text
from policies_lab.iam.variables import TemplateError, parse
from tests.iam.cases import ROLE, parsed, policy, scenario, statement

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
