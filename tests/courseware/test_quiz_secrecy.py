"""Until an attempt is handed in, no byte that is sent depends on the answer key."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courseware import quizzes
from courseware.models import Attempt, QuestionVersion
from tests import factories

HTMX = {"HTTP_HX_REQUEST": "true"}
KEYS = [
    {
        "right": "a",
        "feedback": {"a": "<p>Yes indeed.</p>", "b": "", "c": "<p>No.</p>"},
        "misconceptions": {"b": "aws-patches-guest-os"},
        "rule": "",
    },
    {
        "right": "c",
        "feedback": dict.fromkeys("abc", f"<p>{'A long reason. ' * 40}</p>"),
        "misconceptions": {},
        "rule": "<p>Another rule altogether.</p>",
    },
]
# What differs between any two responses, whatever they are about.
CHANCE = [
    (re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]+'), r"\1"),
    (re.compile(r"/attempts/[0-9]+/"), "/attempts/N/"),
    (re.compile(r"quiz:[0-9]+:"), "quiz:N:"),
]
BY_CHANCE = {"X-Request-ID", "Content-Length"}


@pytest.fixture
def quiz(section):
    """Two more questions than are answered below: it is not handed in on the way."""
    return factories.make_quiz(section, questions=5)


@pytest.fixture
def frozen(monkeypatch):
    """The same moment and the same seed for every attempt."""
    moment = datetime(2026, 11, 24, 14, 3, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    monkeypatch.setattr(quizzes.secrets, "randbelow", lambda limit: 4711)


def told(response) -> tuple:
    """Everything that a response tells, without what chance put into it."""
    body = response.content.decode()
    headers = {k: v for k, v in response.headers.items() if k not in BY_CHANCE}
    for pattern, plain in CHANCE:
        body = pattern.sub(plain, body)
        headers = {name: pattern.sub(plain, text) for name, text in headers.items()}
    cookies = sorted(
        name for name in response.cookies if not name.startswith(("session", "csrf"))
    )
    return response.status_code, headers, body, cookies


def every_step(client, quiz, ben) -> list:
    """All that can be done with an attempt before it is handed in."""
    responses = [
        client.get(quiz.get_absolute_url()),
        client.post(f"{quiz.get_absolute_url()}start/"),
    ]
    url = Attempt.objects.get(user=ben).get_absolute_url()

    def post(path, data, **extra):
        responses.append(client.post(url + path, data, **extra))

    responses.append(client.get(url))
    for n, option in enumerate("abc", start=1):
        # Each option once; then again, too late, kept, decided; an unknown one.
        data = {f"answer-{n}": option, f"revision-{n}": "0"}
        post(f"answers/{n}/", data, **HTMX)
        post(f"answers/{n}/", data, **HTMX)
        other = {f"answer-{n}": "abca"["abc".index(option) + 1], f"revision-{n}": "0"}
        post(f"answers/{n}/", other, **HTMX)
        post(f"answers/{n}/", other | {"keep": str(n)}, **HTMX)
        post("answers/", other)
        post(f"answers/{n}/", other | {f"seen-{n}": "1"}, **HTMX)
        post(f"answers/{n}/", {f"answer-{n}": "zz", f"revision-{n}": "2"}, **HTMX)
    post("answers/", {"answer-4": "b", "revision-4": "0"})
    post("submit/", {})
    post("submit/", {"answer-1": "c", "revision-1": "0"})
    responses += [client.get(f"{url}?ask"), client.get(quiz.get_absolute_url())]
    return responses


def with_key(key: dict, quiz, ben, signed_in) -> tuple[list, list]:
    """What is told before and after handing in; nothing of it stays in the database."""
    with transaction.atomic():
        QuestionVersion.objects.update(answer_key=key)
        client = signed_in(ben)
        before = [told(response) for response in every_step(client, quiz, ben)]
        url = Attempt.objects.get(user=ben).get_absolute_url()
        client.post(f"{url}submit/", {"asked": "1"})
        after = [told(client.get(url)), told(client.get(quiz.get_absolute_url()))]
        transaction.set_rollback(True)
    return before, after


def test_two_quizzes_that_differ_in_their_keys_look_the_same(
    quiz, ben, signed_in, frozen
):
    (before, after), (others_before, others_after) = [
        with_key(key, quiz, ben, signed_in) for key in KEYS
    ]

    assert {status for status, *_ in before} == {200, 302, 422}
    for step, (one, other) in enumerate(zip(before, others_before, strict=True)):
        assert one == other, f"step {step}"
    # Afterwards they do differ: the comparison sees what there is to see.
    assert after[0] != others_after[0]


def test_the_key_stays_in_the_database_until_handing_in(quiz, ben, signed_in):
    client = signed_in(ben)
    with CaptureQueriesContext(connection) as before:
        every_step(client, quiz, ben)
    url = Attempt.objects.get(user=ben).get_absolute_url()
    with CaptureQueriesContext(connection) as after:
        client.post(f"{url}submit/", {"asked": "1"})

    assert [query for query in before if "answer_key" in query["sql"]] == []
    assert [query for query in after if "answer_key" in query["sql"]] != []


def test_no_template_of_an_open_attempt_holds_the_key(quiz, ben, signed_in):
    held = []
    for response in every_step(signed_in(ben), quiz, ben):
        for layer in response.context or []:
            for values in layer.dicts:
                for row in values.get("questions", [values.get("question")]):
                    if row:
                        held.append(row.answer.version.get_deferred_fields())

    assert held
    assert all("answer_key" in deferred for deferred in held)
