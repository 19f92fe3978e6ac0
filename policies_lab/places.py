"""Where a problem is: the control, the line and column, and the line quoted."""

from collections.abc import Sequence
from dataclasses import dataclass

from policies_lab.iam import Problem
from policies_lab.wording import problem_sentence

# A quoted line is cut to this many characters around the place.
BEFORE, AFTER = 48, 32


@dataclass(frozen=True)
class Found:
    """A problem as a page shows it. `line` is 0 where there is no text to point at.

    `control` is the id of the field, `where` its name for people. `quote` is the line
    (or the part of it around the place), `caret` the marks to put under it.
    """

    control: str
    where: str
    message: str
    line: int = 0
    column: int = 0
    quote: str = ""
    caret: str = ""


def locate(
    problem: Problem,
    *,
    control: str,
    where: str = "",
    lines: Sequence[str] | None = None,
) -> Found:
    """A problem of the engine, beside the control that it speaks of.

    `lines` are those of the text that its place refers to.
    """
    message = problem_sentence(problem)
    if lines is None:
        return Found(control, where, message)
    line, column = problem.span.line, problem.span.column
    quote, caret = quoted(lines, problem)
    return Found(control, where, message, line, column, quote, caret)


def quoted(lines: Sequence[str], problem: Problem) -> tuple[str, str]:
    """The line with the problem, and carets for the line beneath it."""
    span = problem.span
    line = lines[span.line - 1] if 0 < span.line <= len(lines) else ""
    line = line.rstrip("\r").replace("\t", " ")
    start = min(span.column - 1, len(line))
    stop = span.end_column - 1 if span.end_line == span.line else len(line)
    left = max(0, start - BEFORE)
    right = min(len(line), max(start + 1, min(stop, start + AFTER)) + AFTER)
    quote = (
        ("…" if left else "") + line[left:right] + ("…" if right < len(line) else "")
    )
    indent = start - left + (1 if left else 0)
    width = max(1, min(stop, right) - start)
    return quote, " " * indent + "^" * width
