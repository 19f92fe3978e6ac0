"""The same promises where most is typed: on the bench of the lab."""

import pytest
from playwright.sync_api import expect

from policies_lab import limits
from tests.factories import make_person

POLICY = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Mine", "Effect": "Deny", "Action": "*", "Resource": "*"}
  ]
}"""


@pytest.fixture(autouse=True)
def fresh_limits():
    limits.guests.clear()


@pytest.fixture
def ben(transactional_db):
    return make_person("ben")


@pytest.fixture
def bench(live_server, transactional_db):
    def open_it(page):
        page.goto(f"{live_server.url}/lab/")
        return page

    return open_it


def text_of(page):
    return page.locator("[name=policy-0-document]")


def evaluate(page):
    page.locator("#verdict").get_by_role("button", name="Evaluate").click()


def expect_denied(page):
    expect(page.locator("#verdict .verdict")).to_contain_text("Explicit deny")


def type_policy(page):
    text_of(page).fill(POLICY)
    expect(page.locator("[data-kept-status]").first).to_contain_text("Kept")


def test_an_evaluated_policy_is_there_after_the_browser_is_closed(
    page, bench, watch, context
):
    type_policy(bench(page))
    evaluate(page)
    expect_denied(page)
    page.close(run_before_unload=False)
    page = bench(context.new_page())
    expect(text_of(page)).to_have_value(POLICY)
    page.get_by_role("button", name="Discard it").first.click()
    expect(text_of(page)).not_to_have_value(POLICY)


def test_without_a_connection_it_is_evaluated_later(page, bench, watch, context):
    watch.allow("ERR_INTERNET_DISCONNECTED")
    watch.allow("htmx:")
    type_policy(bench(page))
    context.set_offline(True)
    evaluate(page)
    expect(page.locator("#notices")).to_contain_text("No connection.")
    expect(text_of(page)).to_have_value(POLICY)
    context.set_offline(False)
    expect_denied(page)
    expect(page.locator("#notices")).to_contain_text("has been sent")


def test_a_policy_too_large_to_send_stays_in_its_field(page, bench, watch):
    watch.allow("413")
    bench(page)
    text_of(page).fill("x" * 1_000_001)
    evaluate(page)
    expect(page.locator("#notices")).to_contain_text("This is too much at once")
    assert len(text_of(page).input_value()) == 1_000_001


def test_signing_in_takes_the_policy_along_and_signing_out_removes_it(
    page, bench, watch, ben, sign_in
):
    type_policy(bench(page))
    sign_in(page, ben)
    expect(text_of(bench(page))).to_have_value(POLICY)
    page.get_by_role("button", name="Sign out").click()
    expect(
        page.get_by_role("banner").get_by_role("link", name="Sign in")
    ).to_be_visible()
    expect(text_of(bench(page))).not_to_have_value(POLICY)


def rotate_token(context, live_server):
    context.add_cookies([{"name": "csrf", "value": "x" * 32, "url": live_server.url}])


def test_a_changed_token_is_no_obstacle(page, bench, watch, context, live_server):
    watch.allow("403")
    type_policy(bench(page))
    rotate_token(context, live_server)
    evaluate(page)
    expect_denied(page)
    expect(text_of(page)).to_have_value(POLICY)


def test_a_changed_token_costs_one_press_without_javascript(
    browser, bench, live_server
):
    context = browser.new_context(java_script_enabled=False)
    page = bench(context.new_page())
    text_of(page).fill(POLICY)
    rotate_token(context, live_server)
    evaluate(page)
    expect(page.get_by_role("main")).to_contain_text("Please send this once more")
    page.get_by_role("button", name="Send it").click()
    expect_denied(page)
    expect(text_of(page)).to_have_value(POLICY)
    context.close()
