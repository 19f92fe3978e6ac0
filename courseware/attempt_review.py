"""An attempt after the fact: own answers, right answers, reasons, what to reread."""

from collections.abc import Iterable
from dataclasses import dataclass

from courseware import question_types, quizzes
from courseware.misconceptions import Misconception, misconceptions
from courseware.models import Answer, Attempt, Lesson
from courseware.question_forms import ordered_options
from courseware.question_types import ReviewRow


@dataclass(frozen=True)
class Reread:
    """A belief that an answer revealed, and where the course teaches the rule.

    `url` and `lesson` (its title) are empty in a course without that lesson.
    """

    misconception: Misconception
    lesson: str
    url: str


@dataclass(frozen=True)
class ReviewedQuestion:
    """`verdict` is right, part, wrong or open."""

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
    def rereads(self) -> list[Reread]:
        """Each belief once, in the order of the questions."""
        every = [reread for one in self.questions for reread in one.rereads]
        return list(dict.fromkeys(every))


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
    titles = dict(
        Lesson.objects.filter(
            course=course, retired=False, slug__in={one.lesson for one in beliefs}
        ).values_list("slug", "title")
    )
    return {
        one.code: Reread(
            misconception=one,
            lesson=titles.get(one.lesson, ""),
            url=one.url(course.slug) if one.lesson in titles else "",
        )
        for one in beliefs
    }
