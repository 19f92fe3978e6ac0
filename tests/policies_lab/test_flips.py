"""Near misses and flips: each is tried, and each kind of change is found."""

import json
from functools import cache

import pytest

from policies_lab import flips
from policies_lab.bench import read
from policies_lab.flips import changes
from policies_lab.flips.changes import carried_out
from policies_lab.iam import Decision, evaluate, examine, read_scenario
from policies_lab.scenarios import ready_scenarios
from policies_lab.suiting import suits
from tests.iam.cases import (
    HERE,
    ROLE_TO_ASSUME,
    THERE,
    load_cases,
    policy,
    scenario,
    statement,
)

DATA = "arn:aws:s3:::data/*"
ALLOW, EXPLICIT, IMPLICIT = (
    Decision.ALLOW,
    Decision.EXPLICIT_DENY,
    Decision.IMPLICIT_DENY,
)


def searched(found, suiting=suits):
    return flips.search(found, evaluate(found), suiting)


def told(**parts):
    """Every flip as (kind, key or element, value, decision)."""
    return [
        (c.kind, c.key or c.element, c.value, flip.decision)
        for flip in searched(scenario(**parts)).flips
        for c in [flip.change]
    ]


def kinds(**parts):
    return {kind for kind, *_rest in told(**parts)}


# Near misses ------------------------------------------------------


def test_the_statement_that_lacks_least_comes_first_with_all_that_it_lacks():
    found = scenario(
        context={"aws:SourceIp": "198.51.100.7"},
        identity=[
            policy(
                statement(action="ec2:*", resource="arn:aws:ec2:*:*:instance/*"),
                statement(
                    action="s3:PutObject",
                    resource=DATA,
                    Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
                ),
                statement(action="s3:GetObject", resource="arn:aws:s3:::other/*"),
            )
        ],
    )
    near = searched(found).near
    assert [one.statement.statement for one in near] == [2, 0, 1]
    assert [[c.element for c in one.lacked] for one in near] == [
        ["Resource"],
        ["Action", "Resource"],
        ["Action", "Condition"],
    ]
    # The trace had not looked at the condition; here it is held against the request.
    test = near[2].lacked[1]
    assert (test.key, test.operator) == ("aws:SourceIp", "IpAddress")
    assert (test.policy_values, test.request_value) == (
        ("203.0.113.0/24",),
        "198.51.100.7",
    )


def test_at_most_three_and_only_of_the_step_that_denied():
    many = policy(*[statement(action=f"s3:Put{n}", Sid=f"P{n}") for n in range(5)])
    boundary = policy(statement(action="sqs:*"))
    near = searched(scenario(identity=[many], boundary=boundary)).near
    assert [one.statement.sid for one in near] == ["P0", "P1", "P2"]


def test_a_condition_that_holds_is_not_among_what_is_lacked():
    found = scenario(
        context={"aws:SecureTransport": "true"},
        identity=[
            policy(
                statement(
                    action="s3:Put*",
                    Condition={
                        "Bool": {"aws:SecureTransport": "true"},
                        "StringEquals": {"aws:PrincipalTag/team": "red"},
                    },
                )
            )
        ],
    )
    (near,) = searched(found).near
    assert [check.key for check in near.lacked] == [None, "aws:PrincipalTag/team"]
    assert near.lacked[1].request_value is None


@pytest.mark.parametrize(
    "policies",
    [
        {"identity": [policy(statement())]},
        {"identity": [policy(statement(), statement(effect="Deny"))]},
    ],
)
def test_only_an_implicit_deny_has_near_misses(policies):
    assert searched(scenario(**policies)).near == ()


def test_examining_says_what_the_trace_says_and_goes_on():
    for name, found, trace in decided():
        looked = examine(found, trace.statements, units=10**9)
        assert len(looked) == len(trace.statements), name
        for before, after in zip(trace.statements, looked, strict=True):
            pairs = list(zip(before.checks, after.checks, strict=True))
            seen = [new for old, new in pairs if old.matched is not None]
            assert seen == [old for old, _new in pairs if old.matched is not None]
            assert before.applies == all(new.matched for _old, new in pairs), name


def test_examining_ends_with_its_units():
    found = scenario(identity=[policy(*[statement(action="s3:Put*")] * 50)])
    statements = evaluate(found).statements
    assert 0 < len(examine(found, statements, units=300)) < 50
    assert examine(found, statements, units=0) == []


