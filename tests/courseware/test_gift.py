"""GIFT: what is read, and each refusal with its line."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courseware.exchange import gift
from courseware.question_types import single, true_false
from courseware.question_types.from_gift import presented_and_key


def one(text: str) -> gift.Question:
    """The one question of a text without problems."""
    found = gift.parse(text)
    assert found.problems == []
    [question] = found.questions
    return question


def refusals(text: str) -> list[tuple[int, str]]:
    found = gift.parse("// [id:q]\n" + text)
    assert found.questions == []
    return found.problems


def test_single_choice():
    question = one(
        "// A comment.\n"
        "// [id:srm-001] [tag:ec2] [tag:patching]\n"
        "::Who patches::Who patches the guest? {\n"
        "\t~AWS#No. @m.aws-patches-guest-os\n"
        "\t=The customer#Right.\n"
        "\t~Nobody\n"
        "\t####The guest is the customer's.\n"
        "}\n"
    )
    assert question.line == 3
    assert question.key == "srm-001"
    assert question.tags == ("ec2", "patching")
    assert question.type == "single"
    assert question.title == "Who patches"
    assert question.stem.value == "Who patches the guest?"
    assert question.rule.value == "The guest is the customer's."
    assert [
        (o.line, o.text.value, o.right, o.feedback.value, o.misconception)
        for o in question.options
    ] == [
        (4, "AWS", False, "No.", "aws-patches-guest-os"),
        (5, "The customer", True, "Right.", ""),
        (6, "Nobody", False, "", ""),
    ]


@pytest.mark.parametrize("word", ["TRUE", "T", "true", "t"])
def test_true(word):
    question = one(f"// [id:q]\nMany Deny. {{{word}#Wrong. @m.x-y#Right.####Rule.}}")
    assert question.type == "true_false"
    assert [
        (o.text.value, o.right, o.feedback.value, o.misconception)
        for o in question.options
    ] == [("True", True, "Right.", ""), ("False", False, "Wrong.", "x-y")]
    assert question.rule.value == "Rule."


def test_false_without_feedback():
    question = one("// [id:q]\nOrder matters. {FALSE}")
    assert [o.right for o in question.options] == [False, True]
    assert [o.feedback.value for o in question.options] == ["", ""]


def test_without_a_title_the_text_is_the_title():
    assert one("// [id:q]\nWho? {=a ~b}").title == "Who?"


def test_escapes():
    question = one(
        "// [id:q]\n::A\\:B::s3\\:Get\\{x\\} \\= \\~ \\#\\nnext \\* "
        "{=a\\=b#c\\#d ~e\\~f}"
    )
    assert question.title == "A:B"
    assert question.stem.value == "s3:Get{x} = ~ #\nnext \\*"
    assert question.options[0].text.value == "a=b"
    assert question.options[0].feedback.value == "c#d"
    assert question.options[1].text.value == "e~f"


def test_comments_and_categories_are_no_part_of_a_question():
    question = one(
        "$CATEGORY: aws/iam\n\n// [id:q]\nWho?\n// in between\n{=a\n// again\n~b}\n"
    )
    assert question.stem.value == "Who?"
    assert [o.line for o in question.options] == [6, 8]


def test_several_questions_each_with_its_lines():
    found = gift.parse("// [id:a]\nA? {=x ~y}\n\n\n// [id:b]\nB? {T}\n")
    assert [(q.key, q.line) for q in found.questions] == [("a", 2), ("b", 6)]


def test_a_gap_in_the_text():
    question = one("// [id:q]\nA {=role ~group} asks.")
    assert question.stem.value == "A \\_\\_\\_\\_\\_ asks."


@pytest.mark.parametrize("prefix", ["[html]", "[markdown]", "[moodle]", "[plain]"])
def test_format_prefixes_are_taken_off(prefix):
    question = one(
        f"// [id:q]\n::T::{prefix}<b>Q</b> {{={prefix}a ~{prefix}b#{prefix}c}}"
    )
    assert question.stem.value == "<b>Q</b>"
    assert [o.text.value for o in question.options] == ["a", "b"]
    assert question.options[1].feedback.value == "c"
    assert question.stem.plain == (prefix == "[plain]")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("::Q1:: What is IAM? {=a ~b", 2, '"{" never closed'),
        ("Q\n{=a {x} ~b}", 3, '"{" never closed (a brace is written \\{)'),
        ("Q }", 2, '"}" closes nothing'),
        ("Q {=a ~b} and {=c ~d}", 2, "a second pair of braces is not taken"),
        ("Q {~%NaN%a ~%1e400%b =c}", 2, 'the weight "NaN" must be -100..100'),
        ("Q {~%150%a =c}", 2, 'the weight "150" must be -100..100'),
        (
            "Q {\n~%50%a\n~%50%b}",
            3,
            "weights such as %50% are not taken in this version",
        ),
        ("Q {~a ~b}", 2, "no correct answer: none begins with ="),
        ("Q {\n=a\n=b\n~c}", 4, "a second correct answer"),
        ("Q {=a =b}", 2, "a short answer is not taken in this version"),
        ("Q {=a -> b =c -> d}", 2, "matching is not taken in this version"),
        ("Q {#3.14:0.01}", 2, "a numerical question is not taken in this version"),
        ("Q {}", 2, "an essay is not taken in this version"),
        ("Q {maybe}", 2, "the braces hold options that begin with ~ or ="),
        ("A text alone.", 2, "a description without answers is not taken"),
        ("{=a ~b}", 2, "the text of the question is empty"),
        ("Q {=a ~}", 2, "an option is empty"),
        ("Q {=a ~b\n~b}", 3, "two options read the same"),
        ("Q {=a#x @m.y ~b}", 2, "the right answer betrays no belief"),
        ("Q {T#a#b @m.y}", 2, "the right answer betrays no belief"),
        ("Q {T#a#b#c}", 2, "a third feedback to true or false"),
        (
            "Q <!-- x --> {=a ~b}",
            2,
            "a comment is written on a line that begins with //",
        ),
        ("Q {=a" + "~b" * 21 + "}", 2, "too many answers; at most 20 are taken"),
        ("Q" * 21_000 + " {=a ~b}", 2, "longer than 20,000 characters"),
        (
            "::" + "T" * 201 + "::Q {=a ~b}",
            2,
            "the title is longer than 200 characters",
        ),
    ],
)
def test_refusals(text, line, message):
    [(found, said)] = refusals(text)
    assert found == line
    assert said.startswith("question 1: ")
    assert message in said


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("Q {=a ~b}", 1, "question 1: [id:…] is missing in the comment directly above"),
        ("// [id:a]\n\nQ {=a ~b}", 1, "an [id:…] stands directly above its question"),
        ("// [id:a]\n\nQ {=a ~b}", 3, "question 1: [id:…] is missing"),
        ("// [id:a]\n// [id:b]\nQ {=a ~b}", 2, "a second [id:…] for the same question"),
        ("// [id:A b]\nQ {=a ~b}", 1, 'the id "A b" is not small letters'),
        ("Q {=a ~b}\n// [id:late]", 1, "question 1: [id:…] is missing"),
    ],
)
def test_every_question_has_a_name(text, line, message):
    assert any(
        found == line and message in said for found, said in gift.parse(text).problems
    )


def test_a_question_can_be_wrong_in_name_and_text():
    assert [line for line, _ in gift.parse("Q {~a ~b}").problems] == [1, 1]


def test_one_refusal_hides_no_other_question():
    found = gift.parse("// [id:a]\nA {~x}\n\n// [id:b]\nB {=x ~y}\n\n// [id:c]\nC {}\n")
    assert [q.key for q in found.questions] == ["b"]
    assert [line for line, _ in found.problems] == [2, 8]


def test_a_hundred_thousand_answers_are_refused_at_once():
    text = "// [id:q]\nQ {=a " + "~b " * 100_000 + "}"
    began = time.process_time()
    assert "too many answers" in gift.parse(text).problems[0][1]
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "{",
            "}",
            "=",
            "~a",
            "~a#",
            "#",
            "####",
            "::",
            "\\{",
            "\\\\",
            "~%50%",
            "[html]",
        ),
        *("// [id:x]\n", "a{=b~c}", "a{=b~c}\n\n", "{T}", "\n\n", " ", "[id:", "@m.a "),
        "[html]<a ",
    ],
)
def test_no_text_takes_long(unit):
    for text in (unit * (100_000 // len(unit)), "Q {=a ~b#" + unit * 4_000 + "}"):
        began = time.process_time()
        gift.parse("// [id:q]\n" + text)
        assert time.process_time() - began < 1.5


MARKS = st.sampled_from([*"~=#{}:\\\n%", "####", "//", "[id:a]", "T", "::", "@m.a"])


@settings(max_examples=500, deadline=None)
@given(text=st.lists(MARKS | st.text(max_size=3), max_size=30).map("".join))
def test_whatever_is_read_has_one_right_option_and_places(text):
    found = gift.parse("// [id:q]\nQ " + text)
    lines = text.count("\n") + 2
    assert all(1 <= line <= lines for line, _ in found.problems)
    for question in found.questions:
        assert sum(option.right for option in question.options) == 1
        assert (
            2 <= len(question.options) <= gift.MAX_OPTIONS or question.type == "single"
        )
        presented_and_key(question)


# --- as versions keep them ----------------------------------------------------

FOUR = "// [id:q]\nWho? {%s a#A. @m.x %s b#B. %s c %s d####Rule *r*.}"


def four(right: str):
    marks = tuple("=" if option == right else "~" for option in "abcd")
    return presented_and_key(one((FOUR % marks).replace("@m.x", "")))


def test_the_shape_that_versions_keep():
    presented, key = presented_and_key(one(FOUR % ("~", "~", "=", "~")))
    by_text = {option["html"]: option["id"] for option in presented["options"]}
    assert presented["stem"] == "<p>Who?</p>"
    assert set(by_text) == {"<p>a</p>", "<p>b</p>", "<p>c</p>", "<p>d</p>"}
    assert key["right"] == by_text["<p>c</p>"]
    assert key["feedback"][by_text["<p>a</p>"]] == "<p>A.</p>"
    assert key["misconceptions"] == {by_text["<p>a</p>"]: "x"}
    assert key["rule"] == "<p>Rule <em>r</em>.</p>"
    assert single.grade(presented, key, by_text["<p>c</p>"]).right
    assert not single.grade(presented, key, by_text["<p>a</p>"]).right


def test_what_students_see_is_the_same_whichever_option_is_right():
    assert four("a")[0] == four("b")[0] == four("c")[0] == four("d")[0]
    assert len({four(option)[1]["right"] for option in "abcd"}) == 4


def test_the_order_in_the_file_does_not_show():
    places = []
    chance = random.Random(4)
    for number in range(200):
        words = chance.sample(["red", "green", "blue", "black"], 4)
        text = (
            f"// [id:q-{number}]\nWhich? {{={words[0]} ~" + " ~".join(words[1:]) + "}"
        )
        presented, key = presented_and_key(one(text))
        places.append([o["id"] for o in presented["options"]].index(key["right"]))
    assert all(25 < places.count(place) < 75 for place in range(4))


def test_true_and_false_as_versions_keep_them():
    presented, key = presented_and_key(one("// [id:q]\nSo. {FALSE#No. @m.x#Yes.}"))
    assert [o["html"] for o in presented["options"]] == ["<p>True</p>", "<p>False</p>"]
    assert key["right"] == "false"
    assert key["misconceptions"] == {"true": "x"}
    assert true_false.grade(presented, key, "false").right


@pytest.mark.parametrize(
    "text",
    [
        "::<script>alert(1)</script>:: [html]<img src=x onerror=alert(1)> {=a ~b}",
        "[html]<svg/onload=alert(1)>Q {=<b>x</b> ~y#<iframe src=//evil>}",
        "[plain]<b>*Q*</b> {=<i>a</i> ~b####<script>}",
    ],
)
def test_html_in_questions_shows_as_text(text):
    presented, key = presented_and_key(one("// [id:q]\n" + text))
    shown = [
        presented["stem"],
        key["rule"],
        *(option["html"] for option in presented["options"]),
        *key["feedback"].values(),
    ]
    assert any("&lt;" in html for html in shown)
    for html in shown:
        assert "<" not in html.replace("<p>", "").replace("</p>", "")
