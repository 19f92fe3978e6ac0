"""The responsibility line: placed, checked with reasons, drawn and kept."""

import re

import pytest
from django.test import Client

from courseware.activities import lines
from courseware.models import Result
from courseware.views import activities
from tests import factories

HTMX = {"HX-Request": "true"}
ADDRESS = "/courses/cloud/lines/line/"
ON_EC2 = {"data": "customer", "guest-os": "customer", "training": "shared"}
ON_S3 = {"data": "customer", "guest-os": "provider", "training": "shared"}


@pytest.fixture
def activity(course):
    return factories.make_line(course)


@pytest.fixture
def line(activity):
    return lines.read(activity)


@pytest.fixture
def client(signed_in, ben, activity):
    return signed_in(ben)


def post(client, placed, *, service="ec2", finished=(), **options):
    data = {f"duty-{key}": side for key, side in placed.items()}
    data |= {"service": service, "finished": " ".join(finished)}
    return client.post(ADDRESS, data, **options)


def chosen(html):
    """{name: value} of every radio that is checked."""
    return dict(
        re.findall(
            r'<input[^>]*type="radio" name="([^"]+)" value="([^"]+)"[^>]* checked', html
        )
    )


def duty(html, key):
    return re.search(
        rf'<fieldset class="duty[^>]*id="duty-{key}".*?</fieldset>', html, re.S
    )[0]


# --- the page -------------------------------------------------------------------


def test_every_duty_can_be_placed_on_three_sides(client):
    html = client.get(ADDRESS).content.decode()

    assert "<h1>Where is the line?</h1>" in html
    for key in ON_EC2:
        sides = re.findall(r'value="(\w+)"', duty(html, key))
        assert sides == ["customer", "shared", "provider"]
        assert f"<legend>Duty {key}</legend>" in duty(html, key)


def test_nothing_is_told_before(client):
    html = client.get(ADDRESS).content.decode()

    assert "Why" not in html
    assert 'd=""' in html
    assert 'name="to"' not in html
    assert chosen(html) == {"service": "ec2"}


def test_a_link_can_choose_the_service(client):
    html = client.get(ADDRESS + "?service=s3").content.decode()
    assert chosen(html) == {"service": "s3"}
    odd = client.get(ADDRESS + "?service=nonsense").content.decode()
    assert chosen(odd) == {"service": "ec2"}


def test_the_form_is_kept_in_the_browser(client):
    html = client.get(ADDRESS).content.decode()
    assert 'data-keep="line:cloud:line"' in html
    assert 'data-keep-until="discarded"' in html


# --- checking -------------------------------------------------------------------


def test_right_and_wrong_are_told_with_reasons(client):
    response = post(client, ON_EC2 | {"guest-os": "provider"})
    html = response.content.decode()

    assert response.status_code == 200
    assert "2 of 3 right for Amazon EC2." in html
    assert "Why data on ec2." in duty(html, "data")
    assert 'class="duty right"' in duty(html, "data")
    wrong = duty(html, "guest-os")
    assert 'class="duty wrong"' in wrong
    assert "On Amazon EC2 it is the customer\u2019s." in wrong
    assert "Why guest-os on ec2." in wrong
    assert '<a href="#duty-guest-os">' in html


def test_the_same_placement_is_judged_by_the_service(client):
    html = post(client, ON_EC2, service="s3").content.decode()

    assert "2 of 3 right for Amazon S3." in html
    assert "On Amazon S3 it is the provider\u2019s." in duty(html, "guest-os")
    assert "Why guest-os on s3." in duty(html, "guest-os")


def test_a_shared_duty_is_named_as_such(client):
    html = post(client, ON_EC2 | {"training": "customer"}).content.decode()
    assert "On Amazon EC2 both have a part." in duty(html, "training")


def test_placements_stay_where_they_were(client):
    html = post(
        client, ON_EC2 | {"guest-os": "provider"}, service="s3"
    ).content.decode()

    assert chosen(html) == {
        "service": "s3",
        "duty-data": "customer",
        "duty-guest-os": "provider",
        "duty-training": "shared",
    }


def test_what_was_not_placed_is_not_told(client):
    html = post(client, {"data": "customer"}).content.decode()

    assert "1 of 1 right so far for Amazon EC2, 2 to go." in html
    assert "Why guest-os" not in html
    assert "Why training" not in html
    assert 'd=""' in html


def test_with_nothing_wrong_one_is_sent_on(client):
    html = post(client, ON_EC2).content.decode()
    assert "3 of 3 right" in html
    assert "Move on to the next service" in html