# Changes of the request ------------------------------------------------------


CONDITIONS = [
    ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, "true"),
    ({"StringEquals": {"aws:PrincipalTag/team": ["red", "blue"]}}, "red"),
    ({"StringLike": {"s3:prefix": "home/*"}}, "home/example"),
    ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, "203.0.113.1"),
    ({"IpAddress": {"aws:SourceIp": "203.0.113.9/32"}}, "203.0.113.9"),
    ({"NumericLessThan": {"aws:MultiFactorAuthAge": "300"}}, "299"),
    ({"NumericGreaterThan": {"s3:max-keys": "10"}}, "11"),
    ({"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}, None),
    ({"ForAnyValue:StringEquals": {"aws:TagKeys": "cost"}}, ("cost",)),
    ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:t"}}, None),
    ({"Null": {"aws:TokenIssueTime": "false"}}, "1"),
]


@pytest.mark.parametrize(("condition", "value"), CONDITIONS)
def test_a_key_that_a_condition_asks_for_is_given(condition, value):
    allow = policy(statement(action="s3:*", resource=DATA, Condition=condition))
    (kind, key, found, decision), *_rest = told(identity=[allow])
    ((_operator, tests),) = condition.items()
    assert (kind, decision) == (changes.KEY, ALLOW)
    assert key in tests
    assert value is None or found == value


def test_a_key_is_switched_off_where_that_is_what_turns_it():
    deny = statement(effect="Deny", Condition={"Null": {"s3:x": "false"}})
    found = told(context={"s3:x": "a"}, identity=[policy(statement(), deny)])
    assert found[0] == (changes.KEY, "s3:x", None, ALLOW)


def test_a_key_behind_a_variable_can_be_switched_off():
    allow = statement(resource="arn:aws:s3:::data/${aws:PrincipalTag/file}")
    found = told(
        context={"aws:PrincipalTag/file": "report.csv"}, identity=[policy(allow)]
    )
    assert found[0] == (changes.KEY, "aws:PrincipalTag/file", None, IMPLICIT)


def test_who_calls_is_never_changed():
    tests = {"aws:username": "bob", "aws:PrincipalArn": "arn:aws:iam::1:user/bob"}
    allow = statement(action="s3:*", resource=DATA, Condition={"StringEquals": tests})
    assert changes.KEY not in kinds(identity=[policy(allow)])
    one = {"StringEquals": {"aws:PrincipalType": "AssumedRole"}}
    assert changes.KEY not in kinds(
        identity=[policy(statement(action="s3:*", resource=DATA, Condition=one))]
    )


def test_of_several_values_for_a_key_one_is_told():
    allow = statement(
        action="s3:*",
        resource=DATA,
        Condition={"StringEquals": {"s3:prefix": ["a", "b", "c"]}},
    )
    keys = [one for one in told(identity=[policy(allow)]) if one[0] == changes.KEY]
    assert keys == [(changes.KEY, "s3:prefix", "a", ALLOW)]


def test_an_action_that_a_policy_names():
    allow = statement(action=["s3:getobjectacl", "sqs:SendMessage", "s3:Get?"])
    found = told(action="s3:PutObject", identity=[policy(allow)])
    assert (changes.ACTION, "", "s3:getobjectacl", ALLOW) in found
    assert [one for one in found if one[0] == changes.ACTION] == found[:1]


def test_a_resource_that_a_policy_names_if_the_action_works_on_it():
    allow = statement(
        action="s3:GetObject", resource=["arn:aws:s3:::bucket", "arn:aws:s3:::b/*.csv"]
    )
    found = told(identity=[policy(allow)])
    assert found[0] == (changes.RESOURCE, "", "arn:aws:s3:::b/example.csv", ALLOW)


@pytest.mark.parametrize(
    ("action", "resource", "answer"),
    [
        ("s3:GetObject", "arn:aws:s3:::data", False),
        ("s3:GetObject", "arn:aws:s3:::data/x", True),
        ("s3:ListBucket", "arn:aws:s3:::data/x", False),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::data", False),
        ("s3:ListAllMyBuckets", "*", True),
        ("nowhere:Do", "arn:aws:nowhere:::x", True),
    ],
)
def test_what_an_action_works_on(action, resource, answer):
    assert suits(action, resource) is answer


# Changes of policies ------------------------------------------------------


def test_the_requested_action_is_added():
    allow = policy(statement(action="s3:PutObject", resource=DATA))
    found = told(identity=[allow])
    assert found[-1] == (changes.ADD_VALUE, "Action", "s3:GetObject", ALLOW)


def test_the_requested_resource_is_added():
    allow = policy(statement(action="s3:*", resource="arn:aws:s3:::data"))
    found = told(identity=[allow])
    wanted = (changes.ADD_VALUE, "Resource", "arn:aws:s3:::data/report.csv", ALLOW)
    assert wanted in found


def test_a_condition_is_taken_out():
    allow = policy(
        statement(
            action="s3:GetObject",
            resource=DATA,
            Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}},
        )
    )
    assert (changes.DROP_TEST, "aws:PrincipalTag/team", None, ALLOW) in told(
        identity=[allow]
    )


