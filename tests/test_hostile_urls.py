"""Addresses and forms that were made to break something."""

import io
import json
import logging

import pytest
from django.test import Client, RequestFactory
from django.test.client import MULTIPART_CONTENT

from config.logs import LineFormatter
from config.wsgi import application
from tests.factories import PASSWORD
from tests.routes import all_routes

pytestmark = pytest.mark.ignore_template_errors

LEADING_AWAY = [
    "//evil.test",
    "///evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "/%5Cevil.test/../\\evil.test".replace("%5C", "\\"),
    "\x08//evil.test",
    " //evil.test",
    "\t//evil.test",
    "http:evil.test",
    "http:///evil.test",
    "https://evil.test",
    "https:evil.test",
    "https:/evil.test",
    "https://testserver@evil.test",
    "https://evil.test#testserver",
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://testserver/",
]
STAYING = ["/.//evil.com", "/%2f/evil.com", "/a\n//evil"]


@pytest.mark.parametrize("url", LEADING_AWAY)
@pytest.mark.parametrize("how", ["address", "form", "signed in"])
def test_signing_in_never_leads_away(client, signed_in, ben, url, how):
    form = {"username": "ben", "password": PASSWORD}
    if how == "address":
        query = {"next": url}
        response = client.post("/accounts/login/", form, query_params=query)
    elif how == "form":
        response = client.post("/accounts/login/", form | {"next": url})
    else:
        response = signed_in(ben).get("/accounts/login/", {"next": url})
    assert response.status_code == 302
    assert response.url == "/desk/"


@pytest.mark.parametrize("url", STAYING)
def test_odd_addresses_of_our_own_stay_our_own(client, ben, url):
    form = {"username": "ben", "password": PASSWORD, "next": url}
    response = client.post("/accounts/login/", form)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/")
    assert not response.headers["Location"].startswith(("//", "/\\"))
    assert "\n" not in response.headers["Location"]


@pytest.mark.parametrize(
    "address",
    [
        "/lessons/%00",
        "/courses/%00/",
        "/courses/x/images/%00",
        "/accounts/password/reset/%00/x/",
        "/%0d%0aSet-Cookie:x=1",
        "/%1b[31m",
        "/?q=%00",
        "/accounts/login/?next=%00",
    ],
)
def test_what_no_database_can_look_up_is_refused(client, db, address):
    response = client.get(address)
    assert response.status_code in (400, 404)
    assert "x=1" not in str(response.cookies)


@pytest.mark.parametrize(
    "tail", ["%ED%A0%80", "%FF%FE", "%C0%80", "%E2%80%8B", "..%2f"]
)
def test_broken_encodings_are_not_found(client, db, tail):
    for base in ("/courses/", "/lab/scenarios/", "/courses/x/images/"):
        assert client.get(f"{base}{tail}/").status_code in (400, 404)


