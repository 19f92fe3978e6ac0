"""An attempt after the fact: own answers, right answers, reasons, what to reread."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from courseware import question_types, quizzes
from courseware.misconceptions import Misconception, misconceptions
from courseware.models import Answer, Attempt, Lesson
from courseware.question_forms import ordered_options
from courseware.question_types import ReviewRow

VERDICTS = ["right", "part", "wrong", "open"]


@dataclass(frozen=True)
class Reread:
    """A belief that an answer revealed, and where the course teaches the rule.

    `lesson` is a title, `heading` the words of a heading in it. Both and `url` are
    empty in a course without that lesson, `heading` in one without that heading.
    """

    misconception: Misconception
    lesson: str = ""
    heading: str = ""
    url: str = ""

    @property
    def place(self) -> str:
        return self.heading or self.lesson


@dataclass(frozen=True)
class ReviewedQuestion:
    """`verdict` is one of VERDICTS: part for partly right, open for no answer."""

    answer: Answer
    verdict: str
    options: list[ReviewRow]
    rereads: list[Reread]

    @property
    def position(self) -> int:
        return self.answer.position

    @property
    def stem(self) -> str:
        return self.answer.version.presented["stem"]

    @property
    def rule(self) -> str:
        return self.answer.version.answer_key.get("rule", "")


@dataclass(frozen=True)
class Review:
    attempt: Attempt
    questions: list[ReviewedQuestion]

    @property
    def missed(self) -> list[ReviewedQuestion]:
        return [one for one in self.questions if one.verdict != "right"]

    @property
    def rereads(self) -> list[list[Reread]]:
        """Each belief once, those taught at the same place together."""
        places: dict[str, dict[Reread, None]] = {}
        for one in self.questions:
            for reread in one.rereads:
                places.setdefault(reread.url, {})[reread] = None
        return [list(place) for place in places.values()]

    @property
    def counts(self) -> dict[str, int]:
        """How many questions have each verdict."""
        found = Counter(one.verdict for one in self.questions)
        return {verdict: found[verdict] for verdict in VERDICTS}


def review_of(attempt: Attempt) -> Review:
    """Raises AttemptOpen where `attempt` was not handed in."""
    answers = list(quizzes.marked_answers(attempt))
    options = {answer.position: _options(attempt, answer) for answer in answers}
    taught = _taught(attempt, options.values())
    return Review(
        attempt,
        [
            ReviewedQuestion(
                answer=answer,
                verdict=_verdict(answer),
                options=options[answer.position],
                rereads=[
                    taught[row.misconception]
                    for row in options[answer.position]
                    if row.chosen and row.misconception in taught
                ],
            )
            for answer in answers
        ],
    )


def _verdict(answer: Answer) -> str:
    if answer.response is None:
        return "open"
    if answer.mark == 1:
        return "right"
    return "part" if answer.mark else "wrong"


def _options(attempt: Attempt, answer: Answer) -> list[ReviewRow]:
    """In the order in which the attempt showed them."""
    version = answer.version
    kind = question_types.get(version.type)
    rows = kind.review(version.presented, version.answer_key, answer.response)
    places = [option["id"] for option in ordered_options(attempt, answer)]
    return sorted(rows, key=lambda row: places.index(row.id))


def _taught(attempt: Attempt, rows: Iterable[list[ReviewRow]]) -> dict[str, Reread]:
    """What the chosen options reveal, by code."""
    chosen = {row.misconception for some in rows for row in some if row.chosen}
    known = misconceptions()
    beliefs = [known[code] for code in sorted(chosen) if code in known]
    course = attempt.quiz.course
    lessons = Lesson.objects.filter(
        course=course, retired=False, slug__in={one.lesson for one in beliefs}
    ).only("slug", "title", "contents")
    by_slug = {lesson.slug: lesson for lesson in lessons}
    return {
        one.code: _reread(one, by_slug.get(one.lesson), course.slug) for one in beliefs
    }


def _reread(belief: Misconception, lesson: Lesson | None, course: str) -> Reread:
    if lesson is None:
        return Reread(belief)
    headings = {entry["id"]: entry["text"] for entry in lesson.contents}
    return Reread(
        misconception=belief,
        lesson=lesson.title,
        heading=headings.get(belief.heading, ""),
        url=belief.url(course),
    )
