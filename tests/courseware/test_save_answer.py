"""Saving answers: nothing is written over unseen, nothing is said before it is so."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from courseware.models import Answer, QuestionVersion
from courseware.question_types import InvalidResponse
from courseware.quizzes import (
    AttemptClosed,
    Given,
    StaleAnswer,
    save_answer,
    save_answers,
    submit_attempt,
)
from tests import factories
from tests.courseware.parallel import at_once

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def url(attempt):
    return f"{attempt.get_absolute_url()}answers/"


def saved(attempt, position=1) -> tuple[str | None, int]:
    answer = attempt.answers.get(position=position)
    return answer.response, answer.revision


# --- the subject --------------------------------------------------------------


def test_it_keeps_the_answer_and_when(attempt):
    before = timezone.now()
    answer = save_answer(attempt=attempt, position=2, raw="b", revision=0)

    assert saved(attempt, 2) == ("b", 1)
    assert before <= answer.saved_at <= timezone.now()
    assert saved(attempt, 1) == (None, 0)


def test_an_answer_can_be_changed(attempt):
    save_answer(attempt=attempt, position=1, raw="a", revision=0)
    save_answer(attempt=attempt, position=1, raw="c", revision=1)

    assert saved(attempt) == ("c", 2)


def test_an_older_page_does_not_write_over_a_newer_answer(attempt):
    save_answer(attempt=attempt, position=1, raw="a", revision=0)

    with pytest.raises(StaleAnswer) as stale:
        save_answer(attempt=attempt, position=1, raw="b", revision=0)
    assert saved(attempt) == ("a", 1)
    assert (stale.value.answer.response, stale.value.response) == ("a", "b")


def test_the_same_answer_sent_twice_is_saved_once(attempt):
    """As after a reply that was lost on its way."""
    first = save_answer(attempt=attempt, position=1, raw="a", revision=0)
    again = save_answer(attempt=attempt, position=1, raw="a", revision=0)

    assert saved(attempt) == ("a", 1)
    assert again.saved_at == first.saved_at


@pytest.mark.parametrize("raw", ["d", "A", "a ", "a\x00", "\ud800", "b" * 100_000])
def test_an_option_that_is_none_of_the_question_is_refused(attempt, raw):
    with pytest.raises(InvalidResponse):
        save_answer(attempt=attempt, position=1, raw=raw, revision=0)
    assert saved(attempt) == (None, 0)


def test_a_closed_attempt_refuses(attempt):
    submit_attempt(attempt=attempt)

    with pytest.raises(AttemptClosed):
        save_answer(attempt=attempt, position=1, raw="a", revision=0)
    with pytest.raises(AttemptClosed):
        save_answers(attempt=attempt, given=[Given(1, "a", 0)])
    assert saved(attempt) == (None, 0)


def test_several_answers_are_saved_and_each_refusal_has_its_reason(attempt):
    save_answer(attempt=attempt, position=1, raw="a", revision=0)

    saving = save_answers(
        attempt=attempt,
        given=[Given(1, "b", 0), Given(2, "c", 0), Given(3, "z", 0), Given(9, "a", 0)],
    )
    assert [answer.position for answer in saving.saved] == [2]
    assert isinstance(saving.refused[1], StaleAnswer)
    assert isinstance(saving.refused[3], InvalidResponse)
    assert [saved(attempt, n) for n in (1, 2, 3)] == [("a", 1), ("c", 1), (None, 0)]


@pytest.mark.django_db(transaction=True)
def test_of_simultaneous_answers_one_is_saved_and_the_others_hear_of_it(attempt):
    letters = iter("abcabcabcabc")

    def save():
        try:
            save_answer(attempt=attempt, position=1, raw=next(letters), revision=0)
        except StaleAnswer as stale:
            return stale.answer.response
        return None

    heard = at_once(12, save)
    response, revision = saved(attempt)
    assert revision == 1
    # Those that were told of another answer were told the one that stands.
    assert {other for other in heard if other} == {response}


# --- as it is chosen ----------------------------------------------------------


def test_choosing_saves_and_says_when(attempt, ben, signed_in, url, monkeypatch):
    at = datetime(2026, 11, 24, 14, 3, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: at)
    data = {"answer-2": "b", "revision-2": "0"}
    response = signed_in(ben).post(f"{url}2/", data, **HTMX)

    page = response.content.decode()
    assert response.status_code == 200
    assert saved(attempt, 2) == ("b", 1)
    assert '<input type="hidden" name="revision-2" value="1">' in page
    assert "14:03 UTC</time>" in page
    assert "<strong>1 of 3</strong> answered" in page
    assert "2 questions have no answer yet:" in page


def test_nothing_is_said_to_be_saved_when_the_database_fails(
    attempt, ben, signed_in, url, monkeypatch
):
    def fail(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(Answer, "save", fail)
    client = signed_in(ben, raise_request_exception=False)
    response = client.post(f"{url}1/", {"answer-1": "b", "revision-1": "0"}, **HTMX)

    assert response.status_code == 500
    assert b"Saved" not in response.content


def test_two_tabs_are_told_of_each_other(attempt, ben, signed_in, url):
    client = signed_in(ben)
    client.post(f"{url}1/", {"answer-1": "a", "revision-1": "0"}, **HTMX)
    response = client.post(f"{url}1/", {"answer-1": "b", "revision-1": "0"}, **HTMX)

    assert response.status_code == 422
    page = response.content.decode()
    assert "this question has a newer answer" in page
    assert "<dd><p>Option a</p></dd>" in page
    assert "<dd><p>Option b</p></dd>" in page
    assert saved(attempt) == ("a", 1)


def test_the_newer_answer_stands_until_the_reader_decides(attempt, ben, signed_in, url):
    client = signed_in(ben)
    client.post(f"{url}1/", {"answer-1": "a", "revision-1": "0"}, **HTMX)
    data = {"answer-1": "b", "revision-1": "0"}
    shown = client.post(f"{url}1/", data, **HTMX).content.decode()

    assert '<input type="hidden" name="revision-1" value="0">' in shown
    assert 'name="seen-1" value="1"' in shown
    client.post(f"{url}1/", data | {"seen-1": "1"}, **HTMX)
    assert saved(attempt) == ("b", 2)


def test_keeping_the_saved_answer_shows_it_in_the_question(
    attempt, ben, signed_in, url
):
    client = signed_in(ben)
    client.post(f"{url}1/", {"answer-1": "a", "revision-1": "0"}, **HTMX)
    data = {"keep": "1", "answer-1": "b", "revision-1": "0"}
    response = client.post(f"{url}1/", data, **HTMX)

    assert response.headers["HX-Retarget"] == "#q1"
    assert response.headers["HX-Reswap"] == "outerHTML"
    assert 'value="a" checked' in response.content.decode()
    assert saved(attempt) == ("a", 1)


def test_an_unknown_option_is_refused_in_words(attempt, ben, signed_in, url):
    response = signed_in(ben).post(
        f"{url}1/", {"answer-1": "zz", "revision-1": "0"}, **HTMX
    )

    assert response.status_code == 422
    assert b"Not saved." in response.content
    assert saved(attempt) == (None, 0)


@pytest.mark.parametrize("revision", ["", "x", "-1", "1.0", "٣", "9" * 5000, None])
def test_a_revision_that_is_none_counts_as_old(attempt, ben, signed_in, url, revision):
    data = {"answer-1": "a"}
    if revision is not None:
        data["revision-1"] = revision
    response = signed_in(ben).post(f"{url}1/", data, **HTMX)

    assert response.status_code == 422
    assert b"this page is out of date" in response.content
    assert saved(attempt) == (None, 0)


def test_after_handing_in_the_choice_is_refused_in_words(attempt, ben, signed_in, url):
    submit_attempt(attempt=attempt)
    response = signed_in(ben).post(
        f"{url}1/", {"answer-1": "a", "revision-1": "0"}, **HTMX
    )

    assert response.status_code == 422
    assert b"this attempt has been handed in" in response.content
    assert saved(attempt) == (None, 0)


@pytest.mark.parametrize("position", [0, 4, 10**30])
def test_there_is_no_other_question(attempt, ben, signed_in, url, position):
    response = signed_in(ben).post(f"{url}{position}/", {"answer-1": "a"})

    assert response.status_code == 404


# --- all at once, without JavaScript ------------------------------------------


def test_the_button_saves_whatever_stands_in_the_page(attempt, ben, signed_in, url):
    data = {
        "answer-1": "a",
        "revision-1": "0",
        "revision-2": "0",
        "answer-3": "c",
        "revision-3": "0",
        "answer-77": "a",
        "answer-x": "a",
    }
    response = signed_in(ben).post(url, data)

    assert response.status_code == 302
    assert response.url == attempt.get_absolute_url()
    assert [saved(attempt, n) for n in (1, 2, 3)] == [("a", 1), (None, 0), ("c", 1)]


def test_what_cannot_be_saved_stays_in_the_page_with_the_rest_saved(
    attempt, ben, signed_in, url
):
    save_answer(attempt=attempt, position=1, raw="a", revision=0)
    data = {"answer-1": "b", "revision-1": "0", "answer-2": "c", "revision-2": "0"}
    response = signed_in(ben).post(url, data)

    page = response.content.decode()
    assert response.status_code == 422
    assert "One answer was not saved" in page
    assert "this question has a newer answer" in page
    assert 'name="answer-1" value="b" checked' in page
    assert [saved(attempt, n) for n in (1, 2)] == [("a", 1), ("c", 1)]


def test_the_decision_works_without_javascript_too(attempt, ben, signed_in, url):
    save_answer(attempt=attempt, position=1, raw="a", revision=0)
    data = {"answer-1": "b", "revision-1": "0", "answer-2": "c", "revision-2": "0"}
    client = signed_in(ben)

    assert client.post(url, data | {"keep": "1"}).status_code == 302
    assert [saved(attempt, n) for n in (1, 2)] == [("a", 1), ("c", 1)]
    assert client.post(url, data | {"seen-1": "1"}).status_code == 302
    assert saved(attempt) == ("b", 2)


def test_a_closed_attempt_shows_what_the_page_had_chosen(attempt, ben, signed_in, url):
    save_answer(attempt=attempt, position=1, raw="a", revision=0)
    submit_attempt(attempt=attempt)
    data = {"answer-1": "a", "answer-2": "c", "revision-2": "0"}
    response = signed_in(ben).post(url, data)

    page = response.content.decode()
    assert response.status_code == 422
    assert "already been handed in" in page
    assert '<dt><a href="#q2">Question 2</a></dt><dd><p>Option c</p></dd>' in page
    assert '<dt><a href="#q1">' not in page
    assert saved(attempt, 2) == (None, 0)


def test_one_answer_can_be_posted_by_a_plain_form(attempt, ben, signed_in, url):
    response = signed_in(ben).post(f"{url}1/", {"answer-1": "a", "revision-1": "0"})

    assert response.status_code == 302
    assert saved(attempt) == ("a", 1)


# --- whose it is --------------------------------------------------------------


@pytest.mark.parametrize("who", ["cleo", "ada", "root"])
@pytest.mark.parametrize("path", ["", "1/"])
def test_nobody_else_saves(attempt, url, signed_in, request, who, path):
    client = signed_in(request.getfixturevalue(who))
    response = client.post(url + path, {"answer-1": "a", "revision-1": "0"})

    assert response.status_code == 404
    assert saved(attempt) == (None, 0)


@pytest.mark.parametrize("path", ["", "1/"])
def test_saving_needs_a_csrf_token(attempt, url, ben, signed_in, path):
    client = signed_in(ben, enforce_csrf_checks=True)
    response = client.post(url + path, {"answer-1": "a", "revision-1": "0"})

    assert response.status_code == 403
    assert saved(attempt) == (None, 0)


def test_saving_costs_the_same_however_many_questions_there_are(
    course, ben, signed_in, queries_of
):
    client = signed_in(ben)

    def cost(questions: int, path: str) -> int:
        section = factories.make_section(course)
        attempt = factories.make_attempt(ben, section, questions=questions)
        url = f"{attempt.get_absolute_url()}answers/{path}"
        data = {f"answer-{n}": "a" for n in range(1, questions + 1)}
        data |= {f"revision-{n}": "0" for n in range(1, questions + 1)}
        return queries_of(lambda: client.post(url, data, **HTMX))

    assert cost(2, "1/") == cost(20, "1/")
    assert cost(2, "") == cost(20, "")
    assert QuestionVersion.objects.count() == 44
