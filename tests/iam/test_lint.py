"""The linter as a whole: what it does with documents that are broken, large or odd."""

import gc
import json
import time
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.linting import documents
from policies_lab.catalogue import catalogue
from policies_lab.findings import as_json
from policies_lab.iam import PolicyType, jsontext, parse_policy
from policies_lab.iam.linting import FindingClass, Options, lint
from tests.iam.cases import CORPUS, policy, statement

T = PolicyType
NOW = datetime(2026, 11, 24, tzinfo=UTC)
MOST_CPU_SECONDS = 0.6
"""Generous, because test machines are slow and shared: what is slow by design takes
many times as long. The figures themselves stand in benchmarks/catalogue.md."""


def found(document, kind=T.IDENTITY, *, knowledge=None, **options):
    text = document if isinstance(document, str) else json.dumps(document)
    return lint(
        text, kind=kind, catalogue=knowledge, now=NOW, options=Options(**options)
    )


def ids(document, kind=T.IDENTITY, **options):
    return [finding.id for finding in found(document, kind, **options)]


BROKEN = """{
  "Version": "2012-10-18",
  "Statement": [
    {"Efect": "Allow", "Action": "s3:ListObjects", "Resource": "mybucket"},
    {"Effect": "allow", "Action": ["GetObject", "s3:GetObjct"], "Resource": "*",
     "Condition": {"StringEqual": {"aws:SourceIP4": "x"}}}
  ]
}"""


def test_a_document_with_errors_is_looked_at_to_its_end():
    told = [
        (f.id, f.span.line, f.span.column) for f in found(BROKEN, knowledge=catalogue())
    ]
    assert told == [
        ("invalid-version", 2, 14),
        ("missing-effect", 4, 5),
        ("invalid-element", 4, 6),
        ("unknown-action", 4, 34),
        ("invalid-arn", 4, 64),
        ("invalid-effect", 5, 16),
        ("invalid-action-format", 5, 36),
        ("unknown-action", 5, 49),
        ("invalid-operator", 6, 20),
        ("unknown-global-key", 6, 36),
    ]


def test_text_that_is_no_json_has_one_finding():
    assert ids('{"Version": "2012-10-17", "Statement": [') == ["json-syntax"]


@pytest.mark.parametrize("text", ["5", '"x"', "[]", "null"])
def test_json_that_is_no_object(text):
    assert ids(text) == ["wrong-type"]


@pytest.mark.parametrize(
    "statement",
    [
        5,
        "x",
        [[]],
        {"Effect": [], "Action": {}, "Resource": 5, "Condition": [], "Sid": {}},
        {"Principal": 5, "NotPrincipal": [[]], "Condition": {"Bool": [], "": {"": {}}}},
        {"Effect": None, "Action": [None, [], {}], "Resource": [5, True]},
    ],
)
@pytest.mark.parametrize("kind", T)
def test_no_shape_is_too_odd(statement, kind):
    document = {"Version": [], "Id": {}, "Statement": statement}
    assert any(f.klass is FindingClass.ERROR for f in found(document, kind))


def test_a_parsed_policy_is_linted_by_its_text_and_name():
    document = json.dumps(policy(statement(action="s3:PutObject")))
    parsed = parse_policy(document, name="reports-read-only")
    by_text = lint(document, kind=T.IDENTITY, catalogue=catalogue(), now=NOW)
    by_policy = lint(parsed, kind=T.IDENTITY, catalogue=catalogue(), now=NOW)
    assert [f.id for f in by_text] == []
    assert [f.id for f in by_policy] == ["access-level"]
    assert by_policy[0].span.column == document.index('"s3:PutObject"') + 1


def test_now_is_the_present_where_nothing_is_said():
    ended = statement(Condition={"DateLessThan": {"aws:CurrentTime": "2020-01-01"}})
    document = json.dumps(policy(ended))
    told = lint(document, kind=T.BOUNDARY, catalogue=None)
    assert [f.id for f in told] == ["date-past"]


def test_findings_stand_in_the_order_of_the_text():
    told = found(BROKEN, knowledge=catalogue())
    places = [(f.span.line, f.span.column) for f in told]
    assert places == sorted(places)


def test_at_one_place_the_gravest_comes_first():
    told = found(policy(statement(action="iam:*")), knowledge=catalogue())
    ranks = [list(FindingClass).index(f.klass) for f in told]
    assert len(told) == 3
    assert all(one <= other for one, other in pairwise(ranks))


def wide(characters, action="s3:GetObject", **elements):
    """A policy of about so many characters that are not white space."""
    name = "arn:aws:s3:::" + "x" * 200 + "{}/*"
    count = characters // 222
    names = [name.format(f"{at:04}") for at in range(count)]
    return policy(statement(action=action, resource=names, **elements))


