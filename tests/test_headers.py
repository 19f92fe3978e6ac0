"""What every response carries: pages, errors, the administration, files."""

import re

import pytest
from django.test import Client
from django.urls import path

from config.urls import urlpatterns as urls_of_site
from tests.routes import FORMS_ONLY, all_routes

pytestmark = pytest.mark.ignore_template_errors

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), interest-cohort=()"
    ),
}


def broken(request):
    raise RuntimeError("on purpose")


broken.login_required = False
urlpatterns = [path("broken/", broken), *urls_of_site]
handler400 = "courseware.views.refusals.bad_request"
handler403 = "courseware.views.refusals.forbidden"
handler404 = "courseware.views.refusals.not_found"
handler500 = "courseware.views.refusals.failed"


def directives(policy: str) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in policy.split(";"))
    return {name: value for name, _blank, value in parts}


def assert_guarded(response, where):
    for name, value in HEADERS.items():
        assert response.headers.get(name) == value, f"{where}: {name}"
    policy = response.headers.get("Content-Security-Policy", "")
    if response.headers.get("Content-Type") == "image/png":
        assert policy == "default-src 'none'; sandbox", where
        return
    given = directives(policy)
    wanted = directives(POLICY)
    # A page that holds the editor may add a nonce for its styles, and no more.
    style = given.get("style-src", "").split(" ")
    assert style[0] == "'self'", where
    assert all(more.startswith("'nonce-") for more in style[1:]), where
    assert given | {"style-src": ""} == wanted | {"style-src": ""}, where
    assert response.headers["X-Request-ID"], where


@pytest.mark.parametrize("name", ["", "ben", "ada", "root"])
def test_every_page_is_guarded_for_everybody(request, signed_in, samples, name):
    client = signed_in(request.getfixturevalue(name)) if name else Client()
    for route in all_routes(samples):
        response = client.get(route.path)
        assert response.status_code < 500, route
        assert_guarded(response, route)
        if name:
            assert_personal(response, name, route)
            # Signing out is among the addresses.
            client = signed_in(request.getfixturevalue(name))


def test_every_address_leads_somewhere(signed_in, root, samples):
    """Without this the tests of all addresses could be tests of one page, the 404."""
    for route in all_routes(samples):
        response = signed_in(root).get(route.path)
        assert response.status_code in fitting(route.name), route


def fitting(name: str) -> set[int]:
    if name in FORMS_ONLY:
        return {405}
    if name == "admin:/admin/nothing":
        return {404}
    # Much in the administration is for reading only.
    if re.fullmatch(r"admin:(\w+_(add|delete)|autocomplete)", name):
        return {200, 403}
    return {200, 302}


def assert_personal(response, name, where):
    """Nobody's copy; or nothing in it depends on who asked."""
    kept = response.headers.get("Cache-Control", "")
    if "no-store" in kept:
        assert "private" in kept, where
        assert "Cookie" in response.headers.get("Vary", ""), where
    elif response.headers["Content-Type"] == "image/png":
        assert kept.startswith("private, "), where
    elif where.name == "policies_lab:complete":
        # The one address whose answers are kept for everybody: a guest gets the same.
        assert response.content == Client().get(where.path).content
        assert not response.cookies, where
    else:
        assert response.status_code in (404, 405), where
        assert name not in response.content.decode(), where


@pytest.mark.parametrize(
    "address",
    ["/nope/", "/attempts/999999999999999999999999999999/", "/courses/%00/", "/%0a/"],
)
def test_refusals_are_guarded(client, db, address):
    response = client.get(address)
    assert response.status_code in (302, 400, 404)
    assert_guarded(response, address)


def test_a_foreign_host_is_refused_and_guarded(client, db):
    response = client.get("/", headers={"Host": "evil.test"})
    assert response.status_code == 400
    assert_guarded(response, "foreign host")


@pytest.mark.urls("tests.test_headers")
def test_a_failure_is_guarded_and_tells_nothing(client, settings):
    client.raise_request_exception = False
    response = client.get("/broken/")
    assert response.status_code == 500
    assert_guarded(response, "failure")
    html = response.content.decode()
    assert response.headers["X-Request-ID"] in html
    for secret in ("on purpose", "RuntimeError", "Traceback", str(settings.BASE_DIR)):
        assert secret not in html


def test_files_are_guarded_and_for_our_pages_only(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "site.css").write_text("body {}")
    response = Client().get("/static/site.css")
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == b"body {}"
    assert_guarded(response, "a file")
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "private" not in response.headers["Cache-Control"]


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "DELETE", "PATCH"])
def test_a_file_refuses_other_methods_without_falling_over(settings, tmp_path, method):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "site.css").write_text("body {}")
    response = Client().generic(method, "/static/site.css")
    assert response.status_code == 405


# --- whose copy -----------------------------------------------------------------


def test_a_page_for_everybody_may_be_kept_by_anybody(client, course):
    course.public = True
    course.save()
    response = client.get(course.get_absolute_url())
    assert response.status_code == 200
    assert "no-store" not in response.headers.get("Cache-Control", "")


def test_a_form_with_a_token_is_one_persons_copy(client, db):
    response = client.get("/accounts/login/")
    assert "csrf" in response.cookies
    assert "private" in response.headers["Cache-Control"]


def test_signing_in_and_out_is_nobodys_copy(client, ben):
    from tests.factories import PASSWORD

    form = {"username": "ben", "password": PASSWORD}
    for address in ("/accounts/login/", "/accounts/logout/"):
        response = client.post(address, form)
        assert response.status_code == 302
        assert "no-store" in response.headers["Cache-Control"]


def test_a_view_may_say_itself_whose_copy_its_answer_is(rf):
    from django.http import HttpResponse

    from config.middleware import response_headers

    def view(request):
        answer = HttpResponse()
        answer.headers["Cache-Control"] = "public, max-age=3600"
        return answer

    response = response_headers(view)(rf.get("/"))
    assert response.headers["Cache-Control"] == "public, max-age=3600"


def test_messages_add_no_cookie_of_their_own(client, ben):
    from tests.factories import PASSWORD

    client.post("/accounts/login/", {"username": "ben", "password": PASSWORD})
    form = {"name": "Ben", "email": "ben@example.org"}
    response = client.post("/accounts/", form)
    assert response.status_code == 302
    assert set(client.cookies) <= {"session", "csrf", "typist"}
    page = client.get("/accounts/").content.decode()
    assert "Your details are saved." in page
