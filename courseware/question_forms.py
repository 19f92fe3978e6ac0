"""The questions of an open attempt as a page shows them, and what it sends back.

A page sends `answer-N` (an option's id) for the question at position N, with
`revision-N`, the revision of the answer that it knew.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from courseware import question_types, quizzes
from courseware.models import Answer, Attempt
from courseware.quizzes import AttemptClosed, Given, StaleAnswer

ANSWER_FIELD = re.compile(r"answer-([1-9][0-9]{0,3})", re.A)
# Longer numbers are no revision that ever was, and slow to read.
REVISION = re.compile(r"[0-9]{1,9}", re.A)


@dataclass(frozen=True)
class OptionRow:
    id: str
    html: str
    chosen: bool


@dataclass
class QuestionRow:
    """One question; `trouble` is why it was not saved, and is said beside it.

    `options` show what the page had chosen. `saved_html` is the option that is
    saved, `chosen_html` the chosen one; empty where there is none.
    """

    answer: Answer
    options: list[OptionRow]
    trouble: Exception | None = None
    saved_html: str = ""
    chosen_html: str = ""

    @property
    def position(self) -> int:
        return self.answer.position

    @property
    def stem(self) -> str:
        return self.answer.version.presented["stem"]

    @property
    def revision(self) -> int:
        """The one that the page knows; an older one until the reader has decided."""
        return self.trouble.revision if self.is_stale else self.answer.revision

    @property
    def is_stale(self) -> bool:
        return isinstance(self.trouble, StaleAnswer)

    @property
    def is_closed(self) -> bool:
        return isinstance(self.trouble, AttemptClosed)


@dataclass(frozen=True)
class Progress:
    """How far an attempt is. `answered` tells it by position."""

    answered: dict[int, bool]
    saved_at: datetime | None

    @property
    def total(self) -> int:
        return len(self.answered)

    @property
    def open(self) -> list[int]:
        """The positions without an answer."""
        return [position for position, done in self.answered.items() if not done]

    @property
    def done(self) -> int:
        return self.total - len(self.open)


def ordered_options(attempt: Attempt, answer: Answer) -> list[dict]:
    """The options of a question in the order of this attempt."""
    version = answer.version
    kind = question_types.get(version.type)
    # Its own seed for each question: one shuffle for all would tell more than none.
    return kind.option_order(version.presented, attempt.seed * 1_000 + answer.position)


def question_row(
    attempt: Attempt,
    answer: Answer,
    trouble: Exception | None = None,
    chosen: Any = None,
) -> QuestionRow:
    """`chosen` is the response that the page shows, where it is not the saved one."""
    if isinstance(trouble, StaleAnswer):
        chosen = trouble.response
    if chosen is None:
        chosen = answer.response
    options = ordered_options(attempt, answer)
    html = {option["id"]: option["html"] for option in options}
    return QuestionRow(
        answer=answer,
        options=[
            OptionRow(option["id"], option["html"], option["id"] == chosen)
            for option in options
        ],
        trouble=trouble,
        saved_html=html.get(answer.response, ""),
        chosen_html=html.get(chosen, ""),
    )


def question_rows(
    attempt: Attempt, answers: Iterable[Answer], refused: Mapping[int, Exception]
) -> list[QuestionRow]:
    return [
        question_row(attempt, answer, refused.get(answer.position))
        for answer in answers
    ]


def progress_of(answers: Iterable[Answer]) -> Progress:
    answers = list(answers)
    return Progress(
        answered={answer.position: answer.response is not None for answer in answers},
        saved_at=max((a.saved_at for a in answers if a.saved_at), default=None),
    )


def read_answer(post: Mapping[str, str], position: int) -> Given | None:
    """What a page sends for one question; None where it chose nothing there.

    `keep` names the question whose saved answer stands, whatever was chosen.
    """
    raw = post.get(f"answer-{position}")
    if not raw or post.get("keep") == str(position):
        return None
    return Given(position=position, raw=raw, revision=_revision(post, position))


def read_answers(post: Mapping[str, str]) -> list[Given]:
    positions = [
        int(found[1]) for name in post if (found := ANSWER_FIELD.fullmatch(name))
    ]
    read = [read_answer(post, position) for position in positions]
    return [given for given in read if given]


def _revision(post: Mapping[str, str], position: int) -> int:
    """The revision that a page knew; -1, older than all, where it sends no number.

    `seen-N` comes from the button that saves over a newer answer.
    """
    text = post.get(f"seen-{position}") or post.get(f"revision-{position}", "")
    return int(text) if REVISION.fullmatch(text) else -1


def left_behind(attempt: Attempt, post: Mapping[str, str]) -> list[QuestionRow]:
    """The questions for which a page chose something other than what is saved."""
    chosen = {given.position: given.raw for given in read_answers(post)}
    rows = [
        question_row(attempt, answer, chosen=chosen[answer.position])
        for answer in quizzes.pinned_answers(attempt)
        if answer.position in chosen and chosen[answer.position] != answer.response
    ]
    return [row for row in rows if row.chosen_html]
