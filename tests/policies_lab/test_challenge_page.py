"""A challenge on its page: who sees what, what a try comes to, what is kept."""

import json
import re

import pytest
from django.contrib import admin

from courseware.models import Result
from policies_lab import limits
from policies_lab.challenges import checking, shelf
from policies_lab.challenges.kind import ChallengeKind
from policies_lab.models import ChallengeRecord, Event, OwnChallenge
from tests.policies_lab.challenges import (
    ADDRESS,
    BUCKET,
    KEY,
    NARROW,
    RIGHT,
    SECRETS,
    UNSAFE,
    WIDE,
    policy,
    posted,
    text_of,
)
from tests.policies_lab.conftest import HTMX
from tests.policies_lab.pages import fields, read

pytestmark = pytest.mark.django_db

LIST = "/lab/challenges/"


def stars(page) -> str:
    (bar,) = page.all(id="verdict")
    return bar.one(look="stars").text


def bytes_of(response) -> bytes:
    """A page without what differs from one answer to the next anyway."""
    text = re.sub(rb'value="[A-Za-z0-9]{64}"', b"", response.content)
    return re.sub(rb'nonce="[^"]*"', b"", text)


# --- what is there -----------------------------------------------------------------


def test_the_list_is_open_and_in_the_order_of_the_course(client):
    page = read(client.get(LIST))
    titles = [one.text for one in page.all("h2")]
    assert titles[0] == "Shared responsibility"
    assert titles[-1] == "Compliance"
    links = page.all("a", href=f"{LIST}{KEY}/")
    assert [link.text for link in links] == ["The first Allow"]
    assert len(page.all("ol")) == len({t.text for t in page.all("h3")})
    assert page.all(look="stars") == []


def test_the_lab_leads_to_the_challenges(client):
    assert read(client.get("/lab/")).all("a", href=LIST)


def test_the_page_shows_task_editor_and_requests(client):
    page = read(client.get(ADDRESS))
    assert page.one("h1").text == "The first Allow"
    assert '"Action": ""' in fields(page)["policy-0-document"]
    assert [row.one("th").text for row in page.one("tbody").all("tr")] == [
        "Read a report",
        "Delete a report",
    ]
    assert page.all(id="outcome") == []


def test_documents_that_are_given_cannot_be_written(client):
    page = read(client.get(LIST + "keep-the-block/"))
    assert [area["name"] for area in page.all("textarea")] == ["policy-1-document"]
    data = {"policy-0-document": "{}", "policy-1-document": policy("s3:GetObject")}
    page = read(client.post(LIST + "keep-the-block/", data))
    assert "AllOfS3" in page.text
    assert "Everything" in page.text


def test_an_unknown_challenge_is_not_found(client):
    assert client.get(LIST + "nothing/").status_code == 404
    assert client.put(ADDRESS).status_code == 405


# --- nothing before it is due ------------------------------------------------------


def test_no_secret_is_on_a_page_that_was_not_earned(client):
    answers = [client.get(ADDRESS), client.get(LIST), client.get(ADDRESS, **HTMX)]
    answers.append(client.post(ADDRESS, posted("{")))
    answers.append(client.post(ADDRESS, posted(policy("s3:PutObjectAcl"))))
    answers.append(client.get(ADDRESS + "?in=lesson", **HTMX))
    reference = shelf.built_in()[KEY].reference[0]
    for answer in answers[:4]:
        told = [one for one in SECRETS if one in answer.content.decode()]
        assert told == []
    for answer in answers:
        assert "2026/spring" not in answer.content.decode()
        assert "acme-payroll" not in answer.content.decode()
        assert reference not in answer.content.decode()


def otherwise(text: str) -> str:
    """The same challenge to look at; all that is hidden in its file is another."""
    reference, hidden = text.index("reference = '''"), text.index("[[hidden]]")
    changes = {"Nothing is allowed until": "All is closed until", "A statement": "It"}
    shown = text[:reference]
    for old, new in changes.items():
        shown = shown.replace(old, new)
    solution = text[reference:].split("'''", 2)
    solution[1] = solution[1].replace('"Effect"', '"Sid": "Other", "Effect"')
    rest = "'''".join(solution)
    start = hidden - reference + len(rest) - len(text[reference:])
    secret = rest[start:].replace("acme-payroll", "acme-secret")
    for old, new in {"The policy": "Your policy", "Name the": "Say the"}.items():
        secret = secret.replace(old, new)
    return shown + rest[:start] + secret


