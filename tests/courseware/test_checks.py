"""Checks inside lessons: answered at once, never telling before."""

import re

import pytest

from courseware.activities import checks
from courseware.models import Question, Result
from courseware.question_types import InvalidResponse
from courseware.views import activities
from tests import factories

HTMX = {"HX-Request": "true"}
ADDRESS = "/courses/cloud/checks/chk-one/"


@pytest.fixture
def check(course):
    section = factories.make_section(course, slug="iam", title="Identity")
    return factories.make_question(section, key="chk-one", use=Question.Use.CHECK)


@pytest.fixture
def places(check):
    """The place on the page of each option: {"a": "3", ...}."""
    return {
        re.search(r"Option (\w)", option.html)[1]: option.place
        for option in checks.options(check.current)
    }


@pytest.fixture
def client(signed_in, ben, check):
    return signed_in(ben)


def post(client, answer, *, inside=False, **options):
    address = ADDRESS + ("?in=lesson" if inside else "")
    return client.post(address, {"answer": answer}, **options)


# --- before an answer -----------------------------------------------------------


def test_the_page_asks(client, check):
    html = client.get(ADDRESS).content.decode()

    assert f'<h1 class="activity-title">{check.current.title}</h1>' in html
    assert "<p>Which?</p>" in html
    assert len(re.findall(r'<input type="radio" name="answer"', html)) == 3
    assert 'href="/courses/cloud/#iam">Identity</a>' in html


@pytest.mark.parametrize("address", [ADDRESS, ADDRESS + "?in=lesson"])
def test_nothing_of_the_key_is_in_the_page(client, check, address):
    def page():
        html = client.get(address).content.decode()
        return re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", html)

    before = page()
    for secret in ("Why a", "Why b", "Why c", "The rule", "some-belief"):
        assert secret not in before, secret
    version = check.current
    version.answer_key |= {"right": "c", "misconceptions": {"b": "other-belief"}}
    version.save()
    assert page() == before


def test_the_key_is_not_in_a_page_that_was_refused_either(client):
    html = post(client, "").content.decode()
    for secret in ("Why a", "Why b", "Why c", "The rule", "some-belief"):
        assert secret not in html


def test_options_keep_their_order_and_hide_their_ids(client, check):
    html = client.get(ADDRESS).content.decode()

    assert re.findall(r'name="answer" value="(\w+)"', html) == ["1", "2", "3"]
    assert html.count("Option a") == 1
    again = client.get(ADDRESS).content.decode()
    assert re.findall(r"Option \w", html) == re.findall(r"Option \w", again)


# --- answers --------------------------------------------------------------------


def test_a_right_answer_explains_every_option_and_the_rule(client, places):
    response = post(client, places["b"])
    html = response.content.decode()

    assert response.status_code == 200
    assert "That is right." in html
    for text in ("Why a.", "Why b.", "Why c.", "The rule."):
        assert text in html
    assert "Answer it once more" in html
    assert 'type="radio"' not in html


def test_a_wrong_answer_explains_itself_and_the_rule_and_asks_again(client, places):
    html = post(client, places["a"]).content.decode()

    assert "Not this one." in html
    assert "Why a." in html
    assert "The rule." in html
    assert "Try again" in html
    assert 'type="radio"' in html


def test_a_wrong_answer_does_not_show_the_right_one(client, places):
    html = post(client, places["a"]).content.decode()

    assert "Why b." not in html
    assert "Why c." not in html
    assert len(re.findall(r'class="choice wrong"', html)) == 1
    assert 'class="choice right"' not in html
    assert "Right:" not in html


def test_the_choice_stays_chosen(client, places):
    html = post(client, places["a"]).content.decode()
    assert re.findall(r'value="(\d)"[^>]* checked', html) == [places["a"]]


@pytest.mark.parametrize("answer", ["", "9", "b", "<script>", "1" * 5000])
def test_what_is_no_option_is_refused_with_words(client, answer):
    if answer == "b":
        answer = "no-such-option"
    response = post(client, answer)
    html = response.content.decode()

    assert response.status_code == 422
    assert 'role="alert"' in html
    assert "<script>" not in html.split("problem-note")[1]
    assert not Result.objects.exists()


def test_without_a_field_nothing_was_chosen(client):
    response = client.post(ADDRESS)
    assert response.status_code == 422
    assert "Choose one of the options first." in response.content.decode()


# --- results --------------------------------------------------------------------


def test_every_go_is_recorded_with_its_belief_and_version(client, ben, places):
    post(client, places["a"])
    post(client, places["c"])
    post(client, places["b"])

    results = Result.objects.filter(user=ben).order_by("pk")
    assert [(r.kind, r.key) for r in results] == [("check", "cloud/chk-one")] * 3
    assert [int(r.score) for r in results] == [0, 0, 1]
    assert [r.detail["misconceptions"] for r in results] == [["some-belief"], [], []]
    assert [r.detail["response"] for r in results] == ["a", "c", "b"]
    assert {r.detail["version"] for r in results} == {1}


def test_guests_of_a_public_course_answer_and_leave_nothing(client, course, places):
    client.logout()
    course.public = True
    course.save()
    response = post(client, places["b"])

    assert "That is right." in response.content.decode()
    assert not Result.objects.exists()


# --- pieces ---------------------------------------------------------------------


