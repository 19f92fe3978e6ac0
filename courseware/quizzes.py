"""Attempts at a quiz: starting one, saving its answers, handing it in.

What decides a mark is loaded by `submit_attempt` and by the review of an attempt
that is closed, and nowhere else: whatever reads an open attempt goes through
`pinned_answers`, which leaves the answer key in the database.
"""

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from courseware import question_types
from courseware.models import Answer, Attempt, Quiz, QuizQuestion

logger = logging.getLogger(__name__)

SEEDS = 2**31 - 1
THOUSANDTH = Decimal("0.001")


class QuizError(Exception):
    """Something that a learner did cannot be done; nothing was written."""


class EmptyQuiz(QuizError):
    """There is no question to ask."""


class AttemptClosed(QuizError):
    """The attempt was handed in; its answers no longer change."""


class AttemptOpen(QuizError):
    """The attempt was not handed in; nothing about its marks may be told."""


class StaleAnswer(QuizError):
    """Another answer was saved since the page of this one was made.

    `answer` is what is saved now; `response` is what this page would save, and
    `revision` the one that it knew.
    """

    def __init__(self, answer: Answer, response: Any, revision: int):
        super().__init__(f"revision {revision} is older than {answer.revision}")
        self.answer = answer
        self.response = response
        self.revision = revision


@dataclass(frozen=True)
class Given:
    """What a page gives for one question: `revision` is the one it was made with."""

    position: int
    raw: Any
    revision: int


@dataclass
class Saving:
    """How saving several answers went; `refused` holds the reason by position."""

    saved: list[Answer] = field(default_factory=list)
    refused: dict[int, Exception] = field(default_factory=dict)


@dataclass(frozen=True)
class Overview:
    """What the page of a quiz tells `user`. `attempts`: newest first."""

    quiz: Quiz
    questions: int
    attempts: list[Attempt]
    answered: int

    @property
    def open(self) -> Attempt | None:
        """The attempt under way; `answered` of its questions have an answer."""
        states = (one for one in self.attempts if one.state == Attempt.State.OPEN)
        return next(states, None)

    @property
    def submitted(self) -> list[Attempt]:
        return [one for one in self.attempts if one.state == Attempt.State.SUBMITTED]

    @property
    def best(self) -> Attempt | None:
        """The one with the largest share of its points."""
        return max(self.submitted, key=lambda one: one.score / one.out_of, default=None)


def overview(*, quiz: Quiz, user) -> Overview:
    mine = Attempt.objects.filter(quiz=quiz, user=user)
    return Overview(
        quiz=quiz,
        questions=questions_of(quiz).count(),
        attempts=list(mine.order_by("-number")),
        answered=Answer.objects.filter(
            attempt__in=mine.filter(state=Attempt.State.OPEN), response__isnull=False
        ).count(),
    )


def open_attempt(*, quiz: Quiz, user) -> Attempt | None:
    return Attempt.objects.filter(
        quiz=quiz, user=user, state=Attempt.State.OPEN
    ).first()


def pinned_answers(attempt: Attempt):
    """The answers of `attempt` with the questions asked, never with their keys."""
    return (
        Answer.objects.filter(attempt=attempt)
        .select_related("version")
        .defer("version__answer_key")
        .order_by("position")
    )


def states_of_answers(attempt: Attempt):
    """The answers of `attempt` without their questions."""
    return (
        Answer.objects.filter(attempt=attempt)
        .only("position", "response", "saved_at")
        .order_by("position")
    )


def has_open_questions(attempt: Attempt) -> bool:
    return Answer.objects.filter(attempt=attempt, response__isnull=True).exists()


def marked_answers(attempt: Attempt):
    """The answers of a closed attempt with questions and keys. Raises AttemptOpen."""
    if attempt.state == Attempt.State.OPEN:
        raise AttemptOpen
    return (
        Answer.objects.filter(attempt=attempt)
        .select_related("version")
        .order_by("position")
    )


def questions_of(quiz: Quiz):
    """The places of `quiz` whose questions are asked today, in order."""
    return QuizQuestion.objects.filter(
        quiz=quiz, question__retired=False, question__current__isnull=False
    ).order_by("position")


def start_attempt(*, quiz: Quiz, user) -> Attempt:
    """The open attempt of `user`, or a new one with today's questions.

    Raises EmptyQuiz. Two simultaneous starts give the same attempt.
    """
    found = open_attempt(quiz=quiz, user=user)
    if found:
        return found
    try:
        with transaction.atomic():
            return _new_attempt(quiz, user)
    except IntegrityError:
        # The constraints let one of simultaneous starts win, and it was not this.
        return Attempt.objects.filter(quiz=quiz, user=user).latest("number")


