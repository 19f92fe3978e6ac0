"""What an instructor sees of a cohort: who has done what, and what is believed.

The number of queries never depends on how many students there are.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from django.db.models import Max, Q
from django.utils import timezone

from courseware.beliefs import Held, beliefs_of
from courseware.misconceptions import Misconception, misconceptions
from courseware.models import (
    Answer,
    Attempt,
    Cohort,
    Completion,
    Course,
    Enrolment,
    Prediction,
    Result,
    User,
)
from courseware.outline import Outline, Part, outline
from courseware.percent import percent
from courseware.progress import Progress, QuizRecord, records, results_in

ACTIVE = timedelta(days=7)
BELIEFS_SHOWN = 8


@dataclass(frozen=True)
class CohortRow:
    """One cohort in a list; `active` students did something in the last 7 days."""

    cohort: Cohort
    students: int
    active: int


def overview(cohorts: Iterable[Cohort]) -> list[CohortRow]:
    """`cohorts` in their order, with what goes on in them."""
    cohorts = list(cohorts)
    members: dict[int, list[int]] = {cohort.pk: [] for cohort in cohorts}
    students = Enrolment.objects.filter(
        cohort__in=members, role=Enrolment.Role.STUDENT
    ).values_list("cohort_id", "user_id")
    for cohort, user in students:
        members[cohort].append(user)
    latest = {}
    for course in {cohort.course for cohort in cohorts}:
        taking = [members[one.pk] for one in cohorts if one.course == course]
        latest[course] = last_activity(chain.from_iterable(taking), course)
    return [
        CohortRow(
            cohort,
            students=len(members[cohort.pk]),
            active=sum(
                is_active(latest[cohort.course].get(user))
                for user in members[cohort.pk]
            ),
        )
        for cohort in cohorts
    ]


def is_active(last: datetime | None) -> bool:
    return last is not None and last >= timezone.now() - ACTIVE


@dataclass(frozen=True)
class Student:
    """One row of the table. `quizzes` follow the outline: None where not started."""

    user: User
    progress: Progress
    last_active: datetime | None
    beliefs: list[Held]

    @property
    def lessons_read(self) -> int:
        return sum(part.lessons_read for part in self.progress.parts)

    @property
    def quizzes(self) -> list["QuizCell"]:
        return [
            QuizCell(part.part, part.quiz_record)
            for part in self.progress.parts
            if part.part.quiz
        ]


@dataclass(frozen=True)
class QuizCell:
    part: Part
    record: QuizRecord | None


@dataclass(frozen=True)
class BeliefRow:
    """A misconception and how many students' answers fit it."""

    misconception: Misconception
    url: str  # empty in a course that does not teach the rule
    students: int
    percent: int


@dataclass(frozen=True)
class SectionRow:
    """How many students have finished a section, begun it, or neither."""

    part: Part
    finished: int
    under_way: int
    not_begun: int


@dataclass(frozen=True)
class Report:
    cohort: Cohort
    outline: Outline
    students: list[Student]

    @property
    def lessons(self) -> int:
        return sum(1 for _lesson in self.outline.lessons)

    @property
    def quiz_parts(self) -> list[Part]:
        return [part for part in self.outline.parts if part.quiz]

    @property
    def active(self) -> int:
        """How many did anything in the last seven days."""
        since = timezone.now() - ACTIVE
        return sum(
            bool(s.last_active and s.last_active >= since) for s in self.students
        )

    @property
    def percent(self) -> int:
        """Of all steps of all students, whole per cent."""
        total = sum(student.progress.total for student in self.students)
        done = sum(student.progress.done for student in self.students)
        return percent(done, total)

    @property
    def finished(self) -> int:
        return sum(student.progress.complete for student in self.students)

    @property
    def sections(self) -> list[SectionRow]:
        rows = []
        for at, part in enumerate(self.outline.parts):
            states = [student.progress.parts[at] for student in self.students]
            finished = sum(state.complete for state in states)
            begun = sum(state.steps_done > 0 for state in states)
            begun_only = begun - finished
            rows.append(SectionRow(part, finished, begun_only, len(states) - begun))
        return rows

    @property
    def beliefs(self) -> list[BeliefRow]:
        """The misconceptions held by most, the most widespread first."""
        held = Counter(
            belief.misconception.code
            for student in self.students
            for belief in student.beliefs
        )
        known = misconceptions()
        ranked = sorted(held.items(), key=lambda one: (-one[1], one[0]))
        return [
            BeliefRow(
                known[code],
                where_taught(self.outline, known[code]),
                students,
                percent(students, len(self.students)),
            )
            for code, students in ranked[:BELIEFS_SHOWN]
        ]


def where_taught(outline: Outline, misconception: Misconception) -> str:
    """Address of the heading that teaches the rule; empty where no lesson does."""
    taught = any(lesson.slug == misconception.lesson for lesson in outline.lessons)
    return misconception.url(outline.course.slug) if taught else ""


def report(cohort: Cohort) -> Report:
    users = sorted(
        User.objects.filter(
            enrolments__cohort=cohort, enrolments__role=Enrolment.Role.STUDENT
        ),
        key=_as_in_a_register,
    )
    keys = [user.pk for user in users]
    found = outline(cohort.course)
    done = records(keys, [cohort.course_id])
    active = last_activity(keys, cohort.course)
    beliefs = beliefs_of(keys, cohort.course)
    students = [
        Student(
            user, Progress(found, done[user.pk]), active.get(user.pk), beliefs[user.pk]
        )
        for user in users
    ]
    return Report(cohort, found, students)


def _as_in_a_register(user: User) -> tuple[str, str]:
    """By last name; who gave none stands under the user name."""
    return (user.last_name or user.username).casefold(), user.first_name.casefold()


def last_activity(users: Iterable[int], course: Course) -> dict[int, datetime]:
    """When each of `users` (keys) last did something in `course` or in the lab."""
    users = set(users)
    in_quizzes = Q(quiz__course=course)
    traces = [
        (Completion, "user", "completed_at", Q(lesson__course=course)),
        (Result, "user", "recorded_at", results_in(course)),
        (Prediction, "user", "recorded_at", Q()),
        (Attempt, "user", "started_at", in_quizzes),
        (Attempt, "user", "submitted_at", in_quizzes),
        (Answer, "attempt__user", "saved_at", Q(attempt__quiz__course=course)),
    ]
    latest: dict[int, datetime] = {}
    for model, owner, moment, there in traces:
        rows = (
            model.objects.filter(
                there, **{f"{owner}__in": users, f"{moment}__isnull": False}
            )
            .order_by()
            .values_list(owner)
            .annotate(last=Max(moment))
        )
        for user, last in rows:
            latest[user] = max(last, latest.get(user, last))
    return latest


def student_report(cohort: Cohort, user: User) -> Student:
    found = outline(cohort.course)
    return Student(
        user,
        Progress(found, records([user.pk], [cohort.course_id])[user.pk]),
        last_activity([user.pk], cohort.course).get(user.pk),
        beliefs_of([user.pk], cohort.course)[user.pk],
    )
