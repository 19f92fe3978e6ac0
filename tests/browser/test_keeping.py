"""What was typed survives, in a real browser. The contract is docs/keeping.md."""

import json
import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from tests.browser import kept_forms
from tests.factories import PASSWORD, make_person

pytestmark = pytest.mark.urls("tests.browser.kept_forms")

TEXT = '{\n  "Version": "2012-10-17"\n}'


@pytest.fixture(autouse=True)
def nothing_stored():
    kept_forms.stored.clear()
    kept_forms.arrived.clear()


@pytest.fixture
def ben(transactional_db):
    return make_person("ben")


@pytest.fixture
def scriptless(browser):
    """A page without JavaScript that is refused things on purpose."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def open_form(live_server):
    """open_form(page, kind): the form of that kind, for anybody."""

    def go(page, kind="plain", *, private=False, query=""):
        where = kind if private else f"open/{kind}"
        page.goto(f"{live_server.url}/kept/{where}/{query}")
        return page.locator(f"form#{kind}")

    return go


def fill(form):
    form.get_by_label("Title").fill("My policy")
    form.get_by_label("Text").fill(TEXT)
    form.get_by_label("Option b").first.check()
    form.get_by_role("checkbox", name="Option a").check()
    form.get_by_role("checkbox", name="Option c").check()
    form.get_by_label("Menu").select_option("c")
    form.get_by_label("Secret").fill("a secret")


def expect_filled(form):
    expect(form.get_by_label("Title")).to_have_value("My policy")
    expect(form.get_by_label("Text")).to_have_value(TEXT)
    expect(form.get_by_role("radio", name="Option b")).to_be_checked()
    expect(form.get_by_role("checkbox", name="Option a")).to_be_checked()
    expect(form.get_by_role("checkbox", name="Option b")).not_to_be_checked()
    expect(form.get_by_role("checkbox", name="Option c")).to_be_checked()
    expect(form.get_by_label("Menu")).to_have_value("c")


def expect_empty(form):
    expect(form.get_by_label("Title")).to_have_value("")
    expect(form.get_by_label("Text")).to_have_value("")
    expect(form.get_by_role("radio", name="Option b")).not_to_be_checked()
    expect(form.get_by_role("checkbox", name="Option a")).not_to_be_checked()
    expect(form.get_by_label("Menu")).to_have_value("a")


def storage(page) -> dict:
    return page.evaluate("({...localStorage})")


def drafts(page) -> dict:
    everything = storage(page)
    return {
        key: json.loads(value)
        for key, value in everything.items()
        if key.count(":") > 1 and key.startswith("keep:")
    }


def end_the_sign_in(*_):
    Session.objects.all().delete()


# --- reload, crash, discard --------------------------------------------------


@pytest.mark.parametrize("kind", ["plain", "htmx"])
def test_a_reload_brings_everything_back(page, open_form, db, kind):
    form = open_form(page, kind)
    expect_empty(form)
    fill(form)
    expect(form.locator("[data-kept-status]")).to_contain_text("Kept on this device")
    page.reload()
    expect_filled(form)
    notice = form.get_by_role("status").first
    back = re.compile(r"What you typed is back, as it was at [012]\d:[0-5]\d\.")
    expect(notice).to_contain_text(back)
    form.get_by_role("button", name="Discard it").click()
    expect_empty(form)
    expect(form.get_by_role("status").first).to_contain_text("discarded")
    expect(form.get_by_label("Title")).to_be_focused()
    page.reload()
    expect_empty(form)


@pytest.mark.parametrize("kind", ["plain", "htmx"])
def test_what_was_discarded_comes_back_until_something_is_typed(
    page, open_form, db, kind
):
    form = open_form(page, kind)
    fill(form)
    page.reload()
    form.get_by_role("button", name="Discard it").click()
    expect_empty(form)
    form.get_by_role("button", name="Undo").click()
    expect_filled(form)
    expect(form.get_by_role("button", name="Undo")).to_have_count(0)
    page.reload()
    expect_filled(form)

    form.get_by_role("button", name="Discard it").click()
    form.get_by_label("Title").press("x")
    expect(form.get_by_role("button", name="Undo")).to_have_count(0)
    expect(form.get_by_label("Title")).to_have_value("x")


def test_what_was_typed_last_is_kept_without_waiting(page, open_form, db):
    form = open_form(page)
    form.get_by_label("Title").fill("in a hurry")
    page.reload()
    expect(form.get_by_label("Title")).to_have_value("in a hurry")


def test_a_closed_tab_is_no_loss(page, open_form, db, context):
    form = open_form(page)
    fill(form)
    page.wait_for_timeout(400)
    page.close(run_before_unload=False)
    expect_filled(open_form(context.new_page()))


def test_passwords_and_hidden_fields_are_never_kept(page, open_form, db):
    form = open_form(page)
    fill(form)
    page.wait_for_timeout(400)
    (draft,) = drafts(page).values()
    assert draft["values"] == {
        "title": "My policy",
        "text": TEXT,
        "one": "b",
        "some=a": True,
        "some=b": False,
        "some=c": True,
        "menu": "c",
    }
    assert "a secret" not in str(storage(page))


def test_typing_back_to_the_beginning_keeps_nothing(page, open_form, db):
    form = open_form(page)
    form.get_by_label("Title").fill("x")
    expect(form.locator("[data-kept-status]")).to_contain_text("Kept")
    form.get_by_label("Title").fill("")
    expect(form.locator("[data-kept-status]")).to_be_empty()
    assert drafts(page) == {}


def test_an_old_draft_is_thrown_away(page, open_form, db):
    form = open_form(page)
    fill(form)
    page.wait_for_timeout(400)
    page.evaluate(
        """() => { const key = 'keep::test:plain';
        const draft = JSON.parse(localStorage[key]);
        draft.at -= 31 * 86400000; localStorage[key] = JSON.stringify(draft); }"""
    )
    page.goto("about:blank")
    expect_empty(open_form(page))
    page.wait_for_timeout(2300)
    assert drafts(page) == {}


def test_a_text_too_large_to_keep_says_so(page, open_form, db):
    form = open_form(page)
    form.get_by_label("Text").fill("x" * 200_001)
    expect(form.locator("[data-kept-status]")).to_contain_text("no room")


def test_room_is_made_by_the_oldest_drafts(page, open_form, db):
    form = open_form(page)
    page.evaluate(
        """() => { for (let n = 0; n < 11; n++) localStorage['keep::other:' + n] =
        JSON.stringify({at: Date.now() - (20 - n) * 1000, base: {},
        values: {text: 'x'.repeat(180000)}}); }"""
    )
    form.get_by_label("Text").fill("y" * 100_000)
    expect(form.locator("[data-kept-status]")).to_contain_text("Kept")
    assert set(drafts(page)) == {
        "keep::test:plain",
        *(f"keep::other:{n}" for n in range(1, 11)),
    }


# --- sent --------------------------------------------------------------------


def test_a_plain_form_that_was_accepted_leaves_no_draft(page, open_form, db):
    form = open_form(page)
    fill(form)
    form.get_by_role("button", name="Send plain").click()
    page.wait_for_url("**/kept/done/")
    assert drafts(page) == {}
    assert kept_forms.stored["plain"]["text"] == TEXT


def test_a_draft_that_is_evaluated_only_is_kept_on(page, open_form, db):
    form = open_form(page, query="?until=discarded")
    fill(form)
    form.get_by_role("button", name="Send plain").click()
    page.wait_for_url("**/kept/done/")
    kept_forms.stored.clear()
    expect_filled(open_form(page, query="?until=discarded"))


@pytest.mark.parametrize("kind", ["plain", "htmx"])
def test_a_form_with_a_mistake_comes_back_and_its_draft_stays(
    page, open_form, db, kind, watch
):
    watch.allow("422")
    form = open_form(page, kind)
    fill(form)
    form.get_by_label("Title").evaluate("field => field.removeAttribute('required')")
    form.get_by_label("Title").fill("")
    form.get_by_role("button", name=f"Send {kind}").click()
    expect(form.locator(".error-summary")).to_be_focused()
    expect(form.get_by_label("Text")).to_have_value(TEXT)
    form = open_form(page, kind)
    expect(form.get_by_label("Text")).to_have_value(TEXT)
    expect(form.get_by_role("radio", name="Option b")).to_be_checked()


def test_a_form_sent_by_htmx_leaves_no_draft(page, open_form, db):
    form = open_form(page, "htmx")
    fill(form)
    with page.expect_response("**/kept/open/htmx/"):
        form.get_by_role("button", name="Send htmx").click()
    page.wait_for_timeout(100)
    assert drafts(page) == {}
    assert kept_forms.arrived[0]["how"] == "button"


def test_what_is_typed_while_sending_is_kept(page, open_form, db):
    form = open_form(page, "htmx")
    form.get_by_label("Title").fill("First")
    form.get_by_label("Text").fill("slow")
    with page.expect_response("**/kept/open/htmx/"):
        form.get_by_role("button", name="Send htmx").click()
        form.get_by_label("Title").fill("First and more")
    expect(form.get_by_label("Title")).to_have_value("First and more")
    assert kept_forms.stored["htmx"]["title"] == "First"


def test_a_newer_value_of_the_site_is_shown_and_the_draft_offered(page, open_form, db):
    form = open_form(page)
    form.get_by_label("Title").fill("Mine")
    page.wait_for_timeout(400)
    kept_forms.stored["plain"] = {"title": "Of another device"}
    page.reload()
    expect(form.get_by_label("Title")).to_have_value("Of another device")
    expect(form.get_by_role("status").first).to_contain_text("newer version")
    page.reload()
    form.get_by_role("button", name="Use the draft").click()
    expect(form.get_by_label("Title")).to_have_value("Mine")
    page.reload()
    expect(form.get_by_label("Title")).to_have_value("Mine")


# --- the connection, the server ----------------------------------------------


def test_without_a_connection_the_text_stays_and_is_sent_later(
    page, open_form, db, context, watch
):
    watch.allow("ERR_INTERNET_DISCONNECTED")
    watch.allow("htmx:")
    form = open_form(page, "htmx")
    fill(form)
    context.set_offline(True)
    form.get_by_role("button", name="Send htmx").click()
    notices = page.locator("#notices")
    expect(notices).to_contain_text("No connection. Your text is still here")
    expect_filled(form)
    assert kept_forms.arrived == []
    with page.expect_response("**/kept/open/htmx/"):
        context.set_offline(False)
    expect(notices).to_contain_text("has been sent")
    assert kept_forms.stored["htmx"]["text"] == TEXT
    assert kept_forms.arrived[0]["how"] == "button"
    assert len(kept_forms.arrived) == 1


def test_a_failing_server_leaves_the_text_where_it_is(page, open_form, db, watch):
    watch.allow("500")
    form = open_form(page, "htmx")
    form.get_by_label("Title").fill("Mine")
    form.get_by_label("Text").fill("break")
    form.get_by_role("button", name="Send htmx").click()
    expect(page.locator("#notices")).to_contain_text("Something went wrong here")
    expect(page.locator("#notices")).to_contain_text("Reference:")
    expect(form.get_by_label("Text")).to_have_value("break")
    page.reload()
    expect(form.get_by_label("Text")).to_have_value("break")


def test_too_much_at_once_is_a_notice_and_the_text_stays(page, open_form, db, watch):
    watch.allow("413")
    form = open_form(page, "htmx")
    form.get_by_label("Title").fill("Long")
    form.get_by_label("Text").fill("x" * 1_000_001)
    form.get_by_role("button", name="Send htmx").click()
    expect(page.locator("#notices")).to_contain_text("This is too much at once")
    assert len(form.get_by_label("Text").input_value()) == 1_000_001


# --- the sign-in ends ---------------------------------------------------------


def test_htmx_keeps_the_form_when_the_sign_in_ended(
    page, open_form, ben, sign_in, watch, context
):
    watch.allow("401")
    watch.allow("403")
    sign_in(page, ben)
    form = open_form(page, "htmx", private=True)
    fill(form)
    end_the_sign_in()
    form.get_by_role("button", name="Send htmx").click()
    notices = page.locator("#notices")
    expect(notices).to_contain_text("Your sign-in has ended")
    expect_filled(form)
    with context.expect_page() as opened:
        notices.get_by_role("link", name="Sign in again").click()
    second = opened.value
    second.get_by_label("User name").fill("ben")
    second.get_by_label("Password").fill(PASSWORD)
    second.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(second.get_by_role("heading", level=1)).to_have_text(
        "You are signed in again"
    )
    second.close()
    # The token changed at sign-in: it is renewed and the form sent once more.
    form.get_by_role("button", name="Send htmx").click()
    expect(notices).to_be_empty()
    page.wait_for_timeout(200)
    assert kept_forms.stored["htmx"]["text"] == TEXT
    assert len(kept_forms.arrived) == 1
    assert drafts(page) == {}


def send_after_the_sign_in_ended(page, open_form, ben, sign_in):
    sign_in(page, ben)
    form = open_form(page, private=True)
    fill(form)
    end_the_sign_in()
    form.get_by_role("button", name="Send plain").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("Your sign-in has ended")
    # A slip of the password loses nothing.
    page.get_by_label("User name").fill("ben")
    page.get_by_label("Password").fill("wrong")
    main.get_by_role("button", name="Sign in").click()
    expect(main).to_contain_text("do not belong together")
    page.get_by_label("Password").fill(PASSWORD)
    main.get_by_role("button", name="Sign in").click()
    expect(main).to_contain_text("You are signed in again")
    expect(page.get_by_label("text")).to_have_value(TEXT)
    assert kept_forms.arrived == []
    assert "a secret" not in page.content()
    main.get_by_role("button", name="Send it").click()
    page.wait_for_url("**/kept/done/")
    stored = kept_forms.stored["plain"]
    assert (stored["title"], stored["text"]) == ("My policy", TEXT)
    assert (stored["one"], stored["some"], stored["menu"]) == ("b", ["a", "c"], "c")
    assert stored["password"] == ""


def test_a_plain_form_is_carried_past_the_sign_in(page, open_form, ben, sign_in, watch):
    watch.allow("401")
    watch.allow("422")
    send_after_the_sign_in_ended(page, open_form, ben, sign_in)
    assert drafts(page) == {}


def test_a_plain_form_is_carried_past_the_sign_in_without_javascript(
    scriptless, open_form, ben, sign_in
):
    send_after_the_sign_in_ended(scriptless, open_form, ben, sign_in)


def test_an_abandoned_sign_in_leaves_the_draft(page, open_form, ben, sign_in, watch):
    watch.allow("401")
    sign_in(page, ben)
    form = open_form(page, private=True)
    fill(form)
    end_the_sign_in()
    form.get_by_role("button", name="Send plain").click()
    page.get_by_role("link", name="Course").first.click()
    sign_in(page, ben)
    expect_filled(open_form(page, private=True))


def rotate(context, live_server):
    """As if the person had signed in again in another window."""
    context.add_cookies([{"name": "csrf", "value": "x" * 32, "url": live_server.url}])


def test_a_changed_token_is_renewed_for_htmx(
    page, open_form, db, context, live_server, watch
):
    watch.allow("403")
    form = open_form(page, "htmx")
    fill(form)
    rotate(context, live_server)
    with page.expect_response(lambda response: response.status == 200):
        form.get_by_role("button", name="Send htmx").click()
    page.wait_for_timeout(100)
    assert len(kept_forms.arrived) == 1
    assert kept_forms.arrived[0]["how"] == "button"
    assert kept_forms.stored["htmx"]["text"] == TEXT


@pytest.mark.parametrize("with_scripts", [True, False])
def test_a_plain_form_with_a_changed_token_is_sent_by_one_press(
    request, open_form, db, live_server, watch, with_scripts
):
    watch.allow("403")
    page = request.getfixturevalue("page" if with_scripts else "scriptless")
    form = open_form(page)
    fill(form)
    rotate(page.context, live_server)
    form.get_by_role("button", name="Send plain").click()
    expect(page.get_by_role("main")).to_contain_text("Please send this once more")
    expect(page.get_by_label("text")).to_have_value(TEXT)
    page.get_by_role("button", name="Send it").click()
    page.wait_for_url("**/kept/done/")
    assert kept_forms.stored["plain"]["text"] == TEXT


# --- whose drafts -------------------------------------------------------------


def test_signing_out_removes_the_drafts_of_the_person_alone(
    page, open_form, ben, sign_in
):
    fill(open_form(page))
    page.wait_for_timeout(400)
    guests = drafts(page)
    page.evaluate("sessionStorage.clear()")
    sign_in(page, ben)
    fill(open_form(page))
    page.wait_for_timeout(400)
    assert set(drafts(page)) == {"keep::test:plain", "keep:ben:test:plain"}
    page.get_by_role("button", name="Sign out").click()
    banner = page.get_by_role("banner")
    expect(banner.get_by_role("link", name="Sign in")).to_be_visible()
    assert drafts(page) == guests


def test_signing_out_in_one_tab_stops_keeping_in_the_others(
    page, open_form, ben, sign_in, context
):
    sign_in(page, ben)
    form = open_form(page)
    fill(form)
    page.wait_for_timeout(400)
    other = context.new_page()
    open_form(other)
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_load_state()
    form.get_by_label("Title").fill("typed later")
    page.wait_for_timeout(500)
    assert drafts(page) == {}


def test_nobody_sees_the_draft_of_another_person(page, open_form, ben, sign_in):
    cleo = make_person("cleo")
    sign_in(page, ben)
    fill(open_form(page))
    page.wait_for_timeout(400)
    page.context.clear_cookies()
    sign_in(page, cleo)
    expect_empty(open_form(page))


def test_a_guest_who_signs_in_takes_the_draft_along(page, open_form, ben, sign_in):
    fill(open_form(page))
    sign_in(page, ben)
    expect_filled(open_form(page))
    assert set(drafts(page)) == {"keep:ben:test:plain"}


def test_forms_work_without_javascript(plain_page, open_form, db):
    form = open_form(plain_page)
    fill(form)
    form.get_by_role("button", name="Send plain").click()
    plain_page.wait_for_url("**/kept/done/")
    assert kept_forms.stored["plain"]["text"] == TEXT
