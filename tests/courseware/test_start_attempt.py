"""Starting an attempt pins the questions of the day; two starts make one."""

import pytest

from courseware.models import Answer, Attempt, Question, QuestionVersion
from courseware.quizzes import EmptyQuiz, start_attempt, submit_attempt
from courseware.views import quizzes as views
from tests import factories
from tests.courseware.parallel import at_once


def reworded(question: Question) -> QuestionVersion:
    old = question.current
    question.current = QuestionVersion.objects.create(
        question=question,
        number=old.number + 1,
        type=old.type,
        title=old.title,
        presented={**old.presented, "stem": "<p>Reworded?</p>"},
        answer_key=old.answer_key,
        content_hash="1" * 64,
    )
    question.save(update_fields=["current"])
    return question.current


def test_it_asks_every_question_of_the_quiz_in_order(quiz, ben):
    attempt = start_attempt(quiz=quiz, user=ben)

    answers = list(attempt.answers.all())
    places = list(quiz.places.all())
    assert [answer.position for answer in answers] == [1, 2, 3]
    assert [answer.version for answer in answers] == [
        place.question.current for place in places
    ]
    assert {answer.response for answer in answers} == {None}
    assert (attempt.number, attempt.state) == (1, Attempt.State.OPEN)


def test_an_open_attempt_is_gone_on_with(quiz, ben):
    first = start_attempt(quiz=quiz, user=ben)

    assert start_attempt(quiz=quiz, user=ben) == first
    assert Attempt.objects.count() == 1


def test_after_handing_in_a_new_attempt_has_the_next_number(quiz, ben):
    submit_attempt(attempt=start_attempt(quiz=quiz, user=ben))

    assert start_attempt(quiz=quiz, user=ben).number == 2


def test_two_people_have_attempts_of_their_own(quiz, ben, cleo):
    assert start_attempt(quiz=quiz, user=ben) != start_attempt(quiz=quiz, user=cleo)


def test_a_question_reworded_later_stays_as_it_was_asked(quiz, ben):
    attempt = start_attempt(quiz=quiz, user=ben)
    asked = attempt.answers.first().version
    reworded(asked.question)

    assert attempt.answers.first().version == asked


def test_a_new_attempt_asks_the_new_wording(quiz, ben):
    new = reworded(quiz.places.first().question)

    assert start_attempt(quiz=quiz, user=ben).answers.first().version == new


def test_retired_questions_are_left_out_without_a_gap(quiz, ben):
    Question.objects.filter(places__quiz=quiz, places__position=2).update(retired=True)

    answers = start_attempt(quiz=quiz, user=ben).answers.all()
    assert [answer.position for answer in answers] == [1, 2]


def test_a_quiz_without_questions_cannot_be_started(section, ben):
    empty = factories.make_quiz(section, questions=0)

    with pytest.raises(EmptyQuiz):
        start_attempt(quiz=empty, user=ben)
    assert not Attempt.objects.exists()


def test_attempts_differ_in_their_seeds(quiz, ben):
    seeds = set()
    for _ in range(5):
        attempt = start_attempt(quiz=quiz, user=ben)
        seeds.add(attempt.seed)
        submit_attempt(attempt=attempt)

    assert len(seeds) == 5


@pytest.mark.django_db(transaction=True)
def test_fifty_starts_at_once_make_one_attempt(quiz, ben):
    started = at_once(50, lambda: start_attempt(quiz=quiz, user=ben).pk)

    assert len(set(started)) == 1
    assert Attempt.objects.count() == 1
    assert Answer.objects.count() == 3


def test_the_page_starts_an_attempt_and_leads_to_it(quiz, ben, signed_in):
    response = signed_in(ben).post(f"{quiz.get_absolute_url()}start/")

    attempt = Attempt.objects.get(user=ben)
    assert response.status_code == 302
    assert response.url == attempt.get_absolute_url()


def test_the_page_of_an_empty_quiz_says_so(section, ben, signed_in):
    empty = factories.make_quiz(section, questions=0)

    response = signed_in(ben).post(f"{empty.get_absolute_url()}start/")
    assert response.status_code == 422
    assert b"no questions at the moment" in response.content


def test_looking_does_not_start(quiz, ben, signed_in):
    assert signed_in(ben).get(f"{quiz.get_absolute_url()}start/").status_code == 405
    assert not Attempt.objects.exists()


def test_a_stranger_cannot_start(quiz, cleo, signed_in):
    assert signed_in(cleo).post(f"{quiz.get_absolute_url()}start/").status_code == 404
    assert not Attempt.objects.exists()


def test_starting_needs_a_csrf_token(quiz, ben, signed_in):
    client = signed_in(ben, enforce_csrf_checks=True)

    assert client.post(f"{quiz.get_absolute_url()}start/").status_code == 403
    assert not Attempt.objects.exists()


def test_attempts_are_not_started_without_end(quiz, ben, root, signed_in, monkeypatch):
    assert (views.ATTEMPTS.times, views.ATTEMPTS.seconds) == (30, 3600)
    few = views.Limit("few", times=2, seconds=3600)
    monkeypatch.setattr(views, "ATTEMPTS", few)
    client, address = signed_in(ben), f"{quiz.get_absolute_url()}start/"
    for _each in range(2):
        assert client.post(address).status_code == 302
        submit_attempt(attempt=Attempt.objects.get(user=ben, state="open"))
    response = client.post(address)

    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 3600
    assert "Too many tries" in response.content.decode()
    assert Attempt.objects.filter(user=ben).count() == 2
    assert signed_in(root).post(address).status_code == 302