def test_a_page_is_the_same_bytes_whatever_is_hidden_in_the_file(client):
    text, other = text_of(), otherwise(text_of())
    for part in ("All is closed", "Other", "acme-secret", "Your policy", "Say the"):
        assert part in other
    row = OwnChallenge.objects.create(key="own", title="x", text=text)
    asks = [
        lambda: client.get(LIST + "own/"),
        lambda: client.get(LIST + "own/?in=lesson", **HTMX),
        lambda: client.post(LIST + "own/", posted("{")),
        lambda: client.get(LIST),
    ]
    before = [bytes_of(ask()) for ask in asks]
    row.text = other
    row.save()
    assert [bytes_of(ask()) for ask in asks] == before
    solved = client.post(LIST + "own/", posted(RIGHT)).content
    assert b"Other" in solved
    assert b"acme-secret" in solved


def test_a_failing_hidden_request_is_told_by_its_clue_alone(client):
    page = client.post(ADDRESS, posted(NARROW)).content.decode()
    assert "Not every report lies at the top of the bucket." in page
    assert "One of these requests is not shown." in page
    assert "2026/spring" not in page
    assert "reaches into other buckets" not in page


# --- what a try comes to -----------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "earned"),
    [(RIGHT, 2), (WIDE, 1), (NARROW, 0), (BUCKET, 0), (UNSAFE, 0)],
)
def test_stars(client, document, earned):
    page = read(client.post(ADDRESS, posted(document)))
    assert stars(page) == f"{earned} of 2 stars"


def test_an_answer_that_is_too_long_keeps_the_second_star_away(client):
    long = json.loads(RIGHT)
    long["Statement"] *= 2
    for number, one in enumerate(long["Statement"]):
        long["Statement"][number] = one | {"Sid": f"ReadEveryReportThere{number}"}
    page = read(client.post(ADDRESS, posted(json.dumps(long))))
    assert stars(page) == "1 of 2 stars"
    room = int(len("".join(shelf.built_in()[KEY].reference[0].split())) * 1.5)
    assert f"the second star allows {room}" in page.text
    spaced = read(client.post(ADDRESS, posted(RIGHT.replace(" ", " " * 400))))
    assert stars(spaced) == "2 of 2 stars"


def test_a_security_warning_keeps_the_second_star_away(client):
    key = "keep-the-block"
    text = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": '
        '["s3:PutAccountPublicAccessBlock", "s3:PutBucketPublicAccessBlock"], '
        '"Resource": "*"}, {"Effect": "Allow", "Action": "iam:PassRole", '
        '"Resource": "*"}]}'
    )
    page = read(client.post(f"{LIST}{key}/", {"policy-1-document": text}))
    assert stars(page) == "1 of 2 stars"
    assert "One security warning." in page.text
    (link,) = page.one("ul", look="findings").all("a")
    assert link["href"] == "#id_policy-1-document"


def test_a_warning_that_is_no_matter_is_said_to_be_none(client):
    key = "our-key-or-none"
    reference = shelf.built_in()[key].reference[1]
    page = read(client.post(f"{LIST}{key}/", {"policy-1-document": reference}))
    assert stars(page) == "2 of 2 stars"
    assert "No security warning that counts here" in page.text
    told = " ".join(one.text for one in page.all("ul", look="findings"))
    assert "plain HTTP" not in told


def test_a_known_wrong_answer_earns_its_hint_and_its_belief(client):
    page = read(client.post(ADDRESS, posted(BUCKET)))
    wrong = shelf.built_in()[KEY].wrong[0]
    assert wrong.hint in page.text
    assert "about a bucket covers the objects" in page.one("dl", look="beliefs").text


def test_text_that_is_no_policy_is_answered_with_place_and_text(client):
    broken = RIGHT.replace('"Action"', "Action")
    response = client.post(ADDRESS, posted(broken))
    page = read(response)
    assert response.status_code == 422
    assert fields(page)["policy-0-document"] == broken
    assert "line 1, column " in page.one(id="problems").text.lower()
    assert page.one("textarea")["aria-invalid"] == "true"
    assert page.all(id="outcome") == []


@pytest.mark.parametrize("text", ["", "\x00", "[" * 5000, "[]", "{}", "null"])
def test_odd_text_is_a_problem_and_no_error(client, text):
    response = client.post(ADDRESS, posted(text))
    assert response.status_code == 422
    assert read(response).one(id="problems")


def test_more_text_than_is_read_is_refused(client):
    response = client.post(ADDRESS, posted(" " * (checking.MOST_TEXT + 1)))
    assert response.status_code == 422
    assert str(checking.MOST_TEXT) in read(response).one(id="problems").text


