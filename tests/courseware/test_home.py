"""The front page: for guests, for readers, and before anything was installed."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from courseware import activities, guest_pages
from tests import factories


@pytest.fixture(autouse=True)
def _empty_shelf():
    guest_pages.shelf.clear()
    yield
    guest_pages.shelf.clear()


@pytest.fixture
def lesson(course):
    course.public = True
    course.save()
    section = factories.make_section(course, slug="who", title="Who secures what")
    return factories.make_lesson(section, minutes=4)


class Exercises:
    def __init__(self, *keys):
        self.keys = keys

    def title(self, key):
        return f"Exercise {key}"

    def url(self, key):
        return f"/lab/scenarios/{key}/"

    def exists(self, key):
        return key in self.keys


def test_a_guest_is_led_to_the_first_lesson(client, lesson):
    html = client.get("/").content.decode()

    assert f'href="{lesson.get_absolute_url()}">Start reading' in html
    assert f'href="{lesson.course.get_absolute_url()}#who">Who secures what</a>' in html
    assert "1 section, about 4 minutes of reading" in html


def test_a_reader_is_led_to_the_desk(signed_in, ben, lesson):
    html = signed_in(ben).get("/").content.decode()

    assert f'href="{reverse("courseware:desk")}">To my desk' in html
    assert "Start reading" not in html


def test_the_line_is_drawn_with_words_for_who_cannot_see_it(client, db):
    html = client.get("/").content.decode()

    assert 'role="img" aria-labelledby="lf-t lf-d"' in html
    assert "On EC2 the customer has everything down to the operating system" in html


def test_it_says_so_when_no_course_is_open(client, course):
    html = client.get("/").content.decode()

    assert "No course is open here yet" in html
    assert course.title not in html
    assert reverse("policies_lab:lab") in html


def test_an_administrator_reads_how_to_take_a_course_over(signed_in, root):
    html = signed_in(root).get("/").content.decode()

    assert "python manage.py import_course" in html


def test_an_exercise_comes_by_htmx_and_is_a_link_without(client, db, monkeypatch):
    monkeypatch.setitem(activities.kinds, "scenario", Exercises("explicit-deny-wins"))
    html = client.get("/").content.decode()

    assert 'hx-get="/lab/scenarios/explicit-deny-wins/?in=lesson"' in html
    assert (
        'href="/lab/scenarios/explicit-deny-wins/">Open “Exercise explicit-deny-wins”'
        in html
    )


def test_the_best_exercise_for_a_first_visit_is_taken(client, db, monkeypatch):
    both = Exercises("explicit-deny-wins", "first-allow")
    monkeypatch.setitem(activities.kinds, "scenario", both)

    assert "Exercise first-allow" in client.get("/").content.decode()


def test_without_a_lab_there_is_no_exercise(client, db, monkeypatch):
    monkeypatch.delitem(activities.kinds, "scenario", raising=False)
    response = client.get("/")

    assert response.status_code == 200
    assert b"hx-get" not in response.content


def test_a_course_that_is_not_public_stays_off_the_front_page(
    signed_in, cleo, client, course
):
    factories.make_lesson(factories.make_section(course, title="Secret section"))

    assert "Secret section" not in client.get("/").content.decode()
    assert "Secret section" not in signed_in(cleo).get("/").content.decode()


def test_nothing_can_be_posted(client, db):
    assert client.post("/").status_code == 405


def test_no_page_of_the_school_asks_for_roles_by_itself():
    """Who may what is decided in views, and told to templates by name."""
    folder = settings.BASE_DIR / "templates" / "courseware"
    pages = list(folder.rglob("*.html"))
    assert pages
    asking = [
        page.name
        for page in pages
        if re.search(r"is_superuser|is_staff", page.read_text(encoding="utf-8"))
    ]
    assert asking == []


def test_only_an_administrator_reads_how_to_take_a_course_over(signed_in, root, cleo):
    for address in ("/", "/courses/"):
        command = "python manage.py import_course"
        assert command in signed_in(root).get(address).content.decode()
        html = signed_in(cleo).get(address).content.decode()
        assert command not in html
        assert "Join with a code" in html
