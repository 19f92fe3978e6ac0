"""A challenge as it is solved: by keyboard on a phone, and without scripts."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from policies_lab.models import ChallengeRecord
from tests import factories
from tests.browser.test_accessibility import OVERFLOW, RULES
from tests.policies_lab.challenges import ADDRESS, BUCKET, KEY, RIGHT

WRITING = "Text of ReadReports"
HOW = re.compile("How.*Delete a report")


def field(page):
    return page.locator('textarea[name="policy-0-document"]')


def write(page, text: str) -> None:
    """Replace the text by keyboard alone, in the editor or in the plain field."""
    editor = page.locator(".cm-content")
    (editor if editor.count() else field(page)).focus()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def press(page, name: str | re.Pattern) -> None:
    shown = page.locator("button:not(.hush)")
    button = page.get_by_role("button", name=name).and_(shown)
    button.first.focus()
    page.keyboard.press("Enter")


def is_clean(page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    wide = ["scrolls sideways"] if page.evaluate(OVERFLOW) else []
    return [one["id"] for one in found] + wide


@pytest.fixture
def phone(page):
    page.set_viewport_size({"width": 360, "height": 780})
    return page


def test_a_challenge_is_solved_by_keyboard_on_a_phone(phone, live_server, sign_in, db):
    cleo = factories.make_person("cleo")
    sign_in(phone, cleo)
    phone.goto(live_server.url + "/lab/challenges/")
    assert is_clean(phone) == []
    phone.get_by_role("link", name="The first Allow").focus()
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", level=1)).to_have_text("The first Allow")
    assert is_clean(phone) == []

    write(phone, BUCKET)
    press(phone, "Try it")
    outcome = phone.locator("#outcome")
    expect(outcome).to_contain_text("The ARN of a bucket names the bucket alone.")
    expect(phone.locator("[data-say]")).to_contain_text("0 of 2 stars")
    assert is_clean(phone) == []

    press(phone, HOW)
    expect(phone.locator("#bench-how")).to_be_focused()
    expect(phone.locator("#bench-how")).to_contain_text("Delete a report")

    press(phone, "Give me a hint")
    expect(phone.locator("#hints li")).to_have_count(1)
    expect(phone.locator("#h-hints")).to_be_focused()
    expect(field(phone)).to_have_value(BUCKET)

    write(phone, RIGHT)
    press(phone, "Try it")
    expect(phone.locator("#verdict .stars")).to_have_text("2 of 2 stars")
    expect(phone.locator("#solution")).to_be_visible()
    assert is_clean(phone) == []
    record = ChallengeRecord.objects.get(user=cleo)
    assert (record.challenge, record.stars, record.tries) == (KEY, 2, 2)


def test_what_a_guest_wrote_is_there_after_a_reload(page, live_server, db):
    page.goto(live_server.url + ADDRESS)
    write(page, BUCKET)
    press(page, "Try it")
    expect(page.locator("#outcome")).to_be_visible()
    write(page, RIGHT)
    page.wait_for_timeout(500)
    page.reload()
    expect(field(page)).to_have_value(RIGHT)


def test_a_broken_text_leads_to_its_place(page, live_server, db, watch):
    watch.allow("422")
    page.goto(live_server.url + ADDRESS)
    write(page, RIGHT.replace('"Action"', "Action"))
    press(page, "Try it")
    problems = page.locator("#problems")
    expect(problems.get_by_role("heading")).to_be_focused()
    expect(problems).to_contain_text("line 1, column")
    assert is_clean(page) == []


def test_a_challenge_is_solved_without_scripts(plain_page, live_server, db):
    page = plain_page
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(live_server.url + ADDRESS)
    page.get_by_label(WRITING).fill(BUCKET)
    page.locator("#verdict button").click()
    expect(page.locator("#outcome")).to_contain_text("The ARN of a bucket names")
    page.get_by_role("button", name=HOW).click()
    expect(page.locator("#bench-how")).to_contain_text("Delete a report")
    page.get_by_role("button", name="Give me a hint").click()
    expect(page.locator("#hints li")).to_have_count(1)
    expect(page.get_by_label(WRITING)).to_have_value(BUCKET)
    page.get_by_label(WRITING).fill(RIGHT)
    page.locator("#verdict button").click()
    expect(page.locator("#verdict .stars")).to_have_text("2 of 2 stars")
    expect(page.locator("#solution")).to_contain_text("Read a report in a folder")
    expect(page.locator("#hints li")).to_have_count(1)
    assert not page.evaluate(OVERFLOW)
