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

from django.db.models import Q

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


@dataclass
class QuizRecord:
    """One person's attempts at one quiz. `score` and `out_of` are of the best."""

    handed_in: int = 0
    under_way: bool = False
    score: Decimal | None = None
    out_of: int | None = None
    last: datetime | None = None

    @property
    def percent(self) -> int | None:
        """Of the best attempt, whole per cent."""
        return int(100 * self.score / self.out_of) if self.out_of else None

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
        return 100 * self.done // self.total if self.total else 0

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
    def parts(self) -> list[PartProgress]:
        step = self.next_step
        return [PartProgress(part, self.record, step) for part in self.outline.parts]


def progress_of(user: User, courses: Iterable[Course]) -> list[Progress]:
    """Of one person in each course, by five queries however many there are."""
    found = outlines(courses)
    record = records([user.pk], [one.course.pk for one in found])[user.pk]
    return [Progress(one, record) for one in found]


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
    """One go at an activity or quiz. `percent` is whole per cent."""

    title: str
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
    of_course = Q(quiz__course=course) if course else Q()
    attempts = (
        Attempt.objects.filter(of_course, user=user, state=Attempt.State.SUBMITTED)
        .select_related("quiz")
        .order_by("-submitted_at")[:limit]
    )
    found = [
        Outcome(
            titles[one.kind, one.key],
            activities.url(one.kind, one.key),
            int(100 * one.score),
            one.recorded_at,
        )
        for one in results
    ] + [
        Outcome(
            one.quiz.title,
            one.get_absolute_url(),
            int(100 * one.score / one.out_of) if one.out_of else 0,
            one.submitted_at,
        )
        for one in attempts
    ]
    return sorted(found, key=lambda one: one.when, reverse=True)[:limit]