def test_an_entry_is_taken_out_of_a_not_element():
    allow = statement(resource=DATA, NotAction=["iam:*", "s3:GetObject"])
    found = searched(scenario(identity=[policy(allow)]))
    (flip,) = [f for f in found.flips if f.change.kind == changes.DROP_VALUE]
    assert (flip.change.value, flip.change.at) == ("s3:GetObject", 1)


def test_a_deny_is_narrowed_by_its_not_element_or_goes():
    deny = statement(effect="Deny", NotAction=["iam:*"], resource="*")
    found = told(identity=[policy(statement(), deny)])
    assert found == [
        (changes.ADD_VALUE, "NotAction", "s3:GetObject", ALLOW),
        (changes.DROP_STATEMENT, "", None, ALLOW),
    ]


def test_what_would_take_an_allow_away():
    guard = {"Bool": {"aws:SecureTransport": "false"}}
    found = told(
        context={"aws:SecureTransport": "true"},
        identity=[
            policy(statement(resource=DATA)),
            policy(statement(effect="Deny", action="s3:Get*", Condition=guard)),
        ],
    )
    assert found == [
        (changes.KEY, "aws:SecureTransport", "false", EXPLICIT),
        (changes.DROP_TEST, "aws:SecureTransport", None, EXPLICIT),
        (changes.DETACH, "", None, IMPLICIT),
    ]


def test_a_level_is_gone_with_its_last_document():
    found = scenario(
        identity=[policy(statement())],
        scps=[{"level": "root", "policies": [policy(statement())]}] * 2,
    )
    assert {f.change.statement.policy for f in searched(found).flips} == {"identity[0]"}
    deny = policy(statement(), statement(effect="Deny", action="s3:*"))
    found = scenario(
        identity=[policy(statement())],
        scps=[{"level": "root", "policies": [deny]}],
    )
    assert [(f.change.kind, f.decision) for f in searched(found).flips] == [
        (changes.DROP_STATEMENT, ALLOW),
        (changes.DETACH, ALLOW),
    ]


def test_a_denial_that_leads_to_another_is_told_only_where_none_leads_to_an_allow():
    deny = policy(statement(effect="Deny", Sid="No"))
    assert told(identity=[deny]) == [(changes.DETACH, "", None, IMPLICIT)]


def test_two_missing_things_are_no_single_change():
    allow = statement(action="s3:PutObject", resource="arn:aws:s3:::else/*")
    found = searched(scenario(identity=[policy(allow)]))
    assert (found.flips, found.complete) == ((), True)
    assert len(found.near[0].lacked) == 2


# What opens too much ------------------------------------------------------


GUARDED = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
TOO_MUCH = {
    "a star as the requested resource": {
        "resource": "*",
        "action": "s3:ListAllMyBuckets",
        "identity": [policy(statement(action="s3:*", resource="arn:aws:s3:::data"))],
    },
    "everything on one resource more": {
        "identity": [policy(statement(action="*", resource="arn:aws:s3:::data"))]
    },
    "one action more on everything": {
        "identity": [policy(statement(action="sqs:*"))],
    },
    "the last guard of everything": {
        "identity": [policy(statement(action="s3:*", Condition=GUARDED))]
    },
    "a whole service out of NotAction": {
        "identity": [policy(statement(resource=DATA, NotAction=["s3:*", "iam:*"]))]
    },
    "one action more for everybody": {
        "account": THERE,
        "identity": [policy(statement())],
        "bucket": policy(
            statement(action="s3:PutObject", resource=DATA, Principal="*")
        ),
    },
    "everybody without a guard": {
        "account": THERE,
        "identity": [policy(statement())],
        "bucket": policy(
            statement(
                action="s3:*", resource=DATA, Principal={"AWS": "*"}, Condition=GUARDED
            )
        ),
    },
}


