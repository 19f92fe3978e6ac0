"""The responsibility line as it is played: service by service, and after a reload."""

import pytest
from playwright.sync_api import expect

from tests import factories

ON_EC2 = {"data": "customer", "guest-os": "customer", "training": "shared"}


@pytest.fixture
def address(live_server, transactional_db):
    course = factories.make_course(public=True)
    activity = factories.make_line(course)
    return f"{live_server.url}/courses/{course.slug}/lines/{activity.key}/"


def place(page):
    for key, side in ON_EC2.items():
        page.locator(f'[name="duty-{key}"][value="{side}"]').check()


def check(page):
    page.get_by_role("button", name="Check").click()
    expect(page.locator("[data-tally]")).to_contain_text("3 of 3 right for Amazon EC2")


def expect_gone_on(page):
    expect(page.get_by_role("radio", name="S3")).to_be_checked()
    expect(page.locator("[data-tally]")).to_contain_text("for Amazon S3")
    expect(page.get_by_role("button", name="Next")).to_have_count(0)
    expect(page.locator(".say")).to_have_count(0)
    for key, side in ON_EC2.items():
        chosen = page.locator(f'[name="duty-{key}"][value="{side}"]')
        expect(chosen).to_be_checked()


def expect_ec2_alone_is_finished(page):
    expect(page.locator("svg desc")).to_contain_text("Amazon EC2: 2 with the customer")
    expect(page.locator("svg desc")).to_contain_text("Amazon S3: not checked yet.")
    expect(page.locator('[data-been="ec2"]')).to_be_visible()
    expect(page.locator('[data-been="s3"]')).to_be_hidden()


def test_what_a_guest_finished_is_there_after_a_reload(page, address, watch):
    page.goto(address)
    place(page)
    check(page)
    page.get_by_role("button", name="Next: S3").click()
    expect_gone_on(page)
    expect(page.get_by_role("radio", name="S3")).to_be_focused()
    page.wait_for_timeout(400)
    page.reload()
    expect_gone_on(page)
    expect_ec2_alone_is_finished(page)
    expect(page.get_by_text("What you typed is back")).to_have_count(1)


def test_one_goes_on_without_scripts(plain_page, address):
    plain_page.goto(address)
    place(plain_page)
    check(plain_page)
    plain_page.get_by_role("button", name="Next: S3").click()
    expect_gone_on(plain_page)
    expect_ec2_alone_is_finished(plain_page)


def test_on_a_phone_the_figure_stands_before_the_duties(page, address, watch):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(address)
    figure = page.locator(".so-far").bounding_box()
    assert figure["y"] < page.locator(".duty").first.bounding_box()["y"]
    # Before anything is finished it has nothing to show but its rule.
    assert figure["height"] < 200
