"""A student's own page."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from courseware.activities import record_result
from courseware.models import Question, Result
from courseware.progress import mark_read
from courseware.quizzes import save_answer, start_attempt, submit_attempt
from tests import factories

DESK = "/desk/"


@pytest.fixture
def lessons(course):
    section = factories.make_section(course, title="Who secures what")
    factories.make_quiz(section, title="Where the line runs")
    return [
        factories.make_lesson(section, title="The first", question="Who begins?"),
        factories.make_lesson(section, title="The second"),
    ]


@pytest.fixture
def desk(signed_in):
    """desk(user): the page as user sees it."""
    return lambda user: signed_in(user).get(DESK).content.decode()


def test_it_leads_to_the_first_lesson(desk, ben, cohort, lessons):
    html = desk(ben)

    assert "Ben Berg\u2019s desk" in html
    assert cohort.name in html
    assert f'href="{lessons[0].get_absolute_url()}">Start reading' in html
    assert '<progress class="meter" max="3" value="0"' in html


def test_it_leads_on_to_the_next_lesson_and_then_the_quiz(desk, ben, course, lessons):
    mark_read(user=ben, lesson=lessons[0], read=True)
    html = desk(ben)
    assert f'href="{lessons[1].get_absolute_url()}">Continue reading' in html
    assert "33 %" in html

    mark_read(user=ben, lesson=lessons[1], read=True)
    quiz = course.quizzes.get()
    assert f'href="{quiz.get_absolute_url()}">To the quiz' in desk(ben)


def test_the_bar_reaches_the_end(desk, ben, course, lessons):
    for lesson in lessons:
        mark_read(user=ben, lesson=lesson, read=True)
    submit_attempt(attempt=start_attempt(quiz=course.quizzes.get(), user=ben))
    html = desk(ben)

    assert '<progress class="meter" max="3" value="3"' in html
    assert "100 %" in html
    assert "You have been all the way through" in html


def test_recent_results_are_listed_with_their_names(desk, ben, course, lessons):
    check = factories.make_question(
        lessons[0].section, key="chk-one", use=Question.Use.CHECK
    )
    record_result(user=ben, kind="check", key="cloud/chk-one", score=1)
    submit_attempt(attempt=start_attempt(quiz=course.quizzes.get(), user=ben))
    html = desk(ben)
    lately = html[html.index("Lately") :]

    assert f'href="/courses/cloud/checks/chk-one/">{check.current.title}</a>' in lately
    assert "Where the line runs</a>" in lately
    assert lately.index("Where the line runs") < lately.index(check.current.title)
    assert re.findall(r"<b>(\d+) %</b>", lately) == ["0", "100"]


def test_a_result_of_something_that_is_gone_keeps_its_key(desk, ben, course):
    record_result(user=ben, kind="check", key="cloud/gone", score=0.5)
    record_result(user=ben, kind="unheard-of", key="some/thing", score=0.25)
    html = desk(ben)

    assert "cloud/gone" in html
    assert "some/thing" in html


def test_only_the_latest_are_listed(desk, ben, course):
    for number in range(12):
        record_result(user=ben, kind="check", key=f"cloud/chk-{number}", score=1)
    old = timezone.now() - timedelta(days=9)
    Result.objects.filter(key="cloud/chk-11").update(recorded_at=old)
    html = desk(ben)

    assert len(re.findall(r'<li class="lately">', html)) == 8
    assert "cloud/chk-10<" in html
    assert "cloud/chk-11<" not in html


def test_in_no_cohort_one_can_join_or_read(desk, cleo):
    factories.make_course(title="Open to all", slug="open", public=True)
    html = desk(cleo)

    assert "You are in no cohort yet" in html
    assert f'href="{reverse("join")}">Join with a code' in html
    assert 'href="/courses/open/">Read “Open to all”' in html


def test_what_one_reads_alone_is_there_too(desk, cleo, course, lessons):
    course.public = True
    course.save()
    mark_read(user=cleo, lesson=lessons[0], read=True)
    html = desk(cleo)

    assert "Read on your own" in html
    assert f'href="{lessons[1].get_absolute_url()}">Continue reading' in html
    assert "Join with a code" in html


def test_who_teaches_finds_the_cohorts(desk, ada):
    html = desk(ada)
    assert "Cohorts you teach" in html
    assert "Start reading" not in html


def test_nothing_of_others_is_there(desk, ben, cleo, course, lessons):
    mark_read(user=cleo, lesson=lessons[0], read=True)
    record_result(user=cleo, kind="check", key="cloud/of-cleo", score=1)
    html = desk(ben)

    assert "of-cleo" not in html
    assert 'value="0"' in html


def test_a_cohort_of_another_is_not_shown(desk, cleo, cohort):
    assert cohort.name not in desk(cleo)


def test_it_is_for_people_who_signed_in(client, db):
    response = client.get(DESK)
    assert response.status_code == 302
    assert response.url.startswith(reverse("login"))


def test_nobody_keeps_a_copy(signed_in, ben):
    assert signed_in(ben).get(DESK).headers["Cache-Control"] == "private, no-store"


def test_nothing_can_be_posted(signed_in, ben):
    assert signed_in(ben).post(DESK).status_code == 405


def test_a_course_that_may_no_longer_be_read_is_gone(desk, ben, course, lessons):
    mark_read(user=ben, lesson=lessons[0], read=True)
    ben.enrolments.all().delete()
    html = desk(ben)

    assert "Read on your own" not in html
    assert lessons[1].get_absolute_url() not in html
    assert course.get_absolute_url() not in html


# --- an attempt under way ----------------------------------------------------------


def test_an_open_attempt_is_gone_on_with(desk, ben, course, lessons):
    quiz = factories.make_quiz(
        factories.make_section(course), title="Later on", questions=9
    )
    attempt = start_attempt(quiz=quiz, user=ben)
    for position in (1, 2, 3):
        save_answer(attempt=attempt, position=position, raw="a", revision=0)
    html = desk(ben)

    assert "Quiz: Later on" in html
    words = "Go on with attempt 1, 3 of 9 answered"
    assert f'href="{attempt.get_absolute_url()}">{words}</a>' in html
    assert f'href="{lessons[0].get_absolute_url()}">Start reading' in html
    submit_attempt(attempt=attempt)
    assert "Go on with attempt" not in desk(ben)


def test_the_next_quiz_leads_into_its_open_attempt(desk, ben, course, lessons):
    for lesson in lessons:
        mark_read(user=ben, lesson=lesson, read=True)
    attempt = start_attempt(quiz=course.quizzes.get(), user=ben)
    html = desk(ben)

    assert f'href="{attempt.get_absolute_url()}">Go on with attempt 1, 0 of' in html
    assert html.count("Go on with attempt") == 1
    assert "To the quiz" not in html


def test_an_attempt_of_another_is_not_there(desk, ben, cleo, course, lessons):
    start_attempt(quiz=course.quizzes.get(), user=cleo)
    assert "Go on with attempt" not in desk(ben)


# --- what was done lately ----------------------------------------------------------


def test_what_each_thing_was_is_said(desk, ben, course, lessons):
    factories.make_line(course, key="line")
    service = course.activities.get().data["service"][0]
    detail = {"service": service["key"]}
    record_result(user=ben, kind="line", key="cloud/line", score=1, detail=detail)
    record_result(user=ben, kind="check", key="cloud/gone", score=1)
    record_result(user=ben, kind="scenario", key="gone", score=1)
    submit_attempt(attempt=start_attempt(quiz=course.quizzes.get(), user=ben))
    html = desk(ben)

    assert f"Responsibility line, {service['name']} · <time" in html
    assert "Check in a lesson · <time" in html
    assert "Policy lab, scenario · <time" in html
    assert "Quiz, attempt 1 · <time" in html


@pytest.mark.parametrize("kind", ["check", "line", "scenario"])
@pytest.mark.parametrize("key", ["chk-one", "cloud/a b", "cloud/", "/x", "", "a/b/c"])
def test_a_key_that_names_no_address_has_no_link(desk, ben, course, kind, key):
    record_result(user=ben, kind=kind, key=key, score=Decimal("0.667"))
    html = desk(ben)
    row = html[html.index('<li class="lately">') :]

    assert "<b>67 %</b>" in row
    if kind != "scenario" or "/" in key or not key:
        assert "<a " not in row[: row.index("</li>")]


# --- who does not learn ------------------------------------------------------------


def sign_in_at_the_door(client, user):
    form = {"username": user.username, "password": factories.PASSWORD}
    return client.post("/accounts/login/", form)


def test_who_only_teaches_is_led_to_the_cohorts(client, ada, course):
    assert sign_in_at_the_door(client, ada).url == "/teach/"
    assert client.get("/accounts/login/").url == "/teach/"
    factories.enrol(ada, factories.make_cohort(course))
    assert client.get("/accounts/login/").url == "/desk/"


def test_who_learns_or_asked_for_a_page_is_led_there(client, ben, ada):
    assert sign_in_at_the_door(client, ben).url == "/desk/"
    client.logout()
    form = {"username": "ada", "password": factories.PASSWORD, "next": "/lab/"}
    assert client.post("/accounts/login/", form).url == "/lab/"


def test_only_staff_are_shown_the_administration(desk, ben, ada, root):
    link = 'href="/admin/">'
    assert desk(root).count(link) == 2  # in the navigation and on the empty desk
    assert link not in desk(ben)
    assert link not in desk(ada)
