"""Near misses and changes on the page: told, and carried out by one button."""

import pytest
from django.http import QueryDict

from policies_lab import bench as benches
from policies_lab.bench_form import BenchForm
from policies_lab.flipping import flipped
from policies_lab.forms import EMPTY_POLICY
from policies_lab.iam import evaluate, read_scenario
from policies_lab.models import Event
from policies_lab.scenarios import ready_scenarios
from policies_lab.what_if import searched
from tests.iam.cases import load_cases
from tests.policies_lab.conftest import EVALUATE, HTMX, Bench, document
from tests.policies_lab.pages import fields, read

pytestmark = pytest.mark.django_db

# In the one the caller is what is missing, in the other an action on everything.
NOTHING_TO_TRY = {"key-policy-first", "boundary-is-a-ceiling"}
ABSENT_KEY = {"Null": {"aws:TokenIssueTime": "false"}}


def what_if(page, prefix="bench"):
    return page.one("section", id=f"{prefix}-what-if")


def offers(page):
    """Each change that is told: its sentence, the verdict it leads to, its token."""
    return [
        (
            item.one("span", look="what").text,
            item.one("span", look="verdict").text,
            item.one("button")["value"],
        )
        for listed in what_if(page).all("ul", look="flips")
        for item in listed.all("li")
    ]


def verdict(page):
    return page.one(id="verdict").one(look="verdict").text


def carry_out(bench, token, **headers):
    """Press the button of a change, and go on with what came back."""
    response = bench.client.post(EVALUATE, bench.fields | {"flip": token}, **headers)
    bench.fields = fields(read(response))
    return response


def test_nothing_is_told_before_anything_was_decided(client):
    assert read(client.get("/lab/")).all("section", look="what-if") == []


def test_an_implicit_deny_names_what_came_closest_and_what_it_lacked(bench):
    page = read(bench.fill(action="s3:PutObject").evaluate())
    told = what_if(page)
    (near,) = told.one("ol", look="near").all("li")
    assert near.one("b").text == "ReadReports"
    link = near.one("a")
    assert link.text == "line 7"
    assert page.one(id=link["href"].removeprefix("#")).text.startswith("7")
    (row,) = near.one("tbody").all("tr")
    assert [code.text for code in row.all("code")] == ["s3:GetObject", "s3:PutObject"]
    assert "It lacks one thing: its Action does not match." in near.text
    assert [(text, to) for text, to, _token in offers(page)] == [
        ("Ask for s3:GetObject instead of s3:PutObject.", "Allow"),
        (
            "Add s3:PutObject to the Action of ReadReports in ReportsForAnalysts.",
            "Allow",
        ),
    ]


def test_an_allow_names_what_would_take_it_away(bench):
    page = read(bench.evaluate())
    told = what_if(page)
    assert told.all("ol") == []
    assert told.all("h3")[0].text == "Which single change would take it away?"
    sentence, to, _token = offers(page)[0]
    assert (sentence, to) == (
        "Set aws:SourceIp to 198.51.100.7 instead of 203.0.113.7.",
        "Explicit deny",
    )
    link = told.one("ul", look="flips").all("li")[0].one("a")
    assert link.text == "Because of NoDraftsFromOutside, line 16"
    assert page.one(id=link["href"].removeprefix("#"))


def test_no_change_that_is_enough_is_said(bench):
    text = document({"Action": "sqs:*", "Resource": "arn:aws:sqs:*:*:jobs"})
    page = read(bench.fill(policy_0_document=text).evaluate())
    told = what_if(page)
    assert told.all("ul") == []
    assert "None that was tried is enough" in told.text
    assert "It lacks more than one thing: Action and Resource." in told.text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["whole page", "htmx"])
@pytest.mark.parametrize("key", ["", *ready_scenarios()])
def test_each_change_does_what_it_says_by_its_button_alone(client, key, headers):
    address = f"/lab/?scenario={key}" if key else "/lab/"
    told = offers(read(Bench(client, address).evaluate(**headers)))
    assert bool(told) is (key not in NOTHING_TO_TRY)
    for sentence, to, token in told:
        response = carry_out(Bench(client, address), token, **headers)
        page = read(response)
        assert response.status_code == 200
        assert ("<html" in response.content.decode()) is not bool(headers)
        assert verdict(page) == to, sentence
        done = what_if(page).one("p", look="callout")
        assert done.has("data-focus")
        assert done.text == f"Carried out: {sentence} {to}"


