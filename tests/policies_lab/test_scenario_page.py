"""A ready scenario: the prediction comes first, and nothing gives the answer away."""

import re
from dataclasses import replace

import pytest

from courseware import activities
from courseware.models import Prediction, Result
from policies_lab import evaluations, scenarios, views
from policies_lab.iam import Decision
from policies_lab.models import Event
from policies_lab.scenarios import ready_scenarios
from tests.factories import make_lesson, make_section
from tests.policies_lab.conftest import HTMX, Bench
from tests.policies_lab.pages import read

pytestmark = pytest.mark.django_db
KEYS = list(ready_scenarios())
KEY = "explicit-deny-wins"
PATH = f"/lab/scenarios/{KEY}/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
WRONG = {"predicted": "allow", "certainty": "3"}
RIGHT = {"predicted": "explicit_deny", "certainty": "2"}
OTHER_BELIEFS = {decision.value: ("boundary-grants",) for decision in Decision}


def shown(response) -> str:
    return TOKEN.sub("", response.content.decode())


def codes_of(ready) -> list[str]:
    return [code for codes in ready.reveal.misconceptions.values() for code in codes]


def without_the_answer(ready):
    """The same scenario with another answer in every place that holds one."""
    other = next(d.value for d in Decision if d != ready.reveal.decision)
    reveal = scenarios.Reveal(other, "session", "Another reason.", OTHER_BELIEFS)
    saved = tuple(
        replace(one, title=f"Other {one.title}", decision=other) for one in ready.saved
    )
    return replace(ready, reveal=reveal, saved=saved)


@pytest.fixture
def undecidable(monkeypatch):
    """Evaluating anything is an error: what is shown then was not evaluated."""

    def refuse(*args, **kwargs):
        raise AssertionError("evaluated before a prediction")

    monkeypatch.setattr(evaluations, "evaluate", refuse)
    monkeypatch.setattr(evaluations, "carry_out", refuse)


@pytest.mark.parametrize("address", ["", "?in=lesson"])
@pytest.mark.parametrize("key", KEYS)
def test_no_byte_depends_on_the_decision_before_a_prediction(
    client, monkeypatch, undecidable, key, address
):
    headers = HTMX if address else {}
    path = f"/lab/scenarios/{key}/{address}"
    first = client.get(path, **headers)
    assert first.status_code == 200
    other = ready_scenarios() | {key: without_the_answer(ready_scenarios()[key])}
    monkeypatch.setattr(views, "ready_scenarios", lambda: other)
    second = client.get(path, **headers)
    assert shown(first) == shown(second)
    assert first.headers.items() >= {("Vary", second["Vary"])}


@pytest.mark.parametrize("key", KEYS)
def test_the_page_holds_none_of_what_is_revealed(client, key):
    body = client.get(f"/lab/scenarios/{key}/").content.decode()
    ready = ready_scenarios()[key]
    assert ready.reveal.because not in body
    assert "Verdict hidden" in body
    assert "is-verdict" not in body
    assert "data-part" not in body
    for saved in ready.saved:
        assert saved.title not in body
    for code in codes_of(ready):
        assert code not in body
        assert activities.misconception(code).belief not in body


@pytest.mark.parametrize(
    "said", [{}, {"predicted": "allow"}, {"certainty": "1"}, {"predicted": "maybe"}]
)
def test_half_a_prediction_reveals_nothing(client, undecidable, said):
    response = client.post(PATH, said)
    page = read(response)
    assert response.status_code == 422
    assert page.one(look="error-summary").text
    chosen = {r["value"] for r in page.all("input", type="radio") if r.has("checked")}
    assert chosen == set(said.values()) - {"maybe"}
    assert not Prediction.objects.exists()


def test_a_wrong_prediction_is_shown_where_it_parts_and_which_beliefs_it_fits(client):
    response = client.post(PATH, WRONG)
    page = read(response)
    ready = ready_scenarios()[KEY]
    assert response.status_code == 200
    heading = page.one(id=f"{KEY}-answer")
    assert heading.text == "Where your prediction and the trace part"
    assert heading.has("data-focus")
    assert page.one("li", aria_current="step")["data-number"] == "1"
    assert ready.reveal.because in page.text
    beliefs = [term.text for term in page.one("dl", look="beliefs").all("dt")]
    assert beliefs == [
        f"“{activities.misconception(code).belief}”"
        for code in ready.reveal.misconceptions["allow"]
    ]
    assert ready.ask in page.text
    # Committed is committed.
    assert page.all("input", type="radio", name="predicted") == []
    parts = [b["data-part"] for b in page.all("span", look="stmt")]
    assert parts == ["allowed", "denied"]


