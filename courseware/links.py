"""What [[...]] can mean in a course. Links resolve against the names of the
course's own lessons and terms, never against the disk.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from courseware.markup import BlockAddress, Document, Link, slug_of
from courseware.problems import did_you_mean

MODULE = re.compile(r"module\s+\d+\b", re.I)


@dataclass(frozen=True)
class LessonName:
    """A lesson as links know it. `words` maps a heading's words to its address."""

    slug: str
    title: str
    stem: str
    addresses: frozenset[str] = frozenset()
    words: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TermName:
    slug: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class ToLesson:
    """`lesson` is None for the page itself; `title` is what to show by default."""

    lesson: LessonName | None
    address: str
    title: str


@dataclass(frozen=True)
class ToTerm:
    term: TermName


@dataclass(frozen=True)
class ToModule:
    module: str
    fragment: str


@dataclass(frozen=True)
class Unresolved:
    message: str


Target = ToLesson | ToTerm | ToModule | Unresolved


class Names:
    """The names of one course, whatever their case."""

    def __init__(self, lessons: Iterable[LessonName], terms: Iterable[TermName]):
        self.lessons: dict[str, LessonName] = {}
        self.terms: dict[str, TermName] = {}
        self.shown: list[str] = []
        lessons, terms = list(lessons), list(terms)
        for key in ("stem", "title", "slug"):
            for lesson in lessons:
                self.lessons[folded(getattr(lesson, key))] = lesson
                self.shown.append(getattr(lesson, key))
        for term in terms:
            for name in (*term.aliases, term.name):
                self.terms[folded(name)] = term
                self.shown.append(name)

    def resolve(self, link: Link, here: LessonName | None) -> Target:
        """`here` is the lesson that the link stands in (None in the glossary)."""
        if not link.target:
            return self._inside(here, link.fragment, here=True)
        if MODULE.match(link.target):
            return ToModule(" ".join(link.target.split()), link.fragment)
        lesson = self.lessons.get(folded(link.target))
        if lesson:
            return self._inside(lesson, link.fragment, here=lesson == here)
        term = self.terms.get(folded(link.target))
        if term and not link.fragment:
            return ToTerm(term)
        hint = did_you_mean(link.target, self.shown)
        return Unresolved(f'no lesson or term "{link.target}"{hint}')

    def _inside(self, lesson: LessonName | None, fragment: str, *, here: bool):
        if lesson is None:
            return Unresolved(
                "a link without a lesson's name can stand in lessons only"
            )
        page = None if here and fragment else lesson
        if not fragment:
            return ToLesson(page, "", lesson.title)
        wanted = fragment.removeprefix("^").strip()
        if wanted in lesson.addresses:
            shown = {address: words for words, address in lesson.words.items()}
            return ToLesson(page, wanted, shown.get(wanted, lesson.title))
        if wanted in lesson.words:
            return ToLesson(page, lesson.words[wanted], wanted)
        if slug_of(wanted) in lesson.addresses:
            return ToLesson(page, slug_of(wanted), wanted)
        hint = did_you_mean(wanted, [*lesson.addresses, *lesson.words])
        return Unresolved(f'no heading "{wanted}" in the lesson {lesson.slug}{hint}')


def folded(name: str) -> str:
    """The form in which names are compared."""
    return " ".join(name.split()).casefold()


def lesson_name(slug: str, title: str, stem: str, document: Document) -> LessonName:
    """What links can say of a lesson with the text `document`."""
    headings = document.headings
    blocks = [piece.id for piece in document.pieces if isinstance(piece, BlockAddress)]
    return LessonName(
        slug=slug,
        title=title,
        stem=stem,
        addresses=frozenset([*(heading.id for heading in headings), *blocks]),
        words={heading.text: heading.id for heading in headings},
    )
