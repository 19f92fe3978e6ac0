"""The list of courses, and the outline of one."""

import re

import pytest

from courseware import guest_pages
from courseware.models import Attempt
from courseware.progress import mark_read
from courseware.quizzes import start_attempt, submit_attempt
from tests import factories


@pytest.fixture(autouse=True)
def _empty_shelf():
    guest_pages.shelf.clear()
    yield
    guest_pages.shelf.clear()


@pytest.fixture
def lessons(course):
    first = factories.make_section(course, slug="one", title="First section")
    second = factories.make_section(course, slug="two", title="Second section")
    factories.make_quiz(first, title="Quiz one")
    return [
        factories.make_lesson(first, title="Lesson one", question="Who begins?"),
        factories.make_lesson(second, title="Lesson two", question="Who goes on?"),
    ]


@pytest.fixture
def page(course, signed_in):
    """page(user): the outline of the course as user sees it."""
    return lambda user: signed_in(user).get(course.get_absolute_url()).content.decode()


def test_one_readable_course_is_opened_at_once(client, course):
    course.public = True
    course.save()
    response = client.get("/courses/")

    assert response.status_code == 302
    assert response.url == course.get_absolute_url()


def test_several_readable_courses_are_listed(signed_in, ben, course):
    factories.make_course(title="Open to all", public=True)
    factories.make_course(title="Closed to ben")
    html = signed_in(ben).get("/courses/").content.decode()

    assert "Open to all" in html
    assert course.title in html
    assert "Closed to ben" not in html


def test_without_a_course_a_guest_is_told_where_to_go(client, db):
    html = client.get("/courses/").content.decode()
    assert "No course is open here yet" in html


def test_without_a_course_a_reader_can_join(signed_in, cleo):
    html = signed_in(cleo).get("/courses/").content.decode()
    assert 'href="/accounts/join/"' in html


def test_sections_lessons_and_quizzes_are_in_order(page, ben, lessons):
    html = page(ben)
    names = re.findall(
        r"(First section|Lesson one|Quiz: Quiz one|Second section|Lesson two)",
        html[html.index('class="outline"') :],
    )

    assert names == [
        "First section",
        "Lesson one",
        "Quiz: Quiz one",
        "Second section",
        "Lesson two",
    ]
    assert '<li id="one"' in html


def test_a_beginner_is_led_to_the_first_lesson(page, ben, lessons):
    html = page(ben)

    assert "Begin here" in html
    assert "Who begins?" in html
    assert '<progress class="meter" max="3" value="0"' in html


def test_what_is_done_shows_and_one_goes_on_behind_it(page, ben, lessons):
    mark_read(user=ben, lesson=lessons[0], read=True)
    html = page(ben)

    assert "Go on here" in html
    assert "To the quiz" in html
    assert "33 %" in html
    assert "1 of 3 lessons and quizzes" in html
    assert '<span class="hush">read,</span>' in html


def test_the_best_result_of_a_quiz_shows(page, ben, course, lessons):
    attempt = start_attempt(quiz=course.quizzes.get(), user=ben)
    submit_attempt(attempt=attempt)
    Attempt.objects.update(score="2.500", out_of=3)

    assert "best 2.5 of 3" in page(ben)


def test_an_open_attempt_shows(page, ben, course, lessons):
    start_attempt(quiz=course.quizzes.get(), user=ben)
    assert "under way" in page(ben)


def test_at_the_end_the_lab_is_offered(page, ben, course, lessons):
    for lesson in lessons:
        mark_read(user=ben, lesson=lesson, read=True)
    submit_attempt(attempt=start_attempt(quiz=course.quizzes.get(), user=ben))
    html = page(ben)

    assert "You have been all the way through" in html
    assert "100 %" in html


def test_a_course_without_lessons_says_so(page, ben):
    assert "Nothing to read yet" in page(ben)


def test_a_guest_of_a_public_course_sees_it_without_progress(client, course, lessons):
    course.public = True
    course.save()
    html = client.get(course.get_absolute_url()).content.decode()

    assert "Lesson one" in html
    assert "<progress" not in html
    assert f'href="/accounts/login/?next={course.get_absolute_url()}"' in html


@pytest.mark.parametrize("where", ["", "glossary/"])
def test_strangers_do_not_learn_of_a_course(client, signed_in, cleo, course, where):
    address = course.get_absolute_url() + where

    assert client.get(address).status_code == 404
    assert signed_in(cleo).get(address).status_code == 404


def test_an_expired_session_is_a_stranger_too(client, course, settings):
    client.cookies[settings.SESSION_COOKIE_NAME] = "gone"
    assert client.get(course.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("person", ["ben", "ada", "root"])
def test_members_and_administrators_read_it(person, request, signed_in, course):
    user = request.getfixturevalue(person)
    assert signed_in(user).get(course.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("where", ["/courses/", "/courses/cloud/"])
def test_nothing_can_be_posted(signed_in, ben, where):
    assert signed_in(ben).post(where).status_code == 405
