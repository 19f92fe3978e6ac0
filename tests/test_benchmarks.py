"""What the benchmarks measure and compare is what they say."""

from collections import Counter

import pytest

from benchmarks.disagreements import explanation, rewritten, shrunk, with_derived_keys
from benchmarks.generation import scenarios
from benchmarks.readings import READINGS
from benchmarks.workloads import WORKLOADS
from policies_lab.iam import IamError, decide, evaluate, read_scenario
from tests.iam.cases import ROOT, policy, scenario_json, statement

# What AWS leaves open, and so the engine.
UNSETTLED = {"incomplete_arn", "notresource_variable"}


def refusals(cases):
    """How often each code is the reason why a scenario is not decided."""
    found = Counter()
    for case in cases:
        try:
            decide(read_scenario(case))
        except IamError as error:
            found[error.problems[0].code] += 1
    return found


@pytest.fixture(scope="module")
def generated():
    return scenarios(seed=7, count=250)


def test_generated_scenarios_can_be_decided_unless_aws_leaves_them_open(generated):
    found = refusals(generated)
    assert set(found) <= UNSETTLED
    assert found.total() < len(generated) / 10


def test_the_same_seed_gives_the_same_scenarios(generated):
    assert scenarios(seed=7, count=250) == generated
    assert scenarios(seed=8, count=250) != generated


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading.title)
def test_what_a_reading_rewrites_can_still_be_decided(reading, generated):
    said = {"ignoredKeys": ["aws:SourceIp"]}
    changed = [rewritten(case, (reading,), said) for case in generated]
    assert changed != generated
    assert set(refusals(changed)) <= UNSETTLED


def root_allowed():
    identity = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    return with_derived_keys(
        scenario_json(
            principal=ROOT,
            bucket=policy(statement("Deny", "sqs:*", Principal="*")),
            identity=[],
            session=[],
            boundary=None,
            vpce=None,
            scps=[{"level": "ou", "policies": [policy(identity)]}],
            rcps=[],
        )
    )


def test_a_disagreement_is_explained_by_the_reading_that_leads_to_it():
    chosen = explanation(root_allowed(), {"result": "ImplicitlyDenied"})
    assert [reading.rewrite.__name__ for reading in chosen] == ["root_as_user"]


def test_an_answer_that_no_reading_leads_to_is_not_explained():
    assert explanation(root_allowed(), {"result": "ExplicitlyDenied"}) == ()


def test_an_example_keeps_only_what_the_answers_hang_on():
    said = {"result": "ImplicitlyDenied"}
    case = root_allowed()
    small = shrunk(case, explanation(case, said), said)
    assert not any(small["policies"].values())


@pytest.mark.parametrize("name", WORKLOADS)
def test_workloads_allow_and_deny(name):
    cases = [read_scenario(case) for case in WORKLOADS[name]()]
    decisions = {decide(case).decision for case in cases}
    assert {"allow", "implicit_deny"} <= decisions
    assert decisions == {evaluate(case).decision for case in cases}