def test_one_goes_on_to_the_next_service_with_everything_in_its_place(client):
    html = post(client, ON_EC2).content.decode()
    button = re.search(r'<button [^>]*name="to" value="s3"[^>]*>([^<]+)', html)
    assert button[1] == "Next: S3"

    placed = {f"duty-{key}": side for key, side in ON_EC2.items()}
    html = client.post(ADDRESS, placed | {"service": "ec2", "to": "s3"}).content
    html = html.decode()
    assert chosen(html) == placed | {"service": "s3"}
    assert "Why" not in html
    assert "3 duties to place for Amazon S3" in html
    assert Result.objects.count() == 1


def test_the_next_service_is_one_that_is_not_finished(line):
    ec2, s3 = line.services
    assert lines.next_service(line, ec2, []) == s3
    assert lines.next_service(line, s3, []) == ec2
    assert lines.next_service(line, s3, ["ec2"]) is None
    assert lines.next_service(line, ec2, ["ec2", "s3"]) is None


def test_with_every_service_finished_there_is_no_next(client):
    post(client, ON_EC2)
    html = post(client, ON_S3, service="s3").content.decode()
    assert 'name="to"' not in html
    assert "Every service is checked: the line is whole." in html
    assert "Move on to the next service" not in html


@pytest.mark.parametrize(
    ("placed", "service"),
    [
        ({}, "ec2"),
        ({"data": "nobody"}, "ec2"),
        ({"no-such-duty": "customer"}, "ec2"),
        (ON_EC2, "nonsense"),
        (ON_EC2, ""),
    ],
)
def test_what_cannot_be_checked_is_refused_and_kept(client, placed, service):
    response = post(client, placed, service=service)
    html = response.content.decode()

    assert response.status_code == 422
    assert 'role="alert"' in html
    assert not Result.objects.exists()
    kept = {f"duty-{key}": placed[key] for key in placed if key in ON_EC2}
    kept = {key: side for key, side in kept.items() if side in lines.SIDES}
    assert chosen(html) == kept | {"service": "ec2"}


# --- the figure -----------------------------------------------------------------


def test_a_column_shows_once_its_service_is_done(client):
    html = post(client, ON_EC2).content.decode()

    assert "Amazon EC2: 2 with the customer, 1 shared, 0 with the provider." in html
    assert "Amazon S3: not checked yet." in html


def test_columns_add_up_for_who_is_signed_in(client):
    post(client, ON_EC2)
    post(client, ON_S3, service="s3")
    html = client.get(ADDRESS).content.decode()

    assert "Amazon EC2: 2 with the customer" in html
    assert "Amazon S3: 1 with the customer, 1 shared, 1 with the provider." in html


def test_columns_add_up_for_guests_by_their_form(course, activity):
    course.public = True
    course.save()
    guest = Client()
    html = post(guest, ON_EC2).content.decode()
    assert re.search(r'<input type="hidden" name="finished" [^>]*value="ec2"', html)

    html = post(
        guest, ON_S3, service="s3", finished=["ec2", "<nonsense>"]
    ).content.decode()
    assert "Amazon EC2: 2 with the customer" in html
    assert "Amazon S3: 1 with the customer" in html
    assert "nonsense" not in html
    assert not Result.objects.exists()


def test_what_a_guest_had_finished_can_be_asked_for(course, activity, client):
    course.public = True
    course.save()
    asked = ADDRESS + "?finished=ec2+nonsense&service=s3"
    html = Client().get(asked, headers=HTMX).content.decode()
    assert "Amazon EC2: 2 with the customer" in html
    assert "Amazon S3: not checked yet." in html
    # Somebody signed in has results, which an address does not change.
    html = client.get(asked, headers=HTMX).content.decode()
    assert "Amazon EC2: not checked yet." in html


def test_the_line_runs_between_the_two_sides(line):
    [ec2, _s3] = line.services
    drawn = lines.figure(line, ec2, ["ec2", "s3"])
    low, high = drawn.columns

    assert (low.customer, low.shared, low.provider) == (2, 1, 0)
    assert low.provider_y == drawn.bottom
    assert high.provider_y < low.provider_y
    for column in drawn.columns:
        heights = column.customer_height + column.shared_height + column.provider_height
        assert heights == pytest.approx(drawn.height, abs=0.02)
        assert column.shared_y <= column.provider_y
    assert drawn.path.startswith(f"M0 {low.provider_y:g}H97.5V{low.shared_y:g}H195")
    assert drawn.path.count("M") == 1


