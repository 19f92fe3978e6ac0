"""Types of questions: what a student sees, what a response is worth.

A type is anything with the four functions of `QuestionType`; all are pure. The
JSON that a question version keeps has two parts in every type that is here:

presented   {"stem": html, "options": [{"id": str, "html": html}, ...]}
answer_key  {"right": option id,
             "feedback": {option id: html},
             "misconceptions": {option id: code},
             "rule": html}

`presented` holds nothing that tells a right option from a wrong one.
"""

from dataclasses import dataclass
from typing import Any, Protocol


class InvalidResponse(ValueError):
    """What was sent is no answer to the question; the message says why."""


@dataclass(frozen=True)
class Grade:
    """`mark` lies between 0 and 1; `right` says whether nothing is missing."""

    mark: float
    right: bool


@dataclass(frozen=True)
class ReviewRow:
    """One option after the fact. `misconception` is a code, or empty."""

    id: str
    html: str
    chosen: bool
    right: bool
    feedback: str
    misconception: str


class QuestionType(Protocol):
    """What the school asks of a type of question."""

    def option_order(self, presented: dict, seed: int) -> list[dict]:
        """The options in the order in which the attempt with `seed` shows them."""
        ...

    def clean(self, presented: dict, raw: Any) -> Any:
        """The response in what a form sent; None for no answer.

        Raises InvalidResponse.
        """
        ...

    def grade(self, presented: dict, answer_key: dict, response: Any) -> Grade: ...

    def review(
        self, presented: dict, answer_key: dict, response: Any
    ) -> list[ReviewRow]: ...


types: dict[str, QuestionType] = {}


def register(name: str, question_type: QuestionType) -> None:
    """Make a type available under the `name` that question versions keep."""
    types[name] = question_type


def get(name: str) -> QuestionType:
    """Raises KeyError for a type that nobody registered."""
    return types[name]


def _register_own() -> None:
    from courseware.question_types import single, true_false

    register("single", single)
    register("true_false", true_false)


_register_own()
