"""TOML with the lines of its keys."""

import pytest

from courseware.vault.toml_lines import NotToml, read_toml

TEXT = '''\
# a comment
title = "T"
text = """
key = "not a key"
[not a table]
"""

[[section]]
slug = "a"

[[section]]
slug = "b"
"quoted key" = 1
  [section.inner]
  x = 1

[[section]]
  [[section.deeper]]
  y = 1
  [[section.deeper]]
  y = 2
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("text",), 3),
        (("section", 0), 8),
        (("section", 0, "slug"), 9),
        (("section", 1, "slug"), 12),
        (("section", 1, "quoted key"), 13),
        (("section", 1, "inner", "x"), 15),
        (("section", 2, "deeper", 1, "y"), 21),
        (("section", 1, "absent"), 11),
        (("nowhere",), 1),
        (("key",), 1),
    ],
)
def test_lines(path, line):
    assert read_toml(TEXT).line(*path) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = \n", 2),
        ("a = 1\na = 2\n", 2),
        ("a = 'open", 1),
        ("a = [1,\n2", 2),
        ('a = 1\nb = "\\u0000"\n', 2),
        ('a = 1\n[t]\nb = ["x", "\\u0001"]\n', 3),
    ],
)
def test_what_cannot_be_read_has_its_line(text, line):
    with pytest.raises(NotToml) as caught:
        read_toml(text)
    assert caught.value.line == line


def test_deep_nesting_is_refused():
    with pytest.raises(NotToml):
        read_toml("a = " + "[" * 20_000)
