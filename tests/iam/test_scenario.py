"""Scenarios in, results out: strict reading, exact places, documented shapes."""

import json

import pytest

from policies_lab.iam import (
    Principal,
    PrincipalType,
    ScenarioError,
    error_result,
    evaluate,
    make_request,
    read_scenario,
    result,
)
from tests.iam.cases import (
    ANONYMOUS,
    FEDERATED,
    FULL,
    HERE,
    OBJECT,
    ROLE,
    ROOT,
    SAML,
    SERVICE,
    THERE,
    USER,
    WEB,
    policy,
    scenario,
    scenario_json,
    statement,
)


def problems(source):
    try:
        read_scenario(source)
    except ScenarioError as error:
        return error.problems
    return ()


def codes(**parts):
    return [(p.code, p.path) for p in problems(scenario_json(**parts))]


def changed(path, value, **parts):
    """The scenario with one member set (or removed, with ...)."""
    whole = scenario_json(**parts)
    *way, last = path.split(".")
    inside = whole
    for name in way:
        inside[name] = dict(inside[name])
        inside = inside[name]
    if value is ...:
        del inside[last]
    else:
        inside[last] = value
    return [(p.code, p.path) for p in problems(whole)]


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("ident", "x", "unknown_member"),
        ("id", 5, "wrong_type"),
        ("principal", ..., "missing_member"),
        ("principal", "alice", "wrong_type"),
        ("principal.type", "group", "unknown_principal_type"),
        ("principal.type", ..., "unknown_principal_type"),
        ("principal.arn", ..., "missing_member"),
        ("principal.arn", "alice", "invalid_principal_member"),
        ("principal.arn", f"arn:aws:iam::{HERE}:user/*", "invalid_principal_member"),
        ("principal.arn", f"arn:aws:iam::{THERE}:user/alice", "other_account_in_arn"),
        ("principal.account", "1234", "invalid_principal_member"),
        ("principal.account", "\u0661" * 12, "invalid_principal_member"),
        ("principal.role_arn", ROLE["role_arn"], "not_for_this_caller"),
        ("principal.service", "x.amazonaws.com", "not_for_this_caller"),
        ("principal.service_linked", True, "not_for_this_caller"),
        ("principal.service_linked", "yes", "wrong_type"),
        ("principal.groups", [], "unknown_member"),
        ("action", ..., "missing_member"),
        ("action", "s3:*", "wildcard_in_request"),
        ("action", "s3:Get?bject", "wildcard_in_request"),
        ("action", "GetObject", "invalid_request_action"),
        ("action", "s3:GetObject\n", "invalid_request_action"),
        ("action", "\u212ams:Decrypt", "invalid_request_action"),
        ("action", "", "invalid_request_action"),
        ("resource", ..., "missing_member"),
        ("resource", "", "empty_text"),
        ("resource", "arn:aws:s3:::" + "a" * 2036, "text_too_long"),
        ("resource", "arn:aws:s3:::b\x00", "control_character"),
        ("resource_account", ..., "missing_member"),
        ("resource_account", "12", "invalid_account"),
        ("management_account", "12", "invalid_account"),
        ("management_account", 9, "wrong_type"),
        ("context", [], "wrong_type"),
        ("policies", ..., "missing_member"),
        ("policies.identities", [], "unknown_member"),
        ("policies.identity", {}, "wrong_type"),
        ("policies.boundary", [], "wrong_type"),
        ("policies.resource", 5, "wrong_type"),
        ("policies.scps", [[]], "wrong_type"),
    ],
)
def test_one_wrong_member(path, value, code):
    assert (code, path if path != "policies.scps" else "policies.scps[0]") in changed(
        path, value
    )


def test_members_for_people_are_not_read():
    for name in ["title", "level", "account", "note", "expected", "why", "crosscheck"]:
        assert changed(name, {"anything": [1, None, "\ud800"]}) == []


def test_null_is_absent():
    whole = scenario_json(identity=[FULL], boundary=None, bucket=None, vpce=None)
    whole["s3"] = None
    assert problems(whole) == ()


