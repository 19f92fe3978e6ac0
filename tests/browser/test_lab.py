"""The lab as people use it: with scripts and without, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from policies_lab import limits
from tests.browser.test_accessibility import OVERFLOW, RULES, Axe

POLICY = "#id_policy-0-document"
VERDICT = "#verdict"

SIZES = """() => {
  const texts = [...document.querySelectorAll("[data-chart=full] text")];
  return texts.map((text) => {
    const svg = text.closest("svg");
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    return parseFloat(getComputedStyle(text).fontSize) * scale;
  });
}"""
SPILLS = """() => {
  const right = (element) => element.getBoundingClientRect().right;
  const left = (element) => element.getBoundingClientRect().left;
  return [...document.querySelectorAll("[data-chart=full] a")]
    .map((box) => [box.querySelector(".found"), box.querySelector("use")])
    .filter(([found, icon]) => right(found) > left(icon) + 2)
    .map(([found]) => found.textContent);
}"""
MOVING = """() => [...document.querySelectorAll("#bench *")].filter((element) => {
  const style = getComputedStyle(element);
  return [style.transitionDuration, style.animationDuration]
    .some((list) => list.split(",").some((one) => parseFloat(one) > 0));
}).length"""


@pytest.fixture(autouse=True)
def fresh_limits():
    limits.guests.clear()


@pytest.fixture
def lab(page, live_server, transactional_db):
    page.goto(f"{live_server.url}/lab/")
    return page


def evaluate(page):
    page.locator(VERDICT).get_by_role("button", name="Evaluate").click()


def verdict(page):
    return page.locator(f"{VERDICT} .verdict")


def step(page):
    """The number of the step that is open, in the list and in the chart alike."""
    listed = page.locator("li[aria-current=step]").get_attribute("data-number")
    drawn = page.locator("[data-chart=full] a[aria-current=step]")
    assert drawn.get_attribute("data-node") == listed
    return int(listed)


def expect_text(locator, text):
    expect(locator).to_contain_text(text)


def test_evaluate_change_and_evaluate_again(lab, watch):
    evaluate(lab)
    expect_text(verdict(lab), "Allow")
    assert "ReadReports in ReportsForAnalysts" in lab.locator(VERDICT).inner_text()
    assert lab.locator("[data-say]").inner_text().startswith("Allow. ReadReports")
    # What is shown is old as soon as something was changed.
    lab.get_by_role("switch", name="aws:SourceIp is present").click()
    expect_text(lab.locator(f"{VERDICT} .stale"), "Changed since")
    evaluate(lab)
    expect_text(verdict(lab), "Explicit deny")
    assert lab.locator(f"{VERDICT} .stale").is_hidden()
    expect(lab.locator(".code .denied")).to_have_count(9)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_stays_where_it_was_and_says_nothing_about_drafts(lab, watch, width):
    lab.set_viewport_size({"width": width, "height": 800})
    lab.get_by_label("Resource", exact=True).fill("arn:aws:s3:::acme-reports/x")
    lab.evaluate("addEventListener('click', () => { clickedAt = scrollY; }, true)")
    for _again in range(2):
        evaluate(lab)
        expect_text(verdict(lab), "Allow")
        lab.wait_for_timeout(600)
        before = lab.evaluate("clickedAt")
        assert before > 150
        assert abs(lab.evaluate("scrollY") - before) < 150
    assert lab.get_by_text("What you typed is back").count() == 0


def test_typing_goes_on_where_it_was_while_an_answer_comes(lab, watch):
    def answer_late(route):
        lab.keyboard.type("typed meanwhile")
        route.continue_()

    area = lab.locator(POLICY)
    area.focus()
    lab.keyboard.press("Control+Home")
    lab.route("**/lab/evaluate/", answer_late)
    lab.evaluate("document.getElementById('bench').requestSubmit()")
    expect_text(verdict(lab), "Allow")
    assert area.input_value().startswith("typed meanwhile{")
    lab.keyboard.type(" and after")
    assert area.input_value().startswith("typed meanwhile and after{")


def test_a_problem_is_named_with_line_and_column_and_the_caret_goes_there(lab, watch):
    watch.allow("422 (Unprocessable Entity)")
    area = lab.locator(POLICY)
    wrong = area.input_value().replace('"Deny"', '"Denny"')
    area.fill(wrong)
    evaluate(lab)
    heading = lab.locator("#h-problems")
    heading.wait_for()
    assert lab.evaluate("document.activeElement.id") == "h-problems"
    expect(area).to_have_attribute("aria-invalid", "true")
    assert area.input_value() == wrong
    problem = lab.locator("#policy-0 .problems li")
    assert "Line 12, column 17" in problem.inner_text()
    problem.get_by_role("link").click()
    assert lab.evaluate("document.activeElement.id") == "id_policy-0-document-editor"
    assert lab.evaluate("getSelection().toString()") == '"'
    before = lab.evaluate("getSelection().getRangeAt(0).startContainer.textContent")
    assert '"Denny"' in before
    area.fill(wrong.replace("Denny", "Deny"))
    evaluate(lab)
    expect_text(verdict(lab), "Allow")
    expect(area).not_to_have_attribute("aria-invalid", "true")


def test_the_chart_is_walked_by_keyboard(lab, watch):
    lab.goto(lab.url + "?scenario=scp-ceiling")
    evaluate(lab)
    expect_text(verdict(lab), "Implicit deny")
    assert step(lab) == 3
    lab.locator("[data-chart=full] a[aria-current=step]").focus()
    lab.keyboard.press("ArrowUp")
    assert step(lab) == 2
    assert lab.evaluate("document.activeElement.dataset.node") == "2"
    said = lab.locator("[data-step-said]").inner_text()
    assert said == "Service control policies, root. Everything allows. goes on"
    lab.keyboard.press("End")
    assert step(lab) == 5
    lab.keyboard.press("ArrowRight")
    assert step(lab) == 5
    lab.keyboard.press("Home")
    assert step(lab) == 1
    # The place is kept when the request changes.
    lab.get_by_label("Action").fill("ec2:StopInstances")
    lab.keyboard.press("Enter")
    expect_text(verdict(lab), "Allow")
    assert step(lab) == 1
    lab.get_by_role("button", name="Next").click()
    assert step(lab) == 2
    lab.get_by_role("button", name="Where it was decided").click()
    assert step(lab) == 5
    assert lab.locator("li[aria-current=step] details").get_attribute("open") == ""


def test_the_short_chart_and_the_steps_behind_it(lab, watch):
    evaluate(lab)
    expect_text(verdict(lab), "Allow")
    lab.locator(".segments label", has_text="Short").click()
    assert lab.locator("[data-chart=full]").is_hidden()
    lab.locator("[data-chart=short] a").first.click()
    assert step(lab) == 1
    evaluate(lab)
    expect_text(verdict(lab), "Allow")
    assert lab.locator("[data-chart=short]").is_visible()


def test_a_reload_keeps_everything_that_was_typed(lab, watch):
    lab.get_by_role("button", name="Add a policy").click()
    name = lab.get_by_label("Name", exact=True).last
    name.wait_for()
    assert lab.evaluate("document.activeElement.name") == "policy-1-name"
    name.fill("Mine")
    text = '{"Version": "2012-10-17", "Statement": []}'
    lab.locator("#id_policy-1-document").fill(text)
    lab.get_by_role("button", name="Add a key").click()
    lab.locator("#id_context-4-key").fill("aws:username")
    lab.get_by_label("Action").fill("s3:ListBucket")
    lab.locator("[data-kept-status] time").wait_for()
    lab.reload()
    lab.locator("#id_policy-1-document").wait_for()
    expect_text(lab.locator("#bench"), "What you typed is back")
    assert lab.locator("#id_policy-1-document").input_value() == text
    assert lab.locator("#id_policy-1-name").input_value() == "Mine"
    assert lab.locator("#id_context-4-key").input_value() == "aws:username"
    assert lab.get_by_label("Action").input_value() == "s3:ListBucket"


def test_discarding_a_draft_makes_the_verdict_stale_and_can_be_undone(lab, watch):
    statement = '{"Effect": "Deny", "Action": "*", "Resource": "*"}'
    text = f'{{"Version": "2012-10-17", "Statement": {statement}}}'
    lab.locator(POLICY).fill(text)
    lab.locator("[data-kept-status] time").wait_for()
    lab.reload()
    evaluate(lab)
    expect_text(verdict(lab), "Explicit deny")
    stale = lab.locator(f"{VERDICT} .stale")
    expect(stale).to_be_hidden()
    lab.get_by_role("button", name="Discard it").click()
    expect(stale).to_be_visible()
    expect(lab.locator(POLICY)).not_to_have_value(text)
    lab.get_by_role("button", name="Undo").click()
    expect(lab.locator(POLICY)).to_have_value(text)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_problem_is_quoted_within_its_policy(lab, watch, width):
    watch.allow("422 (Unprocessable Entity)")
    lab.set_viewport_size({"width": width, "height": 800})
    lab.locator(POLICY).fill('{"Version": "2012-10-17", "Statement": ' + "x" * 90)
    evaluate(lab)
    quote = lab.locator(".problems .quote").first
    quote.wait_for()
    inside = lab.locator(".problems").first.bounding_box()
    box = quote.bounding_box()
    assert box["x"] + box["width"] <= inside["x"] + inside["width"]
    # What is longer than the box scrolls in it.
    assert quote.evaluate("(e) => getComputedStyle(e).overflowX") == "auto"


def test_an_arn_fits_on_a_line_of_each_policy(lab, watch):
    lab.set_viewport_size({"width": 1280, "height": 900})
    lab.get_by_role("button", name="Add a policy").click()
    lab.locator("#id_policy-1-document").wait_for()
    lab.locator(".cm-scroller").nth(1).wait_for()
    for area in lab.locator("textarea[data-policy]").all():
        area.fill("x" * 60)
    for text in lab.locator(".cm-scroller").all():
        assert text.evaluate("(e) => e.scrollWidth <= e.clientWidth")


def test_an_import_survives_a_reload_too(lab, watch, live_server):
    lab.goto(f"{live_server.url}/lab/?scenario=session-policy-narrows")
    lab.get_by_text("Import or export").click()
    lab.get_by_role("button", name="Export the bench").click()
    box = lab.get_by_label("Scenario as JSON")
    expect(box).to_have_value(re.compile("EditReports"))
    text = box.input_value()
    lab.goto(f"{live_server.url}/lab/")
    lab.get_by_text("Import or export").click()
    box.fill(text)
    lab.get_by_role("button", name="Import this").click()
    lab.locator("#id_policy-1-document").wait_for()
    assert lab.get_by_label("Caller", exact=True).input_value() == "role_session"
    lab.wait_for_timeout(600)
    lab.reload()
    lab.locator("#id_policy-1-document").wait_for()
    expect(lab.locator("#id_policy-1-document")).to_have_value(
        re.compile("EditReports")
    )
    expect(lab.locator("#id_policy-0-document")).to_have_count(0)
    evaluate(lab)
    expect_text(verdict(lab), "Implicit deny")


def test_predict_first_and_see_where_it_parts(
    page, live_server, transactional_db, watch
):
    page.goto(f"{live_server.url}/lab/scenarios/explicit-deny-wins/")
    assert page.locator(".flowchart").count() == 0
    # Nothing is sent before both were chosen.
    page.get_by_label("Allow A statement").check()
    page.get_by_role("button", name="Commit and see how").click()
    assert page.locator("#explicit-deny-wins-answer").count() == 0
    page.locator(".segments label", has_text="Certain").click()
    page.get_by_role("button", name="Commit and see how").click()
    heading = page.locator("#explicit-deny-wins-answer")
    expect(heading).to_be_focused()
    assert heading.inner_text() == "Where your prediction and the trace part"
    assert step(page) == 1
    page.get_by_role("link", name="Open in the bench").first.click()
    page.wait_for_url("**/lab/?scenario=explicit-deny-wins")
    assert page.locator("textarea[data-policy]").count() == 2


def test_the_whole_journey_without_scripts(plain_page, live_server, transactional_db):
    page = plain_page
    page.goto(f"{live_server.url}/lab/scenarios/explicit-deny-wins/")
    page.get_by_label("Allow A statement").check()
    page.locator("input[name=certainty]").nth(2).check(force=True)
    page.get_by_role("button", name="Commit and see how").click()
    expect_text(page.locator("h2#explicit-deny-wins-answer"), "the trace part")
    # Boxes of the chart lead to the steps of the list, which open by themselves.
    second = page.locator("[data-chart=full] a").nth(1)
    second.click()
    assert page.locator(second.get_attribute("href")).is_visible()
    page.get_by_role("link", name="Open in the bench").first.click()
    deny = page.get_by_role("switch", name="NoDrafts is attached")
    deny.uncheck()
    evaluate(page)
    expect_text(verdict(page), "Allow")
    assert "was Explicit deny" in page.locator(".table.cards").inner_text()
    page.get_by_role("button", name="Add a policy").click()
    assert page.locator("textarea[data-policy]").count() == 3
    assert not deny.is_checked()


def test_a_problem_without_scripts(browser, live_server, transactional_db):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/lab/")
    area = page.locator(POLICY)
    area.fill(area.input_value().replace('"Allow"', '"Alow"'))
    evaluate(page)
    expect_text(page.locator("#policy-0 .problems"), "Line 6, column 17")
    page.locator(VERDICT).get_by_role("link").click()
    page.locator("#problems").get_by_role("link").first.click()
    assert page.url.endswith("#id_policy-0-document")
    assert '"Alow"' in area.input_value()
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_is_accessible_and_fits(lab, watch, live_server, width, scheme):
    watch.allow("422 (Unprocessable Entity)")
    lab.emulate_media(color_scheme=scheme)
    lab.set_viewport_size({"width": width, "height": 900})

    def look(where):
        report = Axe().run(lab, options=RULES).response["violations"]
        found = [(v["id"], n["html"][:120]) for v in report for n in v["nodes"]]
        assert found == [], where
        assert not lab.evaluate(OVERFLOW), where

    for key in ["rcp-closes-the-bucket", "session-policy-narrows", "mfa-bool-trap"]:
        lab.goto(f"{live_server.url}/lab/?scenario={key}")
        evaluate(lab)
        lab.locator(".how").wait_for()
        look(f"decided {key}")
    lab.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    look("all open")
    lab.locator("#id_policy-0-document").fill("{")
    evaluate(lab)
    lab.locator("#problems").wait_for()
    look("problems")
    lab.goto(f"{live_server.url}/lab/scenarios/both-accounts-must-allow/")
    lab.get_by_label("Allow A statement").check()
    lab.locator(".segments label", has_text="Certain").click()
    lab.get_by_role("button", name="Commit and see how").click()
    lab.locator(".how").wait_for()
    look("answered")


def test_policies_and_request_begin_at_one_height(page, live_server, watch):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{live_server.url}/lab/scenarios/first-allow/")
    tops = [
        page.locator(f".predicting {side}").bounding_box()["y"]
        for side in ["> .stack > .policy", "> .panel"]
    ]
    assert tops[0] == pytest.approx(tops[1], abs=1)


@pytest.mark.parametrize("key", ["rcp-closes-the-bucket", "scp-ceiling"])
def test_text_in_the_chart_is_at_least_11_pixels_tall_on_a_phone(lab, watch, key):
    lab.set_viewport_size({"width": 360, "height": 800})
    lab.goto(lab.url + f"?scenario={key}")
    evaluate(lab)
    lab.locator(".how").wait_for()
    sizes = lab.evaluate(SIZES)
    assert len(sizes) > 10
    assert min(sizes) >= 11
    spills = lab.evaluate(SPILLS)
    assert spills == []


def test_reduced_motion_is_honoured(lab, watch):
    lab.emulate_media(reduced_motion="reduce")
    evaluate(lab)
    lab.locator(".how").wait_for()
    moving = lab.evaluate(MOVING)
    assert moving == 0


@pytest.mark.parametrize("key", ["scp-ceiling", "rcp-closes-the-bucket"])
def test_chart_and_list_print_on_one_page(lab, watch, key):
    lab.goto(lab.url + f"?scenario={key}")
    evaluate(lab)
    lab.locator(".how").wait_for()
    # A4 less margins of 1 cm, in CSS pixels.
    lab.set_viewport_size({"width": 718, "height": 1046})
    lab.emulate_media(media="print")
    assert lab.locator(".how").bounding_box()["height"] <= 1046
    assert lab.locator("[data-chart=full]").is_visible()
    assert lab.locator(".line-by-line").is_visible()
    for hidden in [".stage", ".who", ".needs-script", ".site-header"]:
        assert not lab.locator(hidden).first.is_visible()


def test_nothing_lies_over_the_explanation(lab, watch):
    lab.set_viewport_size({"width": 1280, "height": 900})
    lab.goto(lab.url + "?scenario=scp-ceiling")
    evaluate(lab)
    how = lab.locator("#how")
    how.wait_for()
    how.evaluate("(element) => element.scrollIntoView()")
    lab.wait_for_timeout(200)
    predict = lab.locator(".predict").bounding_box()
    assert predict["y"] + predict["height"] <= how.bounding_box()["y"]
    # What is focused by keyboard is not under the bar of the verdict.
    bar = lab.locator(VERDICT).bounding_box()
    lab.locator("[data-chart=full] a").first.focus()
    box = lab.locator("[data-chart=full] a").first.bounding_box()
    assert box["y"] >= bar["y"] + bar["height"]