def test_a_post_without_fields_is_about_the_starting_text(client):
    assert client.post(ADDRESS, {}).status_code == 422


def test_the_first_row_that_fails_is_open_and_another_one_on_request(client):
    page = read(client.post(ADDRESS, posted(BUCKET)))
    assert "How it was decided: Read a report" in page.one(id="how").text
    page = read(client.post(ADDRESS, posted(BUCKET, "open 1")))
    assert "How it was decided: Delete a report" in page.one(id="how").text
    assert page.one(id="bench-how").has("data-focus")
    assert page.all("svg", look="flowchart")


@pytest.mark.parametrize("wish", ["open 2", "open 9", "open x", "open", "nonsense"])
def test_a_hidden_request_cannot_be_opened(client, wish):
    response = client.post(ADDRESS, posted(NARROW, wish))
    assert response.status_code == 200
    assert "2026/spring" not in response.content.decode()
    assert "How it was decided: Read a report" in read(response).one(id="how").text


def test_hints_come_one_at_a_time(client):
    given = []
    data = posted("{", "hint")
    for _each in range(4):
        response = client.post(ADDRESS, data)
        page = read(response)
        assert response.status_code == 200
        given.append(len(page.one(id="hints").all("li")))
        data = fields(page) | {"do": "hint"}
    assert given == [1, 2, 3, 3]
    assert page.one(id="hints").all("button") == []


def test_the_solution_is_shown_after_both_stars(client):
    page = read(client.post(ADDRESS, posted(RIGHT)))
    solution = page.one(id="solution")
    assert "Read a report in a folder" in solution.text
    assert "acme-payroll" in solution.text
    assert page.all("a", href=LIST + "list-and-read/")
    assert read(client.post(ADDRESS, posted(WIDE))).all(id="solution") == []


def test_a_guest_can_give_up_and_leaves_no_row(client):
    page = read(client.post(ADDRESS, posted("{", "give_up")))
    assert page.one(id="solution")
    again = read(client.post(ADDRESS, fields(page) | {"do": "try"}))
    assert again.one(id="solution")
    assert not ChallengeRecord.objects.exists()
    assert not Result.objects.exists()


def test_htmx_gets_the_piece_and_a_lesson_a_short_one(client):
    piece = client.post(ADDRESS, posted(RIGHT), **HTMX)
    assert b"<html" not in piece.content
    assert read(piece).one("form", id="bench")
    short = read(client.get(ADDRESS + "?in=lesson", **HTMX))
    assert short.all("form") == []
    assert short.one("a", href=ADDRESS)


def test_too_much_at_once_is_put_off_and_the_text_kept(client, monkeypatch):
    monkeypatch.setattr(limits, "guests", limits.Buckets(1, 0.1))
    assert client.post(ADDRESS, posted(RIGHT)).status_code == 200
    response = client.post(ADDRESS, posted(WIDE))
    assert response.status_code == 429
    assert response["Retry-After"] == "10"
    assert fields(read(response))["policy-0-document"] == WIDE


# --- what is kept ------------------------------------------------------------------


def test_the_best_answer_and_the_last_text_of_a_learner_are_kept(signed_in, ben):
    client = signed_in(ben)
    for document in (BUCKET, RIGHT, WIDE):
        client.post(ADDRESS, posted(document))
    record = ChallengeRecord.objects.get(user=ben, challenge=KEY)
    assert (record.stars, record.tries) == (2, 3)
    assert record.length == len("".join(RIGHT.split()))
    assert record.documents == {"ReadReports": WIDE}
    page = read(client.get(ADDRESS))
    assert fields(page)["policy-0-document"] == WIDE
    assert page.one(id="solution")
    assert not Event.objects.exists()


def test_the_same_answer_sent_twice_is_one_try(signed_in, ben):
    client = signed_in(ben)
    for _each in range(2):
        client.post(ADDRESS, posted(BUCKET))
        client.post(ADDRESS, posted(BUCKET, "open 1"))
    assert ChallengeRecord.objects.get().tries == 1
    assert Result.objects.count() == 1


def test_a_text_that_cannot_be_read_is_no_try(signed_in, ben):
    signed_in(ben).post(ADDRESS, posted("{"))
    assert not ChallengeRecord.objects.exists()


