"""Text as it comes in: one form, and nothing that a database or a page chokes on."""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NEWLINE = re.compile(r"\r\n?")
# NUL and the other C0 controls but tab and newline, DEL, and half a surrogate pair
# (PostgreSQL stores no NUL, SQLite raises on a surrogate).
UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
UNCLEAN_IN_LINE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class UncleanText(ValueError):
    """A character that cannot be kept. Line and column count from 1."""

    def __init__(self, character: str, line: int, column: int):
        self.character = character
        self.line = line
        self.column = column
        super().__init__(f"{self.name} in line {line}, column {column}")

    @property
    def name(self) -> str:
        return f"U+{ord(self.character):04X}"


def clean_text(text: str, *, normalise: bool = True, one_line: bool = False) -> str:
    """`text` with newlines as "\\n" and, unless told otherwise, in the form NFC.

    Raises UncleanText at the first NUL, control character or lone surrogate; with
    `one_line` at a tab or newline too.
    """
    text = NEWLINE.sub("\n", text)
    unclean = UNCLEAN_IN_LINE if one_line else UNCLEAN
    if found := unclean.search(text):
        before = text[: found.start()]
        line = before.count("\n") + 1
        column = found.start() - before.rfind("\n")
        raise UncleanText(found.group(), line, column)
    return unicodedata.normalize("NFC", text) if normalise else text


class CleanTextField(forms.CharField):
    """A CharField whose value went through `clean_text`; one line but in a Textarea.

    `normalise=False` keeps every character as typed, for policies.
    """

    default_error_messages = {
        "unclean": _(
            "Line %(line)d, column %(column)d holds a character that cannot be kept "
            "(%(name)s). Delete it there."
        )
    }

    def __init__(self, *, normalise: bool = True, **kwargs):
        self.normalise = normalise
        super().__init__(**kwargs)
        # clean_text refuses NUL too, and says where it stands.
        self.validators = [
            validator
            for validator in self.validators
            if getattr(validator, "code", "") != "null_characters_not_allowed"
        ]

    def to_python(self, value):
        if isinstance(value, str):
            one_line = not isinstance(self.widget, forms.Textarea)
            try:
                value = clean_text(
                    value.strip() if one_line and self.strip else value,
                    normalise=self.normalise,
                    one_line=one_line,
                )
            except UncleanText as unclean:
                raise ValidationError(
                    self.error_messages["unclean"],
                    code="unclean",
                    params={
                        "line": unclean.line,
                        "column": unclean.column,
                        "name": unclean.name,
                    },
                ) from unclean
        return super().to_python(value)
