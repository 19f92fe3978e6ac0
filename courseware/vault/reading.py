"""Each file of a course by its kind: what it holds, and what is wrong in it."""

import re
from hashlib import sha256
from pathlib import PurePosixPath

from courseware.exchange import gift
from courseware.links import Names, TermName, lesson_name
from courseware.problems import did_you_mean
from courseware.scanning import scan
from courseware.vault import front_matter, images
from courseware.vault.documents import (
    ActivityFile,
    ImageFile,
    LessonFile,
    SectionFolder,
    TermEntry,
    Vault,
)
from courseware.vault.files import IMAGE_FOLDER, MAX_IMAGE, MAX_LESSON, MAX_TEXT, Files
from courseware.vault.lines import read_line
from courseware.vault.toml_lines import NotToml, Shape, Toml, read_toml, shape_problems

COURSE = "course.toml"
GLOSSARY = "glossary.md"
ACTIVITIES = "activities/"
COURSE_SHAPE = Shape(
    {"slug": str, "title": str, "summary": str, "public": bool, "section": list},
    {"module": str},
)
SECTION_SHAPE = Shape(
    {"folder": str, "slug": str, "title": str, "summary": str}, {"quiz": str}
)
FRONT = {"slug": str, "title": str, "question": str, "minutes": int}
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_SLUG, MAX_TITLE, MAX_TERM = 80, 200, 120
TERM_HEADING = re.compile(r"##[ \t]+(.*?)(?:[ \t]+\^([A-Za-z0-9-]+))?[ \t]*$")


