"""A change that flips the verdict, carried out by keyboard, also without scripts."""

import pytest
from playwright.sync_api import expect

from policies_lab import limits
from tests.browser.test_accessibility import OVERFLOW, RULES, Axe

POLICY = "ReportsForAnalysts"


@pytest.fixture(autouse=True)
def fresh_limits():
    limits.guests.clear()


def ask_to_write(page, live_server):
    page.goto(f"{live_server.url}/lab/")
    page.get_by_label("Action", exact=True).fill("s3:PutObject")
    page.locator("#verdict").get_by_role("button", name="Evaluate").click()
    expect(page.locator("#verdict .verdict")).to_contain_text("Implicit deny")


def change(page, text):
    """The button beside the change whose sentence begins with a text."""
    item = page.locator(".flips > li").filter(has_text=text)
    return item.get_by_role("button", name="Try it")


def document(page):
    areas = page.locator("#bench textarea[name$='-document']")
    expect(areas).to_have_count(1)
    return areas.input_value()


def test_a_change_by_keyboard_flips_the_verdict(
    page, live_server, transactional_db, watch
):
    ask_to_write(page, live_server)
    change(page, "Add s3:PutObject to the Action of ReadReports").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#verdict .verdict")).to_contain_text("Allow")
    done = page.locator(".what-if [data-focus]")
    expect(done).to_be_focused()
    expect(done).to_contain_text("Carried out: Add s3:PutObject")
    assert '["s3:GetObject", "s3:PutObject"]' in document(page)
    # What was written stays, and the next change is a key further.
    change(page, "Set aws:SourceIp to 198.51.100.7").focus()
    page.keyboard.press("Space")
    expect(page.locator("#verdict .verdict")).to_contain_text("Explicit deny")
    value = page.get_by_label("Value of aws:SourceIp")
    expect(value).to_have_value("198.51.100.7")
    assert '["s3:GetObject", "s3:PutObject"]' in document(page)


def test_a_change_needs_no_scripts(plain_page, live_server, transactional_db):
    ask_to_write(plain_page, live_server)
    change(plain_page, "Add s3:PutObject to the Action of ReadReports").press("Enter")
    expect(plain_page.locator("#verdict .verdict")).to_contain_text("Allow")
    assert plain_page.url.endswith("#bench-what-if")
    assert '["s3:GetObject", "s3:PutObject"]' in document(plain_page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_it_can_be_read_by_everybody(
    page, live_server, transactional_db, watch, width, scheme
):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    ask_to_write(page, live_server)
    assert not page.evaluate(OVERFLOW)
    found = Axe().run(page, context=".what-if", options=RULES)
    assert found.response["violations"] == []