@pytest.mark.parametrize("address", [ADDRESS, ADDRESS + "?in=lesson"])
def test_a_lesson_gets_the_piece_alone(client, address):
    response = client.get(address, headers=HTMX)
    html = response.content.decode()

    assert "<html" not in html
    assert '<div id="check-chk-one"' in html
    assert "HX-Request" in response.headers["Vary"]


def test_inside_a_lesson_it_stays_inside(client, places):
    html = client.get(ADDRESS + "?in=lesson", headers=HTMX).content.decode()
    assert "<h3 class" in html
    assert f'action="{ADDRESS}" hx-post="{ADDRESS}?in=lesson"' in html

    answered = post(client, places["b"], inside=True, headers=HTMX).content.decode()
    assert "<h3 class" in answered
    assert f'hx-get="{ADDRESS}?in=lesson"' in answered


def test_the_outcome_takes_the_focus(client, places):
    for answer in (places["a"], places["b"], ""):
        html = post(client, answer, headers=HTMX).content.decode()
        assert len(re.findall(r'tabindex="-1" autofocus', html)) == 1


@pytest.mark.parametrize("address", [ADDRESS, ADDRESS + "?in=lesson"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        HTMX | {"HX-Boosted": "true"},
        HTMX | {"HX-History-Restore-Request": "true"},
    ],
)
def test_whoever_wants_a_page_gets_a_whole_page(client, places, address, headers):
    for response in (
        client.get(address, headers=headers),
        client.post(address, {"answer": places["b"]}, headers=headers),
    ):
        html = response.content.decode()
        assert "<html" in html
        assert '<h1 class="activity-title">' in html
        assert f'hx-post="{ADDRESS}"' in html or f'hx-get="{ADDRESS}"' in html


# --- who may --------------------------------------------------------------------


def test_strangers_find_nothing(client, signed_in, cleo, places):
    client.logout()
    for stranger in (client, signed_in(cleo)):
        assert stranger.get(ADDRESS).status_code == 404
        assert post(stranger, places["b"]).status_code == 404
    assert not Result.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"retired": True}, {"use": Question.Use.QUIZ}, {"current": None}],
    ids=["retired", "of a quiz", "without words"],
)
def test_only_live_checks_are_asked(client, check, change):
    Question.objects.filter(pk=check.pk).update(**change)

    assert client.get(ADDRESS).status_code == 404
    assert client.post(ADDRESS, {"answer": "1"}).status_code == 404


def test_other_methods_are_refused(client):
    assert client.put(ADDRESS).status_code == 405
    assert client.delete(ADDRESS).status_code == 405


def test_an_answer_needs_a_token_of_the_site(signed_in, ben, places):
    strict = signed_in(ben, enforce_csrf_checks=True)
    assert post(strict, places["b"]).status_code == 403
    assert not Result.objects.exists()


# --- the kind -------------------------------------------------------------------


def test_the_kind_knows_its_checks(check):
    assert checks.exists("cloud/chk-one")
    assert not checks.exists("cloud/chk-two")
    assert not checks.exists("elsewhere/chk-one")
    assert not checks.exists("chk-one")
    assert checks.title("cloud/chk-one") == check.current.title
    assert checks.url("cloud/chk-one") == ADDRESS
    assert checks.key_of(check) == "cloud/chk-one"


def test_titles_come_by_one_query_and_lost_ones_keep_their_key(check, queries_of):
    keys = ["cloud/chk-one", "cloud/gone", "elsewhere/chk-one"]

    assert queries_of(lambda: checks.titles(keys)) == 1
    assert checks.titles(keys) == {
        "cloud/chk-one": check.current.title,
        "cloud/gone": "cloud/gone",
        "elsewhere/chk-one": "elsewhere/chk-one",
    }


def test_answering_nothing_is_an_error_of_its_own(check):
    with pytest.raises(InvalidResponse, match="Choose one"):
        checks.answer(check.current, None)


@pytest.mark.parametrize("option", ["a", "b", "c"])
def test_the_id_of_an_option_is_no_place(client, option):
    assert post(client, option).status_code == 422
    assert not Result.objects.exists()


def test_a_place_is_found_for_each_option(check, places):
    for option, place in places.items():
        assert checks.place_of(check.current, option) == place


# --- how often ------------------------------------------------------------------


def test_answers_are_not_kept_without_end(client, signed_in, root, places, monkeypatch):
    assert (activities.RESULTS.times, activities.RESULTS.seconds) == (300, 3600)
    few = activities.Limit("few", times=2, seconds=3600)
    monkeypatch.setattr(activities, "RESULTS", few)
    for _go in range(2):
        # What is refused is not kept, so it does not count.
        assert post(client, "").status_code == 422
        assert post(client, places["a"]).status_code == 200
    response = post(client, places["b"])
    html = response.content.decode()

    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 3600
    assert re.findall(r'value="(\d)"[^>]* checked', html) == [places["b"]]
    assert re.search(r"Try again in \d+ minute", html)
    assert "The rule." not in html
    assert Result.objects.count() == 2
    assert post(signed_in(root), places["b"]).status_code == 200


def test_guests_leave_nothing_to_count(client, course, places, monkeypatch):
    few = activities.Limit("few", times=1, seconds=3600)
    monkeypatch.setattr(activities, "RESULTS", few)
    course.public = True
    course.save()
    client.logout()
    for _go in range(3):
        assert post(client, places["b"]).status_code == 200
