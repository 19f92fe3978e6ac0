"""The bound on work: the same everywhere, and high enough for real policies."""

import pytest

from policies_lab.iam import EvaluationError, decide, evaluate
from policies_lab.iam.compiled import compiled
from policies_lab.iam.work import MAX_WORK
from tests.iam.cases import FULL, policy, scenario, statement


def refusal(found):
    problems = []
    for take in (decide, evaluate):
        with pytest.raises(EvaluationError) as caught:
            take(found)
        problems += caught.value.problems
    assert problems[0] == problems[1]
    return problems[0].code, problems[0].path


def tag_keys(patterns, values, operator="ForAnyValue:StringLike"):
    listed = [f"*a*{n}" for n in range(patterns)]
    own = policy(statement(Condition={operator: {"aws:TagKeys": listed}}))
    keys = [f"key{n}" for n in range(values)]
    return scenario(identity=[FULL, own], context={"aws:TagKeys": keys})


def test_pairs_are_counted():
    assert decide(tag_keys(95, MAX_WORK // 100)).decision == "allow"
    assert refusal(tag_keys(110, MAX_WORK // 100)) == (
        "too_much_work",
        "policies.identity[1].Statement[0].Condition",
    )


def test_what_is_not_looked_at_costs_nothing():
    """Neither another action's conditions nor a key that is absent."""
    listed = [f"*a*{n}" for n in range(400)]
    condition = {"ForAnyValue:StringLike": {"aws:TagKeys": listed}}
    keys = {"aws:TagKeys": [f"key{n}" for n in range(400)]}
    other = policy(statement(action="ec2:*", Condition=condition))
    found = scenario(identity=[FULL, other], context=keys)
    assert decide(found).decision == "allow"
    same = policy(statement(action="s3:*", Condition=condition))
    found = scenario(identity=[FULL, same])
    assert decide(found).decision == "allow"
    found = scenario(identity=[FULL, same], context=keys)
    assert refusal(found)[0] == "too_much_work"


def test_documents_that_do_not_bind_cost_nothing():
    listed = [f"*a*{n}" for n in range(400)]
    condition = {"ForAnyValue:StringLike": {"aws:TagKeys": listed}}
    deny = policy(statement("Deny", "sns:*", Principal="*", Condition=condition))
    found = scenario(
        action="sns:Publish",
        context={"aws:TagKeys": [f"key{n}" for n in range(400)]},
        identity=[FULL],
        rcps=[{"level": "root", "policies": [deny]}],
    )
    assert decide(found).decision == "allow"


def test_long_patterns_on_long_texts_are_counted():
    long = "*" + "a" * 2000 + "b"
    own = policy(*[statement(resource=[f"{long}{n}" for n in range(15)])])
    found = scenario(identity=[own], resource="a" * 2048)
    assert refusal(found) == (
        "too_much_work",
        "policies.identity[0].Statement[0].Resource",
    )


def test_a_large_real_account_is_decided():
    """Twenty managed policies of three hundred actions each, and ten statements."""
    names = [f"service{n % 40}:Action{n}*" for n in range(300)]
    large = policy(
        *[
            statement(action=names[at : at + 30], resource=f"arn:aws:s3:::b{at}/*")
            for at in range(0, 300, 30)
        ]
    )
    found = scenario(
        identity=[large] * 20, scps=[{"level": "root", "policies": [FULL]}]
    )
    assert decide(found).decision == "implicit_deny"
    assert evaluate(found).decision == "implicit_deny"


def test_a_thousand_statements_about_other_actions_are_decided():
    other = policy(*[statement(action=f"ec2:Run{n}*") for n in range(100)])
    found = scenario(identity=[FULL, *[other] * 10])
    assert evaluate(found).decision == "allow"


def test_a_trace_compiles_nothing_that_is_not_looked_at():
    condition = {"StringEquals": {"aws:username": "ana"}}
    other = policy(statement(action="ec2:Run*", Condition=condition))
    found = scenario(identity=[FULL, other])
    action, *rest = evaluate(found).statements[-1].checks
    assert action.matched is False
    assert [check.matched for check in rest] == [None, None]
    assert [check.policy_values for check in rest] == [("*",), ("ana",)]
    [statement_made_ready] = compiled(found.policies.identity[1])
    assert statement_made_ready._resource is None
    assert statement_made_ready._tests is None
