"""Single choice and true or false: pure functions over what a version keeps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseware import question_types
from courseware.question_types import Grade, InvalidResponse, single, true_false

PRESENTED = {
    "stem": "<p>Who patches?</p>",
    "options": [{"id": key, "html": f"<p>{key}</p>"} for key in ("a", "b", "c", "d")],
}
KEY = {
    "right": "b",
    "feedback": {key: f"<p>why {key}</p>" for key in ("a", "b", "c")},
    "misconceptions": {"a": "aws-patches-guest-os"},
    "rule": "<p>The rule.</p>",
}
TRUTH = {
    "stem": "<p>Order matters.</p>",
    "options": [
        {"id": "true", "html": "<p>True</p>"},
        {"id": "false", "html": "<p>False</p>"},
    ],
}


def test_types_are_found_by_the_name_a_version_keeps():
    assert question_types.get("single") is single
    assert question_types.get("true_false") is true_false
    with pytest.raises(KeyError):
        question_types.get("essay")


def test_clean_takes_an_option_of_the_question():
    assert single.clean(PRESENTED, "c") == "c"


@pytest.mark.parametrize("raw", [None, ""])
def test_clean_takes_no_answer(raw):
    assert single.clean(PRESENTED, raw) is None


@pytest.mark.parametrize("raw", ["e", "A", "a ", "b\x00", "a,b", 1, ["a"], {}, True])
def test_clean_refuses_everything_else(raw):
    with pytest.raises(InvalidResponse, match="not one of this question's"):
        single.clean(PRESENTED, raw)


@pytest.mark.parametrize(
    ("response", "grade"),
    [
        ("b", Grade(1.0, True)),
        ("a", Grade(0.0, False)),
        (None, Grade(0.0, False)),
    ],
)
def test_grade(response, grade):
    assert single.grade(PRESENTED, KEY, response) == grade


def test_no_answer_is_wrong_even_where_the_key_is_broken():
    assert single.grade(PRESENTED, KEY | {"right": None}, None) == Grade(0.0, False)


def test_review_says_what_was_chosen_and_what_was_right():
    rows = single.review(PRESENTED, KEY, "a")
    assert [(row.id, row.chosen, row.right) for row in rows] == [
        ("a", True, False),
        ("b", False, True),
        ("c", False, False),
        ("d", False, False),
    ]
    assert rows[0].feedback == "<p>why a</p>"
    assert [row.misconception for row in rows] == ["aws-patches-guest-os", "", "", ""]
    assert rows[3].feedback == ""


@given(seed=st.integers(min_value=0, max_value=2**31))
def test_the_same_attempt_always_sees_one_order(seed):
    order = single.option_order(PRESENTED, seed)
    assert order == single.option_order(PRESENTED, seed)
    assert sorted(option["id"] for option in order) == ["a", "b", "c", "d"]


def test_attempts_see_different_orders_and_every_option_everywhere():
    orders = [
        "".join(option["id"] for option in single.option_order(PRESENTED, seed))
        for seed in range(400)
    ]
    assert len(set(orders)) == 24
    for place in range(4):
        for option in "abcd":
            share = sum(order[place] == option for order in orders) / len(orders)
            assert 0.15 < share < 0.35


@given(seed=st.integers(min_value=0, max_value=2**31))
def test_true_comes_before_false(seed):
    ids = [option["id"] for option in true_false.option_order(TRUTH, seed)]
    assert ids == ["true", "false"]
