"""True or false: single choice between two options whose order never changes."""

from courseware.question_types.single import clean, grade, review

__all__ = ["clean", "grade", "option_order", "review"]


def option_order(presented: dict, seed: int) -> list[dict]:
    """True first, then False, as `presented` lists them."""
    return presented["options"]
