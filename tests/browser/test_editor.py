"""The policy editor as people write with it: by keyboard, and without scripts."""

import json
import re

import pytest
from playwright.sync_api import expect

from policies_lab import limits
from tests.browser.test_accessibility import OVERFLOW, RULES, Axe
from tests.policies_lab.conftest import document

AREA = "#id_policy-0-document"
EDITOR = "#id_policy-0-document-editor"
SAID = "#id_policy-0-document-problems"
VERDICT = "#verdict"
MISSPELT = document({"Action": "s3:GetObjekt"})
SOUND = document({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-reports/*"})


@pytest.fixture(autouse=True)
def fresh_limits():
    limits.guests.clear()


@pytest.fixture
def lab(page, live_server, transactional_db):
    """The bench with the editor over its first text."""
    page.goto(f"{live_server.url}/lab/")
    page.locator(AREA).focus()
    page.locator(EDITOR).wait_for()
    return page


def write(lab, text):
    lab.locator(EDITOR).focus()
    lab.keyboard.press("Control+a")
    lab.keyboard.insert_text(text)


def choose(lab, word):
    """Take a word from the list by keyboard, as the list has it first."""
    first = lab.locator(".cm-tooltip-autocomplete [aria-selected]")
    expect(first).to_contain_text(word)
    # The list ignores keys for a moment, so that nobody chooses by accident.
    lab.wait_for_timeout(150)
    lab.keyboard.press("Enter")


def test_a_policy_is_written_with_words_from_the_list(lab, watch):
    write(lab, '{"Version": "2012-10-17", "Statement": [{}]}')
    for _ in range(3):
        lab.keyboard.press("ArrowLeft")
    lab.keyboard.type('"Eff')
    choose(lab, "Effect")
    choose(lab, "Allow")
    lab.keyboard.type(', "Act')
    choose(lab, "Action")
    lab.keyboard.type("s3")
    choose(lab, "Amazon S3")
    lab.keyboard.type("getobj")
    choose(lab, "s3:GetObject")
    lab.keyboard.type(', "Res')
    choose(lab, "Resource")
    choose(lab, "arn:aws:s3:")
    lab.keyboard.press("Escape")
    written = json.loads(lab.locator(AREA).input_value())
    (statement,) = written["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Action"] == "s3:GetObject"
    assert statement["Resource"].startswith("arn:aws:s3:")


def test_condition_keys_are_those_of_the_statements_action(lab, watch):
    condition = {"StringEquals": {"": ""}}
    write(lab, document({"Action": "s3:ListBucket", "Condition": condition}))
    lab.keyboard.press("Control+Home")
    for _ in range(9):
        lab.keyboard.press("ArrowDown")
    line = lab.locator(AREA).input_value().split("\n")[9]
    assert '"": ""' in line
    lab.keyboard.press("Home")
    lab.keyboard.press("ArrowRight")
    lab.keyboard.type("s3:pre")
    choose(lab, "s3:prefix")
    assert '"s3:prefix": ""' in lab.locator(AREA).input_value()


def test_a_finding_comes_while_typing_and_goes_when_it_is_mended(lab, watch):
    write(lab, MISSPELT)
    remark = lab.locator(f'{SAID} [data-remark="error"]')
    expect(remark).to_contain_text("s3:GetObjekt")
    expect(lab.locator(".cm-lintRange-error")).to_have_text('"s3:GetObjekt"')
    expect(lab.locator(".cm-signs .error .icon")).to_have_count(1)
    expect(lab.locator(EDITOR)).to_have_attribute("aria-invalid", "true")
    expect(lab.locator("[data-say-remarks]")).to_contain_text("1 error")
    remark.get_by_role("link", name="Line 7").click()
    assert lab.evaluate("document.activeElement.id") == EDITOR[1:]
    write(lab, SOUND)
    expect(lab.locator(SAID)).to_contain_text("Nothing to remark on")
    expect(lab.locator(".cm-lintRange-error")).to_have_count(0)
    expect(lab.locator("[data-say-remarks]")).to_contain_text("Nothing to remark on")


def test_one_request_for_remarks_is_on_its_way_at_a_time(lab, watch):
    """Whatever is typed meanwhile is asked about once, afterwards."""
    sent = []
    held = []

    def hold(route):
        sent.append(route.request.post_data)
        if len(sent) == 1:
            held.append(route)
        else:
            route.continue_()

    lab.wait_for_timeout(600)
    lab.route("**/lab/check/", hold)
    write(lab, MISSPELT)
    lab.wait_for_timeout(900)
    for text in ["{}", "[]", SOUND]:
        write(lab, text)
        lab.wait_for_timeout(450)
    assert len(sent) == 1
    held[0].continue_()
    expect(lab.locator(SAID)).to_contain_text("Nothing to remark on")
    assert len(sent) == 2


def test_marks_of_the_decision_stand_beside_each_statement(lab, watch):
    lab.locator("#evaluate").click()
    expect(lab.locator(f"{VERDICT} .verdict")).to_contain_text("Allow")
    signs = lab.locator("#policy-0 .cm-marks use")
    expect(signs).to_have_count(2)
    assert signs.evaluate_all("all => all.map((e) => e.getAttribute('href'))") == [
        "#tick",
        "#circle",
    ]
    # They speak of what was decided, so they go with the first change.
    lab.locator(EDITOR).focus()
    lab.keyboard.type(" ")
    expect(signs).to_have_count(0)
    expect(lab.locator(f"{VERDICT} .stale")).to_contain_text("Changed since")


def test_tab_goes_by_indents_while_writing_and_leaves_after_escape(lab, watch):
    lab.locator("#id_policy-0-attached").or_(
        lab.get_by_role("switch", name=re.compile("ReportsForAnalysts is attached"))
    ).first.focus()
    lab.keyboard.press("Tab")
    assert lab.evaluate("document.activeElement.id") == EDITOR[1:]
    before = lab.locator(AREA).input_value()
    lab.keyboard.press("Tab")
    assert lab.evaluate("document.activeElement.id") != EDITOR[1:]
    assert lab.locator(AREA).input_value() == before
    lab.keyboard.press("Shift+Tab")
    lab.keyboard.type(" ")
    lab.keyboard.press("Tab")
    assert lab.evaluate("document.activeElement.id") == EDITOR[1:]
    assert lab.locator(AREA).input_value() != before
    lab.keyboard.press("Escape")
    lab.keyboard.press("Tab")
    assert lab.evaluate("document.activeElement.id") != EDITOR[1:]
    hint = lab.locator(EDITOR).get_attribute("aria-describedby").split()[-1]
    expect(lab.locator(f"#{hint}")).to_contain_text("Escape, then Tab")


def test_undo_and_search(lab, watch):
    before = lab.locator(AREA).input_value()
    write(lab, "{}")
    lab.keyboard.press("Control+z")
    expect(lab.locator(AREA)).to_have_value(before)
    lab.keyboard.press("Control+f")
    lab.locator(".cm-search [main-field]").press_sequentially("GetObject")
    expect(lab.locator(".cm-searchMatch")).to_have_count(1)
    # Looking for something is no change, and Return in its field sends nothing.
    lab.keyboard.press("Enter")
    assert lab.locator(f"{VERDICT}[data-verdict]").count() == 0
    lab.keyboard.press("Escape")
    assert lab.evaluate("document.activeElement.id") == EDITOR[1:]


def test_what_was_written_is_there_after_a_reload(lab, watch):
    write(lab, MISSPELT)
    lab.locator("[data-kept-status] time").wait_for()
    lab.reload()
    lab.locator(EDITOR).wait_for()
    expect(lab.locator(AREA)).to_have_value(MISSPELT)
    expect(lab.locator(EDITOR)).to_contain_text("s3:GetObjekt")
    expect(lab.locator(f"{SAID} [data-remark]").first).to_contain_text("s3:GetObjekt")
    lab.get_by_role("button", name="Discard it").first.click()
    expect(lab.locator(EDITOR)).to_contain_text("ReadReports")


def test_the_type_of_the_document_decides_what_is_said(lab, watch):
    write(lab, SOUND)
    expect(lab.locator(SAID)).to_contain_text("Nothing to remark on")
    lab.locator("#policy-0 summary").click()
    lab.get_by_label("Attached as").select_option("resource")
    expect(lab.locator(SAID)).to_contain_text("Principal")


def test_without_the_library_the_textarea_does_it_all(
    page, live_server, watch, transactional_db
):
    watch.allow("ERR_FAILED")
    page.route("**/vendor/codemirror*.js", lambda route: route.abort())
    page.goto(f"{live_server.url}/lab/")
    area = page.locator(AREA)
    area.fill(MISSPELT)
    page.locator("#evaluate").click()
    expect(page.locator(f"{SAID} [data-remark]").first).to_contain_text("s3:GetObjekt")
    assert page.locator(".cm-editor").count() == 0
    assert page.locator("#policy-0 .gutter .icon").count() >= 1


def test_without_scripts_remarks_come_with_the_decision_and_by_themselves(
    plain_page, live_server, transactional_db
):
    plain_page.goto(f"{live_server.url}/lab/")
    plain_page.locator(AREA).fill(MISSPELT)
    plain_page.get_by_role("button", name=re.compile("Check the text of")).click()
    remark = plain_page.locator(f"{SAID} [data-remark]").first
    assert "s3:GetObjekt" in remark.inner_text()
    assert remark.locator(".quote").is_visible()
    assert plain_page.locator(f"{VERDICT}[data-verdict]").count() == 0
    plain_page.locator(AREA).fill(document({"Action": "*"}))
    plain_page.locator("#evaluate").click()
    assert plain_page.locator(f"{VERDICT}[data-verdict]").count() == 1
    said = plain_page.locator(SAID).inner_text()
    assert "Security warning" in said
    assert plain_page.locator(AREA).input_value() == document({"Action": "*"})


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_editor_is_accessible_and_fits(lab, watch, scheme, width):
    lab.emulate_media(color_scheme=scheme)
    lab.set_viewport_size({"width": width, "height": 900})
    write(lab, MISSPELT)
    expect(lab.locator(f"{SAID} [data-remark]").first).to_contain_text("s3:GetObjekt")

    def look(where):
        report = Axe().run(lab, options=RULES).response["violations"]
        assert [(v["id"], n["html"][:120]) for v in report for n in v["nodes"]] == [], (
            where
        )
        assert not lab.evaluate(OVERFLOW), where

    look("written")
    lab.keyboard.press("Control+f")
    lab.locator(".cm-search [main-field]").wait_for()
    look("searching")
    lab.keyboard.press("Escape")
    write(lab, "{}")
    lab.keyboard.press("ArrowLeft")
    lab.keyboard.press("Control+Space")
    lab.locator(".cm-tooltip-autocomplete").wait_for()
    look("choosing")
