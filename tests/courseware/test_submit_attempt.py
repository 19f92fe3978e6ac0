"""Handing in: marked once, however often it is asked for; open questions are named."""

from contextlib import suppress
from decimal import Decimal
from itertools import count

import pytest

from courseware import question_types
from courseware.models import Attempt
from courseware.question_types import Grade
from courseware.quizzes import AttemptClosed, save_answer, submit_attempt
from tests import factories
from tests.courseware.parallel import at_once


@pytest.fixture
def url(attempt):
    return f"{attempt.get_absolute_url()}submit/"


def answered(attempt, *options):
    for position, option in enumerate(options, start=1):
        save_answer(attempt=attempt, position=position, raw=option, revision=0)
    return attempt


# --- the subject --------------------------------------------------------------


def test_it_marks_what_was_saved(attempt):
    """Option b is right in each question of the factory."""
    submit_attempt(attempt=answered(attempt, "b", "a"))

    attempt = Attempt.objects.get()
    assert attempt.state == Attempt.State.SUBMITTED
    assert (attempt.score, attempt.out_of) == (Decimal(1), 3)
    assert [answer.mark for answer in attempt.answers.all()] == [1, 0, 0]
    assert attempt.submitted_at >= attempt.started_at


def test_it_gives_back_the_attempt_as_it_is_now(attempt):
    given = submit_attempt(attempt=answered(attempt, "b", "b", "b"))

    assert given is attempt
    assert (given.score, given.out_of) == (Decimal(3), 3)


def test_handing_in_again_changes_nothing(attempt):
    submit_attempt(attempt=answered(attempt, "b"))
    before = Attempt.objects.values().get()
    submit_attempt(attempt=Attempt.objects.get())

    assert Attempt.objects.values().get() == before


def test_marks_are_those_of_the_version_that_was_asked(attempt):
    version = attempt.answers.first().version
    question = version.question
    version.pk, version.number = None, 2
    version.answer_key = version.answer_key | {"right": "a"}
    version.save()
    question.current = version
    question.save()

    assert submit_attempt(attempt=answered(attempt, "b")).score == 1


def test_parts_of_points_are_exact_to_a_thousandth(attempt, monkeypatch):
    class Part:
        clean = staticmethod(lambda presented, raw: raw)
        grade = staticmethod(lambda presented, key, response: Grade(1 / 3, False))

    monkeypatch.setitem(question_types.types, "single", Part)
    submit_attempt(attempt=answered(attempt, "a", "a"))

    attempt.refresh_from_db()
    assert [answer.mark for answer in attempt.answers.all()] == [
        Decimal("0.333"),
        Decimal("0.333"),
        0,
    ]
    assert attempt.score == Decimal("0.666")


def test_nothing_is_closed_when_marking_fails(attempt, monkeypatch):
    class Broken:
        clean = staticmethod(lambda presented, raw: raw)

        @staticmethod
        def grade(presented, key, response):
            raise RuntimeError

    monkeypatch.setitem(question_types.types, "single", Broken)
    answered(attempt, "a")
    with pytest.raises(RuntimeError):
        submit_attempt(attempt=attempt)

    attempt.refresh_from_db()
    assert (attempt.state, attempt.score) == (Attempt.State.OPEN, None)


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_mark_once(attempt, monkeypatch):
    marked = []
    single = question_types.get("single")

    class Counting:
        clean = staticmethod(single.clean)

        @staticmethod
        def grade(presented, key, response):
            marked.append(response)
            return single.grade(presented, key, response)

    monkeypatch.setitem(question_types.types, "single", Counting)
    answered(attempt, "b", "b", "a")
    scores = at_once(
        20, lambda: submit_attempt(attempt=Attempt.objects.get(pk=attempt.pk)).score
    )

    assert scores == [Decimal(2)] * 20
    assert marked == ["b", "b", "a"]


@pytest.mark.django_db(transaction=True)
def test_no_answer_slips_in_between_closing_and_marking(section, ben):
    for _round in range(5):
        attempt = factories.make_attempt(
            ben, factories.make_section(section.course), questions=11
        )
        numbers = count()

        def save_or_submit(attempt=attempt, numbers=numbers):
            position = next(numbers)
            if position == 5:
                submit_attempt(attempt=Attempt.objects.get(pk=attempt.pk))
                return
            with suppress(AttemptClosed):
                save_answer(
                    attempt=attempt, position=position or 11, raw="b", revision=0
                )

        at_once(12, save_or_submit)
        attempt.refresh_from_db()
        answers = attempt.answers.all()
        assert [one.mark for one in answers] == [one.response == "b" for one in answers]
        assert attempt.score == sum(one.mark for one in answers)