def test_only_the_needed_members_are_needed():
    whole = scenario_json()
    for name in ("id", "context", "management_account"):
        del whole[name]
    assert read_scenario(whole).id is None


@pytest.mark.parametrize(
    "principal", [USER, ROLE, FEDERATED, ROOT, SERVICE, ANONYMOUS, WEB, SAML]
)
def test_every_caller_is_read(principal):
    found = scenario(principal=principal).request.principal
    assert found.type == principal["type"]
    assert (found.arn, found.account) == (
        principal.get("arn"),
        principal.get("account"),
    )


@pytest.mark.parametrize(
    ("principal", "change", "code", "path"),
    [
        (ROLE, {"role_arn": None}, "missing_member", "role_arn"),
        (
            ROLE,
            {"role_arn": f"arn:aws:iam::{HERE}:role/other"},
            "session_of_other_role",
            "arn",
        ),
        (FEDERATED, {"user_arn": None}, "missing_member", "user_arn"),
        (SERVICE, {"service": "sns"}, "invalid_principal_member", "service"),
        (SERVICE, {"account": HERE}, "not_for_this_caller", "account"),
        (ANONYMOUS, {"arn": "x"}, "not_for_this_caller", "arn"),
        (WEB, {"provider": None}, "missing_member", "provider"),
        (WEB, {"provider": "*"}, "invalid_principal_member", "provider"),
        (ROOT, {"arn": USER["arn"]}, "invalid_principal_member", "arn"),
    ],
)
def test_callers_that_contradict_themselves(principal, change, code, path):
    found = codes(principal={**principal, **change})
    assert found == [(code, f"principal.{path}")]


def test_a_role_with_a_path_is_known_by_its_name():
    role = {**ROLE, "role_arn": f"arn:aws:iam::{HERE}:role/team/app"}
    assert codes(principal=role) == []


@pytest.mark.parametrize(
    ("keys", "code", "path"),
    [
        ({"k": True}, "wrong_type", "context.k"),
        ({"k": None}, "wrong_type", "context.k"),
        ({"k": [1]}, "wrong_type", "context.k[0]"),
        ({"": "x"}, "invalid_context_key", 'context.""'),
        ({"\u212a": "x"}, "invalid_context_key", "context.\u212a"),
        ({"k": "a" * 2049}, "text_too_long", "context.k"),
        ({"k": "a\x00"}, "control_character", "context.k"),
        ({"k": ["a"] * 501}, "too_many_members", "context.k"),
        ({"aws:SourceIp": "1.2.3.4\n"}, "invalid_address", "context.aws:SourceIp"),
        ({"AWS:sourceip": "10.0.0.0/8"}, "invalid_address", "context.AWS:sourceip"),
        ({"aws:VpcSourceIp": "::1%e"}, "invalid_address", "context.aws:VpcSourceIp"),
    ],
)
def test_context_values(keys, code, path):
    assert codes(context=keys) == [(code, path)]


def test_the_same_key_twice():
    context = {"aws:SourceIp": "1.1.1.1", "AWS:sourceip": "2.2.2.2"}
    found = codes(context=context)
    assert ("duplicate_context_key", "context.AWS:sourceip") in found


def test_two_hundred_keys():
    assert codes(context={f"k{n}": "x" for n in range(200)}) == []
    many = {f"k{n}": "x" for n in range(201)}
    assert codes(context=many) == [("too_many_keys", "context")]


