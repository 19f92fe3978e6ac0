"""Pages of public courses for signed-out readers: kept, fresh, and of nobody."""

import gzip

import pytest
from django.contrib.messages import INFO
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpResponse
from django.test import Client, RequestFactory

from courseware import guest_pages
from courseware.guest_pages import Shelf
from courseware.models import Course
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
    section = factories.make_section(course)
    return factories.make_lesson(section, title="Who secures what")


@pytest.fixture
def addresses(lesson):
    course = lesson.course.get_absolute_url()
    return ["/", course, f"{course}glossary/", lesson.get_absolute_url()]


def test_they_set_no_cookie_and_hold_no_form(client, addresses):
    for address in addresses:
        response = client.get(address)

        assert response.status_code == 200, address
        assert not response.cookies, address
        assert "Set-Cookie" not in response.headers
        assert b"<form" not in response.content
        assert b"csrf" not in response.content


def test_they_touch_no_session(client, addresses):
    for address in addresses:
        request = client.get(address).wsgi_request
        assert not request.session.accessed, address


def test_they_cost_one_query_and_the_first_time_a_few(client, lesson, queries_of):
    address = lesson.get_absolute_url()
    assert queries_of(lambda: client.get(address)) > 1
    assert queries_of(lambda: client.get(address)) == 1


@pytest.mark.parametrize("place", ["home", "course", "glossary"])
def test_other_kept_pages_cost_one_query_too(client, lesson, queries_of, place):
    course = lesson.course.get_absolute_url()
    address = {"home": "/", "course": course, "glossary": f"{course}glossary/"}[place]
    client.get(address)
    assert queries_of(lambda: client.get(address)) == 1


def test_a_new_version_of_the_content_is_shown_at_once(client, lesson):
    address = lesson.get_absolute_url()
    assert "Who secures what" in client.get(address).content.decode()

    lesson.title = "Who guards what"
    lesson.save()
    Course.objects.filter(pk=lesson.course_id).update(content_hash="1" * 64)
    assert "Who guards what" in client.get(address).content.decode()


def test_a_change_in_the_admin_is_shown_at_once(client, lesson):
    course = lesson.course
    client.get(course.get_absolute_url())
    course.title = "A better title"
    course.save()

    assert "A better title" in client.get(course.get_absolute_url()).content.decode()


def test_a_course_that_is_closed_is_gone_at_once(client, addresses, lesson):
    for address in addresses:
        client.get(address)
    Course.objects.update(public=False)

    for address in addresses[1:]:
        assert client.get(address).status_code == 404, address
    assert lesson.course.title not in client.get("/").content.decode()


@pytest.mark.parametrize("gone", ["lesson", "section"])
def test_what_was_retired_is_gone_at_once(client, lesson, gone):
    client.get(lesson.get_absolute_url())
    row = lesson if gone == "lesson" else lesson.section
    row.retired = True
    row.save()

    assert client.get(lesson.get_absolute_url()).status_code == 404


def test_two_courses_with_a_lesson_of_the_same_name(client, lesson):
    other = factories.make_course(public=True)
    section = factories.make_section(other)
    twin = factories.make_lesson(section, slug=lesson.slug, title="Its twin")

    for one in (lesson, twin, lesson):
        assert (
            f"<h1>{one.title}</h1>"
            in client.get(one.get_absolute_url()).content.decode()
        )


def test_the_page_of_the_benchmark_is_no_page_of_the_site(client, db):
    assert client.get("/bare/").status_code == 404


def test_readers_who_are_signed_in_get_their_own_page(signed_in, ben, client, lesson):
    address = lesson.get_absolute_url()
    guest = client.get(address).content.decode()
    own = signed_in(ben).get(address).content.decode()

    assert "Ben Berg" in own
    assert "Ben Berg" not in guest
    assert "Ben Berg" not in client.get(address).content.decode()


def test_a_message_that_waits_is_shown(client, lesson):
    request = RequestFactory().get("/")
    request.session = client.session
    messages = SessionStorage(request)
    messages.add(INFO, "This is waiting.")
    messages.update(HttpResponse())
    request.session.save()
    response = client.get(lesson.get_absolute_url())

    assert "This is waiting." in response.content.decode()
    assert len(guest_pages.shelf) == 0


def test_the_query_of_an_address_never_gets_into_the_page(client, lesson):
    first = client.get(lesson.get_absolute_url() + "?x=poison").content
    assert b"poison" not in first
    assert client.get(lesson.get_absolute_url()).content == first


def test_gzip_is_sent_to_who_takes_it(lesson):
    address = lesson.get_absolute_url()
    plain = Client().get(address)
    packed = Client().get(address, headers={"Accept-Encoding": "br, gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert int(packed.headers["Content-Length"]) == len(packed.content)
    assert "Content-Encoding" not in plain.headers
    for response in (plain, packed):
        assert {"Accept-Encoding", "Cookie"} <= set(
            response.headers["Vary"].replace(" ", "").split(",")
        )


def test_a_copy_that_is_still_good_is_not_sent_again(client, lesson):
    address = lesson.get_absolute_url()
    etag = client.get(address).headers["ETag"]
    again = client.get(address, headers={"If-None-Match": etag})

    assert again.status_code == 304
    assert again.content == b""
    lesson.course.save()
    lesson.html = "<p>New.</p>"
    lesson.save()
    changed = client.get(address, headers={"If-None-Match": etag})
    assert changed.status_code == 200


def test_a_copy_is_asked_about_before_use(client, lesson):
    response = client.get(lesson.get_absolute_url())
    assert response.headers["Cache-Control"] == "no-cache"


def test_head_has_the_headers_alone(client, lesson):
    response = client.head(lesson.get_absolute_url())
    assert response.status_code == 200
    assert response.content == b""


def test_the_shelf_forgets_what_was_asked_for_longest_ago():
    shelf = Shelf(limit=2)
    made = []

    def get(key):
        def make():
            made.append(key)
            return str(key)

        return shelf.get((key,), make)

    for key in "abacb":
        assert get(key).body == key.encode()
    assert made == ["a", "b", "c", "b"]
    assert len(shelf) == 2


def test_a_session_cookie_means_that_no_kept_page_will_do(settings):
    request = RequestFactory().get("/")
    assert guest_pages.suits(request)
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
    assert not guest_pages.suits(request)
