"""The page of a lesson, and marking it as read."""

import re

import pytest
from django.test import Client

from courseware import guest_pages
from courseware.models import Completion
from tests import factories

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _empty_shelf():
    guest_pages.shelf.clear()
    yield
    guest_pages.shelf.clear()


@pytest.fixture
def lessons(course):
    """Lessons one and two with a quiz behind them, then three in a second section."""
    first = factories.make_section(course, slug="one", title="First section")
    second = factories.make_section(course, slug="two", title="Second section")
    factories.make_quiz(first, title="Quiz one")
    return [
        factories.make_lesson(
            first,
            slug="lesson-one",
            title="Lesson one",
            question="Whose job is it?",
            html='<h2 id="a">Part A</h2><p>Text with <em>weight</em>.</p>',
            contents=[
                {"id": "a", "text": "Part A", "level": 2},
                {"id": "b", "text": "Part B", "level": 3},
            ],
            minutes=7,
        ),
        factories.make_lesson(first, slug="lesson-two", title="Lesson two"),
        factories.make_lesson(second, slug="lesson-three", title="Lesson three"),
    ]


@pytest.fixture
def page(signed_in, ben):
    """page(lesson): as ben sees it."""
    return lambda lesson: signed_in(ben).get(lesson.get_absolute_url()).content.decode()


def pager(html):
    """(rel, address, title) of each neighbour."""
    nav = html[html.index('class="pager') :]
    found = re.findall(
        r'<a rel="(\w+)" href="([^"]+)"><small>.*?</small>(.*?)</a>', nav, re.S
    )
    return [(rel, address, title) for rel, address, title in found]


def test_it_shows_the_text_as_it_was_imported(page, lessons):
    html = page(lessons[0])

    assert "<h1>Lesson one</h1>" in html
    assert '<p class="lede">Whose job is it?</p>' in html
    assert '<h2 id="a">Part A</h2><p>Text with <em>weight</em>.</p>' in html
    assert '<meta name="description" content="Whose job is it?">' in html


def test_the_rail_says_where_one_is(page, lessons):
    html = page(lessons[0])

    assert '/courses/cloud/#one">Section 1</a>' in html
    assert "Lesson 1 of 2" in html
    assert '<a href="#a">Part A</a>' in html
    assert '<li class="deeper"><a href="#b">Part B</a>' in html
    assert "About 7 minutes" in html
    assert "0 of 2 read" in html


def test_neighbours_go_across_sections_and_past_the_quiz(page, lessons):
    one, two, three = (lesson.get_absolute_url() for lesson in lessons)

    assert pager(page(lessons[0])) == [("next", two, "Lesson two")]
    assert pager(page(lessons[1])) == [
        ("prev", one, "Lesson one"),
        ("next", "/courses/cloud/quizzes/one/", "Quiz one"),
        ("next", three, "Lesson three"),
    ]
    assert pager(page(lessons[2])) == [
        ("prev", two, "Lesson two"),
        ("next", "/courses/cloud/", "Back to the course"),
    ]


def test_a_lesson_is_marked_as_read_without_scripts(signed_in, ben, page, lessons):
    address = lessons[0].get_absolute_url()
    response = signed_in(ben).post(f"{address}complete/", {"read": "yes"})

    assert response.status_code == 302
    assert response.url == f"{address}#read"
    assert Completion.objects.get().lesson == lessons[0]
    html = page(lessons[0])
    assert "1 of 2 read" in html
    assert "Mark as unread" in html


def test_a_mark_can_be_taken_back(signed_in, ben, page, lessons):
    client = signed_in(ben)
    address = lessons[0].get_absolute_url() + "complete/"
    client.post(address, {"read": "yes"})
    client.post(address, {"read": "no"})

    assert not Completion.objects.exists()
    assert "Mark as read" in page(lessons[0])


def test_a_lesson_without_activities_brings_guests_no_htmx(
    course, lessons, signed_in, ben
):
    course.public = True
    course.save()
    plain, active = lessons[:2]
    active.html = '<section hx-get="/somewhere/"></section>'
    active.save()

    def brings_htmx(client, lesson):
        html = client.get(lesson.get_absolute_url()).content.decode()
        assert "js/keep.js" in html
        return "django_htmx/htmx" in html

    assert not brings_htmx(Client(), plain)
    assert brings_htmx(Client(), active)
    assert brings_htmx(signed_in(ben), plain)


def test_htmx_gets_the_mark_and_the_meter_alone(signed_in, ben, lessons):
    address = lessons[0].get_absolute_url() + "complete/"
    response = signed_in(ben).post(address, {"read": "yes"}, headers=HTMX)
    html = response.content.decode()

    assert response.status_code == 200
    assert "<html" not in html
    assert re.search(r'<div id="read"', html)
    assert 'name="read" value="no"' in html
    assert '<div id="section-meter" hx-swap-oob="true">' in html
    assert "1 of 2 read" in html


def test_marking_needs_a_token_of_the_site(signed_in, ben, lessons):
    client = signed_in(ben, enforce_csrf_checks=True)
    response = client.post(lessons[0].get_absolute_url() + "complete/")

    assert response.status_code == 403
    assert not Completion.objects.exists()


def test_a_mark_is_only_set_by_post(signed_in, ben, lessons):
    address = lessons[0].get_absolute_url()
    client = signed_in(ben)

    assert client.get(f"{address}complete/").status_code == 405
    assert client.post(address).status_code == 405


def test_a_guest_of_a_public_lesson_is_offered_to_sign_in(client, course, lessons):
    course.public = True
    course.save()
    address = lessons[0].get_absolute_url()
    html = client.get(address).content.decode()

    assert f'<a href="/accounts/login/?next={address}">Sign in</a>' in html
    assert "Mark as read" not in html
    assert "<progress" not in html


def test_a_guest_cannot_mark(client, course, lessons):
    course.public = True
    course.save()
    client.post(lessons[0].get_absolute_url() + "complete/", {"read": "yes"})

    assert not Completion.objects.exists()


def test_a_reader_of_a_public_course_needs_no_cohort(signed_in, cleo, course, lessons):
    course.public = True
    course.save()
    client = signed_in(cleo)
    client.post(lessons[0].get_absolute_url() + "complete/", {"read": "yes"})

    assert Completion.objects.filter(user=cleo).count() == 1


def test_strangers_neither_read_nor_mark(client, signed_in, cleo, lessons):
    address = lessons[0].get_absolute_url()

    assert client.get(address).status_code == 404
    assert signed_in(cleo).get(address).status_code == 404
    assert signed_in(cleo).post(f"{address}complete/").status_code == 404
    assert not Completion.objects.exists()


@pytest.mark.parametrize("gone", ["lesson", "section"])
def test_what_was_retired_is_gone(signed_in, ben, lessons, gone):
    row = lessons[0] if gone == "lesson" else lessons[0].section
    row.retired = True
    row.save()
    client, address = signed_in(ben), lessons[0].get_absolute_url()

    assert client.get(address).status_code == 404
    assert client.post(f"{address}complete/", headers=HTMX).status_code == 404
    assert not Completion.objects.exists()


def test_an_unknown_lesson_is_not_found(signed_in, ben, course):
    assert (
        signed_in(ben).get("/courses/cloud/lessons/no-such-lesson/").status_code == 404
    )
