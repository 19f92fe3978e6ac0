"""JSON on a page: line by line, with what its parts are."""

import re
from collections.abc import Iterator

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from courseware.safe_html import ours

# A string, and the colon that makes it a name.
PARTS = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?')


def json_lines(text: str) -> list[SafeString]:
    """`text` line by line with names, values and effects marked for colour."""
    return [ours("".join(_json_parts(line))) for line in text.split("\n")]


def _json_parts(line: str) -> Iterator[str]:
    at, name = 0, ""
    for found in PARTS.finditer(line):
        yield escape(line[at : found.start()])
        if found[2]:
            name, look = found[1], "k"
        else:
            look = "e" if name == '"Effect"' else "v"
        yield format_html('<span class="{}">{}</span>', look, found[1])
        yield escape(found[2] or "")
        at = found.end()
    yield escape(line[at:])