@pytest.mark.parametrize("address", ["", "?in=lesson"])
@pytest.mark.parametrize(
    ("public", "retired", "linked"),
    [(True, False, True), (True, True, False), (False, False, False)],
)
def test_a_belief_leads_to_the_lesson_that_corrects_it(
    client, course, address, public, retired, linked
):
    course.public = public
    course.save()
    belief = activities.misconception("allow-beats-deny")
    make_lesson(make_section(course), slug=belief.lesson, retired=retired)
    headers = HTMX if address else {}
    beliefs = read(client.post(f"{PATH}{address}", WRONG, **headers)).one(
        "dl", look="beliefs"
    )
    links = [a["href"] for a in beliefs.all("a")]
    own = ready_scenarios()[KEY].reveal.fitting("allow")
    expected = [activities.misconception(code).url("cloud") for code in own]
    assert links == (expected if linked else [])


def test_a_member_of_a_closed_course_is_led_to_its_lesson(ben, course, signed_in):
    belief = activities.misconception("allow-beats-deny")
    make_lesson(make_section(course), slug=belief.lesson)
    page = read(signed_in(ben).post(PATH, WRONG))
    assert belief.url("cloud") in {a["href"] for a in page.all("a")}


def test_a_right_prediction_names_no_beliefs(client):
    page = read(client.post(PATH, RIGHT))
    assert page.one(id=f"{KEY}-answer").text == "Your prediction holds"
    assert page.all("dl", look="beliefs") == []


@pytest.mark.parametrize("key", KEYS)
def test_saved_requests_are_decided_live_and_all_as_expected(client, key):
    page = read(client.post(f"/lab/scenarios/{key}/", WRONG))
    rows = page.one("table", look="cards").one("tbody").all("tr")
    ready = ready_scenarios()[key]
    assert [row.one("th").text for row in rows] == [one.title for one in ready.saved]
    for row in rows:
        expected, now = (badge.text for badge in row.all("span", look="verdict"))
        assert expected == now
    verdict = page.one(id=f"{key}-asked").parent.one("span", look="verdict").text
    assert verdict == evaluations.Badge(ready.reveal.decision).word


def test_one_edit_shows_all_its_consequences_at_the_bench(client):
    bench = Bench(client, f"/lab/?scenario={KEY}")
    bench.fill(policy_1_attached=None)
    rows = read(bench.evaluate()).one("table", look="cards").one("tbody").all("tr")
    flipped = {row.one("th").text: row.all("span", look="flip") for row in rows}
    assert {title: len(chips) for title, chips in flipped.items()} == {
        "Reading a draft": 1,
        "Deleting a draft": 1,
        "Reading a finished report": 0,
        "Reading the payroll": 0,
    }
    assert flipped["Reading a draft"][0].text == "was Explicit deny"


def test_open_in_the_bench_carries_everything_over(client):
    page = read(client.post(PATH, WRONG))
    links = {a["href"] for a in page.all("a") if a.text == "Open in the bench"}
    assert links == {f"/lab/?scenario={KEY}"}
    scenario = ready_scenarios()["scp-ceiling"]
    bench = Bench(client, "/lab/?scenario=scp-ceiling")
    for row in scenario.bench.policies:
        text = bench.fields[f"policy-{row.row}-document"].replace("\r\n", "\n")
        assert text == row.document
        assert (f"policy-{row.row}-attached" in bench.fields) == row.attached
    assert bench.fields["action"] == scenario.bench.action
    assert bench.fields["scenario"] == "scp-ceiling"


def test_a_key_that_can_be_chosen_is_offered_absent(client):
    bench = Bench(client, "/lab/?scenario=mfa-bool-trap")
    row = next(
        name.split("-")[1]
        for name, value in bench.fields.items()
        if value == "aws:MultiFactorAuthPresent"
    )
    assert f"context-{row}-present" not in bench.fields
    page = read(client.get("/lab/?scenario=mfa-bool-trap"))
    choices = page.one("datalist", id=f"choices-{row}").all("option")
    assert [choice["value"] for choice in choices] == ["true", "false"]
    bench.fill(**{f"context_{row}_present": "on", f"context_{row}_value": "false"})
    assert "Explicit deny" in read(bench.evaluate()).one(id="verdict").text


# --- in a lesson -------------------------------------------------------------------


