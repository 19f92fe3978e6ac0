"""The page of an open attempt."""

import re

import pytest

from courseware.models import Answer, Attempt
from courseware.quizzes import pinned_answers, save_answer, submit_attempt
from tests import factories


def shown_options(page: str, position: int) -> list[str]:
    return re.findall(rf'name="answer-{position}" value="([^"]+)"', page)


@pytest.fixture
def page(attempt, ben, signed_in):
    """page(): the attempt as ben sees it now."""
    client = signed_in(ben)
    return lambda query="": client.get(
        attempt.get_absolute_url() + query
    ).content.decode()


def test_every_question_is_a_group_with_its_number_and_text(page):
    html = page()

    assert html.count("<fieldset") == 3
    for n in (1, 2, 3):
        assert f'aria-labelledby="q{n}-number q{n}-stem"' in html
        assert f'id="q{n}-number">Question {n} of 3</h2></legend>' in html
        assert f'<div class="question" id="q{n}-stem"><p>Which?</p></div>' in html


def test_everything_posts_to_a_form_that_works_without_javascript(page, attempt):
    html = page()

    url = attempt.get_absolute_url()
    assert f'method="post" action="{url}answers/"' in html
    assert f'type="submit" formaction="{url}submit/"' in html
    assert len(re.findall(r'name="csrfmiddlewaretoken"', html)) == 2  # and sign out


def test_saved_answers_are_chosen_and_their_dots_say_so(page, attempt):
    save_answer(attempt=attempt, position=2, raw="c", revision=0)
    html = page()

    assert re.findall(r'value="(\w)" checked', html) == ["c"]
    assert "<strong>1 of 3</strong> answered" in html
    assert html.count('class="answered"') == 1
    assert 'id="to-q2" href="#q2" class="answered"' in html


def test_options_keep_their_order_in_an_attempt(page, attempt):
    first = page()

    assert sorted(shown_options(first, 1)) == ["a", "b", "c"]
    assert [shown_options(page(), n) for n in (1, 2, 3)] == [
        shown_options(first, n) for n in (1, 2, 3)
    ]


def test_options_are_ordered_by_the_seed_for_each_question_apart(page, attempt):
    orders = set()
    differs = False
    for seed in range(12):
        Attempt.objects.update(seed=seed)
        html = page()
        each = [tuple(shown_options(html, n)) for n in (1, 2, 3)]
        orders.update(each)
        differs = differs or len(set(each)) > 1

    assert len(orders) > 3
    assert differs


def test_the_question_about_open_ones_is_a_state_of_the_page(page):
    assert 'name="asked"' not in page()
    html = page("?ask")

    assert "Not handed in yet: 3 questions have no answer." in html
    assert "<title>Not handed in yet" in html
    assert 'name="asked" value="1"' in html


def test_what_decides_a_mark_is_never_loaded(attempt):
    for answer in pinned_answers(attempt):
        assert "answer_key" in answer.version.get_deferred_fields()


@pytest.mark.parametrize("who", ["cleo", "ada", "root"])
def test_nobody_else_sees_it(attempt, signed_in, request, who):
    client = signed_in(request.getfixturevalue(who))

    assert client.get(attempt.get_absolute_url()).status_code == 404


def test_guests_are_sent_to_sign_in_and_back(attempt, client):
    response = client.get(attempt.get_absolute_url())

    assert response.status_code == 302
    assert response.url == f"/accounts/login/?next={attempt.get_absolute_url()}"


@pytest.mark.parametrize("pk", [0, 999_999, 10**30])
def test_there_is_no_such_attempt(attempt, ben, signed_in, pk):
    assert signed_in(ben).get(f"/attempts/{pk}/").status_code == 404


def test_no_copy_of_it_is_kept_on_the_way(attempt, ben, signed_in):
    response = signed_in(ben).get(attempt.get_absolute_url())

    assert response.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in response.headers


def test_it_costs_the_same_however_many_questions_there_are(
    course, ben, signed_in, queries_of
):
    client = signed_in(ben)

    def cost(questions: int) -> int:
        section = factories.make_section(course)
        attempt = factories.make_attempt(ben, section, questions=questions)
        return queries_of(lambda: client.get(attempt.get_absolute_url()))

    assert cost(2) == cost(20)
    assert Answer.objects.count() == 22


@pytest.mark.parametrize(
    ("method", "inner"),
    [("get", ""), ("post", "submit/"), ("post", "answers/"), ("post", "answers/1/")],
)
def test_an_open_attempt_ends_with_the_cohort(attempt, ben, signed_in, method, inner):
    client = signed_in(ben)
    address = f"{attempt.get_absolute_url()}{inner}"
    assert getattr(client, method)(address).status_code != 404

    ben.enrolments.all().delete()
    assert getattr(client, method)(address).status_code == 404


def test_a_review_stays_with_its_owner_after_the_cohort(attempt, ben, signed_in):
    submit_attempt(attempt=attempt)
    ben.enrolments.all().delete()

    response = signed_in(ben).get(attempt.get_absolute_url())
    assert response.status_code == 200
    assert "courseware/quizzes/review.html" in [t.name for t in response.templates]