class Reader:
    """Reads one course; problems go to `files`."""

    def __init__(self, files: Files):
        self.files = files
        self.vault = Vault()
        self.unread = set(files.names)

    def read(self) -> Vault:
        course = self._toml(COURSE)
        if course:
            self._course(course)
        elif COURSE not in self.files.names:
            self._problem(COURSE, 1, "the course has no course.toml")
        self._glossary()
        self._activities()
        self._images()
        if course:
            for name in sorted(self.unread):
                self._problem(name, 1, "a course has no place for this file")
        lessons = [
            lesson_name(
                lesson.slug,
                lesson.title,
                PurePosixPath(lesson.path).stem,
                lesson.document,
            )
            for lesson in self.vault.lessons
        ]
        terms = [
            TermName(term.slug, term.name, tuple(term.aliases))
            for term in self.vault.terms
        ]
        self.vault.names = Names(lessons, terms)
        return self.vault

    # --- course.toml ---------------------------------------------------------

    def _course(self, toml: Toml) -> None:
        data = toml.data
        for line, message in shape_problems(toml, (), data, COURSE_SHAPE):
            self._problem(COURSE, line, message)
        vault = self.vault
        vault.slug = self._slug(COURSE, toml.line("slug"), data.get("slug"))
        vault.title = self._title(COURSE, toml.line("title"), data.get("title"))
        vault.module = self._title(COURSE, toml.line("module"), data.get("module", ""))
        vault.summary = str(data.get("summary", ""))
        vault.public = data.get("public") is True
        sections = data.get("section")
        for number, table in enumerate(sections if isinstance(sections, list) else []):
            self._section(toml, number, table)

    def _section(self, toml: Toml, number: int, table: object) -> None:
        path = ("section", number)
        wrong = list(shape_problems(toml, path, table, SECTION_SHAPE))
        for line, message in wrong:
            self._problem(COURSE, line, message)
        if not isinstance(table, dict) or not isinstance(table.get("folder"), str):
            return
        folder = table["folder"].strip("/")
        inside = [
            name for name in self.files.names if name.rpartition("/")[0] == folder
        ]
        if not inside:
            line = toml.line(*path, "folder")
            self._problem(COURSE, line, f'no folder "{folder}" with files in it')
        section = SectionFolder(
            folder=folder,
            slug=self._slug(COURSE, toml.line(*path, "slug"), table.get("slug")),
            title=self._title(COURSE, toml.line(*path, "title"), table.get("title")),
            summary=str(table.get("summary", "")),
            position=number + 1,
            line=toml.line(*path, "slug"),
            quiz_title=self._title(
                COURSE, toml.line(*path, "quiz"), table.get("quiz", "")
            ),
        )
        self.vault.sections.append(section)
        self._questions(section, toml.line(*path, "quiz"))
        for name in inside:
            if name.endswith(".md"):
                self._lesson(section, name)

    def _questions(self, section: SectionFolder, quiz_line: int) -> None:
        quiz, checks = f"{section.folder}/quiz.gift", f"{section.folder}/checks.gift"
        section.quiz.extend(self._gift(quiz))
        section.checks.extend(self._gift(checks))
        if section.quiz_title and quiz not in self.files.names:
            self._problem(COURSE, quiz_line, f"there is a quiz, but no {quiz}")
        elif quiz in self.files.names and not section.quiz_title:
            self._problem(COURSE, quiz_line, f'{quiz} is there; "quiz" gives its title')

    def _gift(self, name: str) -> list[gift.Question]:
        text = self._text(name)
        if text is None:
            return []
        found = gift.parse(text)
        for line, message in found.problems:
            self._problem(name, line, message)
        if not found.questions and not found.problems:
            self._problem(name, 1, "the file holds no question")
        return found.questions

    # --- lessons and terms ---------------------------------------------------

    def _lesson(self, section: SectionFolder, name: str) -> None:
        text = self._text(name, MAX_LESSON)
        if text is None:
            return
        try:
            front = front_matter.split(text)
        except front_matter.NotFrontMatter as error:
            self._problem(name, error.line, str(error))
            return
        for line, message in _front_problems(front):
            self._problem(name, line, message)
        values, lines = front.values, front.lines
        section.lessons.append(
            LessonFile(
                path=name,
                slug=self._slug(name, lines.get("slug", 1), values.get("slug")),
                title=self._title(name, lines.get("title", 1), values.get("title")),
                question=str(values.get("question", "")),
                minutes=values.get("minutes", 0),
                position=len(section.lessons) + 1,
                source=text,
                lines=lines,
                document=scan(front.body, first_line=front.body_line),
            )
        )
        if not front.body.strip():
            self._problem(name, front.body_line, "the lesson is empty")

    def _glossary(self) -> None:
        found = self._text(GLOSSARY)
        self.vault.glossary_read = GLOSSARY not in self.files.names or found is not None
        text = found or ""
        entries: list[tuple[int, re.Match, list[str]]] = []
        for number, line in enumerate(text.split("\n"), start=1):
            if found := TERM_HEADING.match(line):
                entries.append((number, found, []))
            elif entries:
                entries[-1][2].append(line)
            elif line.strip():
                self._problem(GLOSSARY, number, "a glossary begins with a ## heading")
        for number, found, body in entries:
            self._term(number, found, body)

    def _term(self, line: int, heading: re.Match, body: list[str]) -> None:
        name, slug = heading[1].strip(), heading[2]
        if not slug:
            self._problem(GLOSSARY, line, f'the term "{name}" needs an address: ^id')
        aliases: list[str] = []
        first = line + 1
        if body and body[0].startswith("aliases:"):
            words = body.pop(0).removeprefix("aliases:").split(",")
            aliases = [word.strip() for word in words if word.strip()]
            first += 1
        for word in (name, *aliases):
            if len(word) > MAX_TERM:
                self._problem(GLOSSARY, line, f"longer than {MAX_TERM} characters")
        document = scan("\n".join(body), first_line=first)
        if not "".join(body).strip():
            self._problem(GLOSSARY, line, f'the term "{name}" has no definition')
        slug = self._slug(GLOSSARY, line, slug) if slug else ""
        self.vault.terms.append(TermEntry(slug, name, aliases, document, line))

    # --- activities and pictures ---------------------------------------------

    def _activities(self) -> None:
        for name in self.files.names:
            if not name.startswith(ACTIVITIES) or not name.endswith(".toml"):
                continue
            toml = self._toml(name)
            if toml is None:
                continue
            for line, message in read_line(toml):
                self._problem(name, line, message)
            data = {key: value for key, value in toml.data.items() if key != "title"}
            key = self._slug(name, 1, PurePosixPath(name).stem)
            title = self._title(name, toml.line("title"), toml.data.get("title"))
            self.vault.activities.append(ActivityFile(name, "line", key, title, data))

    def _images(self) -> None:
        for name in self.files.names:
            if not name.startswith(IMAGE_FOLDER):
                continue
            self.unread.discard(name)
            data = self.files.data(name, limit=MAX_IMAGE)
            if data is None:
                continue
            picture = images.recognise(data)
            if picture is None:
                self._problem(name, 1, "not a picture of type png, jpg, webp or gif")
                continue
            if len(name) > 255:
                self._problem(name, 1, "the name is longer than 255 characters")
            self.vault.images[name] = ImageFile(
                path=name,
                media_type=picture.media_type,
                suffix=images.SUFFIXES[picture.media_type],
                width=picture.width,
                height=picture.height,
                sha256=sha256(data).hexdigest(),
                data=data,
            )

    # --- pieces --------------------------------------------------------------

    def _text(self, name: str, limit: int = MAX_TEXT) -> str | None:
        if name not in self.files.names:
            return None
        self.unread.discard(name)
        return self.files.text(name, limit=limit)

    def _toml(self, name: str) -> Toml | None:
        text = self._text(name)
        if text is None:
            return None
        try:
            return read_toml(text)
        except NotToml as error:
            self._problem(name, error.line, f"not TOML: {error}")
            return None

    def _slug(self, path: str, line: int, value: object) -> str:
        if not isinstance(value, str) or not value:
            return ""
        if not SLUG.fullmatch(value) or len(value) > MAX_SLUG:
            self._problem(
                path,
                line,
                f'"{value[:MAX_SLUG]}" is not a slug: small letters, digits and single '
                f"hyphens, at most {MAX_SLUG}",
            )
        return value

    def _title(self, path: str, line: int, value: object) -> str:
        if not isinstance(value, str):
            return ""
        if len(value) > MAX_TITLE:
            self._problem(path, line, f"longer than {MAX_TITLE} characters")
        return value

    def _problem(self, path: str, line: int, message: str) -> None:
        self.files.problem(path, line, message)


def _front_problems(front: front_matter.FrontMatter):
    for key, line in front.lines.items():
        value = front.values[key]
        if key not in FRONT:
            yield line, f'unknown key "{key}"{did_you_mean(key, FRONT)}'
        elif type(value) is not FRONT[key]:
            kind = "a text" if FRONT[key] is str else "a whole number"
            yield line, f'"{key}" is not {kind}'
        elif value == "" or (key == "minutes" and not 1 <= value <= 600):
            yield line, f'"{key}" is {"empty" if value == "" else "not 1 to 600"}'
    for key in FRONT:
        if key not in front.lines:
            yield 1, f'the key "{key}" is missing in the front matter'
