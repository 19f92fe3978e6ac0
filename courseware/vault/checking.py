"""What holds between the files of a course: names once, and every one there."""

from collections.abc import Callable, Iterable

from courseware import examples
from courseware.links import LessonName, Unresolved
from courseware.markup import (
    BlockAddress,
    Divider,
    Document,
    Embed,
    Heading,
    Link,
)
from courseware.problems import did_you_mean
from courseware.reserved import is_reserved
from courseware.vault.documents import Outside, Vault
from courseware.vault.reading import COURSE, GLOSSARY

CATALOGUE = "misconceptions.toml"
OWN_KINDS = ("check", "line")
TAKEN = 'the page itself uses the address "%s"; choose another'

Report = Callable[[str, int, str], None]


def check(vault: Vault, outside: Outside, report: Report) -> None:
    """Tell `report` (path, line, message) all that does not fit together."""
    _names_once(vault, report)
    for lesson in vault.lessons:
        here = vault.names.lessons.get(lesson.slug.casefold())
        _document(lesson.path, lesson.document, outside, report)
        _addresses_once(lesson.path, lesson.document, outside, report)
        _links(vault, lesson.path, lesson.document, here, report)
        for embed in _of(lesson.document, Embed):
            message = _embed_problem(vault, outside, embed)
            if message:
                report(lesson.path, embed.line, message)
    for path, named in [
        *((COURSE, section) for section in vault.sections),
        *((GLOSSARY, term) for term in vault.terms),
    ]:
        if is_reserved(named.slug, outside.taken_ids):
            report(path, named.line, TAKEN % named.slug)
    for term in vault.terms:
        _document(GLOSSARY, term.document, outside, report)
        _links(vault, GLOSSARY, term.document, None, report)
        for piece in term.document.pieces:
            if not isinstance(piece, Link | Divider):
                report(GLOSSARY, piece.line, "a definition is one plain paragraph")
    _questions_once(vault, report)
    _beliefs(vault, outside, report)


def _of(document: Document, kind: type) -> list:
    return [piece for piece in document.pieces if isinstance(piece, kind)]


def _document(path: str, document: Document, outside: Outside, report: Report) -> None:
    found, problems = examples.read(document)
    for example in found.values():
        problems += outside.example_problems(example)
    for line, message in [*document.problems, *problems]:
        report(path, line, message)


# --- names --------------------------------------------------------------------


def _names_once(vault: Vault, report: Report) -> None:
    _once([(COURSE, s.line, s.slug) for s in vault.sections], "slug", report)
    _once([(COURSE, s.line, s.folder) for s in vault.sections], "folder", report)
    lessons = vault.lessons
    _once([(one.path, one.line("slug"), one.slug) for one in lessons], "slug", report)
    titles = [(one.path, one.line("title"), one.title) for one in lessons]
    _once(titles, "title", report)
    _once([(GLOSSARY, t.line, t.slug) for t in vault.terms], "address", report)
    names = [
        (GLOSSARY, term.line, name)
        for term in vault.terms
        for name in {
            name.casefold(): name for name in (term.name, *term.aliases)
        }.values()
    ]
    _once(names, "term", report)


def _once(found: Iterable[tuple[str, int, str]], what: str, report: Report) -> None:
    first: dict[str, str] = {}
    for path, line, name in found:
        folded = name.casefold()
        if folded and folded in first:
            report(path, line, f'the {what} "{name}" is taken by {first[folded]}')
        first.setdefault(folded, f"{path}:{line}")


def _addresses_once(
    path: str, document: Document, outside: Outside, report: Report
) -> None:
    lines: dict[str, int] = {}
    for piece in document.pieces:
        if not isinstance(piece, Heading | BlockAddress) or not piece.id:
            continue
        if piece.id in lines:
            message = f'the address "{piece.id}" is taken by line {lines[piece.id]}'
            report(path, piece.line, message)
        elif is_reserved(piece.id, outside.taken_ids):
            report(path, piece.line, TAKEN % piece.id)
        lines.setdefault(piece.id, piece.line)


# --- links and embeds ---------------------------------------------------------


def _links(
    vault: Vault, path: str, document: Document, here: LessonName | None, report: Report
) -> None:
    for link in _of(document, Link):
        target = vault.names.resolve(link, here)
        # Without its glossary a course cannot tell whether a term is missing.
        if isinstance(target, Unresolved) and vault.glossary_read:
            report(path, link.line, target.message)


def _embed_problem(vault: Vault, outside: Outside, embed: Embed) -> str:
    kind, colon, rest = embed.target.partition(":")
    if kind == "figure" and colon:
        return _missing("figure", rest, outside.figures)
    if kind == "activity" and colon:
        return _activity_problem(vault, outside, *rest.partition("/")[::2])
    if embed.target not in vault.images:
        if vault.names.lessons.get(embed.target.casefold()):
            return f"a lesson is linked, not embedded: [[{embed.target}]]"
        return _missing("picture", embed.target, vault.images)
    if not embed.caption:
        return "the picture has no alternative text: ![[images/NAME|what it shows]]"
    return ""


def _activity_problem(vault: Vault, outside: Outside, kind: str, key: str) -> str:
    if kind == "check":
        return _missing("check", key, vault.checks)
    if kind == "line":
        return _missing("line", key, [one.key for one in vault.activities])
    if outside.kinds is not None and kind not in outside.kinds:
        return _missing("kind of activity", kind, [*OWN_KINDS, *outside.kinds])
    if not outside.activity_exists(kind, key):
        return f'no {kind} "{key}"'
    return ""


def _missing(what: str, name: str, known) -> str:
    if known is None or name in known:
        return ""
    return f'no {what} "{name}"{did_you_mean(name, known)}'


# --- questions ----------------------------------------------------------------


def _questions(vault: Vault):
    for section in vault.sections:
        for name, questions in (("quiz", section.quiz), ("checks", section.checks)):
            for question in questions:
                yield f"{section.folder}/{name}.gift", question


def _questions_once(vault: Vault, report: Report) -> None:
    found = [(path, one.line, one.key) for path, one in _questions(vault)]
    _once(found, "id", report)


def _beliefs(vault: Vault, outside: Outside, report: Report) -> None:
    """Codes are known, and what they say of this course's lessons is true."""
    if outside.beliefs is None:
        return
    for path, question in _questions(vault):
        for option in question.options:
            code = option.misconception
            if code and code not in outside.beliefs:
                hint = did_you_mean(code, outside.beliefs)
                report(path, option.line, f'no misconception "{code}"{hint}')
    for code, (slug, heading, line) in outside.beliefs.items():
        lesson = vault.names.lessons.get(slug)
        if lesson and lesson.slug == slug and heading not in lesson.addresses:
            hint = did_you_mean(heading, lesson.addresses)
            message = f'{code}: no heading "{heading}" in the lesson {slug}{hint}'
            report(CATALOGUE, line, message)
