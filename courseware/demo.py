"""People to look around with on one's own machine, and what they have learnt.

All they did went through the functions that a learner's own clicks call: what
instructors see of them is counted from rows like any other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from courseware import activities, quizzes
from courseware.activities import checks, lines
from courseware.models import (
    Activity,
    Attempt,
    Cohort,
    Course,
    Enrolment,
    Lesson,
    Question,
    QuestionVersion,
    Quiz,
    User,
)
from courseware.outline import Part, outline
from courseware.progress import mark_read

COHORT = "Demo cohort"
EMBEDDED = re.compile(r"^!\[\[activity:([\w-]+)/([\w-]+)\]\]", re.MULTILINE)


@dataclass(frozen=True)
class Person:
    """Somebody to sign in as, and for students how far they came.

    `sections` are done, `lessons` of the next one read. Every `slip`-th answer is
    wrong. `under_way`: a quiz is open, with half of its answers given.
    """

    role: str
    username: str
    first_name: str
    last_name: str
    sections: int = 0
    lessons: int = 0
    slip: int = 0
    under_way: bool = False


PEOPLE = [
    Person("student", "ana", "Ana", "Duarte", sections=4, lessons=1, slip=7),
    Person("student", "bruno", "Bruno", "Keller", sections=2, lessons=1, slip=2),
    Person("student", "chloe", "Chloe", "Okafor", lessons=2, slip=3, under_way=True),
    Person("instructor", "dana", "Dana", "Lindqvist"),
    Person("admin", "admin", "Alex", "Moreau"),
]


@transaction.atomic
def make_people(*, course: Course, passwords: dict[str, str]) -> list[str]:
    """Make those of PEOPLE who are not there yet; their user names.

    `passwords` holds one for each. Whoever has the user name already, in whatever
    case, is left alone, with password, cohorts and work.
    """
    names = User.objects.values_list("username", flat=True)
    there = {name.lower() for name in names}
    missing = [person for person in PEOPLE if person.username not in there]
    if missing:
        cohort = _cohort(course)
        for person in missing:
            _make(person, cohort, passwords[person.username])
    return [person.username for person in missing]


def _cohort(course: Course) -> Cohort:
    made, _is_new = Cohort.objects.get_or_create(
        name=COHORT, defaults={"course": course, "starts_on": timezone.localdate()}
    )
    return made


def _make(person: Person, cohort: Cohort, password: str) -> None:
    is_admin = person.role == "admin"
    user = User.objects.create_user(
        person.username,
        password=password,
        first_name=person.first_name,
        last_name=person.last_name,
        is_staff=is_admin,
        is_superuser=is_admin,
    )
    if not is_admin:
        Enrolment.objects.create(user=user, cohort=cohort, role=person.role)
    if person.role == "student":
        Learner(user, person).learn(cohort.course)


@dataclass
class Learner:
    """One student at work. `answers` counts what was answered so far."""

    user: User
    person: Person
    answers: int = field(default=0)

    def learn(self, course: Course) -> None:
        parts = outline(course).parts
        for part in parts[: self.person.sections]:
            self.read(part.lessons)
            if part.quiz:
                self.take(part.quiz)
        for part in parts[self.person.sections : self.person.sections + 1]:
            self.begin(part)

    def begin(self, part: Part) -> None:
        self.read(part.lessons[: self.person.lessons])
        if self.person.under_way and part.quiz:
            attempt = quizzes.start_attempt(quiz=part.quiz, user=self.user)
            answers = list(quizzes.pinned_answers(attempt))
            self.answer(attempt, answers[: len(answers) // 2])

    def read(self, lessons: list[Lesson]) -> None:
        for lesson in lessons:
            for kind, key in EMBEDDED.findall(lesson.source):
                self.go(lesson, kind, key)
            mark_read(user=self.user, lesson=lesson, read=True)

    def slips(self) -> bool:
        self.answers += 1
        return self.answers % self.person.slip == 0

    # --- quizzes ---

    def take(self, quiz: Quiz) -> None:
        attempt = quizzes.start_attempt(quiz=quiz, user=self.user)
        self.answer(attempt, quizzes.pinned_answers(attempt))
        quizzes.submit_attempt(attempt=attempt)

    def answer(self, attempt: Attempt, answers) -> None:
        for answer in answers:
            version = QuestionVersion.objects.get(pk=answer.version_id)
            quizzes.save_answer(
                attempt=attempt,
                position=answer.position,
                raw=self.choice(version),
                revision=answer.revision,
            )

    def choice(self, version: QuestionVersion) -> str:
        """The right option, or on a slip one that a misconception leads to."""
        key = version.answer_key
        if not self.slips():
            return key["right"]
        tempting = list(key["misconceptions"])
        wrong = [
            option["id"]
            for option in version.presented["options"]
            if option["id"] != key["right"]
        ]
        return next(iter(tempting or wrong))

    # --- activities in lessons ---

    def go(self, lesson: Lesson, kind: str, key: str) -> None:
        if kind == checks.NAME:
            self.check(checks.checks().get(course=lesson.course, key=key))
        elif kind == lines.NAME:
            self.line(lines.lines().get(course=lesson.course, key=key))
        elif rehearse := getattr(activities.kinds.get(kind), "rehearse", None):
            rehearse(user=self.user, key=key, wrong=self.slips())

    def check(self, question: Question) -> None:
        version = question.current
        place = checks.place_of(version, self.choice(version))
        answered = checks.answer(version, place)
        activities.record_result(
            user=self.user,
            kind=checks.NAME,
            key=checks.key_of(question),
            score=answered.score,
            detail={
                "version": version.number,
                "response": answered.response,
                "misconceptions": answered.misconceptions,
            },
        )

    def line(self, activity: Activity) -> None:
        game = lines.read(activity)
        for service in game.services:
            placed = dict(self.placements(game, service))
            checked = lines.check(game, service, placed)
            activities.record_result(
                user=self.user,
                kind=lines.NAME,
                key=lines.key_of(activity),
                score=checked.score,
                detail=checked.detail,
            )

    def placements(self, game, service) -> Iterator[tuple[str, str]]:
        for duty in game.duties:
            right = duty.answer[service.key]
            others = [side for side in lines.SIDES if side != right]
            yield duty.key, others[0] if self.slips() else right
