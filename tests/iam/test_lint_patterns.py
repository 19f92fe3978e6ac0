"""Patterns held against patterns: what is said about them is checked against texts."""

import itertools
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies_lab.iam import matching
from policies_lab.iam.documents import Version
from policies_lab.iam.linting.arns import Form, Forms, can_name, form_of, read_pattern
from policies_lab.iam.linting.catalogue import ResourceType
from policies_lab.iam.linting.patterns import (
    Automaton,
    Budget,
    Coverage,
    Matchers,
    can_meet,
    covering_resources,
    is_every_action,
    tokenise,
)

ALPHABET = "ab"
patterns = st.text(ALPHABET + "*?", max_size=6)
texts = st.text(ALPHABET, max_size=6)


def matches(pattern, text):
    return matching.glob(matching.tokenise(pattern))(text)


def covers(wide, narrow):
    return Coverage([wide], Matchers(Budget(100))).by(narrow) == wide


@given(patterns, patterns, texts)
def test_a_text_that_both_match_is_a_meeting(one, other, text):
    if matches(one, text) and matches(other, text):
        assert Automaton(matching.tokenise(one)).meets(matching.tokenise(other))


SHORT = [
    "".join(letters)
    for length in range(6)
    for letters in itertools.product(ALPHABET, repeat=length)
]


@given(
    st.text(ALPHABET + "*?", max_size=3).filter(lambda p: p.count("*") < 2),
    st.text(ALPHABET + "*?", max_size=3).filter(lambda p: p.count("*") < 2),
)
def test_a_meeting_has_a_text_that_both_match(one, other):
    met = Automaton(matching.tokenise(one)).meets(matching.tokenise(other))
    assert met == any(matches(one, t) and matches(other, t) for t in SHORT)


@given(patterns, patterns, texts)
def test_what_is_covered_matches_nothing_more(wide, narrow, text):
    if covers(wide, narrow) and matches(narrow, text):
        assert matches(wide, text)


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("a*", "ab"),
        ("a*", "ab*"),
        ("*", "a*b"),
        ("a*b", "aab"),
        ("a*b", "a*a*b"),
        ("a?", "ab"),
    ],
)
def test_plain_coverage_is_seen(wide, narrow):
    assert covers(wide, narrow)


@pytest.mark.parametrize(
    ("wide", "narrow"), [("a?", "a*"), ("ab", "ab*"), ("ab*", "a*"), ("a", "a")]
)
def test_what_is_not_covered(wide, narrow):
    assert not covers(wide, narrow)


def test_coverage_counts_itself_only_when_asked_to():
    coverage = Coverage(["a*", "b", "c*d"], Matchers(Budget(100)))
    assert [coverage.has(text) for text in ("a*", "b", "c*d", "ax", "x")] == [
        True,
        True,
        True,
        True,
        False,
    ]
    assert coverage.by("a*") is None


def test_when_the_budget_is_spent_nothing_is_said():
    matchers = Matchers(Budget(1))
    assert matchers.get("a*b") is not None
    assert matchers.get("a*c") is None
    assert matchers.get("a*") is not None
    assert Coverage(["a*c"], matchers).by("abc") is None


def test_a_pattern_of_many_stars_costs_more():
    assert Matchers(Budget(100)).get("*a" * 3000) is None


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [
        ("*", True),
        ("arn:aws:s3:::b/*", True),
        ("arn:aws:sqs:*:111122223333:q", True),
        ("arn:aws:sqs:eu-*-1:111122223333:q", False),
        ("arn:aws:sqs:eu?:111122223333:q", False),
        ("arn:aws:sqs:*", False),
        ("arn:aws:s3:::b/${aws:username}/*", False),
    ],
)
def test_reach_of_resources_that_shows_in_their_text(pattern, kept):
    assert covering_resources([pattern]) == ([pattern] if kept else [])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("s3:Get*", "s3:*Object", True),
        ("s3:Get*", "S3:GETOBJECT", True),
        ("s3:Get*", "s3:Put*", False),
        ("*", "s3:Put*", True),
        ("iam", "iam", True),
        ("iam", "sts", False),
    ],
)
def test_actions_that_can_meet(one, other, expected):
    assert can_meet(one, other) is expected
    assert can_meet(other, one) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*", True),
        ("**", True),
        ("*:*", True),
        ("s3:*", False),
        ("", False),
        ("*:Get*", False),
    ],
)
def test_every_action(text, expected):
    assert is_every_action(text) is expected


BUCKET = ResourceType("bucket", "arn:${Partition}:s3:::${BucketName}", ())
OBJECT = ResourceType("object", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", ())
QUEUE = ResourceType("queue", "arn:${Partition}:sqs:${Region}:${Account}:${Name}", ())


def pattern(text) -> "object":
    found = read_pattern(text, Version.V2012)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "bucket", "object_"),
    [
        ("arn:aws:s3:::b", True, False),
        ("arn:aws:s3:::b/*", False, True),
        ("arn:aws:s3:::b*", True, True),
        ("arn:aws:s3:::*", True, True),
        ("arn:aws:s3:::b/${aws:username}", False, True),
        ("arn:aws:sqs:::b", False, False),
        ("arn:aws:s*:::b", True, False),
    ],
)
def test_buckets_and_objects(text, bucket, object_):
    assert can_name(pattern(text), form_of(BUCKET)) is bucket
    assert can_name(pattern(text), form_of(OBJECT)) is object_


def test_forms_say_what_all_resources_have():
    form: Form = form_of(QUEUE)
    assert (form.region, form.account) == (True, True)
    queues, mixed = Forms([QUEUE]), Forms([QUEUE, BUCKET])
    missing = pattern("arn:aws:sqs::111122223333:q")
    assert queues.agree(missing, "region", wanted=True)
    assert not queues.can_differ("region", wanted=False)
    assert mixed.can_differ("region", wanted=False)
    assert not mixed.typed


@given(st.text(string.printable, max_size=40))
def test_no_text_is_too_odd_for_a_pattern(text):
    found = read_pattern(text, Version.V2012)
    if found is not None:
        assert 1 <= len(found.fields) <= 6
    assert isinstance(tokenise(text), tuple)
