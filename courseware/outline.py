"""What a course consists of, in order: sections, their lessons, their quiz."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from courseware.models import Course, Lesson, Quiz, Section, Term

# What a list of lessons shows; the text of a lesson stays in the database.
LISTED = ["slug", "title", "question", "minutes", "position", "course_id", "section_id"]


@dataclass
class Part:
    """One section with what it holds. `number` counts from 1."""

    section: Section
    number: int
    lessons: list[Lesson] = field(default_factory=list)
    quiz: Quiz | None = None

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)

    @property
    def steps(self) -> list[Lesson | Quiz]:
        """What there is to do, in order: the lessons, then the quiz."""
        return [*self.lessons, self.quiz] if self.quiz else list(self.lessons)


@dataclass
class Outline:
    course: Course
    parts: list[Part] = field(default_factory=list)

    @property
    def lessons(self) -> Iterator[Lesson]:
        return (lesson for part in self.parts for lesson in part.lessons)

    @property
    def minutes(self) -> int:
        return sum(part.minutes for part in self.parts)

    @property
    def first_lesson(self) -> Lesson | None:
        return next(self.lessons, None)

    def around(self, lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
        """The lessons before and after `lesson`, across sections."""
        lessons = list(self.lessons)
        if lesson not in lessons:
            return None, None
        at = lessons.index(lesson)
        return (lessons[at - 1] if at else None), next(iter(lessons[at + 1 :]), None)

    def part_of(self, lesson: Lesson) -> Part | None:
        return next((part for part in self.parts if lesson in part.lessons), None)


def outline(course: Course) -> Outline:
    return outlines([course])[0]


def outlines(courses: Iterable[Course]) -> list[Outline]:
    """The outline of each course, by three queries however many there are.

    A quiz without a question is left out: nobody could hand it in. Courses,
    sections, lessons and quizzes know each other afterwards: an
    address of one of them costs no query.
    """
    found = [Outline(course) for course in courses]
    by_course = {one.course.pk: one for one in found}
    parts: dict[int, Part] = {}
    live = {"course__in": by_course, "retired": False}
    for section in Section.objects.filter(**live).order_by("position", "pk"):
        one = by_course[section.course_id]
        section.course = one.course
        parts[section.pk] = Part(section, number=len(one.parts) + 1)
        one.parts.append(parts[section.pk])
    for lesson in Lesson.objects.filter(**live).only(*LISTED).order_by("position"):
        if part := parts.get(lesson.section_id):
            lesson.course, lesson.section = part.section.course, part.section
            part.lessons.append(lesson)
    asked = {"questions__retired": False, "questions__current__isnull": False}
    for quiz in Quiz.objects.filter(**live, **asked).distinct():
        if part := parts.get(quiz.section_id):
            quiz.course, quiz.section = part.section.course, part.section
            part.quiz = quiz
    return found


@dataclass(frozen=True)
class Letter:
    """The terms that begin with `letter`; `id` is its address in the page."""

    letter: str
    id: str
    terms: list[Term]


def glossary_letters(course: Course) -> list[Letter]:
    """The glossary in the order of the alphabet, whatever begins with no letter
    before it."""
    terms = Term.objects.filter(course=course, retired=False)
    groups: dict[str, list[Term]] = {}
    for term in sorted(terms, key=lambda term: term.name.casefold()):
        first = term.name[:1].upper()
        groups.setdefault(first if first.isalpha() else "#", []).append(term)
    return [
        Letter(letter, "other" if letter == "#" else letter.lower(), terms)
        for letter, terms in groups.items()
    ]
