"""Resource patterns: the seams of matching, and which patterns are refused.

What ordinary patterns cover stands in the corpus (resources, wildcards).
"""

import pytest

from policies_lab.iam import PolicyType
from policies_lab.iam.documents import Version
from policies_lab.iam.matching import AnyOf, resource
from policies_lab.iam.variables import parse
from tests.iam.cases import policy, problems, statement

QUEUE = "arn:aws:sqs:eu-west-1:111111111111:q"

ROWS = [
    ("arn:aws:sqs:*", "arn:aws:sqs:eu-west-1:111111111111:jobs", True),
    ("arn:aws:sqs:eu*1:111111111111:q", QUEUE, True),
    ("arn:aws:sqs:e*u*t-1:111111111111:q", "arn:aws:sqs:e:u:t-1:111111111111:q", False),
    ("arn:aws:s3:::b/?", "arn:aws:s3:::b/ab", False),
    ("arn:aws:s3:::B", "arn:aws:s3:::b", False),
    ("arn:aws:s3:::b/*", "arn:aws:s3:::b/x\ny", True),
    ("arn:aws:s3:::b/[x]", "arn:aws:s3:::b/x", False),
    ("arn:aws:s3:::b.c", "arn:aws:s3:::bxc", False),
    ("*", "*", True),
    ("**", "*", True),
    ("arn:aws:s3:::*", "*", False),
    ("?", "*", False),
    ("arn:aws:s3:::a*a", "arn:aws:s3:::a", False),
    ("arn:aws:s3:::a*a", "arn:aws:s3:::aa", True),
    ("a*:b*c:d:e:f:rest", "aQ:bZ:b1c:d:e:f:rest", True),
    ("a*b*:c:d:e:f:g", "axbyc:c:d:e:f:g", True),
    ("a*b:*:c:d:e:f", "ab:x:y:c:d:e:f", True),
    ("mybucket/*", "mybucket/x", False),
]


@pytest.mark.parametrize(("pattern", "arn", "expected"), ROWS)
def test_row(pattern, arn, expected):
    tokens = parse(pattern, Version.V2012, wildcards=True).fixed()
    assert resource(tokens)(arn) is expected
    several = AnyOf([*tokens_of("arn:aws:x:::y", "q"), tokens], resource)
    assert several(arn) is expected
    assert several.hits(arn) == ((2,) if expected else ())


def tokens_of(*patterns):
    return [parse(p, Version.V2012, wildcards=True).fixed() for p in patterns]


def test_plain_arns_and_beginnings_are_told_from_incomplete_ones():
    several = AnyOf(
        tokens_of(
            "arn:aws:s3:*", "arn:aws:sqs", "arn:aws:sns:e:1:t", "arn:aws:x:*:1:*"
        ),
        resource,
    )
    for arn, hits in (
        ("arn:aws:s3:::b", (0,)),
        ("arn:aws:s3:b", ()),
        ("arn:aws:sqs:e:1:q", (1,)),
        ("arn:aws:sqs", ()),
        ("arn:aws:sns:e:1:t", (2,)),
        ("arn:aws:sns:e:1:t2", ()),
        ("arn:aws:x:e:1:t", (3,)),
        ("arn:aws:x:e:2:t", ()),
        ("*", ()),
    ):
        assert several(arn) is bool(hits)
        assert several.hits(arn) == hits


def code_of(pattern, kind, element="Resource"):
    elements = {element: pattern}
    if kind in {PolicyType.RESOURCE, PolicyType.ENDPOINT, PolicyType.RCP}:
        elements["Principal"] = "*"
    document = policy(statement("Deny", "sqs:*", None, **elements))
    found = problems(document, kind)
    assert {problem.path for problem in found} <= {f"Statement[0].{element}"}
    return found[0].code if found else None


LENIENT = [PolicyType.IDENTITY, PolicyType.BOUNDARY]
OTHERS = [PolicyType.RESOURCE, PolicyType.ENDPOINT, PolicyType.SCP]
EVERY = [*LENIENT, *OTHERS, PolicyType.SESSION, PolicyType.RCP]


@pytest.mark.parametrize("kind", LENIENT)
@pytest.mark.parametrize(
    "pattern", ["arn:aws:sqs", "arn:aws:sqs:*", "bucket/x", "arn:aws:sqs:e?:*"]
)
def test_identity_policies_are_completed(kind, pattern):
    assert code_of(pattern, kind) is None


@pytest.mark.parametrize("element", ["Resource", "NotResource"])
@pytest.mark.parametrize("kind", OTHERS)
def test_elsewhere_only_a_last_star_is_completed(kind, element):
    assert code_of("arn:aws:sqs:*", kind, element) is None
    assert code_of("arn:aws:sqs", kind, element) == "incomplete_arn"
    assert code_of("arn:aws:sqs:eu-*-1", kind, element) == "incomplete_arn"


@pytest.mark.parametrize("kind", [PolicyType.SESSION, PolicyType.RCP])
def test_session_and_resource_control_policies_are_not_completed(kind):
    assert code_of("arn:aws:sqs:*", kind) == "incomplete_arn"


@pytest.mark.parametrize("kind", EVERY)
def test_five_fields_with_an_early_star_are_not_predicted(kind):
    assert code_of("arn:aws:sqs:*:jobs", kind) == "ambiguous_arn"
    assert code_of("arn:aws:s*:e:jobs", kind) == "ambiguous_arn"


def test_five_fields_with_a_star_elsewhere_are_like_fewer():
    for pattern in ("arn:aws:s*s:e:jobs", "arn:aws:sqs:e:*", "arn:aws:sqs:e:j"):
        assert code_of(pattern, PolicyType.IDENTITY) is None
        assert code_of(pattern, PolicyType.SESSION) == "incomplete_arn"


@pytest.mark.parametrize("kind", EVERY)
def test_the_lone_star_and_whole_arns_are_fine(kind):
    assert code_of("*", kind) is None
    assert code_of("arn:aws:sqs:*:*:jobs", kind) is None
