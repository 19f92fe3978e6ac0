"""No form of another site is taken, whatever it is aimed at."""

import pytest
from django.test import Client

from courseware.models import User
from tests.routes import all_routes

pytestmark = pytest.mark.ignore_template_errors

HERE = {"Origin": "http://testserver"}
FOREIGN = [
    {},
    {"Origin": "https://evil.test"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.test"},
]


@pytest.fixture
def strict(root, signed_in):
    return signed_in(root, enforce_csrf_checks=True)


def test_no_address_takes_a_post_without_a_token(strict, samples):
    for route in all_routes(samples):
        response = strict.post(route.path, {"anything": "x"})
        assert response.status_code == 403, route


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_foreign_page_gets_a_refusal_and_nothing_to_send(strict, headers):
    form = {"name": "New", "email": "", "text": "of the attacker"}
    response = strict.post("/accounts/", form, headers=headers)
    assert response.status_code == 403
    html = response.content.decode()
    assert "of the attacker" not in html
    assert "<form" not in html
    assert "HX-Trigger" not in response.headers


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_foreign_page_gets_no_token_by_htmx_either(strict, headers):
    response = strict.post("/accounts/", {}, headers=headers | {"HX-Request": "true"})
    assert response.status_code == 403
    assert "HX-Trigger" not in response.headers


def test_signing_in_needs_a_token_too(db):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/accounts/login/", {"username": "a"}).status_code == 403


def test_nothing_is_written_by_a_get(strict, samples, cohort):
    """Reading every page leaves every person and every enrolment as it was."""
    before = list(User.objects.values("pk", "password", "is_active", "email"))
    for route in all_routes(samples):
        strict.get(route.path, {"username": "x", "answer": "2", "code": "x"})
    after = list(User.objects.values("pk", "password", "is_active", "email"))
    assert after == before
    assert cohort.enrolments.count() == 1
