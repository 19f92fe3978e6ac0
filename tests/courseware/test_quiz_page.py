"""The page of a quiz: what it is, earlier attempts, the one way to begin."""

import re
from decimal import Decimal

import pytest

from courseware.models import Attempt, Question
from courseware.quizzes import save_answer, start_attempt, submit_attempt
from tests import factories


@pytest.fixture
def page(quiz, ben, signed_in):
    """page(): the quiz as ben sees it now."""
    client = signed_in(ben)
    return lambda: client.get(quiz.get_absolute_url()).content.decode()


def test_it_says_what_to_expect_and_how_to_begin(page, quiz):
    html = page()

    assert "<h1>Who is asking</h1>" in html
    assert "3 questions</h2>" in html
    assert f'method="post" action="{quiz.get_absolute_url()}start/"' in html
    assert "Start the quiz" in html


def test_an_open_attempt_is_offered_instead(page, quiz, ben):
    attempt = start_attempt(quiz=quiz, user=ben)
    save_answer(attempt=attempt, position=1, raw="a", revision=0)
    html = page()

    assert f'href="{attempt.get_absolute_url()}">Go on with attempt 1' in html
    assert "One question is answered" in html
    assert "/start/" not in html


def test_earlier_attempts_have_their_scores_and_the_best_is_marked(page, quiz, ben):
    for option in "bab":
        attempt = start_attempt(quiz=quiz, user=ben)
        save_answer(attempt=attempt, position=1, raw=option, revision=0)
        submit_attempt(attempt=attempt)
    html = page()

    rows = re.findall(r"<li>\s*<a href=.*?</li>", html, re.S)
    scores = [re.search(r"<strong>(.*?)</strong> of 3", row)[1] for row in rows]
    assert [re.search(r"Attempt \d", row)[0][-1] for row in rows] == ["3", "2", "1"]
    assert scores == ["1", "0", "1"]
    assert ["best" in row for row in rows] == [True, False, False]
    assert "Start another attempt" in html


def test_the_best_is_the_largest_share_of_its_points(page, quiz, ben):
    for score, out_of in [(3, 4), (4, 6)]:
        attempt = submit_attempt(attempt=start_attempt(quiz=quiz, user=ben))
        Attempt.objects.filter(pk=attempt.pk).update(
            score=Decimal(score), out_of=out_of
        )

    rows = re.findall(r"<li>\s*<a href=.*?</li>", page(), re.S)
    assert ["best" in row for row in rows] == [False, True]


def test_parts_of_points_are_written_short(page, quiz, ben):
    attempt = submit_attempt(attempt=start_attempt(quiz=quiz, user=ben))
    Attempt.objects.filter(pk=attempt.pk).update(score=Decimal("1.500"))

    assert "<strong>1.5</strong> of 3" in page()


def test_other_peoples_attempts_are_not_there(page, quiz, cleo):
    submit_attempt(attempt=start_attempt(quiz=quiz, user=cleo))

    assert "Attempts handed in" not in page()


def test_without_questions_there_is_nothing_to_start(page, quiz):
    Question.objects.update(retired=True)
    html = page()

    assert "This quiz has no questions at the moment" in html
    assert "/start/" not in html


def test_guests_are_sent_to_sign_in_and_back(quiz, client):
    response = client.get(quiz.get_absolute_url())

    assert response.status_code == 302
    assert response.url == f"/accounts/login/?next={quiz.get_absolute_url()}"


def test_strangers_do_not_learn_that_it_exists(quiz, cleo, signed_in):
    assert signed_in(cleo).get(quiz.get_absolute_url()).status_code == 404


def test_everybody_signed_in_may_take_the_quiz_of_a_public_course(
    quiz, course, cleo, signed_in
):
    course.public = True
    course.save()

    assert signed_in(cleo).get(quiz.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("what", ["quiz", "section"])
def test_a_retired_one_is_gone_and_its_attempts_stay(
    quiz, section, attempt, ben, signed_in, what
):
    retired = {"quiz": quiz, "section": section}[what]
    retired.retired = True
    retired.save()
    client = signed_in(ben)

    assert client.get(quiz.get_absolute_url()).status_code == 404
    assert client.get(attempt.get_absolute_url()).status_code == 200


def test_it_costs_the_same_however_much_there_is(course, ben, signed_in, queries_of):
    client = signed_in(ben)

    def cost(many: int) -> int:
        quiz = factories.make_quiz(factories.make_section(course), questions=many)
        for _ in range(many):
            submit_attempt(attempt=start_attempt(quiz=quiz, user=ben))
        start_attempt(quiz=quiz, user=ben)
        return queries_of(lambda: client.get(quiz.get_absolute_url()))

    assert cost(2) == cost(20)