def test_a_lesson_gets_a_short_piece_with_ids_of_its_own(client):
    pieces = [
        client.get(f"/lab/scenarios/{key}/?in=lesson", **HTMX) for key in KEYS[:3]
    ]
    ids = []
    for key, piece in zip(KEYS[:3], pieces, strict=True):
        assert "HX-Request" in piece["Vary"]
        page = read(piece)
        assert page.all("html") == []
        form = page.one("form")
        assert form["hx-post"] == f"/lab/scenarios/{key}/?in=lesson"
        assert form["hx-target"] == f"#scenario-{key}"
        ids += [element["id"] for element in page.walk() if element.has("id")]
    assert len(ids) == len(set(ids))


def test_the_answer_in_a_lesson_has_the_short_chart_and_the_way_on(client):
    response = client.post(f"{PATH}?in=lesson", WRONG, **HTMX)
    page = read(response)
    chart = page.one("svg", look="flowchart")
    assert chart["role"] == "img"
    assert chart.all("a") == []
    assert [end.text for end in chart.all("g", look="is-verdict")] == ["Explicitdeny"]
    assert page.all(look="steps") == []
    assert {a["href"] for a in page.all("a", look="btn")} == {
        f"/lab/?scenario={KEY}",
        PATH,
    }


def test_the_same_address_without_htmx_is_the_page(client):
    for response in (
        client.get(f"{PATH}?in=lesson"),
        client.post(f"{PATH}?in=lesson", WRONG),
    ):
        assert "<html" in response.content.decode()
        assert read(response).one("h1").text == ready_scenarios()[KEY].title


def test_an_unknown_scenario_is_not_found(client):
    assert client.get("/lab/scenarios/no-such-thing/").status_code == 404
    assert client.post("/lab/scenarios/no-such-thing/", WRONG).status_code == 404


# --- what is left behind -----------------------------------------------------------


def test_a_guest_leaves_no_rows(client, queries_of):
    assert queries_of(lambda: client.post(PATH, RIGHT)) == 0
    # One query looks for the lesson behind the beliefs.
    assert queries_of(lambda: client.post(PATH, WRONG)) == 1
    assert not Prediction.objects.exists()
    assert not Result.objects.exists()
    assert not Event.objects.exists()


def test_a_learner_leaves_the_event_and_the_prediction(ben, signed_in):
    signed_in(ben).post(PATH, WRONG)
    event = Event.objects.get()
    assert (event.user, event.event_source, event.event_name) == (
        ben,
        "s3.amazonaws.com",
        "GetObject",
    )
    assert (event.decision, event.deciding_step) == ("explicit_deny", "identity")
    assert (event.error_code, event.source_ip) == ("AccessDenied", "203.0.113.7")
    said = Prediction.objects.get()
    assert (said.user, said.key, said.predicted, said.certainty, said.decided) == (
        ben,
        KEY,
        "allow",
        3,
        "explicit_deny",
    )
    assert said.misconceptions == ["allow-beats-deny", "own-policy-is-nearer"]


@pytest.mark.parametrize(
    ("key", "predicted", "codes"),
    [
        (KEY, "implicit_deny", []),
        ("scp-ceiling", "allow", ["one-scp-level-is-enough"]),
        ("scp-ceiling", "explicit_deny", ["ceiling-is-a-deny"]),
        ("mfa-bool-trap", "implicit_deny", []),
    ],
)
def test_a_wrong_prediction_fits_the_beliefs_of_its_own_verdict(
    ben, signed_in, key, predicted, codes
):
    said = {"predicted": predicted, "certainty": "2"}
    page = read(signed_in(ben).post(f"/lab/scenarios/{key}/", said))
    assert Prediction.objects.get().misconceptions == codes
    shown = [t.text for each in page.all("dl", look="beliefs") for t in each.all("dt")]
    assert shown == [f"“{activities.misconception(code).belief}”" for code in codes]


def test_a_right_prediction_fits_no_misconception(ben, signed_in):
    signed_in(ben).post(PATH, RIGHT)
    assert Prediction.objects.get().misconceptions == []


def test_an_allowed_request_has_no_error_code(ben, signed_in):
    Bench(signed_in(ben)).evaluate()
    event = Event.objects.get()
    assert (event.decision, event.error_code) == ("allow", "")


def test_a_prediction_at_the_open_bench_is_kept_as_one_of_the_bench(ben, signed_in):
    bench = Bench(signed_in(ben)).fill(predicted="allow", certainty="1")
    bench.evaluate()
    said = Prediction.objects.get()
    assert (said.key, said.right, said.certainty) == ("bench", True, 1)


