"""One operator, one key: the table of what is true.

A list in the column of the request is a multivalued key; MISSING is an absent one.
"""

import pytest

from policies_lab.iam.conditions import CompiledTest
from policies_lab.iam.documents import NOWHERE, ConditionTest, Value, Version

MISSING = object()
ROLE_A = "arn:aws:iam::111111111111:role/a"
ROLE_B = "arn:aws:iam::111111111111:role/b"
FUNCTION = "arn:aws:lambda:eu-west-1:111111111111:function:f:live"
AB = ["a", "b"]
NINE = "203.0.113.9"
TWO_NETS = ["203.0.113.0/24", "198.51.100.0/24"]
NEW_YEAR = "2026-01-01T00:00:00Z"

ROWS = [
    ("StringEquals", "a", "a", True),
    ("StringEquals", "a", "A", False),
    ("StringEquals", AB, "b", True),
    ("StringEquals", "a", MISSING, False),
    ("StringEquals", "a*", "abc", False),
    ("StringEquals", "a*", "a*", True),
    ("StringNotEquals", AB, "b", False),
    ("StringNotEquals", AB, "c", True),
    ("StringNotEquals", "a", MISSING, True),
    ("StringEqualsIgnoreCase", "Prod", "PROD", True),
    ("StringNotEqualsIgnoreCase", "Prod", "PROD", False),
    ("StringLike", "a?c", "abc", True),
    ("StringLike", "a?c", "ac", False),
    ("StringLike", "*", "", True),
    ("StringLike", "a*", "A1", False),
    ("StringLike", "home/*/x", "home/a/b/x", True),
    ("StringNotLike", "a*", "b", True),
    ("StringNotLike", "a*", MISSING, True),
    ("StringEqualsIfExists", "a", MISSING, True),
    ("StringEqualsIfExists", "a", "b", False),
    ("StringNotEqualsIfExists", "a", MISSING, True),
    ("NumericEquals", "10", "10.0", True),
    ("NumericLessThan", "10", "9", True),
    ("NumericLessThan", "10", "10", False),
    ("NumericLessThanEquals", "10", "10", True),
    ("NumericGreaterThan", "3600", "7200", True),
    ("NumericGreaterThan", "3600", MISSING, False),
    ("NumericLessThan", ["5", "10"], "7", True),
    ("NumericNotEquals", "5", MISSING, True),
    ("NumericEquals", "ten", "10", False),
    ("NumericLessThan", "10", "9.99", True),
    ("DateLessThan", NEW_YEAR, "2025-12-31T23:59:59Z", True),
    ("DateGreaterThan", NEW_YEAR, NEW_YEAR, False),
    ("DateGreaterThanEquals", "2026-01-01", NEW_YEAR, True),
    ("DateEquals", "1767225600", NEW_YEAR, True),
    ("DateEquals", "2026-01-01T02:00:00+02:00", NEW_YEAR, True),
    ("DateNotEquals", "2026-01-01", MISSING, True),
    ("DateLessThan", "2026-01-01", MISSING, False),
    ("Bool", "true", "true", True),
    ("Bool", "true", "TRUE", True),
    ("Bool", "true", "false", False),
    ("Bool", "false", MISSING, False),
    ("BoolIfExists", "false", MISSING, True),
    ("BoolIfExists", "true", "false", False),
    ("Bool", "true", "yes", False),
    ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
    ("IpAddress", "203.0.113.0/24", "203.0.113.255", True),
    ("IpAddress", "203.0.113.0/24", "203.0.114.0", False),
    ("IpAddress", "203.0.113.7", "203.0.113.7", True),
    ("IpAddress", ["10.0.0.0/8", "203.0.113.0/24"], NINE, True),
    ("IpAddress", "2001:db8:1234:5678::/64", "2001:db8:1234:5678::1", True),
    ("IpAddress", "0.0.0.0/0", "2001:db8::1", False),
    ("NotIpAddress", "0.0.0.0/0", "2001:db8::1", True),
    ("NotIpAddress", "203.0.113.0/24", MISSING, True),
    ("NotIpAddress", TWO_NETS, "198.51.100.3", False),
    ("IpAddressIfExists", "203.0.113.0/24", MISSING, True),
    ("IpAddress", "203.0.113.9/24", "203.0.113.200", True),
    ("ArnEquals", "arn:aws:iam::111111111111:role/*", ROLE_A + "/b", True),
    ("ArnLike", "arn:aws:iam::*:role/a", ROLE_A, True),
    ("ArnLike", "arn:aws:*:*", "arn:aws:sns:eu-west-1:111111111111:t", False),
    ("ArnLike", "arn:aws:sns:*:*:t?", "arn:aws:sns:eu-west-1:111111111111:t1", True),
    (
        "ArnLike",
        "arn:aws:lambda:*:*:function:*",
        "arn:aws:lambda:e:1:function:f:l",
        True,
    ),
    ("ArnNotLike", "arn:aws:iam::111111111111:role/*", MISSING, True),
    ("ArnEquals", "arn:aws:iam::111111111111:role/A", ROLE_A, False),
    ("ArnNotEquals", [ROLE_A, ROLE_B], ROLE_B, False),
    ("Null", "true", MISSING, True),
    ("Null", "true", "x", False),
    ("Null", "false", "x", True),
    ("Null", "false", MISSING, False),
    ("ForAllValues:StringEquals", AB, ["a"], True),
    ("ForAllValues:StringEquals", AB, ["a", "c"], False),
    ("ForAllValues:StringEquals", AB, [], True),
    ("ForAllValues:StringEquals", AB, MISSING, True),
    ("ForAnyValue:StringEquals", AB, ["c", "b"], True),
    ("ForAnyValue:StringEquals", AB, ["c"], False),
    ("ForAnyValue:StringEquals", AB, MISSING, False),
    ("ForAnyValue:StringEquals", AB, [], False),
    ("ForAllValues:StringNotEquals", AB, ["c", "d"], True),
    ("ForAllValues:StringNotEquals", AB, ["c", "a"], False),
    ("ForAllValues:StringNotEquals", AB, MISSING, True),
    ("ForAnyValue:StringNotEquals", AB, ["a", "c"], True),
    ("ForAnyValue:StringNotEquals", AB, ["a", "b"], False),
    ("ForAnyValue:StringNotEquals", AB, MISSING, False),
    ("ForAllValues:StringLike", "env-*", ["env-a", "env-b"], True),
    ("ForAnyValue:StringLike", "o-x/r-1/ou-1/*", ["o-x/r-1/ou-1/ou-2/"], True),
    ("ForAnyValue:StringEqualsIfExists", "a", MISSING, False),
    ("StringEquals", "a", ["a"], False),
    ("StringNotEquals", "a", ["b"], False),
    ("DateEquals", "2026", "2026", True),
    ("ForAllValues:StringEqualsIfExists", "a", MISSING, True),
    ("ForAllValues:StringEquals", "a", [""], True),
    ("ForAnyValue:StringEquals", "a", [""], False),
    ("Null", "false", [], False),
    # Beyond the table: the seams between the rules.
    ("Null", "true", [""], True),
    ("Null", "false", "", True),
    ("ForAllValues:StringEquals", "a", "", False),
    ("ForAnyValue:StringEquals", "", "", True),
    ("ForAnyValue:StringEquals", "a", "a", True),
    ("ForAnyValue:StringNotEquals", "a", [], False),
    ("ForAnyValue:StringNotEquals", "a", [""], False),
    ("ForAllValues:Null", "false", MISSING, True),
    ("ForAnyValue:Null", "true", MISSING, False),
    ("StringEqualsIfExists", "a", ["a"], False),
    ("StringNotEqualsIfExists", "a", ["b"], False),
    ("StringEquals", [], "a", False),
    ("StringNotEquals", [], "a", True),
    ("StringEqualsIgnoreCase", "\u212a", "k", False),
    ("StringEqualsIgnoreCase", "\u212aA", "\u212aa", True),
    ("StringLike", "a*b", "a\nb", True),
    ("StringLike", "a?b", "a\nb", True),
    ("StringLike", "a", "a\n", False),
    ("StringLike", "[ab]", "a", False),
    ("StringLike", "a*", "a*", True),
    ("StringLike", "?*", "", False),
    ("NumericEquals", "5", "five", False),
    ("NumericNotEquals", "5", "five", True),
    ("NumericLessThan", "5", "five", False),
    ("NumericEquals", "5", "\u0665", False),
    ("NumericEquals", "-0", "0", True),
    ("NumericEquals", "+5", "5", True),
    ("NumericEquals", "5", "5e0", False),
    ("NumericEquals", "0.1", "0.10000000000000000001", False),
    ("NumericGreaterThanEquals", "10", "10", True),
    ("NumericGreaterThanEquals", "10", "9", False),
    ("NumericGreaterThan", "10", "10", False),
    ("DateLessThanEquals", NEW_YEAR, NEW_YEAR, True),
    ("DateGreaterThan", NEW_YEAR, "2026-01-01T00:00:00.000000001Z", True),
    ("DateGreaterThan", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z", False),
    ("DateLessThan", NEW_YEAR, "2025-12-31T23:59:59", False),
    ("DateEquals", "2026-01-31T10:00Z", "2026-01-31T10:00:00Z", True),
    ("DateNotEquals", "2026-01-01", "2026-W01-1", True),
    ("Bool", "false", "FALSE", True),
    ("Bool", ["true", "false"], "true", True),
    ("BinaryEquals", "QmluYXJ5", "QmluYXJ", False),
    ("BinaryEquals", "QQ==", "QR==", True),
    ("IpAddress", "10.0.0.0/8", "::ffff:10.0.0.1", True),
    ("NotIpAddress", "10.0.0.0/8", "::ffff:10.0.0.1", False),
    ("IpAddress", "::ffff:10.0.0.0/104", "10.1.2.3", True),
    ("IpAddress", "::/0", "10.0.0.1", False),
    ("IpAddress", "10.0.0.0/8", "10.0.0.1\n", False),
    ("IpAddress", "fe80::/10", "fe80::1%eth0", False),
    ("IpAddress", "10.0.0.0/8", "10.0.0.0/9", False),
    ("ArnLike", "*", ROLE_A, False),
    ("ArnLike", "*:*:*:*:*:*", ROLE_A, True),
    ("ArnNotLike", "*:*:*:*:*:*", "no arn", True),
    ("ArnLike", "arn:aws:iam::1*1:role/a", ROLE_A, True),
    ("ArnLike", "arn:aws:s*:e:1:t", "arn:aws:s:x:e:1:t", False),
    ("ForAllValues:ArnLike", "arn:aws:iam::*:role/*", [ROLE_A, ROLE_B], True),
    ("ForAnyValue:IpAddress", "10.0.0.0/8", ["192.0.2.1", "10.0.0.1"], True),
    ("ForAllValues:NumericLessThan", "5", ["4", "many"], False),
]


def compile_test(operator, values, key="test:key", version=Version.V2012):
    values = values if isinstance(values, list) else [values]
    listed = tuple(Value(value, NOWHERE) for value in values)
    test = ConditionTest(operator, key, listed, NOWHERE, NOWHERE, NOWHERE)
    return CompiledTest(test, version)


def lookup_of(value, key="test:key"):
    if value is MISSING:
        return {}
    return {key: tuple(value) if isinstance(value, list) else value}


@pytest.mark.parametrize(
    ("operator", "policy", "request_", "expected"),
    ROWS,
    ids=[f"{n}-{row[0]}" for n, row in enumerate(ROWS, 1)],
)
def test_row(operator, policy, request_, expected):
    test = compile_test(operator, policy)
    assert test.holds(lookup_of(request_)) is expected
    assert test.check(lookup_of(request_), looked_at=True).matched is expected


@pytest.mark.parametrize(
    ("operator", "policy", "request_", "expected"),
    [row for row in ROWS if isinstance(row[2], str) and ":" not in row[0]],
)
def test_hits_are_the_values_that_were_met(operator, policy, request_, expected):
    check = compile_test(operator, policy).check(lookup_of(request_), looked_at=True)
    negated = "Not" in operator and operator != "Null"
    assert bool(check.hits) is (expected is not negated)


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
