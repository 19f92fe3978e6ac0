"""Accounts and the administration in a real browser."""

from urllib.parse import quote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from courseware.models import Enrolment, User
from tests import factories
from tests.browser.test_accessibility import OVERFLOW, RULES

NEW = "correct horse battery"


@pytest.fixture
def cohort(transactional_db):
    return factories.make_cohort(factories.make_course(public=True), name="Autumn")


@pytest.fixture
def ben(cohort):
    person = factories.make_person("ben", first_name="Ben")
    factories.enrol(person, cohort)
    return person


@pytest.fixture
def root(transactional_db):
    return factories.make_person("root", is_staff=True, is_superuser=True)


@pytest.fixture
def scriptless(browser):
    """A page without JavaScript that is refused things on purpose."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def main_button(page, name):
    return page.get_by_role("main").get_by_role("button", name=name)


@pytest.mark.parametrize(
    "url",
    [
        "/.//evil.test",
        "/%2f/evil.test",
        "/a\n//evil.test",
        "//evil.test",
        "/\\evil.test",
        "https:evil.test",
        "\t//evil.test",
        "javascript:alert(1)",
    ],
)
def test_signing_in_stays_on_the_site(page, watch, live_server, ben, url):
    """What a browser makes of an odd address is not what a parser makes of it."""
    watch.allow("404 (Not Found)")
    watch.allow("400 (Bad Request)")
    page.goto(f"{live_server.url}/accounts/login/?next={quote(url, safe='')}")
    page.get_by_label("User name").fill("ben")
    page.get_by_label("Password").fill(factories.PASSWORD)
    main_button(page, "Sign in").click()
    page.wait_for_url(lambda address: "/accounts/login/" not in address)
    assert urlsplit(page.url).netloc == urlsplit(live_server.url).netloc


@pytest.mark.parametrize("with_scripts", [True, False])
def test_joining_by_code_with_a_slip(request, live_server, cohort, watch, with_scripts):
    watch.allow("422")
    page = request.getfixturevalue("page" if with_scripts else "scriptless")
    page.goto(f"{live_server.url}/accounts/join/?code={cohort.join_code}")
    page.get_by_label("Your name").fill("Dora Diaz")
    page.get_by_label("User name").fill("dora")
    page.get_by_label("Password", exact=True).fill(NEW)
    page.get_by_label("Password again").fill("another")
    main_button(page, "Make my account and join").click()

    summary = page.get_by_role("group", name="One thing needs your attention")
    expect(summary).to_be_focused()
    again = page.get_by_label("Password again")
    summary.get_by_role("link", name="Password again").click()
    expect(again).to_be_focused()
    expect(page.get_by_label("Your name")).to_have_value("Dora Diaz")
    expect(again).to_have_value("")
    page.get_by_label("Password", exact=True).fill(NEW)
    again.fill(NEW)
    main_button(page, "Make my account and join").click()

    page.wait_for_url("**/desk/")
    expect(page.locator("#notices")).to_contain_text("You have joined Autumn.")
    dora = User.objects.get(username="dora")
    assert dora.enrolments.get().role == Enrolment.Role.STUDENT


def test_the_account_is_reached_on_a_phone(page, live_server, ben, sign_in):
    page.set_viewport_size({"width": 360, "height": 800})
    sign_in(page, ben)
    page.get_by_role("link", name="Account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My account")
    page.get_by_label("Your name").fill("Ben Maria Berg")
    main_button(page, "Save").click()
    expect(page.locator("#notices")).to_contain_text("Your details are saved.")


def login_error(page, base):
    page.goto(f"{base}/accounts/login/")
    page.get_by_label("User name").fill("ben")
    page.get_by_label("Password").fill("wrong")
    main_button(page, "Sign in").click()


def join_error(page, base):
    page.goto(f"{base}/accounts/join/")
    page.get_by_label("Cohort code").fill("WRONG")
    page.get_by_label("Your name").fill("Dora")
    page.get_by_label("User name").fill("two words")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_label("Password again").fill("other")
    main_button(page, "Make my account and join").click()


def signed_in_form(page, base):
    login_error(page, base)
    page.get_by_label("Password").fill(factories.PASSWORD)
    main_button(page, "Sign in").click()
    page.wait_for_url("**/desk/")
    page.goto(f"{base}/accounts/")
    page.get_by_label("Your name").fill("Ben Maria Berg")


def sign_in_ended(page, base):
    signed_in_form(page, base)
    Session.objects.all().delete()
    main_button(page, "Save").click()


def send_again(page, base):
    sign_in_ended(page, base)
    page.get_by_label("User name").fill("ben")
    page.get_by_label("Password").fill(factories.PASSWORD)
    main_button(page, "Sign in").click()


def changed_token(page, base):
    signed_in_form(page, base)
    page.context.add_cookies([{"name": "csrf", "value": "x" * 32, "url": base}])
    main_button(page, "Save").click()


STATES = {
    login_error: "do not belong together",
    join_error: "need your attention",
    sign_in_ended: "Your sign-in has ended",
    send_again: "You are signed in again",
    changed_token: "Please send this once more",
}


@pytest.mark.parametrize("reach", STATES, ids=lambda reach: reach.__name__)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_every_state_is_accessible_and_fits(
    page, watch, live_server, ben, reach, scheme, width
):
    for status in ("401", "403", "422"):
        watch.allow(status)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    reach(page, live_server.url)
    expect(page.get_by_role("main")).to_contain_text(STATES[reach])
    violations = Axe().run(page, options=RULES).response["violations"]
    assert [violation["id"] for violation in violations] == []
    assert not page.evaluate(OVERFLOW)


# --- the administration ---------------------------------------------------------


@pytest.mark.ignore_template_errors
def test_the_administration_keeps_to_the_policy(
    page, watch, live_server, root, ben, cohort, sign_in
):
    """`watch` fails at any message, a violated policy among them."""
    # Chromium's advice about Django's own password forms.
    watch.allow("autocomplete attributes")
    watch.allow("Autofocus processing was blocked")
    sign_in(page, root)
    page.goto(f"{live_server.url}/accounts/")
    page.get_by_role("link", name="To the administration").click()
    for path in (
        "courseware/user/",
        f"courseware/user/{ben.pk}/change/",
        f"courseware/user/{ben.pk}/password/",
        "courseware/user/add/",
        "courseware/cohort/",
        f"courseware/cohort/{cohort.pk}/change/",
        "courseware/course/",
        "courseware/attempt/",
        "auth/group/add/",
        "axes/accessattempt/",
    ):
        page.goto(f"{live_server.url}/admin/{path}")
        expect(page.locator("#site-name")).to_contain_text("Shared Ground")


@pytest.mark.ignore_template_errors
def test_somebody_is_enrolled_by_searching(
    page, watch, live_server, root, cohort, sign_in
):
    cleo = factories.make_person("cleo")
    sign_in(page, root)
    page.goto(f"{live_server.url}/admin/courseware/enrolment/add/?cohort={cohort.pk}")
    page.locator(".field-user .select2-selection").click()
    page.locator(".select2-search__field").fill("cle")
    page.locator(".select2-results__option", has_text="cleo").click()
    page.get_by_label("Role").select_option("instructor")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was added successfully")
    assert cleo.enrolments.get().role == Enrolment.Role.INSTRUCTOR
