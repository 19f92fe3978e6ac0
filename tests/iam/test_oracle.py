"""The engine against the oracle: they have to agree on everything."""

import json
import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.iam import oracle
from tests.iam.cases import load_cases
from tests.iam.fuzz import differs
from tests.iam.strategies import scenarios


@given(scenarios())
@settings(max_examples=200, deadline=None)
def test_agreement(case):
    assert differs(case) is None


@pytest.mark.long
@given(scenarios())
@settings(
    max_examples=200_000,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
def test_agreement_on_very_many(case):
    assert differs(case) is None


# The oracle knows what the strategies make; other cases use more of the language.
OPERATOR = re.compile(
    r'"(?:For\w+:)?(?!(?:Bool|Null|IpAddress|NotIpAddress|NumericLessThan'
    r'|String(?:Not)?(?:Equals|Like))(?:IfExists)?")'
    r'(?:String|Numeric|Date|Bool|Binary|Arn|Null|IpA|NotIpA)\w*": \{'
)
WORDS = (
    ", '",
    "${*}",
    "${?}",
    "${$}",
    "::ffff",
    "%eth",
    "aws:PrincipalType",
    "aws:userid",
    "anonymous",
    "aws-cn",
    '"document"',
    '"Resource": "**"',
    '"NotPrincipal": "*"',
    '"NotPrincipal": {"AWS": "*"}',
)
ACTIONS = (
    "sts:getcalleridentity",
    "sts:getsessiontoken",
    "kms:retiregrant",
    "sts:tagsession",
    "sts:setsourceidentity",
    "sts:setcontext",
    "bucketpolicy",
)
SUBJECTS = (
    "field-",
    "service-linked-by-its-path",
    "service-linked-role-assumed-",
    "trust-does-not-",
    "rcp-covers-",
    "policy-as-text",
    "numeric-negative",
    "numeric-not-text-order",
)


def is_known(case):
    """Whether the oracle's few operators, keys and actions are all that a case uses."""
    text = json.dumps([case["policies"], case["context"]])
    return not (
        "error" in case["expected"]
        or case.get("s3")
        or OPERATOR.search(text)
        or any(word in text for word in WORDS)
        or case["action"].lower().endswith(ACTIONS)
        or case["id"].startswith(SUBJECTS)
    )


def test_the_oracle_knows_most_of_the_corpus():
    cases = [case for _, case in load_cases() if is_known(case)]
    assert len(cases) > 1000
    wrong = [
        (case["id"], found, case["expected"])
        for case in cases
        if (found := oracle.decide({"management_account": None, **case}))
        != (case["expected"]["decision"], case["expected"]["deciding_step"])
    ]
    assert wrong == []
