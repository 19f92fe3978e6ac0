"""A question of a GIFT file in the shape that versions keep."""

from hashlib import sha256

from django.utils.html import format_html

from courseware.exchange.gift import Option, Question, Text
from courseware.rendering import render_inline


def presented_and_key(question: Question) -> tuple[dict, dict]:
    """What a student sees, and what grading and feedback need; both hold HTML."""
    ids = {id(option): _option_id(question, option) for option in question.options}
    options = list(question.options)
    if question.type == "single":
        # The order of the file may put right options first; that of ids does not.
        options.sort(key=lambda option: ids[id(option)])
    right = next(option for option in options if option.right)
    presented = {
        "stem": _html(question.stem),
        "options": [{"id": ids[id(one)], "html": _html(one.text)} for one in options],
    }
    answer_key = {
        "right": ids[id(right)],
        "feedback": {ids[id(one)]: _html(one.feedback) for one in options},
        "misconceptions": {
            ids[id(one)]: one.misconception for one in options if one.misconception
        },
        "rule": _html(question.rule),
    }
    return presented, answer_key


def _option_id(question: Question, option: Option) -> str:
    """The same in each import, and no hint: right or wrong has no part in it."""
    if question.type == "true_false":
        return option.text.value.lower()
    digest = sha256(f"{question.key}\n{option.text.value}".encode()).hexdigest()
    return f"o{digest[:10]}"


def _html(text: Text) -> str:
    if text.plain:
        return format_html("<p>{}</p>", text.value) if text.value else ""
    return render_inline(text.value).strip()