# --- the page -----------------------------------------------------------------


def test_the_button_saves_what_stands_in_the_page_first(attempt, ben, signed_in, url):
    data = {f"answer-{n}": "b" for n in (1, 2, 3)}
    data |= {f"revision-{n}": "0" for n in (1, 2, 3)}
    response = signed_in(ben).post(url, data)

    attempt.refresh_from_db()
    assert (response.status_code, response.url) == (302, attempt.get_absolute_url())
    assert attempt.score == 3


def test_open_questions_are_named_once(attempt, ben, signed_in, url):
    client = signed_in(ben)
    data = {"answer-2": "b", "revision-2": "0"}
    response = client.post(url, data, follow=True)

    attempt.refresh_from_db()
    page = response.content.decode()
    assert attempt.state == Attempt.State.OPEN
    assert "Not handed in yet: 2 questions have no answer." in page
    assert '<input type="hidden" name="asked" value="1">' in page
    assert attempt.answers.get(position=2).response == "b"

    client.post(url, {"asked": "1"})
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score) == (Attempt.State.SUBMITTED, 1)


def test_a_newer_answer_of_another_tab_stops_it(attempt, ben, signed_in, url):
    answered(attempt, "a", "b", "b")
    response = signed_in(ben).post(url, {"answer-1": "b", "revision-1": "0"})

    attempt.refresh_from_db()
    assert response.status_code == 422
    assert b"this question has a newer answer" in response.content
    assert attempt.state == Attempt.State.OPEN


def test_an_unknown_option_stops_it(attempt, ben, signed_in, url):
    answered(attempt, "a", "b")
    response = signed_in(ben).post(url, {"answer-3": "zz", "revision-3": "0"})

    attempt.refresh_from_db()
    assert response.status_code == 422
    assert attempt.state == Attempt.State.OPEN


def test_the_second_of_two_clicks_lands_on_the_review(attempt, ben, signed_in, url):
    client = signed_in(ben)
    answered(attempt, "b", "b", "b")
    client.post(url)
    response = client.post(url, {"answer-1": "b", "revision-1": "1"}, follow=True)

    page = response.content.decode()
    assert response.redirect_chain == [(attempt.get_absolute_url(), 302)]
    assert "This attempt has already been handed in." in page
    assert "Review: 3 of 3" in page


def test_another_choice_after_handing_in_is_shown_and_not_marked(
    attempt, ben, signed_in, url
):
    submit_attempt(attempt=answered(attempt, "b", "b", "b"))
    response = signed_in(ben).post(url, {"answer-1": "c", "revision-1": "1"})

    attempt.refresh_from_db()
    assert response.status_code == 422
    assert b"<dd><p>Option c</p></dd>" in response.content
    assert attempt.score == 3


@pytest.mark.django_db(transaction=True)
def test_twenty_posts_at_once_all_land_on_the_review(attempt, ben, signed_in, url):
    answered(attempt, "b", "b", "b")
    clients = [signed_in(ben) for _ in range(20)]
    responses = at_once(20, lambda: clients.pop().post(url))

    attempt.refresh_from_db()
    assert {(one.status_code, one.url) for one in responses} == {
        (302, attempt.get_absolute_url())
    }
    assert Attempt.objects.count() == 1
    assert attempt.score == 3


@pytest.mark.parametrize("who", ["cleo", "ada", "root"])
def test_nobody_else_hands_in(attempt, url, signed_in, request, who):
    client = signed_in(request.getfixturevalue(who))

    assert client.post(url, {"asked": "1"}).status_code == 404
    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.OPEN


def test_handing_in_needs_a_csrf_token(attempt, url, ben, signed_in):
    client = signed_in(ben, enforce_csrf_checks=True)

    assert client.post(url, {"asked": "1"}).status_code == 403
    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.OPEN


def test_looking_does_not_hand_in(attempt, url, ben, signed_in):
    assert signed_in(ben).get(url).status_code == 405
    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.OPEN


def test_handing_in_costs_the_same_however_many_questions_there_are(
    course, ben, signed_in, queries_of
):
    client = signed_in(ben)

    def cost(questions: int) -> int:
        section = factories.make_section(course)
        attempt = factories.make_attempt(ben, section, questions=questions)
        answered(attempt, *"b" * questions)
        return queries_of(lambda: client.post(f"{attempt.get_absolute_url()}submit/"))

    assert cost(2) == cost(20)
