"""A real Chromium for the main journeys: with scripts, and without.

Where no Chromium is found the tests are skipped and say so; with
REQUIRE_BROWSER=1 a missing browser fails them instead.
"""

import os
import shutil
from pathlib import Path

import pytest
from django.core.management import call_command

import courseware

# Playwright's loop runs in this thread, and Django's ORM is called beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

NAMES = ["chromium", "chromium-browser", "google-chrome"]
MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BUILT_IN = Path(courseware.__file__).parent / "content" / "shared-responsibility"


def find_chromium() -> str | None:
    given = os.environ.get("CHROMIUM")
    if given:
        return shutil.which(given)
    for name in NAMES:
        if found := shutil.which(name):
            return found
    return str(MACOS) if MACOS.exists() else None


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.fspath).parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    path = find_chromium()
    if path is None:
        reason = (
            "No Chromium was found. Install it (sudo apt install chromium), or "
            "name one in CHROMIUM."
        )
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {
        **browser_type_launch_args,
        "executable_path": path,
        "args": [*QUIET, *sandbox],
    }


@pytest.fixture
def built_in_course(transactional_db):
    """The course that ships with the site, imported as `make serve` does it."""
    from courseware.models import Course

    call_command("import_course", str(BUILT_IN), verbosity=0)
    return Course.objects.get(slug="shared-responsibility")


class Watch:
    """What a page did besides being looked at: messages, and foreign requests."""

    def __init__(self, context, origin: str):
        self.origin = origin
        self.troubles: list[str] = []
        self.allowed: list[str] = []
        context.on("console", self._console)
        context.on("weberror", lambda error: self.troubles.append(str(error.error)))
        context.on("request", self._request)

    def allow(self, part: str) -> None:
        """Expect messages that contain `part` (an offline test, say)."""
        self.allowed.append(part)

    def _console(self, message) -> None:
        self.troubles.append(f"{message.type}: {message.text}")

    def _request(self, request) -> None:
        if not request.url.startswith((self.origin, "blob:", "about:")):
            self.troubles.append(f"foreign request: {request.url}")

    def unexpected(self) -> list[str]:
        return [
            trouble
            for trouble in self.troubles
            if not any(part in trouble for part in self.allowed)
        ]


@pytest.fixture
def watch(context, live_server):
    """Fails a test whose pages wrote to the console or asked a third party."""
    watching = Watch(context, live_server.url)
    yield watching
    assert watching.unexpected() == []


@pytest.fixture
def page(page, watch):
    page.set_default_timeout(10_000)
    return page


@pytest.fixture
def plain_page(browser, live_server):
    """A page in a browser with JavaScript switched off."""
    context = browser.new_context(java_script_enabled=False)
    watching = Watch(context, live_server.url)
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()
    assert watching.unexpected() == []


@pytest.fixture
def sign_in(live_server):
    """sign_in(page, user): through the sign-in page, as people do."""
    from tests.factories import PASSWORD

    def through_the_page(page, user, password: str = PASSWORD):
        page.goto(live_server.url + "/accounts/login/")
        page.get_by_label("User name").fill(user.username)
        page.get_by_label("Password").fill(password)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/accounts/login/" not in url)

    return through_the_page
