"""Single choice: exactly one option is right."""

from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from courseware.question_types import Grade, InvalidResponse, ReviewRow


def option_order(presented: dict, seed: int) -> list[dict]:
    """Shuffled by the attempt's seed: the same attempt always sees one order."""

    def place(option: dict) -> bytes:
        return sha256(f"{seed}:{option['id']}".encode()).digest()

    return sorted(presented["options"], key=place)


def clean(presented: dict, raw: Any) -> str | None:
    if raw is None or raw == "":
        return None
    if raw not in [option["id"] for option in presented["options"]]:
        raise InvalidResponse(_("That option is not one of this question's."))
    return raw


def grade(presented: dict, answer_key: dict, response: Any) -> Grade:
    right = response is not None and response == answer_key["right"]
    return Grade(mark=1.0 if right else 0.0, right=right)


def review(presented: dict, answer_key: dict, response: Any) -> list[ReviewRow]:
    return [
        ReviewRow(
            id=option["id"],
            html=option["html"],
            chosen=option["id"] == response,
            right=option["id"] == answer_key["right"],
            feedback=answer_key["feedback"].get(option["id"], ""),
            misconception=answer_key["misconceptions"].get(option["id"], ""),
        )
        for option in presented["options"]
    ]
