"""The one list of beliefs that wrong answers reveal, shared by quizzes and lab."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from django.urls import reverse

CATALOGUE = Path(__file__).parent / "content" / "misconceptions.toml"


@dataclass(frozen=True)
class Misconception:
    """A belief as its holder would say it, the rule, and where it is taught.

    `lesson` is the slug of a lesson, `heading` the id of a heading in it.
    """

    code: str
    belief: str
    correction: str
    lesson: str
    heading: str

    def url(self, course: str) -> str:
        """Where the course with the slug `course` teaches it."""
        return (
            f"{reverse('courseware:lesson', args=[course, self.lesson])}#{self.heading}"
        )


@cache
def misconceptions() -> Mapping[str, Misconception]:
    """All of them by code, read once."""
    with CATALOGUE.open("rb") as file:
        entries = tomllib.load(file)
    return MappingProxyType({code: _read(code, entries[code]) for code in entries})


def _read(code: str, entry: dict[str, str]) -> Misconception:
    lesson, _, heading = entry["lesson"].partition("#")
    return Misconception(code, entry["belief"], entry["correction"], lesson, heading)
