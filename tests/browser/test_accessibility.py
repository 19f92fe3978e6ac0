"""Every kind of page, in both schemes and at both widths: axe finds nothing, and
nothing scrolls sideways.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe

from courseware.models import Cohort, Enrolment, Quiz
from courseware.quizzes import start_attempt, submit_attempt
from tests import factories

RULES = {
    "runOnly": {
        "type": "tag",
        "values": [
            "wcag2a",
            "wcag2aa",
            "wcag21a",
            "wcag21aa",
            "wcag22aa",
            "best-practice",
        ],
    }
}
WIDTHS = [360, 1280]
SCHEMES = ["light", "dark"]
COURSE = "/courses/shared-responsibility/"
OVERFLOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"

PUBLIC = [
    "/",
    COURSE,
    COURSE + "glossary/",
    COURSE + "lessons/who-secures-what/",
    COURSE + "lessons/how-a-request-is-decided/",
    COURSE + "checks/chk-guest-os/",
    COURSE + "lines/line/",
    "/lab/",
    "/lab/scenarios/dynamodb-s3-notresource/",
    "/lab/challenges/",
    "/lab/challenges/both-sides-of-a-bucket/",
    "/accounts/login/",
    "/accounts/join/",
    "/accounts/password/reset/",
    "/nothing-here/",
]


def troubles_of(page, address: str) -> list[str]:
    """What axe and the window's width have to say about one address."""
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(address)
            where = f"{address} {scheme} {width}"
            report = Axe().run(page, options=RULES)
            found += [
                f"{where}: {violation['id']}: {node['html'][:120]}"
                for violation in report.response["violations"]
                for node in violation["nodes"]
            ]
            if page.evaluate(OVERFLOW):
                found.append(f"{where}: scrolls sideways")
    return found


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages(page, watch, live_server, built_in_course, path):
    watch.allow("404 (Not Found)")
    assert troubles_of(page, live_server.url + path) == []


@pytest.fixture
def class_of_ada(built_in_course):
    """ada teaches, ben has handed in one quiz and has another one open."""
    cohort = Cohort.objects.create(name="Autumn", course=built_in_course)
    ada, ben = factories.make_person("ada"), factories.make_person("ben")
    factories.enrol(ada, cohort, Enrolment.Role.INSTRUCTOR)
    factories.enrol(ben, cohort)
    handed_in, still_open = Quiz.objects.order_by("section__position")[:2]
    done = start_attempt(quiz=handed_in, user=ben)
    submit_attempt(attempt=done)
    started = start_attempt(quiz=still_open, user=ben)
    return {"cohort": cohort, "ada": ada, "ben": ben, "done": done, "open": started}


def test_pages_of_a_student(page, live_server, class_of_ada, sign_in):
    sign_in(page, class_of_ada["ben"])
    paths = [
        "/desk/",
        "/accounts/",
        "/accounts/password/",
        COURSE,
        COURSE + "lessons/who-secures-what/",
        class_of_ada["open"].quiz.get_absolute_url(),
        class_of_ada["open"].get_absolute_url(),
        class_of_ada["done"].get_absolute_url(),
    ]
    assert [t for p in paths for t in troubles_of(page, live_server.url + p)] == []


def test_pages_of_an_instructor(page, live_server, class_of_ada, sign_in):
    sign_in(page, class_of_ada["ada"])
    cohort = f"/teach/cohorts/{class_of_ada['cohort'].pk}/"
    paths = ["/teach/", cohort, f"{cohort}people/{class_of_ada['ben'].pk}/"]
    assert [t for p in paths for t in troubles_of(page, live_server.url + p)] == []
