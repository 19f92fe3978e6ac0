"""What S3 has besides policies, as far as one decision does not show it."""

import json

import pytest

from policies_lab.iam import (
    PolicyType,
    ScenarioError,
    evaluate,
    parse_policy,
    read_scenario,
)
from policies_lab.iam.publicness import is_public
from tests.iam.cases import ANONYMOUS, FULL, policy, scenario, scenario_json, statement


def traced(s3, **parts):
    case = scenario_json(principal=ANONYMOUS, **parts) | {"s3": s3}
    return evaluate(read_scenario(case))


def test_without_the_member_nothing_is_said_of_buckets():
    kinds = {step.kind.value for step in evaluate(scenario(identity=[FULL])).steps}
    assert kinds & {"block_public_access", "acl"} == set()


def test_settings_come_before_the_policy_and_lists_after_it():
    trace = traced({"object_ownership": "ObjectWriter"})
    kinds = [step.kind.value for step in trace.steps]
    at = kinds.index("resource")
    assert kinds[at - 1 : at + 2] == ["block_public_access", "resource", "acl"]


def test_the_setting_that_stopped_is_named():
    bucket = policy(statement(Principal="*"))
    settings = {"account": {"RestrictPublicBuckets": True}}
    trace = traced({"block_public_access": settings}, bucket=bucket)
    assert trace.stopped_at.facts["setting"] == "RestrictPublicBuckets"
    assert trace.deciding == ()


def test_the_grant_that_decided_is_a_statement_with_its_place():
    grants = [
        {"grantee": "222222222222", "permission": "READ"},
        {"grantee": "AllUsers", "permission": "READ"},
    ]
    trace = traced({"object_ownership": "ObjectWriter", "object_acl": grants})
    (deciding,) = trace.deciding
    assert (deciding.policy, deciding.statement) == ("s3.object_acl", 1)
    assert deciding.checks[1].policy_values == ("s3:GetObject", "s3:GetObjectVersion")


def test_problems_stand_at_their_place_in_the_text():
    text = json.dumps(scenario_json(principal=ANONYMOUS))[:-1]
    text += ',\n"s3": {"object_ownership": "ObjectWriter",\n "bucket_acl": "publik"}}'
    with pytest.raises(ScenarioError) as caught:
        read_scenario(text)
    (problem,) = caught.value.problems
    assert (problem.code, problem.span.line, problem.span.column) == (
        "not_one_of",
        3,
        16,
    )


@pytest.mark.parametrize(
    ("principal", "condition", "public"),
    [
        ("*", None, True),
        ({"AWS": "*"}, None, True),
        ({"AWS": "222222222222"}, None, False),
        ({"AWS": ["222222222222", "*"]}, None, True),
        ({"Service": "cloudtrail.amazonaws.com"}, None, False),
        ("*", {"StringEquals": {"aws:SourceAccount": "111111111111"}}, False),
        ("*", {"StringLike": {"aws:SourceAccount": "1111*"}}, True),
        ("*", {"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::1:user/a"}}, False),
        ("*", {"ForAllValues:StringEquals": {"aws:SourceVpce": "vpce-1"}}, True),
        ("*", {"ForAnyValue:StringEquals": {"aws:SourceVpce": "vpce-1"}}, False),
        ("*", {"StringEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}}, False),
        ("*", {"StringLike": {"aws:SourceVpce": ["vpce-1", "vpce-?"]}}, True),
        ("*", {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/0"]}}, True),
        ("*", {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, False),
        ("*", {"IpAddress": {"aws:SourceIp": "2001:db8::/32"}}, False),
        ("*", {"IpAddress": {"aws:VpcSourceIp": "10.0.0.1"}}, True),
    ],
)
def test_what_makes_a_policy_public(principal, condition, public):
    parts = {"Condition": condition} if condition else {}
    document = policy(statement(Principal=principal, **parts))
    parsed = parse_policy(json.dumps(document), kind=PolicyType.RESOURCE)
    assert is_public(parsed) is public


def test_one_public_statement_makes_the_policy_public():
    document = policy(
        statement(Principal={"AWS": "222222222222"}), statement(Principal="*")
    )
    assert is_public(parse_policy(json.dumps(document), kind=PolicyType.RESOURCE))
