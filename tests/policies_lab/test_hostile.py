"""Whatever is put on the bench: an answer in time, a place for each problem, and
nothing that a browser would run."""

import ast
import json
import re
import time
from pathlib import Path

import pytest

from policies_lab import views
from policies_lab.models import Event
from tests.iam.cases import CORPUS
from tests.policies_lab.conftest import EVALUATE, Bench, document
from tests.policies_lab.pages import fields, read

LINES = (CORPUS / "hostile.jsonl").read_text(encoding="utf-8").splitlines()
CASES = [case for case in map(json.loads, LINES) if case["target"] == "policy"]
REQUESTS = [case for case in map(json.loads, LINES) if case["target"] == "request"]
FIT_TO_READ = {
    "policy-34-wild-exp-resource",
    "policy-35-wild-quadratic",
    "policy-38-wild-many-x-many",
    "policy-39-compare-blowup",
    "policy-40-compare-condition-blowup",
    "policy-57-newline-in-resource",
    "policy-61-variable-star-injection",
    "policy-63-html-in-sid",
    "policy-64-script-close-in-json",
    "policy-66-cidr-hostbits",
    "policy-70-cidr-v4-mapped",
    "policy-73-date-overflow",
    "policy-78-control-6144",
}
# Seconds; generous, because the machine that runs the tests does other things too.
LIMIT = 5
MARKUP = '"><img src=x onerror=alert(1)><script>alert(2)</script>'

CONTROLS = "\x00\x01\x1b\ufffe\u202e\u200b%s {0} {{ 1 }} {% now %}"

pytestmark = pytest.mark.django_db


def text_of(case) -> str:
    return eval(case["python"]) if "python" in case else case["input"]  # noqa: S307


def timed(call):
    begun = time.perf_counter()
    answer = call()
    assert time.perf_counter() - begun < LIMIT
    return answer


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_hostile_policy_is_decided_or_refused_with_its_place(bench, case):
    text = text_of(case)
    bench.fill(policy_0_document=text)
    response = timed(bench.evaluate)
    if len(text) > 900_000:
        assert response.status_code == 413
        return
    page = read(response)
    assert response.status_code in ({200, 422} if case["id"] in FIT_TO_READ else {422})
    if response.status_code == 422:
        problem = page.one(id="policy-0").one("ul", look="problems").all("li")[0]
        assert re.fullmatch(r"Line \d+, column \d+", problem.all("a")[0].text)
    kept = fields(page)["policy-0-document"].replace("\r\n", "\n")
    assert kept == text.replace("\r\n", "\n").replace("\ud800", "\ufffd")


@pytest.mark.parametrize("case", REQUESTS, ids=lambda case: case["id"])
def test_a_hostile_request_is_decided_or_refused_beside_its_field(bench, case):
    if case["id"] == "request-11-anon-flood":
        return  # test_limits.py
    given = json.loads(text_of(case))
    bench.fill(action=given.get("action", ""), resource=given.get("resource", ""))
    for row, (key, value) in enumerate(given.get("context", {}).items()):
        bench.fill(**{f"context_{row}_key": key, f"context_{row}_value": value})
    response = timed(bench.evaluate)
    page = read(response)
    assert response.status_code in {200, 422}
    if case["id"] != "request-09-arn-colons":
        assert response.status_code == 422
        (bad, *_rest) = page.all(aria_invalid="true")
        assert page.one(id=bad["aria-describedby"]).text
    assert fields(page)["resource"] == bench.fields["resource"]


def test_a_body_beyond_the_limit_is_answered_in_words(bench):
    for _ in range(19):
        bench.change("add_policy")
    for row in range(20):
        bench.fill(**{f"policy_{row}_document": "x" * 60_000})
    response = bench.evaluate()
    assert response.status_code == 413
    assert "1,000,000 bytes" in response.content.decode()


def test_a_document_beyond_the_limit_is_refused_as_such_and_kept(bench):
    text = "[" + " " * 40_000 + "]"
    response = bench.fill(policy_0_document=text).evaluate()
    assert response.status_code == 422
    assert "32768 is the most" in response.content.decode()
    assert fields(read(response))["policy-0-document"] == text


