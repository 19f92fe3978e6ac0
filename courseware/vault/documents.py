"""A course as its files say it, before anything is rendered or kept."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from courseware.exchange.gift import Question
from courseware.links import Names
from courseware.markup import Document


@dataclass(frozen=True)
class Outside:
    """What a course can name that is not in its folder.

    `figures`: names of drawings. `activity_exists(kind, key)` is asked for kinds
    whose data is not the course's. `beliefs`: code -> (lesson, heading, line) as
    the catalogue of misconceptions has them. None: names are not checked.
    `taken_ids` are those of the pages on which lessons stand. `example_problems` is
    asked for what is wrong with a policy or a stated decision: (line, message).
    """

    figures: Collection[str] | None = None
    kinds: Collection[str] | None = None
    activity_exists: Callable[[str, str], bool] = lambda kind, key: True
    example_problems: Callable[[Any], Iterable[tuple[int, str]]] = lambda example: ()
    beliefs: Mapping[str, tuple[str, str, int]] | None = None
    taken_ids: Collection[str] = ()


@dataclass(frozen=True)
class LessonFile:
    """`source` is the whole file; `position` counts from 1 inside the section."""

    path: str
    slug: str
    title: str
    question: str
    minutes: int
    position: int
    source: str
    document: Document
    lines: Mapping[str, int] = field(default_factory=dict)

    def line(self, key: str) -> int:
        """Where a name of the front matter stands."""
        return self.lines.get(key, 1)


@dataclass(frozen=True)
class SectionFolder:
    """`quiz_title` is empty where there is no quiz; `line` is in course.toml."""

    folder: str
    slug: str
    title: str
    summary: str
    position: int
    line: int
    quiz_title: str = ""
    lessons: list[LessonFile] = field(default_factory=list)
    quiz: list[Question] = field(default_factory=list)
    checks: list[Question] = field(default_factory=list)


@dataclass(frozen=True)
class TermEntry:
    slug: str
    name: str
    aliases: list[str]
    document: Document
    line: int


@dataclass(frozen=True)
class ActivityFile:
    """`data` is the file's content without its title."""

    path: str
    kind: str
    key: str
    title: str
    data: dict


@dataclass(frozen=True)
class ImageFile:
    """`width` and `height` in pixels; `sha256` is that of `data`, hexadecimal."""

    path: str
    media_type: str
    suffix: str
    width: int
    height: int
    sha256: str
    data: bytes = field(repr=False)


@dataclass
class Vault:
    """One course. `names` is what its links resolve against; `glossary_read` is
    False where there is a glossary that cannot be read, so that names are missing."""

    slug: str = ""
    title: str = ""
    module: str = ""
    summary: str = ""
    public: bool = False
    sections: list[SectionFolder] = field(default_factory=list)
    terms: list[TermEntry] = field(default_factory=list)
    activities: list[ActivityFile] = field(default_factory=list)
    images: dict[str, ImageFile] = field(default_factory=dict)
    glossary_read: bool = True
    names: Names = field(default_factory=lambda: Names([], []))

    @property
    def lessons(self) -> list[LessonFile]:
        return [lesson for section in self.sections for lesson in section.lessons]

    @property
    def checks(self) -> dict[str, Question]:
        return {one.key: one for section in self.sections for one in section.checks}