def test_another_text_of_a_policy_is_another_row_in_its_place(bench):
    bench.change("add_policy")
    bench.fill(policy_1_name="Second", policy_1_document=document({"Action": "ec2:*"}))
    page = read(bench.fill(action="s3:PutObject").evaluate())
    (_ask, (sentence, _to, token)) = offers(page)
    assert sentence.startswith("Add s3:PutObject to the Action of ReadReports")
    before = bench.fields["policy-0-document"]
    page = read(carry_out(bench, token))
    assert bench.fields["policy_rows"] == "2 1"
    assert [area["name"] for area in page.all("textarea", look="input")][:2] == [
        "policy-2-document",
        "policy-1-document",
    ]
    assert bench.fields["policy-2-name"] == "ReportsForAnalysts"
    assert bench.fields["policy-2-via"] == "managed, via group Analysts"
    assert bench.fields["policy-2-document"] == before.replace(
        '"Action": "s3:GetObject"', '"Action": ["s3:GetObject", "s3:PutObject"]'
    )
    # The bench goes on from there.
    assert verdict(read(bench.evaluate())) == "Allow"


def test_a_key_without_a_row_gets_one_and_one_with_a_row_keeps_it(bench):
    text = document({"Action": "s3:*", "Condition": ABSENT_KEY})
    bench.fill(policy_0_document=text)
    (_sentence, _to, token), *_rest = offers(read(bench.evaluate()))
    carry_out(bench, token)
    assert bench.fields["context_rows"] == "0 1 2 3 4"
    assert bench.fields["context-4-key"] == "aws:TokenIssueTime"
    assert bench.fields["context-4-present"] == "on"
    # Taken away again, the row stays and is switched off.
    told = {sentence: token for sentence, _to, token in offers(read(bench.evaluate()))}
    off = "Switch aws:TokenIssueTime off, so that the request does not have it."
    carry_out(bench, told[off])
    assert bench.fields["context_rows"] == "0 1 2 3 4"
    assert "context-4-present" not in bench.fields


def test_a_bench_without_room_for_a_key_stays_as_it_is(bench):
    rows = [str(row) for row in range(benches.MOST_KEYS)]
    bench.fill(context_rows=" ".join(rows))
    for row in rows:
        bench.fill(**{f"context_{row}_key": f"k{row}", f"context_{row}_value": ""})
    text = document({"Action": "s3:*", "Condition": ABSENT_KEY})
    (_sentence, _to, token), *_rest = offers(
        read(bench.fill(policy_0_document=text).evaluate())
    )
    page = read(carry_out(bench, token))
    assert "nothing was changed" in what_if(page).text
    assert verdict(page) == "Implicit deny"


def test_a_detached_document_stays_on_the_bench(bench):
    told = {sentence: token for sentence, _to, token in offers(read(bench.evaluate()))}
    token = told["Detach ReportsForAnalysts."]
    page = read(carry_out(bench, token))
    assert verdict(page) == "Implicit deny"
    assert "policy-0-attached" not in bench.fields
    assert "ReadReports" in bench.fields["policy-0-document"]


# Nothing is taken from the page but the name of the change -----------------------


@pytest.mark.parametrize(
    "token", ["x", "0" * 16, "é\x00<script>", "a" * 100_000, "detach policy-0"]
)
def test_a_name_that_is_none_changes_nothing(bench, token):
    before = dict(bench.fields)
    response = carry_out(bench, token)
    page = read(response)
    assert response.status_code == 200
    assert verdict(page) == "Allow"
    assert "That change fits the bench no more" in what_if(page).text
    assert {name: bench.fields[name] for name in before if name != "place"} == {
        name: value for name, value in before.items() if name != "place"
    }


def test_a_change_that_does_not_turn_this_bench_is_not_carried_out(bench):
    token = offers(read(bench.evaluate()))[0][2]
    bench.fill(resource="arn:aws:s3:::acme-reports/final/q4.csv")
    page = read(carry_out(bench, token))
    assert "nothing was changed" in what_if(page).text
    assert bench.fields["context-0-value"] == "203.0.113.7"


def test_a_bench_with_problems_is_answered_as_always(bench):
    token = offers(read(bench.evaluate()))[0][2]
    response = carry_out(bench.fill(policy_0_document="{"), token)
    assert response.status_code == 422
    assert bench.fields["policy-0-document"] == "{"
    assert bench.fields["context-0-value"] == "203.0.113.7"


def test_a_bench_that_is_left_open_is_answered_as_always(client):
    bench = Bench(client)
    deny = {"Effect": "Allow", "Action": "s3:*"}
    deny |= {"NotResource": "arn:aws:s3:::x/${aws:PrincipalTag/a}"}
    text = (
        document(deny)
        .replace('    "Resource": "*",\n', "")
        .replace('      "Resource": "*",\n', "")
    )
    response = carry_out(bench.fill(policy_0_document=text), "x" * 16)
    assert response.status_code == 422


