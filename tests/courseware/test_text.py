"""Text as it comes in."""

import unicodedata

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from courseware.text import CleanTextField, UncleanText, clean_text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("", ""),
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("\ttab", "\ttab"),
        ("e\u0301", "\u00e9"),
        ("\U0001f600", "\U0001f600"),
        ("\u2028", "\u2028"),
    ],
)
def test_newlines_and_accents_take_one_form(text, clean):
    assert clean_text(text) == clean


def test_a_policy_keeps_its_characters():
    assert clean_text("e\u0301\r\n", normalise=False) == "e\u0301\n"


@pytest.mark.parametrize(
    ("text", "name", "line", "column"),
    [
        ("\x00", "U+0000", 1, 1),
        ("ab\x00", "U+0000", 1, 3),
        ("one\r\ntwo\x1b", "U+001B", 2, 4),
        ("one\n\n\ud800x", "U+D800", 3, 1),
        ("x\udfff", "U+DFFF", 1, 2),
        ("x\x7f", "U+007F", 1, 2),
        ("x\x0b", "U+000B", 1, 2),
    ],
)
def test_what_cannot_be_kept_is_named_with_its_place(text, name, line, column):
    with pytest.raises(UncleanText) as refused:
        clean_text(text)
    assert (refused.value.name, refused.value.line, refused.value.column) == (
        name,
        line,
        column,
    )


def test_one_line_is_one_line():
    with pytest.raises(UncleanText):
        clean_text("a\nb", one_line=True)


@given(st.text(st.characters()))
def test_clean_text_can_be_stored_and_is_clean_already(text):
    clean, refused = None, ""
    try:
        clean = clean_text(text)
    except UncleanText as error:
        refused = error.character
    if clean is None:
        assert refused in text
        return
    clean.encode()
    assert "\x00" not in clean
    assert "\r" not in clean
    assert clean_text(clean) == clean
    assert unicodedata.is_normalized("NFC", clean)


class Form(forms.Form):
    line = CleanTextField(required=False)
    text = CleanTextField(widget=forms.Textarea, required=False)
    raw = CleanTextField(widget=forms.Textarea, normalise=False, required=False)


def test_the_field_says_where_and_what_to_do():
    form = Form({"text": "one\ntwo \x00"})
    assert not form.is_valid()
    assert form.errors["text"] == [
        "Line 2, column 5 holds a character that cannot be kept (U+0000). "
        "Delete it there."
    ]


def test_the_field_takes_newlines_in_a_text_and_not_in_a_line():
    form = Form({"text": "one\r\ntwo", "raw": "e\u0301", "line": " name \n"})
    assert form.is_valid()
    assert form.cleaned_data == {
        "text": "one\ntwo",
        "raw": "e\u0301",
        "line": "name",
    }
    assert not Form({"line": "one\ntwo"}).is_valid()