@pytest.mark.parametrize("parts", TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_what_opens_too_much_is_not_proposed(parts):
    found = searched(scenario(**parts))
    assert found.near
    assert len(found.near[0].lacked) == 1
    assert {f.change.kind for f in found.flips} <= changes.OF_THE_REQUEST


# Every change that is told, for every case there is -----------------------------


@cache
def decided():
    """Every scenario that has a decision, as (name, scenario, trace), read once."""
    ready = [(key, read(one.bench)[0]) for key, one in ready_scenarios().items()]
    return [
        (name, found, evaluate(found)) for name, found in [*ready, *decidable_cases()]
    ]


def decidable_cases():
    for name, case in load_cases():
        if "decision" in case["expected"]:
            yield name, read_scenario(case)


def test_every_change_flips_is_small_and_is_told_by_size():
    seen = set()
    for name, found, trace in decided():
        search = flips.search(found, trace, suits)
        assert len(search.flips) <= flips.MOST_FLIPS, name
        sizes = [flip.change.size for flip in search.flips]
        assert sizes == sorted(sizes), name
        tokens = [flip.change.token for flip in search.flips]
        assert len(set(tokens)) == len(tokens), name
        for flip in search.flips:
            after = carried_out(found, flip.change)
            assert evaluate(after).decision is flip.decision, name
            assert flip.decision is not trace.decision, name
            assert after.request.principal == found.request.principal
            assert stars(after) <= stars(found), name
            seen.add(flip.change.kind)
    assert seen == {
        changes.KEY,
        changes.ACTION,
        changes.RESOURCE,
        changes.ADD_VALUE,
        changes.DROP_VALUE,
        changes.DROP_TEST,
        changes.DROP_STATEMENT,
        changes.DETACH,
    }


def stars(found):
    """How many lone stars the elements of all documents list."""
    held = found.policies
    levels = [policy for level in (*held.scps, *held.rcps) for policy in level.policies]
    single = [held.resource, held.boundary, held.vpce]
    return sum(
        text == "*"
        for policy in (*held.identity, *held.session, *levels, *filter(None, single))
        for one in policy.statements
        for element in filter(None, (one.action, one.resource))
        for text in element.texts
    )


def test_a_search_changes_nothing_and_is_the_same_again():
    for name, found, trace in decided()[::7]:
        first = flips.search(found, trace, suits)
        assert flips.search(found, evaluate(found), suits) == first, name
        assert evaluate(found) == trace, name


# Bounds ------------------------------------------------------


def test_the_work_is_bounded_and_what_was_left_out_is_known():
    keys = {f"aws:RequestTag/k{number}": "v" for number in range(150)}
    allow = policy(statement(action="s3:*", resource=DATA, Condition={"Null": keys}))
    text = json.dumps(allow).replace('"v"', '"false"')
    search = searched(scenario(identity=[text]))
    assert not search.complete
    assert search.tried < 150
    assert [len(one.lacked) for one in search.near] == [150]


def test_a_ceiling_may_allow_one_action_more_on_everything():
    full, ceiling = policy(statement()), policy(statement(action="sqs:*"))
    wanted = (changes.ADD_VALUE, "Action", "s3:GetObject", ALLOW)
    assert told(identity=[full], boundary=ceiling) == [wanted]
    assert told(identity=[full], session=[ceiling]) == [wanted]
    assert wanted not in told(identity=[ceiling], boundary=full)


def test_an_action_for_which_there_is_no_resource_is_added_to_a_lone_star():
    found = told(
        action="s3:ListAllMyBuckets",
        resource="*",
        identity=[policy(statement(action="sqs:ListQueues"))],
    )
    assert found == [(changes.ADD_VALUE, "Action", "s3:ListAllMyBuckets", ALLOW)]


def test_a_role_stays_a_role():
    found = scenario(
        action="sts:AssumeRole",
        resource=ROLE_TO_ASSUME,
        identity=[policy(statement(resource=f"arn:aws:iam::{HERE}:user/x"))],
    )
    assert {f.change.kind for f in searched(found).flips} == set()
