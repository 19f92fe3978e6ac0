"""The glossary: every term at an address of its own, in the order of the alphabet."""

import re

import pytest

from tests import factories


@pytest.fixture
def page(course, signed_in, ben):
    address = course.get_absolute_url() + "glossary/"
    return lambda: signed_in(ben).get(address).content.decode()


def test_terms_have_addresses_definitions_and_other_names(page, course):
    factories.make_term(
        course,
        slug="iam-role",
        name="IAM role",
        aliases=["role", "roles"],
        html="An identity <em>without</em> credentials.",
    )
    html = page()

    assert '<div id="iam-role"><dt>IAM role</dt>' in html
    assert "An identity <em>without</em> credentials." in html
    assert "Also: role, roles" in html


def test_they_stand_under_their_letters(page, course):
    for name in ["statement", "Action", "3-tier", "ARN", "Session"]:
        factories.make_term(course, name=name)
    html = page()

    assert re.findall(r'<h2 id="letter-([^"]+)">', html) == ["other", "a", "s"]
    assert re.findall(r"<dt>(.*?)</dt>", html) == [
        "3-tier",
        "Action",
        "ARN",
        "Session",
        "statement",
    ]
    assert '<a href="#letter-s">S</a>' in html


def test_names_are_text_and_retired_terms_are_gone(page, course):
    factories.make_term(course, name="<b>Bold</b>")
    factories.make_term(course, name="Outdated", retired=True)
    html = page()

    assert "&lt;b&gt;Bold&lt;/b&gt;" in html
    assert "Outdated" not in html


def test_without_terms_it_says_so(page):
    assert "No terms yet" in page()


def test_nothing_can_be_posted(signed_in, ben, course):
    address = course.get_absolute_url() + "glossary/"
    assert signed_in(ben).post(address).status_code == 405
