"""The engine against the oracle: they have to agree on everything."""

import json

import pytest
from hypothesis import given, settings

from tests.iam import oracle
from tests.iam.cases import load_cases
from tests.iam.fuzz import differs
from tests.iam.strategies import scenarios

# The oracle knows what the strategies make; these cases use more of the language.
BEYOND = {
    "edges/caller-identity-case",
    "edges/caller-identity-deny",
    "edges/root-mends-bucket-policy",
    "edges/retire-grant",
    "edges/tag-session-needs-trust",
}


@given(scenarios())
@settings(max_examples=200, deadline=None)
def test_agreement(case):
    assert differs(case) is None


FOREIGN = ("Date", "Arn", "LessThanEquals", ", '", "${*}", "IgnoreCase", "::ffff")


def knows(path, case):
    """Whether the oracle's few operators and keys are all that a case uses."""
    text = json.dumps([case["policies"], case["context"]])
    other = any(word in text for word in (*FOREIGN, "anonymous", "aws-cn"))
    return path not in BEYOND and not other


CASES = [(path, case) for path, case in load_cases() if knows(path, case)]


@pytest.mark.parametrize(("path", "case"), CASES)
def test_the_oracle_knows_the_corpus(path, case):
    expected = case["expected"]
    found = oracle.decide({"management_account": None, **case})
    assert found == (expected["decision"], expected["deciding_step"])


def test_that_is_most_of_the_corpus():
    assert len(CASES) > 120