@pytest.mark.parametrize(
    "field",
    [
        "policy_0_document",
        "policy_0_name",
        "policy_0_via",
        "policy_0_place",
        "policy_0_level",
        "principal_type",
        "principal_arn",
        "role_arn",
        "service",
        "action",
        "resource",
        "resource_account",
        "context_0_key",
        "context_0_value",
        "scenario",
        "place",
        "zoom",
        "policy_rows",
        "context_rows",
        "predicted",
        "certainty",
        "scenario_json",
    ],
)
@pytest.mark.parametrize("value", ["", MARKUP + CONTROLS], ids=["empty", "hostile"])
def test_no_field_breaks_the_bench_or_is_taken_for_markup(bench, field, value):
    for response in (
        bench.fill(**{field: value}).evaluate(),
        bench.client.post("/lab/", bench.fields),
    ):
        assert response.status_code in {200, 422}
        body = response.content.decode()
        assert "<img src=x" not in body
        assert "<script>alert" not in body


@pytest.mark.parametrize("missing", ["policy-0-place", "principal_type", "policy_rows"])
def test_a_form_with_holes_is_answered(bench, missing):
    bench.fields.pop(missing)
    assert bench.evaluate().status_code in {200, 422}


def test_an_empty_form_is_answered(client):
    assert client.post(EVALUATE, {}).status_code == 422
    assert client.post("/lab/", {}).status_code == 200


def hostile_statement(**more) -> dict:
    return {
        "Sid": MARKUP,
        "Action": ["s3:*"],
        "Resource": ["*", MARKUP],
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": [MARKUP]}},
    } | more


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
@pytest.mark.parametrize("applies", [True, False])
def test_policy_text_is_never_markup_anywhere_in_an_explanation(bench, effect, applies):
    statement = hostile_statement(Effect=effect)
    if not applies:
        statement["Resource"] = [MARKUP]
    bench.fill(
        policy_0_name=MARKUP,
        policy_0_via=MARKUP,
        policy_0_document=document(statement),
        resource=f"arn:aws:s3:::b/{MARKUP}",
        context_0_key="aws:PrincipalTag/team",
        context_0_value=MARKUP,
    )
    response = bench.evaluate()
    assert response.status_code == 200, read(response).one(id="problems").text
    page = read(response)
    form = page.one("form", id="bench")
    assert form.all("img") == []
    assert {element.tag for element in form.all("script")} == set()
    assert not [
        name
        for element in form.walk()
        for name in element.attributes
        if name.startswith("on") or name == "style"
    ]
    # It is there all the same: in the chart, in its titles, in list, source and bar.
    assert MARKUP in form.one(look="editor").text.replace('\\"', '"')
    if effect == "Deny" and applies:
        node = form.one(data_chart="full").one("svg").all("a")[0]
        assert MARKUP in node.one("title").text
        assert MARKUP in form.one(id="verdict").text


def test_hostile_text_in_problems_is_quoted_not_run(bench):
    text = '{"Statement": [{"Effect": "' + MARKUP.replace('"', "'") + '"}]}'
    page = read(bench.fill(policy_0_document=text).evaluate())
    form = page.one("form", id="bench")
    assert form.all("img") == []
    assert form.all("script") == []


def test_an_imported_half_character_never_reaches_the_answer(bench):
    bench.change("export")
    given = json.loads(bench.fields["scenario_json"])
    text = json.dumps(given | {"action": "s3:\ud800"})
    response = bench.fill(scenario_json=text).change("import")
    assert response.status_code == 422


def test_nothing_of_a_policy_is_kept(ben, signed_in):
    bench = Bench(signed_in(ben))
    bench.fill(policy_0_document=document({"Sid": "Canary", "Action": "s3:*"}))
    assert bench.evaluate().status_code == 200
    assert "Canary" not in str(list(Event.objects.values()))


def test_no_view_is_long():
    """Views parse, call and render; 25 lines are enough for that."""
    tree = ast.parse(Path(views.__file__).read_text(encoding="utf-8"))
    lengths = {
        node.name: node.end_lineno - node.lineno + 1
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }
    assert {name: n for name, n in lengths.items() if n > 25} == {}
