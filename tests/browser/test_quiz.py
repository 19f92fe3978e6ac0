"""A quiz from start to review in a real browser, with scripts and without."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from courseware.models import Answer, Attempt
from tests import factories
from tests.browser.test_accessibility import RULES

COURSE = "/courses/shared-responsibility/"
QUIZ = COURSE + "quizzes/shared-responsibility/"


@pytest.fixture
def ben(transactional_db):
    return factories.make_person("ben")


@pytest.fixture
def attempt(ben):
    section = factories.make_section(factories.make_course(public=True))
    return factories.make_attempt(ben, section, questions=4)


@pytest.fixture
def open_attempt(attempt, ben, sign_in, live_server):
    """open_attempt(page): ben signs in and looks at his attempt."""

    def go(page):
        sign_in(page, ben)
        page.goto(live_server.url + attempt.get_absolute_url())
        return page

    return go


def options(page, position):
    return page.locator(f"#q{position} input[type=radio]")


def state(page, position):
    return page.locator(f"#q{position}-state")


def response(position=1) -> str | None:
    return Answer.objects.get(position=position).response


def right(position) -> str:
    return Answer.objects.get(position=position).version.answer_key["right"]


def choose(page, position, value):
    page.locator(f"#q{position} input[value='{value}']").check()


def hand_in(page):
    page.get_by_role("button", name="Hand in").click()


def drafts(page) -> list[str]:
    keys = page.evaluate("Object.keys(localStorage)")
    return [key for key in keys if ":quiz:" in key]


# --- the whole way ------------------------------------------------------------


def test_from_start_to_review(page, built_in_course, ben, sign_in, live_server):
    sign_in(page, ben)
    page.goto(live_server.url + QUIZ)
    page.get_by_role("button", name="Start the quiz").click()
    page.wait_for_url("**/attempts/*/")
    total = Answer.objects.count()
    expect(page.locator("fieldset")).to_have_count(total)
    for position in range(1, total):
        choose(page, position, right(position))
        expect(state(page, position)).to_contain_text("Saved")
    expect(page.locator("#attempt-progress")).to_contain_text(
        f"{total - 1} of {total} answered"
    )
    expect(page.locator("#still-open")).to_contain_text("One question has no answer")
    assert drafts(page) == []

    hand_in(page)
    expect(page.locator("#hand-in")).to_contain_text("Not handed in yet")
    expect(page.locator("#hand-in")).to_be_focused()
    hand_in(page)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(f"Review: {total - 1} of {total}")
    expect(page.locator("article.reviewed.right")).to_have_count(total - 1)
    expect(page.locator("article.reviewed.open")).to_have_count(1)


def test_from_start_to_review_without_javascript(
    plain_page, built_in_course, ben, sign_in, live_server
):
    page = plain_page
    sign_in(page, ben)
    page.goto(live_server.url + QUIZ)
    page.get_by_role("button", name="Start the quiz").click()
    total = Answer.objects.count()
    choose(page, 1, right(1))
    page.get_by_role("button", name="Save answers").last.click()
    expect(state(page, 1)).to_contain_text("Saved")
    expect(state(page, 1)).to_contain_text("UTC")
    expect(page.locator("#attempt-progress")).to_contain_text(f"1 of {total} answered")

    choose(page, 2, right(2))
    hand_in(page)
    expect(page.locator("#hand-in")).to_contain_text(
        f"Not handed in yet: {total - 2} questions have no answer"
    )
    expect(state(page, 2)).to_contain_text("Saved")
    hand_in(page)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(f"Review: 2 of {total}")


def test_by_keyboard_alone(page, open_attempt):
    open_attempt(page)
    options(page, 1).first.focus()
    page.keyboard.press("Space")
    expect(state(page, 1)).to_contain_text("Saved")
    page.keyboard.press("ArrowDown")
    expect(options(page, 1).nth(1)).to_be_checked()
    expect(options(page, 1).nth(1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(options(page, 2).first).to_be_focused()
    expect(page.locator("[name=revision-1]")).to_have_value("2")
    assert response(1) == options(page, 1).nth(1).get_attribute("value")


def test_quick_changes_end_with_the_last_one(page, open_attempt):
    open_attempt(page)
    values = [one.get_attribute("value") for one in options(page, 1).all()]
    options(page, 1).first.focus()
    page.keyboard.press("Space")
    for _ in values[1:]:
        page.keyboard.press("ArrowDown")
    expect(state(page, 1)).to_contain_text("Saved")
    expect(page.locator(".htmx-request")).to_have_count(0)
    assert response(1) == values[-1]


def test_times_are_those_of_the_reader(browser, open_attempt):
    context = browser.new_context(timezone_id="Asia/Kathmandu", locale="en-US")
    page = open_attempt(context.new_page())
    options(page, 1).first.check()

    time = state(page, 1).locator("time")
    expect(time).to_have_attribute("data-local", "")
    moment = datetime.fromisoformat(time.get_attribute("datetime"))
    there = moment.astimezone(ZoneInfo("Asia/Kathmandu"))
    expect(time).to_have_text(f"{there:%H:%M}")
    context.close()


def test_two_clicks_hand_in_once(page, open_attempt, live_server):
    open_attempt(page)
    for position in range(1, Answer.objects.count() + 1):
        choose(page, position, right(position))
    page.get_by_role("button", name="Hand in").dblclick()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Review")
    assert Attempt.objects.count() == 1


# --- two tabs -----------------------------------------------------------------


@pytest.fixture
def disagreement(page, context, open_attempt, watch):
    """Two tabs: the other one has saved the first option, this one wants the last."""
    watch.allow("422")
    open_attempt(page)
    other = context.new_page()
    other.goto(page.url)
    options(other, 1).first.check()
    expect(state(other, 1)).to_contain_text("Saved")
    other.close()
    options(page, 1).last.check()
    expect(state(page, 1)).to_contain_text("this question has a newer answer")
    return page


def test_the_newer_answer_can_be_kept(disagreement):
    page = disagreement
    page.get_by_role("button", name="Keep the saved answer").click()

    expect(options(page, 1).first).to_be_checked()
    expect(options(page, 1).first).to_be_focused()
    expect(state(page, 1)).to_contain_text("Saved")
    assert response() == options(page, 1).first.get_attribute("value")
    assert drafts(page) == []


def test_the_newer_answer_can_be_replaced(disagreement):
    page = disagreement
    page.get_by_role("button", name="Save the one chosen here").click()

    expect(state(page, 1)).to_contain_text("Saved")
    expect(state(page, 1)).not_to_contain_text("newer")
    assert response() == options(page, 1).last.get_attribute("value")
    options(page, 1).nth(1).check()
    expect(page.locator("[name=revision-1]")).to_have_value("3")
    assert response() == options(page, 1).nth(1).get_attribute("value")


def test_handing_in_waits_for_the_decision(disagreement):
    page = disagreement
    hand_in(page)

    expect(page.get_by_role("alert")).to_contain_text("One answer was not saved")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(options(page, 1).last).to_be_checked()
    assert response() == options(page, 1).first.get_attribute("value")


def test_a_tab_that_is_late_is_told_that_the_attempt_was_handed_in(
    page, context, open_attempt, watch
):
    watch.allow("422")
    open_attempt(page)
    other = context.new_page()
    other.goto(page.url)
    hand_in(other)
    hand_in(other)
    expect(other.get_by_role("heading", level=1)).to_contain_text("Review")
    options(page, 1).first.check()

    expect(state(page, 1)).to_contain_text("this attempt has been handed in")
    expect(options(page, 1).first).to_be_checked()
    page.get_by_role("button", name="Save answers").last.click()
    expect(page.get_by_role("alert")).to_contain_text("had already been handed in")
    assert response() is None


# --- what was chosen survives ---------------------------------------------------


def test_a_reload_shows_what_was_saved(page, open_attempt):
    open_attempt(page)
    options(page, 1).nth(1).check()
    expect(state(page, 1)).to_contain_text("Saved")
    page.reload()

    expect(options(page, 1).nth(1)).to_be_checked()
    expect(state(page, 1)).to_contain_text("Saved")


def test_without_a_connection_choices_wait_and_are_sent(
    page, context, open_attempt, watch
):
    watch.allow("ERR_INTERNET_DISCONNECTED")
    watch.allow("htmx:")
    open_attempt(page)
    context.set_offline(True)
    for position in (1, 2):
        options(page, position).first.check()
        unsaved = page.locator(f"#q{position} .unsaved")
        expect(unsaved).to_contain_text("Not saved yet")
        expect(unsaved).to_contain_text("Kept on this device")
    assert response(1) is None
    context.set_offline(False)

    for position in (1, 2):
        expect(state(page, position)).to_contain_text("Saved")
        expect(page.locator(f"#q{position} .unsaved")).to_be_hidden()
        assert response(position) == options(page, position).first.get_attribute(
            "value"
        )


def test_a_choice_that_never_arrived_comes_back_and_is_saved(page, open_attempt, watch):
    watch.allow("ERR_FAILED")
    watch.allow("htmx:")
    open_attempt(page)
    page.route("**/answers/1/", lambda route: route.abort())
    options(page, 1).first.check()
    expect(page.locator("#q1 .unsaved")).to_be_visible()
    # Another question that is saved takes nothing of it away.
    options(page, 2).first.check()
    expect(state(page, 2)).to_contain_text("Saved")
    page.unroute("**/answers/1/")
    page.reload()

    expect(options(page, 1).first).to_be_checked()
    expect(state(page, 1)).to_contain_text("Saved")
    assert response(1) == options(page, 1).first.get_attribute("value")
    assert drafts(page) == []


def sign_in_again(page, ben):
    page.get_by_label("User name").fill(ben.username)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def test_an_ended_sign_in_loses_no_choice(page, context, open_attempt, ben, watch):
    watch.allow("401")
    watch.allow("403")
    open_attempt(page)
    Session.objects.all().delete()
    options(page, 1).first.check()
    expect(page.locator("#notices")).to_contain_text("Your sign-in has ended")
    expect(page.locator("#q1 .unsaved")).to_contain_text("Not saved yet")
    expect(options(page, 1).first).to_be_checked()
    # The way back stands where the choice was made, not only above the page.
    with context.expect_page() as opened:
        page.locator("#q1").get_by_role("link", name="Sign in again").click()
    sign_in_again(opened.value, ben)
    expect(opened.value.get_by_role("main")).to_contain_text("signed in again")
    # The token changed with the sign-in: the mechanism takes the fresh one.
    page.locator("#q1").get_by_role("button", name="Save it now").click()

    expect(state(page, 1)).to_contain_text("Saved")
    expect(page.locator("#q1 .unsaved")).to_be_hidden()
    assert response(1) == options(page, 1).first.get_attribute("value")


def test_an_ended_sign_in_loses_no_choice_without_javascript(
    browser, open_attempt, ben
):
    context = browser.new_context(java_script_enabled=False)
    page = open_attempt(context.new_page())
    value = options(page, 1).first.get_attribute("value")
    options(page, 1).first.check()
    Session.objects.all().delete()
    page.get_by_role("button", name="Save answers").last.click()
    sign_in_again(page, ben)
    page.get_by_role("main").get_by_role("button", name="Send it").click()

    expect(state(page, 1)).to_contain_text("Saved")
    expect(options(page, 1).first).to_be_checked()
    context.close()
    assert response(1) == value


def test_a_changed_token_is_no_obstacle(
    page, context, open_attempt, live_server, watch
):
    watch.allow("403")
    open_attempt(page)
    context.add_cookies([{"name": "csrf", "value": "x" * 32, "url": live_server.url}])
    options(page, 1).first.check()

    expect(state(page, 1)).to_contain_text("Saved")
    expect(page.locator("#q1 .unsaved")).to_be_hidden()
    assert response(1) == options(page, 1).first.get_attribute("value")


# --- states that the round of all pages does not reach ----------------------------


def looked_at(page, found: list[str]):
    """Note what axe and the width say in both schemes and at both widths."""
    for scheme in ("light", "dark"):
        # Without motion: a colour on its way to another has no contrast to measure.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            report = Axe().run(page, options=RULES)
            found += [
                f"{scheme} {width} {one['id']}: {node['html'][:120]}"
                for one in report.response["violations"]
                for node in one["nodes"]
            ]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{scheme} {width}: scrolls sideways")


def test_a_disagreement_is_accessible(disagreement):
    found = []
    looked_at(disagreement, found)
    hand_in(disagreement)
    looked_at(disagreement, found)

    assert found == []


def test_the_question_about_open_answers_and_the_review_are_accessible(
    page, open_attempt
):
    open_attempt(page)
    found = []
    options(page, 1).first.check()
    options(page, 2).last.check()
    hand_in(page)
    expect(page.locator("#hand-in")).to_contain_text("Not handed in yet")
    looked_at(page, found)
    hand_in(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Review")
    looked_at(page, found)

    assert found == []