def test_keys_that_follow_from_the_caller():
    def keys(principal, **context):
        found = scenario(principal=principal, context=context).request.context
        return {key.removeprefix("aws:"): value for key, value in found.items()}

    alice = {"PrincipalType": "User", "username": "alice"}
    assert keys(USER) == {
        "PrincipalArn": USER["arn"],
        "PrincipalAccount": HERE,
        **alice,
    }
    with_path = {**USER, "arn": f"arn:aws:iam::{HERE}:user/team/alice"}
    assert keys(with_path)["username"] == "alice"
    assert keys(ROLE) == {
        "PrincipalArn": ROLE["role_arn"],
        "PrincipalAccount": HERE,
        "PrincipalType": "AssumedRole",
    }
    assert keys(FEDERATED) == {
        "PrincipalArn": FEDERATED["arn"],
        "PrincipalAccount": HERE,
        "PrincipalType": "FederatedUser",
        "userid": f"{HERE}:bob",
    }
    assert keys(ROOT) == {
        "PrincipalArn": ROOT["arn"],
        "PrincipalAccount": HERE,
        "PrincipalType": "Account",
        "userid": HERE,
    }
    assert keys(ANONYMOUS) == {
        "PrincipalAccount": "anonymous",
        "PrincipalType": "Anonymous",
        "userid": "anonymous",
    }
    assert keys(SERVICE) == keys(WEB) == keys(SAML) == {}
    given = keys(USER, **{"AWS:UserName": "bob"})
    assert "username" not in given
    assert given["AWS:UserName"] == "bob"


def test_documents_keep_their_own_places():
    text = '{"Statement": [\n   {"Effect": "Allow"}]}'
    found = problems(scenario_json(identity=[FULL, text]))
    assert [(p.code, p.path, p.span.line, p.span.column) for p in found] == [
        ("missing_action", "policies.identity[1].Statement[0]", 2, 4),
        ("missing_resource", "policies.identity[1].Statement[0]", 2, 4),
    ]


def test_an_object_is_placed_in_its_canonical_form():
    bad = policy(statement(action=["s3:*", "GetObject"]))
    (found,) = problems(json.dumps(scenario_json(boundary=bad)))
    assert found.path == "policies.boundary.Statement[0].Action[1]"
    assert (found.span.line, found.span.column) == (8, 9)


def test_a_key_that_stands_twice_is_found_in_an_object_too():
    text = json.dumps(scenario_json(identity=[FULL]))
    text = text.replace('"Effect": "Allow"', '"Effect": "Deny", "Effect": "Allow"')
    (found,) = problems(text)
    assert (found.code, found.path) == (
        "duplicate_key",
        "policies.identity[0].Statement[0]",
    )
    assert found.span.line == 6


def test_a_member_that_stands_twice():
    text = json.dumps(scenario_json()).replace('"id": "t"', '"id": "t", "id": "u"')
    assert ("duplicate_key", "id") in [(p.code, p.path) for p in problems(text)]


def test_names():
    named = {"name": "Analysts-read", "document": FULL}
    found = scenario(identity=[named], scps=[{"level": "ou", "policies": [named]}])
    assert found.policies.identity[0].name == "Analysts-read"
    assert found.policies.scps[0].policies[0].name == "Analysts-read"
    wrong = {"name": "x", "document": FULL, "from": "group"}
    assert codes(identity=[wrong]) == [("unknown_member", "policies.identity[0].from")]
    assert codes(identity=[{"name": 5, "document": FULL}]) == [
        ("wrong_type", "policies.identity[0].name")
    ]


@pytest.mark.parametrize("member", ["scps", "rcps"])
def test_levels(member):
    found = codes(**{member: [{"level": "unit", "policies": []}]})
    assert found == [("unknown_level", f"policies.{member}[0].level")]
    found = codes(**{member: [{"policies": []}]})
    assert found == [("unknown_level", f"policies.{member}[0].level")]
    found = codes(**{member: [{"level": "ou", "name": "x"}]})
    assert found == [("unknown_member", f"policies.{member}[0].name")]
    found = codes(**{member: [{"level": "ou", "policies": [None]}]})
    assert found == [("wrong_type", f"policies.{member}[0].policies[0]")]


def test_the_policy_of_a_role_is_its_trust_policy():
    role = {"resource": f"arn:aws:iam::{HERE}:role/x", "action": "sts:AssumeRole"}
    trust = policy(statement(action="sts:AssumeRole", resource=None, Principal="*"))
    assert codes(bucket=trust, **role) == []
    assert codes(bucket=trust) == [
        ("missing_resource", "policies.resource.Statement[0]")
    ]


def test_a_service_linked_role_has_no_boundary():
    linked = {**ROLE, "service_linked": True}
    assert codes(principal=linked, boundary=FULL) == [
        ("boundary_not_possible", "policies.boundary")
    ]


