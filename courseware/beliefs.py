"""Which misconceptions people's answers fit: from activities, the lab and quizzes."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from courseware import question_types
from courseware.misconceptions import Misconception, misconceptions
from courseware.models import (
    Answer,
    Attempt,
    Course,
    Prediction,
    QuestionVersion,
    Result,
)
from courseware.progress import results_in


@dataclass(frozen=True)
class Held:
    """A belief that one person's answers fit, how often, and when last."""

    misconception: Misconception
    times: int
    last: datetime


def beliefs_of(users: Iterable[int], course: Course) -> dict[int, list[Held]]:
    """What the answers of each of `users` (keys) fit, the most frequent first.

    Counted are quizzes and checks of `course`, and everything in the lab.
    Four queries, however many people there are.
    """
    users = list(users)
    seen: dict[int, dict[str, list[datetime]]] = {
        user: defaultdict(list) for user in users
    }
    for user, code, when in [
        *_from_activities(users, course),
        *_from_predictions(users),
        *_from_quizzes(users, course),
    ]:
        seen[user][code].append(when)
    return {user: _held(times) for user, times in seen.items()}


def _held(times: dict[str, list[datetime]]) -> list[Held]:
    known = misconceptions()
    held = [
        Held(known[code], len(moments), max(moments))
        for code, moments in times.items()
        if code in known
    ]
    return sorted(held, key=lambda one: (-one.times, one.misconception.code))


def _from_activities(users, course):
    results = Result.objects.filter(
        results_in(course),
        user__in=users,
        detail__has_key="misconceptions",
    ).values_list("user_id", "detail", "recorded_at")
    for user, detail, when in results:
        for code in detail["misconceptions"]:
            yield user, code, when


def _from_predictions(users):
    predictions = (
        Prediction.objects.filter(user__in=users)
        .exclude(misconceptions=[])
        .values_list("user_id", "misconceptions", "recorded_at")
    )
    for user, codes, when in predictions:
        for code in codes:
            yield user, code, when


def _from_quizzes(users, course):
    answers = list(
        Answer.objects.filter(
            attempt__user__in=users,
            attempt__quiz__course=course,
            attempt__state=Attempt.State.SUBMITTED,
            response__isnull=False,
            mark__lt=1,
        ).values_list(
            "attempt__user_id", "version_id", "response", "attempt__submitted_at"
        )
    )
    versions = QuestionVersion.objects.in_bulk({version for _, version, *_ in answers})
    codes: dict[tuple[int, str], list[str]] = {}
    for user, version, response, when in answers:
        asked = (version, json.dumps(response))
        if asked not in codes:
            codes[asked] = _codes(versions[version], response)
        for code in codes[asked]:
            yield user, code, when


def _codes(version: QuestionVersion, response) -> list[str]:
    kind = question_types.get(version.type)
    rows = kind.review(version.presented, version.answer_key, response)
    return [row.misconception for row in rows if row.chosen and row.misconception]
