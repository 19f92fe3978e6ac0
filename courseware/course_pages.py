"""The pages of a course, rendered before anything is written.

Here the pure parts (`vault`, `rendering`) meet the site: addresses, drawings,
other courses, and activities that are registered at the seam.
"""

from django.urls import reverse

from courseware import activities, drawings
from courseware.links import folded
from courseware.misconceptions import CATALOGUE, misconceptions
from courseware.models import Course
from courseware.problems import Problem, VaultProblems
from courseware.rendering import (
    ActivityShown,
    ImageShown,
    Rendered,
    Surroundings,
    render_definition,
    render_lesson,
)
from courseware.reserved import page_ids
from courseware.vault import Outside, Vault
from courseware.vault.checking import OWN_KINDS
from courseware.vault.reading import GLOSSARY
from courseware.vault.toml_lines import read_toml


def outside() -> Outside:
    """What is installed on this site for courses to name."""
    lines = read_toml(CATALOGUE.read_text(encoding="utf-8"))
    return Outside(
        figures=drawings.names(),
        kinds=[name for name in activities.kinds if name not in OWN_KINDS],
        activity_exists=_activity_exists,
        example_problems=activities.example_problems,
        beliefs={
            code: (belief.lesson, belief.heading, lines.line(code, "lesson"))
            for code, belief in misconceptions().items()
        },
        taken_ids=page_ids(),
    )


def _activity_exists(kind: str, key: str) -> bool:
    found = activities.kinds.get(kind)
    return bool(found and found.exists(key))


class Pages:
    """`lessons` and `definitions` (inline HTML) by slug, filled by `render`."""

    def __init__(self, vault: Vault):
        self.vault = vault
        self.lessons: dict[str, Rendered] = {}
        self.definitions: dict[str, str] = {}
        self.modules = {
            course.module.casefold(): course
            for course in Course.objects.exclude(module="").exclude(slug=vault.slug)
        }
        if vault.module:
            self.modules[vault.module.casefold()] = Course(slug=vault.slug)

    def render(self) -> None:
        """Raises VaultProblems for what only shows when pages are made."""
        around = self._surroundings()
        problems: list[Problem] = []
        for term in self.vault.terms:
            rendered = render_definition(term.document, around)
            self.definitions[term.slug] = rendered.html
            problems += [Problem(GLOSSARY, *found) for found in rendered.problems]
        for lesson in self.vault.lessons:
            here = self.vault.names.lessons[lesson.slug.casefold()]
            rendered = render_lesson(lesson.document, around, here)
            self.lessons[lesson.slug] = rendered
            problems += [Problem(lesson.path, *found) for found in rendered.problems]
        if problems:
            raise VaultProblems(problems)

    def _surroundings(self) -> Surroundings:
        slug = self.vault.slug
        glossary = reverse("courseware:glossary", args=[slug])
        return Surroundings(
            names=self.vault.names,
            lesson_url=lambda lesson: reverse("courseware:lesson", args=[slug, lesson]),
            term_url=lambda term: f"{glossary}#{term}",
            definition=lambda term: self.definitions.get(term, ""),
            module_url=self._module_url,
            image=self._image,
            figure=drawings.drawing,
            activity=self._activity,
        )

    def _module_url(self, module: str, fragment: str) -> str | None:
        """The lesson or heading of that name in the other course, or its page."""
        course = self.modules.get(module.casefold())
        if course is None:
            return None
        wanted = folded(fragment)
        for lesson in course.lessons.filter(retired=False) if course.pk else ():
            if folded(lesson.title) == wanted:
                return lesson.get_absolute_url()
            for heading in lesson.contents:
                if folded(heading["text"]) == wanted:
                    return f"{lesson.get_absolute_url()}#{heading['id']}"
        return course.get_absolute_url()

    def _image(self, path: str) -> ImageShown | None:
        image = self.vault.images.get(path)
        if image is None:
            return None
        name = f"{image.sha256}.{image.suffix}"
        url = reverse("courseware:image", args=[self.vault.slug, name])
        return ImageShown(url, image.width, image.height)

    def _activity(self, kind: str, key: str) -> ActivityShown | None:
        """Those of the course itself may not be in the database yet."""
        if kind not in OWN_KINDS:
            found = activities.kinds.get(kind)
            if not found or not found.exists(key):
                return None
            return ActivityShown(found.title(key), found.url(key))
        if kind == "check":
            titles = {name: one.title for name, one in self.vault.checks.items()}
        else:
            titles = {one.key: one.title for one in self.vault.activities}
        if key not in titles:
            return None
        url = reverse(f"courseware:{kind}", args=[self.vault.slug, key])
        return ActivityShown(titles[key], url)