def test_a_prediction_about_a_ready_scenario_keeps_its_key(ben, signed_in):
    Bench(signed_in(ben), f"/lab/?scenario={KEY}").fill(predicted="allow").evaluate()
    assert Prediction.objects.get().key == KEY


def test_a_key_that_names_no_ready_scenario_is_not_kept(ben, signed_in):
    bench = Bench(signed_in(ben)).fill(predicted="allow", scenario="no-such-thing")
    assert bench.evaluate().status_code == 200
    assert Prediction.objects.get().key == "bench"


def test_a_key_longer_than_any_is_refused(ben, signed_in):
    bench = Bench(signed_in(ben)).fill(predicted="allow", scenario="a" * 81)
    assert bench.evaluate().status_code == 422
    assert not Prediction.objects.exists()


@pytest.mark.parametrize(("said", "score"), [(WRONG, 0), (RIGHT, 1)])
def test_a_go_is_a_result_that_the_desk_lists_by_its_title(ben, signed_in, said, score):
    client = signed_in(ben)
    client.post(PATH, said)
    result = Result.objects.get()
    assert (result.user, result.kind, result.key) == (ben, "scenario", KEY)
    assert (result.score, result.detail) == (score, {})
    page = read(client.get("/desk/"))
    [link] = [a for a in page.all("a") if a["href"] == PATH]
    assert link.text == ready_scenarios()[KEY].title


def test_half_a_prediction_is_no_result(ben, signed_in):
    signed_in(ben).post(PATH, {"predicted": "allow"})
    assert not Result.objects.exists()


def test_what_is_not_decided_is_not_recorded(ben, signed_in):
    Bench(signed_in(ben)).fill(policy_0_document="{").evaluate()
    assert not Event.objects.exists()


# --- the seam ----------------------------------------------------------------------


def test_lessons_reach_scenarios_through_the_seam(client):
    kind = activities.kinds["scenario"]
    assert kind.exists(KEY)
    assert not kind.exists("no-such-thing")
    assert kind.title(KEY) == ready_scenarios()[KEY].title
    assert client.get(kind.url(KEY)).status_code == 200
    assert kind.titles([KEY, "no-such-thing"]) == {KEY: kind.title(KEY)}


@pytest.mark.parametrize("wrong", [True, False])
@pytest.mark.parametrize("key", KEYS)
def test_a_rehearsed_go_leaves_what_a_learners_own_go_leaves(
    ben, cleo, signed_in, key, wrong
):
    activities.kinds["scenario"].rehearse(user=ben, key=key, wrong=wrong)
    rehearsed = Prediction.objects.get()
    assert rehearsed.right is not wrong
    fits = any(ready_scenarios()[key].reveal.misconceptions.values())
    assert bool(rehearsed.misconceptions) == (wrong and fits)
    said = {"predicted": rehearsed.predicted, "certainty": rehearsed.certainty}
    signed_in(cleo).post(f"/lab/scenarios/{key}/", said)
    for rows, own in [
        (Prediction.objects, ["key", "predicted", "decided", "misconceptions"]),
        (Result.objects, ["kind", "key", "score", "detail"]),
        (Event.objects, ["event_name", "resource", "decision"]),
    ]:
        by_person = [
            list(rows.filter(user=user).values_list(*own)) for user in (ben, cleo)
        ]
        assert by_person[0] == by_person[1] != []


def test_a_rehearsed_go_is_decided_once(ben, monkeypatch):
    carried_out = []
    carry_out = evaluations.carry_out
    monkeypatch.setattr(
        evaluations,
        "carry_out",
        lambda *args, **kwargs: carried_out.append(1) or carry_out(*args, **kwargs),
    )
    activities.kinds["scenario"].rehearse(user=ben, key=KEY, wrong=True)
    assert carried_out == [1]


@pytest.mark.parametrize("key", KEYS)
def test_every_named_misconception_is_known_to_the_school(key):
    for code in codes_of(ready_scenarios()[key]):
        assert activities.misconception(code)


def test_a_misconception_that_the_school_does_not_know_is_left_out(client, monkeypatch):
    ready = ready_scenarios()[KEY]
    codes = ("nobody-knows", "allow-beats-deny")
    reveal = replace(ready.reveal, misconceptions={"allow": codes})
    other = {KEY: replace(ready, reveal=reveal)}
    monkeypatch.setattr(views, "ready_scenarios", lambda: other)
    page = read(client.post(PATH, WRONG))
    assert len(page.one("dl", look="beliefs").all("dt")) == 1