def test_a_prediction_is_not_taken_for_one_of_the_changed_bench(bench):
    token = offers(read(bench.evaluate()))[0][2]
    bench.fill(predicted="allow", certainty="3")
    page = read(carry_out(bench, token))
    assert verdict(page) == "Explicit deny"
    assert "You said" not in page.text


def test_one_decision_is_recorded_and_it_is_that_of_the_changed_bench(ben, signed_in):
    bench = Bench(signed_in(ben))
    token = offers(read(bench.evaluate()))[0][2]
    Event.objects.all().delete()
    carry_out(bench, token)
    assert Event.objects.get().decision == "explicit_deny"


# Scenarios that ask for a prediction first ---------------------------------------


@pytest.mark.parametrize("key", ready_scenarios())
def test_a_scenario_tells_it_after_the_prediction_and_without_buttons(client, key):
    address = f"/lab/scenarios/{key}/"
    assert read(client.get(address)).all("section", look="what-if") == []
    said = {"predicted": "allow", "certainty": "1"}
    for headers in ({}, HTMX):
        told = what_if(read(client.post(address, said, **headers)), prefix=key)
        assert told.all("button") == []
        assert told.all("h3")
        assert bool(told.all("ul", look="flips")) is (key not in NOTHING_TO_TRY)


def test_the_prediction_alone_costs_no_search(client, monkeypatch):
    def refuse(*_args):
        raise AssertionError("searched before the prediction")

    monkeypatch.setattr("policies_lab.flips.search", refuse)
    response = client.get("/lab/scenarios/scp-ceiling/")
    assert response.status_code == 200
    response = client.post("/lab/scenarios/scp-ceiling/", {"predicted": "allow"})
    assert response.status_code == 422


# Every change for every case of the corpus, carried out on a bench -----------------


def posted(bench) -> QueryDict:
    """What a browser would send of a bench."""
    data = QueryDict(mutable=True)
    for row in bench.policies:
        prefix = f"policy-{row.row}"
        for name in ("name", "place", "via", "level", "document"):
            data[f"{prefix}-{name}"] = getattr(row, name)
        data[f"{prefix}-attached"] = "on"
    for row in bench.context:
        prefix = f"context-{row.row}"
        data[f"{prefix}-key"], data[f"{prefix}-value"] = row.key, row.value
        data[f"{prefix}-present"] = "on"
    data["policy_rows"] = " ".join(str(row.row) for row in bench.policies)
    data["context_rows"] = " ".join(str(row.row) for row in bench.context)
    names = "principal_type principal_arn role_arn user_arn service provider action"
    for name in [*names.split(), "resource", "resource_account", "management_account"]:
        data[name] = getattr(bench, name)
    if bench.service_linked:
        data["service_linked"] = "on"
    return data


def on_a_bench(case):
    """A case of the corpus as it lies on a bench, if a bench can hold it."""
    data = posted(benches.take_up(read_scenario(case)))
    form = BenchForm(data)
    if case.get("s3") or not form.is_valid():
        return None
    return data, form.scenario


def test_what_is_promised_for_a_case_happens_on_a_bench():
    carried_out = set()
    for name, case in list(load_cases())[::5]:
        held = on_a_bench(case) if "decision" in case["expected"] else None
        if held is None:
            continue
        data, scenario = held
        for flip in searched(scenario, evaluate(scenario)).flips[::2]:
            asked = data.copy()
            asked["flip"] = flip.change.token
            after = flipped(BenchForm(asked), asked)
            assert after.done.startswith("Carried out"), (name, flip.change)
            assert after.is_valid(), (name, flip.change)
            assert evaluate(after.scenario).decision is flip.decision, name
            carried_out.add(flip.change.kind)
    assert len(carried_out) >= 6


def test_rows_that_ran_out_of_numbers_keep_theirs(bench):
    bench.fill(policy_rows="999", action="s3:PutObject")
    for name in ("name", "place", "level", "via", "attached", "document"):
        bench.fields[f"policy-999-{name}"] = bench.fields.pop(f"policy-0-{name}")
    token = offers(read(bench.evaluate()))[-1][2]
    page = read(carry_out(bench, token))
    assert verdict(page) == "Allow"
    assert bench.fields["policy_rows"] == "999"
    assert bench.fields["policy-999-document"] != EMPTY_POLICY