def _new_attempt(quiz: Quiz, user) -> Attempt:
    versions = list(questions_of(quiz).values_list("question__current_id", flat=True))
    if not versions:
        raise EmptyQuiz
    earlier = Attempt.objects.filter(quiz=quiz, user=user)
    last = earlier.aggregate(last=Max("number"))["last"] or 0
    attempt = Attempt.objects.create(
        quiz=quiz, user=user, number=last + 1, seed=secrets.randbelow(SEEDS)
    )
    Answer.objects.bulk_create(
        Answer(attempt=attempt, version_id=version, position=position)
        for position, version in enumerate(versions, start=1)
    )
    logger.info("quiz.started", extra={"attempt": attempt.pk})
    return attempt


@transaction.atomic
def save_answer(*, attempt: Attempt, position: int, raw: Any, revision: int) -> Answer:
    """Save what was answered to the question at `position`.

    `raw` is as it was posted, `revision` the one that the page was made with.
    Saving what is saved already succeeds whatever the revision, so that a lost
    reply can be followed by a second try.

    Raises AttemptClosed, StaleAnswer, Answer.DoesNotExist, and InvalidResponse
    of courseware.question_types.
    """
    _lock_open(attempt)
    answer = pinned_answers(attempt).get(position=position)
    if _take(answer, Given(position, raw, revision)):
        answer.save(update_fields=TAKEN)
    return answer


@transaction.atomic
def save_answers(*, attempt: Attempt, given: Sequence[Given]) -> Saving:
    """Save every answer of `given` that can be saved, and say why others cannot.

    Positions that `attempt` does not have are passed over. Raises AttemptClosed.
    The number of queries does not grow with `given`.
    """
    _lock_open(attempt)
    answers = {answer.position: answer for answer in pinned_answers(attempt)}
    saving = Saving()
    for one in given:
        answer = answers.get(one.position)
        try:
            if answer and _take(answer, one):
                saving.saved.append(answer)
        except (StaleAnswer, question_types.InvalidResponse) as problem:
            saving.refused[one.position] = problem
    Answer.objects.bulk_update(saving.saved, TAKEN)
    return saving


TAKEN = ["response", "revision", "saved_at"]


def _lock_open(attempt: Attempt) -> None:
    # The lock keeps a save from slipping between closing and grading. SQLite
    # needs none: its transactions begin IMMEDIATE, one after the other.
    state = Attempt.objects.select_for_update().values_list("state", flat=True)
    if state.get(pk=attempt.pk) != Attempt.State.OPEN:
        raise AttemptClosed


def _take(answer: Answer, given: Given) -> bool:
    """Put what was given into `answer`; whether that changed anything."""
    kind = question_types.get(answer.version.type)
    response = kind.clean(answer.version.presented, given.raw)
    if response == answer.response:
        return False
    if given.revision != answer.revision:
        raise StaleAnswer(answer, response, given.revision)
    answer.response = response
    answer.revision += 1
    answer.saved_at = timezone.now()
    return True


def submit_attempt(*, attempt: Attempt) -> Attempt:
    """Close `attempt` and mark what was saved; once, however often it is called.

    Marks and `score` are points: each question is worth 1, `out_of` counts them.
    """
    with transaction.atomic():
        # Of simultaneous calls one finds the attempt open; it alone marks.
        closed = Attempt.objects.filter(pk=attempt.pk, state=Attempt.State.OPEN).update(
            state=Attempt.State.SUBMITTED, submitted_at=timezone.now()
        )
        if closed:
            _mark(attempt)
    refresh(attempt)
    if closed:
        logger.info("quiz.submitted", extra={"attempt": attempt.pk})
    return attempt


def refresh(attempt: Attempt) -> None:
    """Take over what closing wrote, by whatever request."""
    attempt.refresh_from_db(fields=["state", "submitted_at", "score", "out_of"])


def _mark(attempt: Attempt) -> None:
    answers = list(Answer.objects.filter(attempt=attempt).select_related("version"))
    for answer in answers:
        answer.mark = _mark_of(answer)
    Answer.objects.bulk_update(answers, ["mark"])
    Attempt.objects.filter(pk=attempt.pk).update(
        score=sum((answer.mark for answer in answers), Decimal(0)), out_of=len(answers)
    )


def _mark_of(answer: Answer) -> Decimal:
    if answer.response is None:
        return Decimal(0)
    version = answer.version
    kind = question_types.get(version.type)
    grade = kind.grade(version.presented, version.answer_key, answer.response)
    return Decimal(str(grade.mark)).quantize(THOUSANDTH)
