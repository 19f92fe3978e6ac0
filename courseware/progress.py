"""How far somebody is in a course, and where they go on.

The steps of a course are its lessons (done once marked as read) and its quizzes
(done once an attempt was handed in), in the order of the outline. What was
retired counts neither way, so that everybody can reach 100 %.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from courseware import activities
from courseware.activities import checks, lines
from courseware.models import (
    Attempt,
    Completion,
    Course,
    Lesson,
    Quiz,
    Result,
    User,
)
from courseware.outline import Outline, Part, outlines
from courseware.percent import percent


@dataclass
class QuizRecord:
    """One person's attempts at one quiz. `score` and `out_of` are of the best.

    `open` is the attempt under way where somebody's own pages are made, with
    `answered` and `asked`, how many of its questions have an answer and are there.
    """

    handed_in: int = 0
    under_way: bool = False
    open: Attempt | None = None
    score: Decimal | None = None
    out_of: int | None = None
    last: datetime | None = None

    @property
    def percent(self) -> int | None:
        """Of the best attempt, whole per cent."""
        return percent(self.score, self.out_of) if self.out_of else None

    def add(self, attempt: dict) -> None:
        if attempt["state"] == Attempt.State.OPEN:
            self.under_way = True
            return
        self.handed_in += 1
        self.last = max(
            filter(None, [self.last, attempt["submitted_at"]]), default=None
        )
        score, out_of = attempt["score"], attempt["out_of"]
        if out_of and (not self.out_of or score / out_of > self.score / self.out_of):
            self.score, self.out_of = score, out_of


@dataclass
class Record:
    """What one person has done: when each lesson was read, how each quiz went."""

    read: dict[int, datetime] = field(default_factory=dict)
    quizzes: dict[int, QuizRecord] = field(
        default_factory=lambda: defaultdict(QuizRecord)
    )

    def quiz(self, quiz: Quiz | None) -> QuizRecord | None:
        """None where nothing was started."""
        return self.quizzes.get(quiz.pk) if quiz else None

    def has_done(self, step: Lesson | Quiz) -> bool:
        if isinstance(step, Lesson):
            return step.pk in self.read
        record = self.quiz(step)
        return record is not None and record.handed_in > 0


@dataclass(frozen=True)
class LessonRow:
    lesson: Lesson
    read_at: datetime | None
    is_next: bool


@dataclass
class PartProgress:
    part: Part
    record: Record
    next_step: Lesson | Quiz | None

    @property
    def lessons(self) -> list[LessonRow]:
        read = self.record.read
        return [
            LessonRow(lesson, read.get(lesson.pk), lesson == self.next_step)
            for lesson in self.part.lessons
        ]

    @property
    def lessons_read(self) -> int:
        return sum(lesson.pk in self.record.read for lesson in self.part.lessons)

    @property
    def quiz_record(self) -> QuizRecord | None:
        return self.record.quiz(self.part.quiz)

    @property
    def steps_done(self) -> int:
        return sum(self.record.has_done(step) for step in self.part.steps)

    @property
    def complete(self) -> bool:
        return bool(self.part.steps) and self.steps_done == len(self.part.steps)

    @property
    def is_current(self) -> bool:
        return self.next_step is not None and self.next_step in self.part.steps

    @property
    def quiz_is_next(self) -> bool:
        return self.part.quiz is not None and self.next_step == self.part.quiz


@dataclass
class Progress:
    outline: Outline
    record: Record

    @property
    def steps(self) -> list[Lesson | Quiz]:
        return [step for part in self.outline.parts for step in part.steps]

    @property
    def total(self) -> int:
        return len(self.steps)

    @property
    def done(self) -> int:
        return sum(self.record.has_done(step) for step in self.steps)

    @property
    def percent(self) -> int:
        """Whole per cent of the steps; 100 only when every one is done."""
        return percent(self.done, self.total)

    @property
    def complete(self) -> bool:
        return self.total > 0 and self.done == self.total

    @property
    def next_step(self) -> Lesson | Quiz | None:
        """The first step that is not done."""
        return next((s for s in self.steps if not self.record.has_done(s)), None)

    @property
    def next_part(self) -> Part | None:
        step = self.next_step
        return next((p for p in self.outline.parts if step in p.steps), None)

    @property
    def next_is_quiz(self) -> bool:
        return isinstance(self.next_step, Quiz)

    @property
    def open_attempts(self) -> list[Attempt]:
        """Those under way, in the order of the outline."""
        records = (self.record.quiz(part.quiz) for part in self.outline.parts)
        return [one.open for one in records if one and one.open]

    @property
    def next_attempt(self) -> Attempt | None:
        """The attempt under way at the quiz that is the next step."""
        record = self.record.quiz(self.next_step) if self.next_is_quiz else None
        return record.open if record else None

    @property
    def other_attempts(self) -> list[Attempt]:
        return [one for one in self.open_attempts if one != self.next_attempt]

    @property
    def parts(self) -> list[PartProgress]:
        step = self.next_step
        return [PartProgress(part, self.record, step) for part in self.outline.parts]


def progress_of(user: User, courses: Iterable[Course]) -> list[Progress]:
    """Of one person in each course, by six queries however many there are."""
    found = outlines(courses)
    keys = [one.course.pk for one in found]
    record = records([user.pk], keys)[user.pk]
    for attempt in _open_attempts(user, keys):
        record.quizzes[attempt.quiz_id].open = attempt
    return [Progress(one, record) for one in found]


def _open_attempts(user: User, courses: Iterable[int]) -> Iterable[Attempt]:
    return (
        Attempt.objects.filter(
            user=user, quiz__course__in=courses, state=Attempt.State.OPEN
        )
        .select_related("quiz")
        .annotate(
            asked=Count("answers"),
            answered=Count("answers", filter=Q(answers__response__isnull=False)),
        )
    )


def records(users: Iterable[int], courses: Iterable[int]) -> dict[int, Record]:
    """What each of `users` (keys) has done in `courses` (keys), by two queries."""
    users, courses = list(users), list(courses)
    found = {user: Record() for user in users}
    completions = Completion.objects.filter(
        user__in=users, lesson__course__in=courses
    ).values_list("user_id", "lesson_id", "completed_at")
    for user, lesson, completed_at in completions:
        found[user].read[lesson] = completed_at
    attempts = Attempt.objects.filter(user__in=users, quiz__course__in=courses).values(
        "user_id", "quiz_id", "state", "score", "out_of", "submitted_at"
    )
    for attempt in attempts:
        found[attempt["user_id"]].quizzes[attempt["quiz_id"]].add(attempt)
    return found


def lessons_read(user: User, course: Course) -> set[int]:
    """Keys of the lessons of `course` that somebody has read, by one query."""
    read = Completion.objects.filter(user=user, lesson__course=course)
    return set(read.values_list("lesson_id", flat=True))


def courses_begun(user: User) -> list[Course]:
    """The courses in which somebody has read a lesson or started a quiz."""
    return list(
        Course.objects.filter(
            Q(lessons__completions__user=user) | Q(quizzes__attempts__user=user)
        ).distinct()
    )


def mark_read(*, user: User, lesson: Lesson, read: bool) -> None:
    """Mark `lesson` as read, or take that back; doing it twice changes nothing."""
    if read:
        Completion.objects.get_or_create(user=user, lesson=lesson)
    else:
        Completion.objects.filter(user=user, lesson=lesson).delete()


@dataclass(frozen=True)
class Outcome:
    """One go at an activity or quiz. `percent` is whole per cent.

    `kind` says what it was, in the words of a page; `url` may be empty.
    """

    title: str
    kind: str
    url: str
    percent: int
    when: datetime


def results_in(course: Course) -> Q:
    """Results of the activities of `course`, and of those that belong to none."""
    of_courses = Q(kind__in=[checks.NAME, lines.NAME])
    return Q(key__startswith=f"{course.slug}/") | ~of_courses


def recent_outcomes(
    user: User, limit: int = 8, course: Course | None = None
) -> list[Outcome]:
    """The last things that somebody finished (in `course`), the newest first."""
    in_course = results_in(course) if course else Q()
    results = list(Result.objects.filter(in_course, user=user)[:limit])
    titles = activities.titles((one.kind, one.key) for one in results)
    kinds = activities.kinds_of(results)
    of_course = Q(quiz__course=course) if course else Q()
    attempts = (
        Attempt.objects.filter(of_course, user=user, state=Attempt.State.SUBMITTED)
        .select_related("quiz")
        .order_by("-submitted_at")[:limit]
    )
    found = [
        Outcome(
            titles[one.kind, one.key],
            kind,
            activities.url(one.kind, one.key),
            percent(one.score, 1),
            one.recorded_at,
        )
        for one, kind in zip(results, kinds, strict=True)
    ] + [
        Outcome(
            one.quiz.title,
            _("Quiz, attempt %(number)d") % {"number": one.number},
            one.get_absolute_url(),
            percent(one.score, one.out_of),
            one.submitted_at,
        )
        for one in attempts
    ]
    return sorted(found, key=lambda one: one.when, reverse=True)[:limit]
