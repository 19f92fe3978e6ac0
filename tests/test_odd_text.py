"""Every form of every page, sent with text that was made to break something."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from policies_lab import limits
from tests.policies_lab.pages import Element, fields_of, read
from tests.routes import FORMS_ONLY, all_routes

pytestmark = pytest.mark.ignore_template_errors

NASTY = [
    "a\x00b",
    "\x1b[31m",
    "\u202e",
    "<script>alert(1)</script>",
    "9" * 5000,
]
TYPED = {"text", "email", "password", "search", "number", "url", "date", "time"}


@dataclass(frozen=True)
class Form:
    """Where a button of a form sends it, and what a browser would send.

    `names` are all its fields, chosen or not; `typed` are those that take text.
    """

    path: str
    sent: tuple[tuple[str, str], ...]
    names: frozenset[str]
    typed: frozenset[str]

    def filled(self, text: str) -> Iterator[dict[str, str]]:
        """Text in every field; and text where one types, the rest as it was.

        In the administration the latter alone: the keys of rows that stand in its
        hidden fields are read by Django, which fails on what is no key.
        """
        administers = self.path.startswith("/admin/")
        if not administers:
            yield dict(self.sent) | dict.fromkeys(self.names, text)
        if administers or self.typed < self.names:
            yield dict(self.sent) | dict.fromkeys(self.typed, text)


def forms_of(page: Element, path: str) -> Iterator[Form]:
    for form in page.all("form"):
        if form.attributes.get("method", "").lower() != "post":
            continue
        inside = list(form.walk())
        if name := form.attributes.get("id"):
            inside += [one for one in page.walk() if one.attributes.get("form") == name]
        controls = [
            one
            for one in inside
            if one.tag in {"input", "select", "textarea"} and one.attributes.get("name")
        ]
        typed = {
            one["name"]
            for one in controls
            if one.tag == "textarea"
            or (one.tag == "input" and one.attributes.get("type", "text") in TYPED)
        }
        for target, pressed in _targets(form, inside, path):
            yield Form(
                target.partition("#")[0],
                tuple((fields_of(controls) | pressed).items()),
                frozenset(one["name"] for one in controls),
                frozenset(typed),
            )


def _targets(form, inside, path) -> Iterator[tuple[str, dict[str, str]]]:
    """Each address that the form is sent to, with the button that sends it there."""
    action = form.attributes.get("action") or path
    yield action, {}
    for one in [form, *inside]:
        if "hx-post" in one.attributes:
            yield one["hx-post"], {}
        if one.tag == "button":
            name = one.attributes.get("name")
            pressed = {name: one.attributes.get("value", "")} if name else {}
            yield one.attributes.get("formaction") or action, pressed


def all_forms(client_of, samples) -> set[Form]:
    found = set()
    for route in all_routes(samples):
        response = client_of().get(route.path, follow=True)
        if "html" in response.headers["Content-Type"]:
            found |= set(forms_of(read(response), response.request["PATH_INFO"]))
    return found


def assert_sturdy(client_of, forms: set[Form]) -> None:
    for form in forms:
        for text in NASTY:
            for data in form.filled(text):
                assert_copes(client_of(), form, data)


def assert_copes(client, form, data):
    cache.clear()
    limits.guests.clear()
    limits.members.clear()
    # What was sent is taken back: forms delete, and hand in, what others need.
    with transaction.atomic():
        response = client.post(form.path, data)
        transaction.set_rollback(True)
    where = (form.path, sorted(data))
    assert response.status_code in (200, 302, 400, 403, 409, 422), where
    assert "<script>alert(1)" not in response.content.decode(), where


def test_no_form_fails_over_odd_text(signed_in, root, samples):
    forms = all_forms(lambda: signed_in(root), samples)
    sent_to = {form.path.partition("?")[0] for form in forms}
    only = {one.path for one in all_routes(samples) if one.name in FORMS_ONLY}
    assert only <= sent_to
    assert_sturdy(lambda: signed_in(root), forms)


def test_no_form_of_a_guest_fails_over_odd_text(samples):
    # One client: the session of a visitor holds the link of a forgotten password.
    guest = Client()
    forms = all_forms(lambda: guest, samples)
    names = {name for form in forms for name in form.names}
    assert {"username", "password1", "new_password1", "email", "code"} <= names
    assert {"principal_arn", "policy-0-document", "predicted"} <= names
    assert_sturdy(lambda: guest, forms)
