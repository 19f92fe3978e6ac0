"""The exposure explorer as people use it: live, by keyboard, and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from policies_lab import limits
from tests.browser.conftest import Watch
from tests.browser.test_accessibility import (
    OVERFLOW,
    RULES,
    SCHEMES,
    WIDTHS,
    Axe,
    troubles_of,
)

EXPLORER = "/lab/exposure/"
SAID = "#exposure-said"
RESTRICT = "RestrictPublicBuckets, bucket"


@pytest.fixture(autouse=True)
def fresh_limits():
    limits.guests.clear()


@pytest.fixture
def explorer(page, watch, live_server, transactional_db):
    # A request that another one replaces is told to the console.
    watch.allow("htmx:sendAbort")
    watch.allow("htmx:afterRequest")
    page.goto(live_server.url + EXPLORER)
    return page


def cell(page, caller, action):
    return page.locator("td", has=page.locator(f'[value="{caller} {action}"]'))


def text(page):
    return page.locator("#id_bucket_policy")


def write(page, policy):
    """As the editor does for whoever types: the text, and an event that says so."""
    text(page).evaluate(
        "(area, policy) => { area.value = policy;"
        " area.dispatchEvent(new Event('input', { bubbles: true })); }",
        policy,
    )


def open_the_bucket(page):
    page.get_by_role("switch", name=RESTRICT).click()
    expect(page.locator(SAID)).to_contain_text("3 answers changed.")


def test_a_switch_changes_the_table_at_once_and_keeps_the_focus(explorer, watch):
    expect(cell(explorer, "anonymous", "get")).to_contain_text("Implicit deny")
    switch = explorer.get_by_role("switch", name=RESTRICT)
    switch.focus()
    explorer.keyboard.press("Space")
    expect(cell(explorer, "anonymous", "get")).to_contain_text("was Implicit deny")
    expect(switch).to_be_focused()
    expect(explorer.locator(SAID)).to_contain_text("9 of 10 can read")
    explorer.keyboard.press("Space")
    expect(cell(explorer, "anonymous", "get")).to_contain_text("was Allow")


def test_ticks_ask_nothing_and_are_compared(explorer, watch):
    asked = []
    explorer.on("request", lambda one: asked.append(one.method))
    explorer.get_by_text("Predict first").click()
    explorer.get_by_label("Anonymous").check()
    explorer.get_by_label("Root user").check()
    explorer.wait_for_timeout(300)
    assert asked.count("POST") == 0
    open_the_bucket(explorer)
    said = explorer.locator("#exposure-answer .callout").first
    expect(said).to_contain_text("As you ticked: Anonymous.")
    expect(said).to_contain_text("Ticked, and not changed: Root user")


def test_many_switches_in_a_row_have_one_answer(explorer, watch):
    """The last one asked for is the one that is shown."""
    for name in ("IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"):
        explorer.get_by_role("switch", name=f"{name}, bucket").click()
    expect(cell(explorer, "root", "policy")).to_contain_text("Allow")
    expect(cell(explorer, "anonymous", "get")).to_contain_text("Allow")
    missing = explorer.get_by_text("Off at every level")
    expect(missing).to_contain_text("BlockPublicPolicy and RestrictPublicBuckets")


def test_a_ready_policy_is_put_in_and_own_text_comes_back(explorer, watch):
    own = text(explorer).input_value().replace("PublicRead", "MyOwn")
    write(explorer, own)
    explorer.get_by_role("button", name="One other account").click()
    expect(text(explorer)).to_have_value(re.compile("PartnerRead"))
    expect(cell(explorer, "partner", "get")).to_contain_text("Allow")
    expect(cell(explorer, "ben", "get")).to_contain_text("was Allow")
    explorer.get_by_role("button", name="Bring my text back").click()
    expect(text(explorer)).to_have_value(own)
    expect(cell(explorer, "ben", "get")).to_contain_text("MyOwn")


def test_a_wrong_policy_is_told_beside_its_text_and_the_caret_goes_there(
    explorer, watch
):
    watch.allow("422 (Unprocessable Entity)")
    wrong = text(explorer).input_value().replace('"Allow"', '"Alow"')
    write(explorer, wrong)
    summary = explorer.locator("#exposure-answer .error-summary")
    expect(summary).to_contain_text("line 6, column 17")
    expect(text(explorer)).to_have_attribute("aria-invalid", "true")
    expect(explorer.locator("#id_bucket_policy-wrong .problems")).to_have_count(1)
    write(explorer, wrong.replace("Alow", "Allow"))
    expect(summary).to_have_count(0)
    expect(explorer.locator("#id_bucket_policy-wrong .problems")).to_have_count(0)
    expect(text(explorer)).not_to_have_attribute("aria-invalid", "true")


def test_what_was_set_and_typed_is_there_after_a_reload(explorer, watch):
    open_the_bucket(explorer)
    explorer.get_by_label("Object writer").check()
    explorer.get_by_label("ACL of the object").select_option("public-read")
    expect(explorer.get_by_text("and is ignored")).to_be_visible()
    explorer.wait_for_timeout(500)
    explorer.reload()
    expect(explorer.get_by_label("Object writer")).to_be_checked()
    expect(explorer.get_by_text("and is ignored")).to_be_visible()
    expect(cell(explorer, "anonymous", "get")).to_contain_text("Allow")


def test_a_cell_opens_on_the_bench_with_the_same_decision(explorer, watch):
    open_the_bucket(explorer)
    cell(explorer, "stranger", "get").get_by_role("button").click()
    explorer.wait_for_url("**/lab/exposure/case/")
    expect(explorer.get_by_label("Action", exact=True)).to_have_value("s3:GetObject")
    explorer.locator("#verdict").get_by_role("button", name="Evaluate").click()
    expect(explorer.locator("#verdict .verdict")).to_contain_text("Allow")
    explorer.go_back()
    expect(cell(explorer, "stranger", "get")).to_contain_text("Allow")


def test_on_a_phone_by_keyboard_alone(explorer, watch):
    explorer.set_viewport_size({"width": 360, "height": 740})
    explorer.reload()
    for _press in range(60):
        explorer.keyboard.press("Tab")
        name = explorer.evaluate("document.activeElement.getAttribute('aria-label')")
        if name == RESTRICT:
            break
    else:
        raise AssertionError("the switch is not reached")
    explorer.keyboard.press("Space")
    bar = explorer.locator(".explorer-bar")
    expect(bar).to_contain_text("3 answers changed.")
    expect(bar).to_be_in_viewport()
    bar.get_by_role("link").focus()
    explorer.keyboard.press("Enter")
    expect(cell(explorer, "anonymous", "get")).to_be_in_viewport()
    expect(cell(explorer, "anonymous", "list")).to_be_hidden()
    explorer.get_by_label("What to show").focus()
    explorer.keyboard.press("ArrowDown")
    expect(cell(explorer, "anonymous", "list")).to_be_visible()
    expect(cell(explorer, "anonymous", "get")).to_be_hidden()
    # A new answer shows the same column.
    explorer.get_by_role("switch", name=RESTRICT).press("Space")
    expect(cell(explorer, "anonymous", "list")).to_contain_text("Restrict")
    expect(cell(explorer, "anonymous", "get")).to_be_hidden()


def test_without_scripts_it_is_a_plain_form(browser, live_server, transactional_db):
    context = browser.new_context(java_script_enabled=False)
    watching = Watch(context, live_server.url)
    watching.allow("422 (Unprocessable Entity)")
    page = context.new_page()
    page.goto(live_server.url + EXPLORER)
    page.get_by_role("switch", name=RESTRICT).click()
    page.get_by_role("button", name="Show who gets what").last.click()
    expect(cell(page, "anonymous", "get")).to_contain_text("was Implicit deny")
    page.get_by_role("button", name="Our CloudFront distribution").click()
    expect(cell(page, "cloudfront", "get")).to_contain_text("Allow")
    expect(cell(page, "anonymous", "get")).to_contain_text("was Allow")
    page.get_by_label("Text: Bucket policy").fill("{")
    page.get_by_role("button", name="Show who gets what").last.click()
    expect(page.locator(".error-summary")).to_contain_text("line 1")
    expect(page.get_by_label("Text: Bucket policy")).to_have_value("{")
    page.get_by_role("button", name="None").first.click()
    cell(page, "ana", "get").get_by_role("button").click()
    expect(page.get_by_label("Resource", exact=True)).to_have_value(
        "arn:aws:s3:::acme-reports/2026/q1.csv"
    )
    context.close()
    assert watching.unexpected() == []


def test_nothing_is_in_the_way_of_anybody(page, live_server, transactional_db, watch):
    assert troubles_of(page, live_server.url + EXPLORER) == []


def test_nor_with_changes_and_findings(page, live_server, transactional_db, watch):
    page.goto(live_server.url + EXPLORER)
    open_the_bucket(page)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found = Axe().run(page, options=RULES).response["violations"]
            assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
            assert not page.evaluate(OVERFLOW)