def test_the_course_is_told_of_stars_and_of_beliefs(signed_in, ben):
    client = signed_in(ben)
    for document in (NARROW, BUCKET, WIDE, RIGHT, WIDE):
        client.post(ADDRESS, posted(document))
    results = Result.objects.filter(user=ben, kind="challenge", key=KEY)
    told = [
        (float(one.score), one.detail["misconceptions"])
        for one in results.order_by("pk")
    ]
    assert told == [(0, ["bucket-arn-covers-objects"]), (0.5, []), (1, [])]


def test_giving_up_is_recorded_once_and_stars_can_still_be_earned(signed_in, ben):
    client = signed_in(ben)
    assert read(client.get(ADDRESS)).all(id="solution") == []
    for _each in range(2):
        page = read(client.post(ADDRESS, posted("{", "give_up")))
        assert page.one(id="solution")
    record = ChallengeRecord.objects.get()
    assert record.gave_up_at
    assert Result.objects.get().detail["gave_up"] is True
    client.post(ADDRESS, posted(RIGHT))
    record.refresh_from_db()
    assert (record.stars, record.tries) == (2, 1)
    assert "before both stars were earned" in read(client.get(ADDRESS)).text


def test_a_learner_cannot_see_the_solution_by_a_forged_field(signed_in, ben):
    client = signed_in(ben)
    forged = client.post(ADDRESS, posted(WIDE, gave_up="1"))
    assert read(forged).all(id="solution") == []


def test_hints_that_were_taken_stay(signed_in, ben):
    client = signed_in(ben)
    client.post(ADDRESS, posted("{", "hint"))
    client.post(ADDRESS, posted("{", "hint"))
    assert ChallengeRecord.objects.get().hints == 2
    assert len(read(client.get(ADDRESS)).one(id="hints").all("li")) == 2


def test_nobody_sees_what_another_one_wrote(signed_in, ben, cleo):
    mine = policy("s3:GetObject", "arn:aws:s3:::bens-own/*")
    signed_in(ben).post(ADDRESS, posted(mine))
    other = signed_in(cleo)
    assert b"bens-own" not in other.get(ADDRESS).content
    assert "0 of" in read(other.get(LIST)).text
    assert b"bens-own" not in signed_in(ben).get(LIST).content


def test_the_list_shows_a_learners_own_stars(signed_in, ben):
    client = signed_in(ben)
    client.post(ADDRESS, posted(WIDE))
    page = read(client.get(LIST))
    possible = 2 * len(shelf.built_in())
    assert f"1 of {possible} stars" in page.text
    (item,) = [li for li in page.all("li") if li.all("a", href=ADDRESS)]
    assert item.one(look="stars").text == "1 of 2 stars"


def test_the_list_asks_the_database_as_often_for_many_as_for_few(
    signed_in, ben, queries_of
):
    client = signed_in(ben)
    client.get(LIST)
    few = queries_of(lambda: client.get(LIST))
    for number in range(20):
        key = f"own-{number}"
        OwnChallenge.objects.create(key=key, title=key, text=text_of())
        ChallengeRecord.objects.create(user=ben, challenge=key, stars=1)
    assert queries_of(lambda: client.get(LIST)) == few
    assert "20 of" in read(client.get(LIST)).text


def test_texts_are_not_read_for_the_list(signed_in, ben, django_assert_max_num_queries):
    ChallengeRecord.objects.create(user=ben, challenge=KEY, documents={"a": "b"})
    client = signed_in(ben)
    with django_assert_max_num_queries(5) as asked:
        client.get(LIST)
    assert not any('"documents"' in one["sql"] for one in asked.captured_queries)


# --- the seam and the administration -----------------------------------------------


@pytest.mark.parametrize(("wrong", "score"), [(False, 1), (True, 0)])
def test_a_demo_person_can_have_a_go(ben, wrong, score):
    kind = ChallengeKind()
    assert kind.exists(KEY)
    assert not kind.exists("nothing")
    assert kind.url(KEY) == ADDRESS
    assert kind.titles([KEY, "nothing"]) == {KEY: "The first Allow"}
    kind.rehearse(user=ben, key=KEY, wrong=wrong)
    result = Result.objects.get(user=ben, kind="challenge")
    assert result.score == score


@pytest.mark.parametrize("model", [OwnChallenge, ChallengeRecord])
def test_rows_are_only_to_be_looked_at(rf, root, model):
    request = rf.get("/")
    request.user = root
    options = admin.site._registry[model]
    assert options.has_view_permission(request)
    assert not options.has_add_permission(request)
    assert not options.has_change_permission(request)
    assert not options.has_delete_permission(request)
