"""Checks: single questions inside lessons, answered at once and never marked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from courseware import question_types
from courseware.models import Question, QuestionVersion, Result
from courseware.question_types import InvalidResponse, ReviewRow

NAME = "check"


def checks():
    """The checks that can be answered today, with their wording."""
    return Question.objects.filter(
        use=Question.Use.CHECK, retired=False, current__isnull=False
    ).select_related("current", "course", "section")


def key_of(question: Question) -> str:
    return f"{question.course.slug}/{question.key}"


# --- what the seam asks of a kind ---------------------------------------------


def title(key: str) -> str:
    return titles([key])[key]


def titles(keys: Iterable[str]) -> dict[str, str]:
    """The title of each of `keys`, by one query; a lost check keeps its key."""
    keys = list(keys)
    found = {
        f"{course}/{key}": title
        for course, key, title in Question.objects.filter(
            use=Question.Use.CHECK, key__in=[key.partition("/")[2] for key in keys]
        ).values_list("course__slug", "key", "current__title")
    }
    return {key: found.get(key) or key for key in keys}


def url(key: str) -> str:
    course, _slash, inner = key.partition("/")
    return reverse("courseware:check", args=[course, inner])


def kinds_of(results: Sequence[Result]) -> list[str]:
    return [_("Check in a lesson")] * len(results)


def exists(key: str) -> bool:
    course, _slash, inner = key.partition("/")
    return checks().filter(course__slug=course, key=inner).exists()


# --- answering ----------------------------------------------------------------


@dataclass(frozen=True)
class Option:
    """`place` is its number on the page ("1", "2", ...), and what the form sends:
    an option's id tells where it stands in the file of its author."""

    place: str
    html: str


@dataclass(frozen=True)
class Reviewed:
    """One option of an answered check.

    While the answer is wrong only the chosen option has feedback: the right one
    is still to be found.
    """

    place: str
    html: str
    chosen: bool
    right: bool
    feedback: str


@dataclass(frozen=True)
class Answered:
    """How an answer went. `options` are in the order shown; `score` is 0 to 1."""

    response: Any
    right: bool
    score: float
    options: list[Reviewed]
    rule: str
    misconceptions: list[str]


def options(version: QuestionVersion) -> list[Option]:
    """The options in the order in which everybody sees them."""
    return [
        Option(str(place), option["html"])
        for place, option in enumerate(_ordered(version), start=1)
    ]


def _ordered(version: QuestionVersion) -> list[dict]:
    kind = question_types.get(version.type)
    return kind.option_order(version.presented, version.pk)


def place_of(version: QuestionVersion, option: str) -> str:
    """Where the option with the id `option` stands."""
    ids = [one["id"] for one in _ordered(version)]
    return str(ids.index(option) + 1)


def answer(version: QuestionVersion, place: str | None) -> Answered:
    """What choosing the option at `place` comes to.

    Raises InvalidResponse, also where nothing was chosen.
    """
    kind = question_types.get(version.type)
    ids = {str(n): option["id"] for n, option in enumerate(_ordered(version), 1)}
    if place not in ids:
        raise InvalidResponse(_("Choose one of the options first."))
    response = kind.clean(version.presented, ids[place])
    grade = kind.grade(version.presented, version.answer_key, response)
    rows = {
        row.id: row
        for row in kind.review(version.presented, version.answer_key, response)
    }
    return Answered(
        response=response,
        right=grade.right,
        score=grade.mark,
        options=[
            _reviewed(n, rows[option], everything=grade.right)
            for n, option in ids.items()
        ],
        rule=version.answer_key.get("rule", ""),
        misconceptions=[
            row.misconception
            for row in rows.values()
            if row.chosen and row.misconception
        ],
    )


def _reviewed(place: str, row: ReviewRow, *, everything: bool) -> Reviewed:
    told = everything or row.chosen
    return Reviewed(
        place=place,
        html=row.html,
        chosen=row.chosen,
        right=told and row.right,
        feedback=row.feedback if told else "",
    )
