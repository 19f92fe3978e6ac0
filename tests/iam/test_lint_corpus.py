"""Every finding at a document that has it, and at one that only just does not."""

import tomllib
from datetime import UTC, datetime

import pytest

from policies_lab.catalogue import catalogue
from policies_lab.findings import words
from policies_lab.iam import PolicyType, parse_policy
from policies_lab.iam.linting import Options, class_of, lint, table
from tests.iam.cases import CORPUS

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NEEDS_MORE_TEXT = {"size", "more-problems"}
"""What takes a document too long for a table; its tests stand in test_lint.py."""
NEVER_SEEN = {"refused"}
"""What a problem becomes that has no finding of its own yet."""


def load():
    for path in sorted((CORPUS / "lint").glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            yield pytest.param(case, id=f"{path.stem}: {case['name']}")


CASES = list(load())


def look(case, knowledge=None):
    options = dict(case.get("options", {}))
    if "alongside" in options:
        documents = (parse_policy(text) for text in options["alongside"])
        options["alongside"] = tuple(documents)
    return lint(
        case["document"],
        kind=PolicyType(case["kind"]),
        catalogue=knowledge,
        now=NOW,
        options=Options(**options),
    )


@pytest.mark.parametrize("case", CASES)
def test_a_document_has_these_findings_and_no_other(case):
    found = [
        (f.id, f.span.line, f.span.column, f.klass.value)
        for f in look(case, catalogue())
    ]
    expected = [
        (id, line, column, *(klass or [class_of(id).value]))
        for id, line, column, *klass in case["expected"]
    ]
    assert found == expected


@pytest.mark.parametrize("case", CASES)
def test_without_a_catalogue_fewer_things_are_known_and_none_is_different(case):
    informed = {(f.id, f.path, f.span) for f in look(case, catalogue())}
    ignorant = {(f.id, f.path, f.span) for f in look(case)}
    assert ignorant <= informed


@pytest.mark.parametrize("case", CASES)
def test_every_finding_can_be_put_into_words(case):
    for finding in look(case, catalogue()):
        said = words(finding)  # a fact that is missing is a KeyError
        assert said.sentence.endswith(".")
        assert said.remedy.endswith(".")


def test_each_finding_has_a_document_and_a_near_miss():
    cases = [parameter.values[0] for parameter in CASES]
    triggered = {id for case in cases for id, *_ in case["expected"]}
    avoided = {id for case in cases for id in case.get("near", ())}
    elsewhere = NEEDS_MORE_TEXT | NEVER_SEEN
    assert triggered == set(table()) - elsewhere
    # A document that has nothing wrong is a near miss of syntax and grammar.
    assert avoided >= set(table()) - elsewhere


def test_a_near_miss_has_no_such_finding():
    contradictory = [
        (case["name"], id)
        for case in (parameter.values[0] for parameter in CASES)
        for id in case.get("near", ())
        if id in {found for found, *_ in case["expected"]}
    ]
    assert contradictory == []
