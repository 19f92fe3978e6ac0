"""Block Public Access and access control lists on the bench."""

import json

import pytest

from tests.iam.cases import CORPUS
from tests.policies_lab.conftest import Bench
from tests.policies_lab.pages import read

pytestmark = pytest.mark.django_db

FILE = json.loads((CORPUS / "s3.json").read_text(encoding="utf-8"))
CASES = {case["id"]: FILE["defaults"] | case for case in FILE["cases"]}


def take_in(client, name):
    bench = Bench(client)
    bench.fill(scenario_json=json.dumps(CASES[name]))
    assert bench.change("import").status_code == 200
    return bench


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "s3-restrict-anonymous",
            ["Implicit deny", "Block Public Access", "RestrictPublicBuckets"],
        ),
        ("s3-public-read-object", ["Allow", "Access control list"]),
        ("s3-account-grant", ["Allow", "lets the caller's account in"]),
        ("s3-private-object", ["Implicit deny", "Neither the bucket's policy"]),
        ("s3-acl-disabled", ["Implicit deny", "has disabled them"]),
        ("s3-ignore-public-object", ["IgnorePublicAcls passes over"]),
        ("s3-foreign-object-policy-grants-nothing", ["Implicit deny"]),
    ],
)
def test_a_bucket_is_taken_in_decided_and_told(client, name, words):
    text = read(take_in(client, name).evaluate()).text
    assert [word for word in words if word not in text] == []


# One case for each way in which a decision can fall.
ENDS = {
    tuple(case["expected"].values()): name
    for name, case in CASES.items()
    if "error" not in case["expected"]
}


@pytest.mark.parametrize("name", ENDS.values(), ids=map(" at ".join, ENDS))
def test_every_end_can_be_drawn(client, name):
    page = read(take_in(client, name).evaluate())
    (chart,) = page.all(data_chart="full")
    assert chart.all("a", aria_current="step")


def test_an_export_keeps_what_s3_has(client):
    bench = take_in(client, "s3-ignore-public-object")
    bench.change("export")
    exported = json.loads(bench.fields["scenario_json"])
    assert exported["s3"] == CASES["s3-ignore-public-object"]["s3"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"object_acl": \n  nothing}', "Line 2, column 3"),
        ('{"block_public_access": {"bucket": {"Block": true}}}', "Block"),
        ("[1]", "An object in braces"),
        ("x" * 50_000, "at most 40000"),
    ],
)
def test_what_cannot_be_read_is_told_beside_the_field_and_kept(client, text, message):
    bench = Bench(client)
    response = bench.fill(s3=text).evaluate()
    page = read(response)
    assert response.status_code == 422
    assert message in page.one(id="id_s3-error").text
    assert page.one("textarea", name="s3").text == " ".join(text.split())


def test_what_the_engine_will_not_guess_names_the_missing_part(client):
    bench = take_in(client, "s3-put-policy-unknown")
    response = bench.evaluate()
    assert response.status_code == 422
    assert "s3.new_policy" in read(response).one(id="id_s3-error").text