SIZES = [
    (T.IDENTITY, 6_000, []),
    (T.IDENTITY, 6_600, [FindingClass.WARNING]),
    (T.IDENTITY, 10_900, [FindingClass.ERROR]),
    (T.BOUNDARY, 6_000, []),
    (T.BOUNDARY, 6_600, [FindingClass.ERROR]),
    (T.SESSION, 1_800, []),
    (T.SESSION, 2_400, [FindingClass.ERROR]),
    (T.SCP, 10_000, []),
    (T.SCP, 10_900, [FindingClass.ERROR]),
]


@pytest.mark.parametrize(("kind", "characters", "classes"), SIZES)
def test_size_by_type(kind, characters, classes):
    told = found(wide(characters, "s3:PutObject"), kind)
    assert [f.klass for f in told if f.id == "size"] == classes


RESOURCE_SIZES = [
    ("s3:GetObject", 20_000, []),
    ("s3:GetObject", 21_200, [FindingClass.ERROR]),
    ("sqs:SendMessage", 9_000, [FindingClass.WARNING]),
    ("execute-api:Invoke", 30_000, []),
]


@pytest.mark.parametrize(("action", "characters", "classes"), RESOURCE_SIZES)
def test_size_by_the_service_of_a_resource(action, characters, classes):
    document = wide(characters, action, Principal={"AWS": "111122223333"})
    told = found(document, T.RESOURCE)
    assert [f.klass for f in told if f.id == "size"] == classes


def test_white_space_counts_where_it_counts():
    document = json.dumps(policy(statement())) + " " * 11_000
    assert "size" not in ids(document)
    assert "size" in ids(document, T.SESSION)
    assert [f.klass for f in found(document, T.SCP) if f.id == "size"] == [
        FindingClass.WARNING
    ]


def test_a_document_that_is_too_large_to_be_read():
    told = found(" " * 40_000)
    assert [f.id for f in told] == ["reading-limit"]


def test_corpus_documents_have_no_error_that_the_engine_does_not_see():
    """What evaluates can have warnings, and the few errors that are noted here."""
    expected = {
        "W013": set(),
        "W080": {"variable-version"},
    }
    cases = json.loads((CORPUS / "worked-cases.json").read_text(encoding="utf-8"))
    for case in cases["cases"]:
        errors = {
            finding.id
            for text in case["policies"].get("identity", [])
            for finding in found(text, knowledge=catalogue())
            if finding.klass is FindingClass.ERROR
        }
        assert errors == expected.get(case["id"], set()), case["id"]


def hostile():
    return [
        pytest.param(text, kind, id=name)
        for name, (text, kind) in documents(catalogue()).items()
    ]


@pytest.mark.parametrize(("text", "kind"), hostile())
def test_no_document_takes_long(text, kind, nothing_to_collect):
    start = time.process_time()
    lint(text, kind=kind, catalogue=catalogue(), now=NOW)
    assert time.process_time() - start < MOST_CPU_SECONDS


def test_a_document_is_read_once(monkeypatch):
    """The parser and the linter share the tree: reading is a fifth of the work."""
    read, texts = jsontext.read, []

    def counted(source):
        texts.append(source.text)
        return read(source)

    monkeypatch.setattr(jsontext, "read", counted)
    text = json.dumps(policy(statement(action="s3:Gett")))
    assert lint(text, kind=T.IDENTITY, catalogue=catalogue(), now=NOW)
    assert texts == [text]


@pytest.fixture
def nothing_to_collect():
    """What thousands of tests left in memory is not looked through at the expense of
    the document that is timed."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


PIECES = ["*", "?", "${", "}", '"', "[", "]", "{", ",", ":", "null", "1e9", "\\ud800"]
WHOLE = json.dumps(
    policy(
        statement(
            Sid="ReadOnly",
            action=["s3:Get*", "iam:PassRole"],
            resource=["arn:aws:s3:::b/${aws:username}/*", "*"],
            Principal={"AWS": "111122223333", "Service": "sns.amazonaws.com"},
            Condition={
                "ForAllValues:StringLikeIfExists": {"aws:TagKeys": ["a*", "b"]},
                "NotIpAddress": {"aws:SourceIp": ["203.0.113.9/24", "2001:db8::1"]},
                "DateLessThan": {"aws:CurrentTime": "2026-01-01"},
            },
        )
    )
)


@given(
    st.sampled_from(T),
    st.lists(
        st.tuples(
            st.integers(0, len(WHOLE)), st.sampled_from(PIECES), st.integers(0, 6)
        ),
        max_size=4,
    ),
)
def test_no_damage_is_too_odd(kind, damages):
    text = WHOLE
    for at, piece, length in damages:
        text = text[:at] + piece + text[at + length :]
    for finding in lint(text, kind=kind, catalogue=catalogue(), now=NOW):
        assert as_json(finding)["message"]
