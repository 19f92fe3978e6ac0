"""The strict JSON reader: what it refuses, and where it says that is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies_lab.iam import jsontext
from policies_lab.iam.jsontext import JsonError, Source, dump, read, value_problems


def first(text):
    with pytest.raises(JsonError) as caught:
        read(Source(text))
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("", "empty_document", 1, 1),
        (" \n\t", "empty_document", 1, 1),
        ("\ufeff{}", "byte_order_mark", 1, 1),
        ("{} {}", "trailing_text", 1, 4),
        ("{}\x00", "trailing_text", 1, 3),
        ('{"a": 1,\n}', "trailing_comma", 1, 8),
        ('["a",\n"b",]', "trailing_comma", 2, 4),
        ('{"a" 1}', "missing_colon", 1, 6),
        ('{"a": 1 "b": 2}', "missing_comma", 1, 9),
        ('["a" "b"]', "missing_comma", 1, 6),
        ('{"a": 1', "unexpected_end", 1, 8),
        ("[1,", "unexpected_end", 1, 4),
        ("[", "unexpected_end", 1, 2),
        ("{", "unexpected_end", 1, 2),
        ('{"a"', "unexpected_end", 1, 5),
        ('{"a":', "unexpected_end_of_text", 1, 6),
        ("{a: 1}", "key_not_string", 1, 2),
        ("{'a': 1}", "key_not_string", 1, 2),
        ("['a']", "single_quotes", 1, 2),
        ('{"a": "b', "unclosed_string", 1, 7),
        ('{"a": "b\n"}', "unclosed_string", 1, 7),
        ('"a\tb"', "raw_control_character", 1, 3),
        ('"a\\x"', "bad_escape", 1, 3),
        ('"\\u12g4"', "bad_escape", 1, 2),
        ("NaN", "not_json_word", 1, 1),
        ("[Infinity]", "not_json_word", 1, 2),
        ("-Infinity", "not_json_word", 1, 1),
        ("True", "not_json_word", 1, 1),
        ("007", "bad_number", 1, 1),
        ("1.", "bad_number", 1, 1),
        ("+1", "bad_number", 1, 1),
        ("-", "bad_number", 1, 1),
        ("1-2", "bad_number", 1, 1),
        ("\u0663", "unexpected_character", 1, 1),
        ("{}\n// note", "trailing_text", 2, 1),
        ('{// note\n"a": 1}', "comment", 1, 2),
        ("[/* */]", "comment", 1, 2),
        ('{"a": # x\n1}', "comment", 1, 7),
        ("[" * 21, "too_deep", 1, 21),
        ('{"a":' * 21, "too_deep", 1, 101),
        ("}", "unexpected_character", 1, 1),
    ],
)
def test_syntax(text, code, line, column):
    problem = first(text)
    assert problem.code == code
    assert (problem.span.line, problem.span.column) == (line, column)


def test_the_end_names_what_is_open():
    problem = first('{\n  "a": [1')
    assert problem.facts == {"opened": "[", "line": "2", "at_column": "8"}
    assert problem.path == "a"


def test_twenty_levels_are_read():
    read(Source("[" * 20 + "]" * 20))


def found(text):
    source = Source(text)
    return [
        (p.code, p.path, p.span.column) for p in value_problems(source, read(source))
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1, "a": 2}', [("duplicate_key", "a", 10)]),
        ('{"a": 1, "\\u0061": 2}', [("duplicate_key", "a", 10)]),
        ('{"a": 1, "A": 2}', [("duplicate_key", "A", 10)]),
        ('{"b": [{"a": 1, "a": 2}]}', [("duplicate_key", "b[0]", 17)]),
        ('{"k": 1, "\u212a": 2}', []),
        ('["a\\u0000b"]', [("control_character", "[0]", 2)]),
        ('["\\ud800"]', [("lone_surrogate", "[0]", 2)]),
        ('["\\ud83d\\ude00"]', []),
        ('{"\\u0001": 1}', [("control_character", "\\u0001", 2)]),
        ("[1e999]", [("number_out_of_range", "[0]", 2)]),
        ("[1e99999999999999999999]", [("number_out_of_range", "[0]", 2)]),
        ("[-1e-400]", [("number_out_of_range", "[0]", 2)]),
        ("[" + "1" * 309 + "]", [("number_too_long", "[0]", 2)]),
        ("[1e3, 2.5, -1.5E-2]", []),
        ('["\\n\\t"]', []),
    ],
)
def test_values(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    ("literal", "plain"),
    [("1e3", "1000"), ("2.50", "2.50"), ("-1.5E-2", "-0.015"), ("12", "12")],
)
def test_numbers_lose_their_exponent(literal, plain):
    assert jsontext.plain_number(literal) == plain


def test_lines_and_columns_count_characters():
    source = Source('{\r\n  "é\U0001f600": "x"\r\n}')
    node = read(source)
    key, value = node.members[0]
    assert (source.of(key).line, source.of(key).column) == (2, 3)
    assert source.of(value).column == 9
    assert (source.of(node).end_line, source.of(node).end_column) == (3, 2)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from([None, 1, 2]))
def test_agrees_with_the_standard_library(value, indent):
    text = json.dumps(value, indent=indent, ensure_ascii=indent is None)
    node = read(Source(text))
    assert json.loads(dump(node)) == value
    assert dump(node) == json.dumps(value, indent=2, ensure_ascii=False)
    assert text[node.start : node.end] == text


@given(st.text("{}[]\",:\\/u0123eE+-.tfn \n'#NaI\x00\ud800", max_size=40))
def test_accepts_nothing_that_the_standard_library_refuses(text):
    try:
        node = read(Source(text))
    except JsonError:
        pass
    else:
        json.loads(text)
        list(value_problems(Source(text), node))
