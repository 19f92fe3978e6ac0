"""A policy's text in blocks: all of it, coloured, and marked by what it did."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies_lab import places, sources
from policies_lab.iam import Problem, Span, evaluate, parse_policy
from tests.policies_lab.conftest import document
from tests.policies_lab.test_bench import a_bench

TWO = document({"Sid": "A", "Action": "s3:*"}, {"Sid": "B", "Action": "ec2:*"})


def statements(text, **request):
    from policies_lab import bench
    from policies_lab.bench import PolicyRow

    scenario, _laid = bench.read(
        a_bench(policies=[PolicyRow(0, document=text)], **request)
    )
    return evaluate(scenario).statements


def text_of(blocks) -> str:
    lines = [line for block in blocks for line in block.lines]
    return "\n".join("".join(piece.text for piece in line.pieces) for line in lines)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_character_is_lost_or_added(text):
    shown = text_of(sources.blocks_of(text))
    expected = [line.rstrip("\r") for line in text.rstrip("\n").split("\n")]
    assert shown == "\n".join(expected)


def test_without_statements_there_are_no_marks():
    blocks = sources.blocks_of(TWO)
    assert [block.part for block in blocks] == [""]


def test_each_statement_is_a_block_with_its_part():
    blocks = sources.blocks_of(TWO, statements(TWO))
    marked = [(b.part, b.lines[0].number, b.lines[-1].number) for b in blocks if b.part]
    assert marked == [("allowed", 4, 9), ("none", 10, 15)]
    assert text_of(blocks) == TWO
    assert [line.number for block in blocks for line in block.lines] == list(
        range(1, TWO.count("\n") + 2)
    )


@pytest.mark.parametrize(("second", "part"), [("Deny", "denied"), ("Allow", "allowed")])
def test_statements_on_one_line_share_a_block_with_the_strongest_part(second, part):
    given_ = [
        {"Effect": second, "Action": "s3:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
    ]
    text = json.dumps({"Version": "2012-10-17", "Statement": given_})
    blocks = sources.blocks_of(text, statements(text))
    assert [block.part for block in blocks] == [part]


def test_keys_values_and_effects_are_told_apart():
    (line,) = sources.blocks_of('{"Effect": "Deny", "Sid": "Effect: no"}')[0].lines
    kinds = {piece.text: piece.kind for piece in line.pieces if piece.kind}
    assert kinds == {
        '"Effect"': "k",
        '"Deny"': "e",
        '"Sid"': "k",
        '"Effect: no"': "v",
    }


def test_the_marks_of_an_editor_name_lines():
    blocks = sources.blocks_of(TWO, statements(TWO))
    source = sources.Source(0, "x", "Identity policy", "", blocks)
    assert source.marks == "4-9:allowed 10-15:none"


# --- quoting a line with its place ----------------------------------------------


def problem_at(line, column, end_column=None) -> Problem:
    span = Span(line, column, line, end_column or column + 1)
    return Problem("missing_effect", "Statement[0]", span)


@pytest.mark.parametrize(
    ("text", "line", "column", "marked"),
    [
        ("abc", 1, 2, "b"),
        ("first\nsecond", 2, 1, "s"),
        ("\tab", 1, 2, "a"),
        ("x" * 300 + "HERE" + "y" * 300, 1, 301, "H"),
    ],
)
def test_the_carets_stand_under_the_place(text, line, column, marked):
    quote, caret = places.quoted(text.split("\n"), problem_at(line, column))
    assert quote[caret.index("^")] == marked
    assert len(quote) <= places.BEFORE + 2 * places.AFTER + 4


@given(
    st.text(max_size=300),
    st.integers(1, 10),
    st.integers(1, 400),
    st.integers(1, 400),
)
def test_quoting_never_fails(text, line, column, end):
    quote, caret = places.quoted(
        text.split("\n"), problem_at(line, column, column + end)
    )
    assert "\n" not in quote
    assert caret.strip(" ^") == ""
    assert "^" in caret


def test_a_place_that_the_engine_names_is_the_place_that_is_quoted():
    text = TWO.replace('"ec2:*"', '"ec2"')
    with pytest.raises(Exception, match="invalid_action") as refused:
        parse_policy(text)
    found = places.locate(
        refused.value.problems[0], control="c", lines=text.split("\n")
    )
    start = found.caret.index("^")
    assert found.quote[start : start + len(found.caret.strip())] == '"ec2"'