def test_the_line_breaks_where_a_service_is_missing():
    answer = {"a": "customer", "b": "customer", "c": "provider"}
    line = lines.Line(
        services=[lines.Service(key, key) for key in "abc"],
        duties=[lines.Duty("one", "One", answer, {})],
        intro="",
    )
    path = lines.figure(line, line.services[0], ["a", "c"]).path
    assert path.count("M") == 2


# --- results --------------------------------------------------------------------


def test_each_check_is_recorded(client, ben):
    post(client, ON_EC2 | {"guest-os": "provider"})
    post(client, {"data": "customer"}, service="s3")
    first, second = Result.objects.filter(user=ben).order_by("pk")

    assert (first.kind, first.key) == ("line", "cloud/line")
    assert float(first.score) == pytest.approx(2 / 3, abs=0.001)
    assert first.detail == {"service": "ec2", "complete": True, "wrong": ["guest-os"]}
    assert float(second.score) == pytest.approx(1 / 3, abs=0.001)
    assert second.detail == {"service": "s3", "complete": False, "wrong": []}


# --- pieces, and who may --------------------------------------------------------


def test_htmx_gets_the_piece_alone(client):
    response = post(client, ON_EC2, headers=HTMX)
    html = response.content.decode()

    assert "<html" not in html
    assert '<div id="line-line">' in html
    assert "HX-Request" in response.headers["Vary"]


def test_a_lesson_shows_what_it_is_about(client):
    html = client.get(ADDRESS + "?in=lesson", headers=HTMX).content.decode()

    assert "<html" not in html
    assert "<h3" in html
    assert f'href="{ADDRESS}">Place the 3 duties' in html
    assert "<form" not in html
    assert "Why" not in html


def test_without_htmx_the_address_that_a_lesson_asks_is_a_page(client):
    html = client.get(ADDRESS + "?in=lesson").content.decode()

    assert "<html" in html
    assert "<form" in html


def test_strangers_find_nothing(client, signed_in, cleo):
    for stranger in (Client(), signed_in(cleo)):
        assert stranger.get(ADDRESS).status_code == 404
        assert post(stranger, ON_EC2).status_code == 404
    assert not Result.objects.exists()


def test_a_retired_line_is_gone(client, activity):
    activity.retired = True
    activity.save()
    assert client.get(ADDRESS).status_code == 404


def test_other_methods_are_refused(client):
    assert client.put(ADDRESS).status_code == 405


def test_checking_needs_a_token_of_the_site(signed_in, ben, activity):
    strict = signed_in(ben, enforce_csrf_checks=True)
    assert post(strict, ON_EC2).status_code == 403


def test_the_kind_knows_its_lines(activity, queries_of):
    assert lines.exists("cloud/line")
    assert not lines.exists("cloud/other")
    assert not lines.exists("elsewhere/line")
    assert lines.title("cloud/line") == "Where is the line?"
    assert lines.url("cloud/line") == ADDRESS
    keys = ["cloud/line", "cloud/gone"]
    assert queries_of(lambda: lines.titles(keys)) == 1
    assert lines.titles(keys)["cloud/gone"] == "cloud/gone"


def test_placements_are_not_kept_without_end(client, monkeypatch):
    few = activities.Limit("few", times=1, seconds=3600)
    monkeypatch.setattr(activities, "RESULTS", few)
    assert post(client, ON_EC2).status_code == 200
    response = post(client, ON_S3, service="s3")
    html = response.content.decode()

    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 3600
    assert re.search(r"Try again in \d+ minute", html)
    placed = {f"duty-{key}": side for key, side in ON_S3.items()}
    assert chosen(html) == placed | {"service": "s3"}
    assert "Why" not in html
    assert Result.objects.count() == 1


def test_what_was_finished_comes_once_however_often_it_was(
    ben, activity, line, django_assert_num_queries
):
    key = lines.key_of(activity)
    details = [
        {"service": "ec2", "complete": True, "wrong": []},
        {"service": "1e3", "complete": True, "wrong": []},
        {"service": "s3", "complete": False, "wrong": []},
        {},
    ]
    for detail in details * 5:
        Result.objects.create(user=ben, kind="line", key=key, score=1, detail=detail)
    with django_assert_num_queries(1) as captured:
        assert lines.finished_before(ben, activity, line, {}) == {"ec2", "1e3"}
    assert "DISTINCT" in captured.captured_queries[0]["sql"]