@pytest.mark.parametrize("charset", ["unicode_escape", "rot13", "utf-16", "utf-7", "x"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_charset_that_makes_odd_text_is_refused(db, charset, method):
    """Through the WSGI entry itself: the request fails before any middleware."""
    status, _headers, body = through_wsgi(
        REQUEST_METHOD=method,
        PATH_INFO="/accounts/login/",
        QUERY_STRING="next=%5Cud800",
        CONTENT_TYPE=f"{MULTIPART_CONTENT}; charset={charset}",
    )
    assert status == "400 Bad Request"
    assert b"could not be read" in body


def through_wsgi(**environ):
    """(status, headers, body) of the WSGI entry itself, without a test client."""
    started = []
    body = application(
        RequestFactory()._base_environ(**environ),
        lambda status, headers: started.extend([status, dict(headers)]),
    )
    return *started, b"".join(body)


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/logout/", "/nope/"])
def test_head_has_the_headers_of_get_and_no_body(db, address):
    answers = {}
    for method in ("GET", "HEAD"):
        answers[method] = through_wsgi(REQUEST_METHOD=method, PATH_INFO=address)
    (status, headers, body), (status_of_get, headers_of_get, body_of_get) = (
        answers["HEAD"],
        answers["GET"],
    )
    assert status == status_of_get
    assert set(headers) == set(headers_of_get)
    assert body == b""
    assert int(headers["Content-Length"]) == len(body_of_get) > 0


@pytest.mark.parametrize("number", ["9" * 30, "9" * 4000, "0", "-1", "1e9", "\u0663"])
def test_impossible_numbers_are_not_found(signed_in, ada, number):
    client = signed_in(ada)
    for address in (
        f"/attempts/{number}/",
        f"/attempts/{number}/answers/{number}/",
        f"/teach/cohorts/{number}/",
        f"/teach/cohorts/{number}/people/{number}/",
    ):
        assert client.get(address).status_code in (404, 405), address
        assert client.post(address).status_code in (404, 405), address


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace", "options"])
def test_unknown_methods_are_refused_everywhere(signed_in, root, samples, method):
    client = signed_in(root)
    for route in all_routes(samples, admin=False):
        response = getattr(client, method)(route.path)
        assert response.status_code == 405, route
        assert response.headers["Allow"], route


def test_a_method_cannot_be_swapped_by_a_header_or_a_field(client, ben):
    headers = {"X-HTTP-Method-Override": "POST"}
    response = client.get("/accounts/logout/", {"_method": "POST"}, headers=headers)
    assert response.status_code == 405
    html = response.content.decode()
    assert "only takes forms" in html
    assert response.headers["Allow"] == "POST"


def test_many_fields_and_many_bytes_are_413(client, ben, settings):
    form = {f"field-{number}": "x" for number in range(501)}
    assert client.post("/accounts/login/", form).status_code == 413
    long = {"username": "a", "password": "x" * 1_000_000}
    response = client.post("/accounts/login/", long)
    assert response.status_code == 413
    html = response.content.decode()
    assert "1,000,000 bytes" in html
    assert "Reference: " in html
    body = json.dumps({"a": "x" * 1_000_001})
    plain = client.post("/accounts/login/", body, content_type="text/plain")
    assert plain.status_code in (413, 422)


def test_a_body_that_lies_about_itself_is_refused(client, db):
    for content_type in (
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=x",
    ):
        response = client.post(
            "/accounts/login/", b"--y\r\n", content_type=content_type
        )
        assert response.status_code in (400, 422), content_type


@pytest.mark.parametrize(
    "host", ["evil.test", "testserver.evil.test", "testserver:80@evil.test", "", "a b"]
)
def test_foreign_hosts_are_refused(client, db, host):
    response = client.get("/accounts/login/", headers={"Host": host})
    assert response.status_code == 400
    assert "evil.test" not in response.content.decode()


def test_a_forwarded_host_is_not_believed(client, ben):
    headers = {"X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "https"}
    response = client.get("/accounts/", headers=headers)
    assert response.url == "/accounts/login/?next=/accounts/"


# --- pages of refusals ----------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/nope/", 404, "There is nothing here"),
        ("/%00", 400, "This request could not be read"),
        ("/accounts/logout/", 405, "This address only takes forms"),
    ],
)
def test_refusals_are_pages_that_need_no_database(client, address, status, words):
    """Without the fixture `db` a query would fail the test."""
    response = client.get(address)
    assert response.status_code == status
    html = response.content.decode()
    assert words in html
    assert response.headers["X-Request-ID"] in html
    assert 'href="/static/css/site.css"' in html
    assert "data-refused" in html


@pytest.mark.parametrize("address", ["/nope/", "/%00", "/accounts/logout/"])
def test_htmx_gets_a_notice_instead_of_a_page(client, address):
    response = client.get(address, headers={"HX-Request": "true"})
    assert response.headers["HX-Retarget"] == "#notices"
    assert response.headers["HX-Reswap"] == "innerHTML"
    html = response.content.decode()
    assert "<html" not in html
    assert "What you typed is still here." in html


def test_a_session_that_cannot_be_read_is_no_second_failure(client, settings):
    client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    assert client.get("/nope/").status_code == 404


def test_even_the_page_for_failures_may_fail(rf, monkeypatch):
    from courseware.views import refusals

    def broken(*args, **kwargs):
        raise ValueError("no such file in the manifest")

    monkeypatch.setattr(refusals, "render_to_string", broken)
    request = rf.get("/")
    request.id = "abc"
    response = refusals.failed(request)
    assert response.status_code == 500
    html = response.content.decode()
    assert "Something went wrong here" in html
    assert "abc" in html
    assert "manifest" not in html


def test_the_rest_of_a_large_body_is_read_so_that_the_page_arrives(rf):
    from django.core.exceptions import RequestDataTooBig

    from courseware.views import refusals

    request = rf.post("/", b"x" * 3_000_000, content_type="text/plain")
    response = refusals.bad_request(request, RequestDataTooBig())
    assert response.status_code == 413
    assert request.read(1) == b""


# --- logs -------------------------------------------------------------------------


@pytest.fixture
def log():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


def test_a_visitor_cannot_write_a_line_into_the_log(client, db, log):
    client.get("/%0d%0a2026-01-01 00:00:00,000 INFO forged/")
    client.get("/nope%E2%80%A82026-01-01 INFO forged/")
    lines = log.getvalue().splitlines()
    assert len(lines) == 2
    assert all("forged" in line and "WARNING" in line for line in lines)


def test_a_foreign_host_is_one_line_in_the_log(client, db, log):
    client.get("/", headers={"Host": "evil.test"})
    (line,) = log.getvalue().splitlines()
    assert "Invalid HTTP_HOST header: 'evil.test'" in line


def test_a_traceback_does_not_look_like_lines_of_the_log(log):
    try:
        raise ValueError("first\n2026-01-01 00:00:00,000 INFO forged")
    except ValueError:
        logging.getLogger("test").exception("failed")
    first, *rest = log.getvalue().splitlines()
    assert "failed" in first
    assert all(line.startswith(" | ") for line in rest)


def test_a_log_line_names_the_request(client, db, log):
    response = client.get("/nope/")
    assert f"[{response.headers['X-Request-ID']}]" in log.getvalue()


def test_no_password_comes_into_the_log(client, ben, log):
    form = {"username": "ben", "password": "my very secret"}
    client.post("/accounts/login/", form)
    client.post("/accounts/login/", form | {"password": PASSWORD})
    assert "secret" not in log.getvalue()
    assert PASSWORD not in log.getvalue()


def test_ids_differ_and_are_not_taken_from_the_visitor(db):
    ids = {
        Client(headers={"X-Request-ID": "forged"}).get("/nope/").headers["X-Request-ID"]
        for _visit in range(3)
    }
    assert len(ids) == 3
    assert "forged" not in ids
