"""One test of a condition: which values were met, and the rule behind the answer.

What holds and what does not stands in the corpus, a file an operator.
"""

from collections import Counter

import pytest

from policies_lab.iam import evaluate, read_scenario
from policies_lab.iam.conditions import OPERATOR_NAMES, CompiledTest
from policies_lab.iam.documents import NOWHERE, ConditionTest, Value, Version
from tests.iam.cases import decided_cases

MISSING = object()


def compile_test(operator, values, key="test:key", version=Version.V2012):
    values = values if isinstance(values, list) else [values]
    listed = tuple(Value(value, NOWHERE) for value in values)
    test = ConditionTest(operator, key, listed, NOWHERE, NOWHERE, NOWHERE)
    return CompiledTest(test, version)


def lookup_of(value, key="test:key"):
    if value is MISSING:
        return {}
    return {key: tuple(value) if isinstance(value, list) else value}


def checks_of_corpus():
    """Every test of a condition that was looked at, in every decided case."""
    for case in decided_cases():
        for statement in evaluate(read_scenario(case)).statements:
            for check in statement.checks:
                if check.element == "Condition" and check.matched is not None:
                    yield check


def test_hits_are_the_values_that_were_met():
    """A key with one value: a positive operator holds where a value was met, and a
    negated one where none was."""
    seen = Counter()
    for check in checks_of_corpus():
        base = check.operator.removesuffix("IfExists")
        if isinstance(check.request_value, str) and ":" not in base and base != "Null":
            assert bool(check.hits) is (check.matched is not ("Not" in base)), check
            seen[base] += 1
    assert len(seen) == len(OPERATOR_NAMES) - 1


@pytest.mark.parametrize(
    ("operator", "request_", "note"),
    [
        ("StringEquals", MISSING, "key_missing"),
        ("StringNotEquals", MISSING, "key_missing_negated"),
        ("StringEqualsIfExists", MISSING, "key_missing_if_exists"),
        ("StringNotEqualsIfExists", MISSING, "key_missing_if_exists"),
        ("StringEquals", ["a"], "multivalued_without_set_operator"),
        ("ForAllValues:StringEquals", MISSING, "set_empty_all"),
        ("ForAnyValue:StringEqualsIfExists", MISSING, "set_empty_any"),
        ("ForAllValues:Null", "x", "null_with_set_operator"),
        ("NumericEquals", "five", "value_unreadable"),
        ("StringEquals", "a", ""),
    ],
)
def test_the_rule_behind_an_answer_is_named(operator, request_, note):
    values = "true" if operator.endswith("Null") else "1"
    check = compile_test(operator, values).check(lookup_of(request_), looked_at=True)
    assert check.note == note


def test_key_names_ignore_case():
    assert compile_test("StringEquals", "a", key="AWS:Test/Tag").holds(
        {"aws:test/tag": "a"}
    )


def test_what_was_not_looked_at_has_no_answer():
    check = compile_test("StringEquals", "a").check({"test:key": "a"}, looked_at=False)
    assert (check.matched, check.hits, check.note) == (None, (), "")
    assert check.request_value == "a"
