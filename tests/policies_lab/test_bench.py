"""A bench becomes a scenario, and a scenario a bench."""

import json

import pytest

from policies_lab import bench
from policies_lab.bench import Bench, ContextRow, Crowded, PolicyRow
from policies_lab.iam import evaluate, read_scenario
from policies_lab.scenarios import ready_scenarios

FULL = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*"'
FULL += ', "Resource": "*"}]}'


def a_bench(**given) -> Bench:
    defaults = {
        "principal_arn": "arn:aws:iam::111122223333:user/ana",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::b/x",
    }
    return Bench(**defaults | given)


@pytest.mark.parametrize("key", ready_scenarios())
def test_out_and_in_again_changes_no_decision(key):
    ready = ready_scenarios()[key].bench
    scenario, _laid = bench.read(ready)
    again, _laid = bench.read(bench.take_up(scenario))
    one, other = evaluate(scenario), evaluate(again)
    assert (one.decision, one.deciding_step) == (other.decision, other.deciding_step)
    assert len(one.steps) == len(other.steps)


def test_documents_are_handed_over_as_the_text_that_was_typed():
    text = FULL.replace(", ", ",\n\n   ")
    laid = bench.lay(a_bench(policies=[PolicyRow(7, document=text)]))
    assert laid.scenario["policies"]["identity"] == [{"document": text}]
    assert laid.rows == {"identity[0]": 7}


def test_every_document_knows_where_the_caller_has_it_from():
    rows = [
        PolicyRow(3, "A", "identity", "via group Analysts", document=FULL),
        PolicyRow(5, "B", "scp", "at the root", "root", FULL),
    ]
    scenario, laid = bench.read(a_bench(policies=rows))
    assert scenario.policies.identity[0].origin == "via group Analysts"
    assert scenario.policies.scps[0].policies[0].origin == "at the root"
    trace = evaluate(scenario)
    assert [laid.rows[s.policy] for s in trace.statements] == [5, 3]


def test_levels_are_taken_root_first_and_units_apart_by_where_they_come_from():
    rows = [
        PolicyRow(0, "account", "scp", "", "account", FULL),
        PolicyRow(1, "inner", "scp", "unit Teaching", "ou", FULL),
        PolicyRow(2, "root", "scp", "", "root", FULL),
        PolicyRow(3, "outer", "scp", "unit All", "ou", FULL),
        PolicyRow(4, "inner too", "scp", "unit Teaching", "ou", FULL),
    ]
    levels = bench.lay(a_bench(policies=rows)).scenario["policies"]["scps"]
    named = [[p["name"] for p in level["policies"]] for level in levels]
    assert named == [["root"], ["inner", "inner too"], ["outer"], ["account"]]
    assert [level["level"] for level in levels] == ["root", "ou", "ou", "account"]


@pytest.mark.parametrize("place", ["resource", "boundary", "endpoint"])
def test_a_place_for_one_document_is_not_shared(place):
    rows = [PolicyRow(n, place=place, document=FULL) for n in (4, 8, 9)]
    with pytest.raises(Crowded) as crowded:
        bench.lay(a_bench(policies=rows))
    assert (crowded.value.place, crowded.value.rows) == (place, [8, 9])
    rows[1].attached = rows[2].attached = False
    assert list(bench.lay(a_bench(policies=rows)).rows.values()) == [4]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "111122223333"),
        ({"resource": "arn:aws:sqs:eu-west-1:444455556666:jobs"}, "444455556666"),
        ({"resource_account": "777788889999"}, "777788889999"),
    ],
)
def test_whose_the_resource_is(given, expected):
    assert bench.lay(a_bench(**given)).scenario["resource_account"] == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {
                "principal_type": "role_session",
                "principal_arn": "arn:aws:sts::111122223333:assumed-role/Reader/ana",
            },
            {"role_arn": "arn:aws:iam::111122223333:role/Reader"},
        ),
        (
            {"principal_type": "service", "service": "sns.amazonaws.com"},
            {"service": "sns.amazonaws.com", "arn": None, "account": None},
        ),
        ({"principal_type": "anonymous"}, {"arn": None, "account": None}),
        (
            {"principal_type": "saml", "provider": "arn:aws:iam::1:saml-provider/x"},
            {"provider": "arn:aws:iam::1:saml-provider/x", "arn": None},
        ),
    ],
)
def test_a_caller_is_described_by_what_its_type_has(given, expected):
    principal = bench.principal_of(a_bench(**given))
    assert principal.items() >= expected.items()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a", "a"),
        (" a ", " a "),
        ("[a, b]", ["a", "b"]),
        ("[a]", ["a"]),
        ("[]", []),
        ("[", "["),
    ],
)
def test_a_value_in_brackets_is_multivalued(text, value):
    assert bench.values_of(text) == value


def test_a_key_that_is_switched_off_is_not_in_the_request():
    rows = [ContextRow(0, "aws:SourceIp", "203.0.113.7", False), ContextRow(1)]
    assert bench.lay(a_bench(context=rows)).scenario["context"] == {}


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("policies.identity[1].Statement[0].Action", 11),
        ("policies.identity[1]", 11),
        ("policies.identity[10]", 20),
        ("policies.scps[0].policies[0].Version", 30),
        ("policies.boundary", None),
        ("action", None),
    ],
)
def test_a_path_leads_to_the_row_of_its_document(path, row):
    rows = {"identity[1]": 11, "identity[10]": 20, "scps[0].policies[0]": 30}
    assert bench.row_of(rows, path) == row


def test_the_exported_text_is_what_the_engine_reads():
    text = bench.lay(a_bench(policies=[PolicyRow(0, "Ä", document=FULL)])).text()
    assert read_scenario(text).policies.identity[0].name == "Ä"
    assert json.loads(text)["id"] == "bench"