def test_size_limits():
    assert codes(identity=[FULL] * 201)[0] == (
        "too_many_documents",
        "policies.identity[200]",
    )
    assert codes(identity=[FULL] * 200) == []
    large = policy(*[statement(resource="a" * 8000)] * 5)
    assert codes(identity=[large])[0][0] == "document_too_large"
    (found,) = problems(" " * (1024 * 1024 + 1))
    assert found.code == "scenario_too_large"


def test_a_document_may_grow_when_it_is_written_down():
    """Twenty kilobytes of short values are more lines than characters."""
    wide = policy(*[statement(action=["s3:Get*"] * 12)] * 150)
    assert len(json.dumps(wide, indent=2)) > 32 * 1024
    assert codes(identity=[wide]) == []


def test_not_json():
    for text in ("", "not json", "[1, 2", "\ufeff{}"):
        with pytest.raises(ScenarioError) as caught:
            read_scenario(text)
        assert not caught.value.is_json
        assert len(caught.value.problems) == 1


def test_other_json():
    for text in ("[]", "5", "null", '"x"'):
        with pytest.raises(ScenarioError) as caught:
            read_scenario(text)
        assert caught.value.is_json


def test_deep_objects_are_refused():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    (found,) = problems({"id": "x", "context": deep})
    assert found.code == "too_deep"


def test_the_id_survives_the_problems():
    with pytest.raises(ScenarioError) as caught:
        read_scenario({"id": "W1", "x": 1})
    assert caught.value.id == "W1"


def test_a_request_can_be_made_by_hand():
    alice = Principal(PrincipalType.USER, USER["arn"], HERE)
    asked = {"principal": alice, "resource": OBJECT, "resource_account": HERE}
    request = make_request(action="s3:GetObject", context={"k": ("a",)}, **asked)
    assert request.lookup["k"] == ("a",)
    assert request.lookup["aws:username"] == "alice"
    with pytest.raises(ScenarioError) as caught:
        make_request(action="s3:*", **{**asked, "resource_account": ""})
    assert [p.code for p in caught.value.problems] == [
        "wildcard_in_request",
        "invalid_account",
    ]


def test_the_shape_of_a_result():
    tags = {"ForAllValues:StringEquals": {"aws:TagKeys": ["env"]}}
    own = policy(statement("Allow", "s3:*", Sid="Tagged", Condition=tags))
    found = scenario(
        context={"aws:TagKeys": ["env", "cost"]},
        identity=[{"name": "mine", "document": own}],
        scps=[{"level": "root", "policies": [FULL]}],
    )
    trace = evaluate(found)
    assert result(trace, id=found.id) == {
        "id": "t",
        "decision": "implicit_deny",
        "deciding_step": "identity",
    }
    full = result(trace, id=found.id, with_trace=True)
    json.dumps(full)
    assert full["statements"][1] == {
        "policy": "identity[0]",
        "name": "mine",
        "statement": 0,
        "sid": "Tagged",
        "effect": "Allow",
        "line": 4,
        "column": 5,
        "applies": False,
        "failed": {
            "element": "Condition",
            "key": "aws:TagKeys",
            "operator": "ForAllValues:StringEquals",
            "policy_value": ["env"],
            "request_value": ["env", "cost"],
        },
    }
    assert full["steps"] == [
        {"step": "explicit_deny", "outcome": "pass"},
        {"step": "rcp", "outcome": "not_present"},
        {"step": "scp", "outcome": "pass", "level": "root"},
        {"step": "vpce", "outcome": "not_present"},
        {"step": "resource", "outcome": "not_present"},
        {"step": "identity", "outcome": "stop"},
        {"step": "boundary", "outcome": "not_present"},
        {"step": "session", "outcome": "not_present"},
    ]


def test_the_shape_of_an_error():
    (problem,) = problems(scenario_json(action="s3:*"))
    assert error_result(problem, id="t", message="no") == {
        "id": "t",
        "error": {
            "path": "action",
            "line": 1,
            "column": problem.span.column,
            "code": "wildcard_in_request",
            "message": "no",
        },
    }
    assert problem.span.column > 1
