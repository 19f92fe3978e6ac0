"""Whom an element names, and what that is worth to the caller."""

import pytest

from policies_lab.iam import EvaluationError, PolicyType, decide, evaluate
from policies_lab.iam.principals import Grant, grant, is_partly_listed
from tests.iam.cases import (
    ALICE,
    ANONYMOUS,
    FEDERATED,
    FULL,
    HERE,
    PROVIDER,
    ROLE,
    ROOT,
    SERVICE,
    THERE,
    USER,
    WEB,
    parsed,
    policy,
    scenario,
    statement,
)

CANONICAL = "0" * 64
MY_ACCOUNT = f"arn:aws:iam::{HERE}:root"
N, D, E, DIRECT, UNKNOWN = (
    Grant.NONE,
    Grant.DELEGATION,
    Grant.ENTITY,
    Grant.DIRECT,
    Grant.UNKNOWN,
)


def element_of(principal, name="Principal"):
    document = policy(statement("Deny", **{name: principal}))
    return parsed(document, PolicyType.RESOURCE).statements[0].principal


def worth(principal, caller, name="Principal", bounded=False):
    found = scenario(principal=caller).request.principal
    return grant(element_of(principal, name), found, bounded=bounded)


@pytest.mark.parametrize(
    ("principal", "caller", "expected"),
    [
        ("*", USER, DIRECT),
        ("*", ANONYMOUS, DIRECT),
        ("*", SERVICE, DIRECT),
        ("*", WEB, DIRECT),
        ({"AWS": "*"}, ROOT, DIRECT),
        ({"AWS": "*"}, FEDERATED, DIRECT),
        ({"AWS": "*"}, ANONYMOUS, DIRECT),
        ({"AWS": "*"}, SERVICE, N),
        ({"AWS": "*"}, WEB, N),
        ({"AWS": HERE}, USER, D),
        ({"AWS": MY_ACCOUNT}, ROLE, D),
        ({"AWS": HERE}, FEDERATED, D),
        ({"AWS": HERE}, ROOT, DIRECT),
        ({"AWS": THERE}, USER, N),
        ({"AWS": HERE}, ANONYMOUS, N),
        ({"AWS": HERE}, SERVICE, N),
        ({"AWS": ALICE}, USER, DIRECT),
        ({"AWS": ALICE + "x"}, USER, N),
        ({"AWS": ALICE.upper().replace("ARN:AWS:IAM", "arn:aws:iam")}, USER, None),
        ({"AWS": ROLE["arn"]}, ROLE, DIRECT),
        ({"AWS": ROLE["role_arn"]}, ROLE, E),
        ({"AWS": ROLE["role_arn"]}, USER, N),
        ({"AWS": FEDERATED["arn"]}, FEDERATED, DIRECT),
        ({"AWS": FEDERATED["user_arn"]}, FEDERATED, E),
        ({"AWS": [HERE, ROLE["role_arn"]]}, ROLE, E),
        ({"AWS": HERE, "Service": "sns.amazonaws.com"}, SERVICE, DIRECT),
        ({"Service": "sqs.amazonaws.com"}, SERVICE, N),
        ({"Service": "sns.amazonaws.com"}, USER, N),
        ({"Federated": PROVIDER}, WEB, DIRECT),
        ({"Federated": PROVIDER}, USER, N),
        ({"Federated": "accounts.google.com"}, WEB, N),
        ({"CanonicalUser": CANONICAL}, USER, UNKNOWN),
        ({"CanonicalUser": CANONICAL}, ANONYMOUS, N),
        ({"CanonicalUser": CANONICAL}, SERVICE, N),
        ({"CanonicalUser": CANONICAL, "AWS": THERE}, USER, UNKNOWN),
        ({"CanonicalUser": CANONICAL, "AWS": HERE}, USER, D),
        ({"CanonicalUser": CANONICAL, "AWS": ALICE}, USER, DIRECT),
    ],
)
def test_principal(principal, caller, expected):
    if expected is None:  # an ARN in capitals is no ARN of a user at all
        with pytest.raises(Exception, match="invalid_principal"):
            worth(principal, caller)
    else:
        assert worth(principal, caller) is expected


@pytest.mark.parametrize(
    ("principal", "caller", "expected"),
    [
        ("*", USER, N),
        ("*", ANONYMOUS, N),
        ("*", SERVICE, N),
        ({"AWS": "*"}, USER, N),
        ({"AWS": "*"}, ANONYMOUS, N),
        ({"AWS": "*"}, SERVICE, DIRECT),
        ({"AWS": "*"}, WEB, DIRECT),
        ({"AWS": [ALICE, HERE]}, USER, N),
        ({"AWS": [ALICE, MY_ACCOUNT]}, USER, N),
        ({"AWS": ALICE}, USER, DIRECT),
        ({"AWS": HERE}, USER, DIRECT),
        ({"AWS": HERE}, ROOT, N),
        ({"AWS": [ROLE["arn"], ROLE["role_arn"], HERE]}, ROLE, N),
        ({"AWS": [ROLE["role_arn"], HERE]}, ROLE, DIRECT),
        ({"AWS": [ROLE["arn"], HERE]}, ROLE, DIRECT),
        ({"AWS": [FEDERATED["arn"], FEDERATED["user_arn"], HERE]}, FEDERATED, N),
        ({"AWS": HERE}, ANONYMOUS, DIRECT),
        ({"Service": "sns.amazonaws.com"}, SERVICE, N),
        ({"Service": "sqs.amazonaws.com"}, SERVICE, DIRECT),
        ({"Federated": PROVIDER}, WEB, N),
        ({"CanonicalUser": CANONICAL}, USER, UNKNOWN),
        ({"CanonicalUser": CANONICAL}, ANONYMOUS, DIRECT),
        ({"CanonicalUser": CANONICAL, "AWS": [ALICE, HERE]}, USER, N),
    ],
)
def test_not_principal(principal, caller, expected):
    assert worth(principal, caller, "NotPrincipal") is expected


def test_a_boundary_is_always_hit_by_notprincipal():
    everybody = {"AWS": [ALICE, HERE]}
    assert worth(everybody, USER, "NotPrincipal", bounded=True) is DIRECT
    assert worth(everybody, USER, bounded=True) is DIRECT
    assert worth({"AWS": THERE}, USER, bounded=True) is N


@pytest.mark.parametrize(
    ("name", "principal", "expected"),
    [
        ("NotPrincipal", {"AWS": ALICE}, True),
        ("NotPrincipal", {"AWS": HERE}, True),
        ("NotPrincipal", {"AWS": [ALICE, HERE]}, False),
        ("NotPrincipal", {"AWS": THERE}, False),
        ("Principal", {"AWS": ALICE}, False),
    ],
)
def test_partly_listed(name, principal, expected):
    caller = scenario().request.principal
    assert is_partly_listed(element_of(principal, name), caller) is expected


@pytest.mark.parametrize(
    ("caller", "shown", "hits"),
    [
        (USER, ALICE, (1,)),
        (ROLE, ROLE["arn"], (1,)),
        (SERVICE, "sns.amazonaws.com", (2,)),
        (WEB, PROVIDER, ()),
        (ANONYMOUS, None, ()),
    ],
)
def test_what_a_trace_shows_of_the_caller(caller, shown, hits):
    entries = {"AWS": [THERE, HERE], "Service": "sns.amazonaws.com"}
    bucket = policy(statement("Deny", "ec2:*", Principal=entries))
    trace = evaluate(scenario(principal=caller, bucket=bucket))
    check = trace.statements[0].checks[0]
    assert check.policy_values == (
        f"AWS: {THERE}",
        f"AWS: {HERE}",
        "Service: sns.amazonaws.com",
    )
    assert (check.request_value, check.hits) == (shown, hits)
    assert check.matched is bool(hits)


@pytest.mark.parametrize("element", ["Principal", "NotPrincipal"])
def test_a_canonical_user_that_cannot_be_told_has_its_place(element):
    deny = statement("Deny", "s3:*", **{element: {"CanonicalUser": CANONICAL}})
    with pytest.raises(EvaluationError) as caught:
        decide(scenario(identity=[FULL], bucket=policy(deny)))
    problem = caught.value.problems[0]
    assert problem.path == f"policies.resource.Statement[0].{element}"
