"""Ids that pages use themselves, so that no address of a lesson may be one."""

import re
from collections.abc import Collection
from pathlib import Path

from django.conf import settings

# Templates of what surrounds a lesson; icons are among them.
SURROUNDING = ("base.html", "_sprite.html", "_nav.html", "_messages.html")
OF_LESSONS = ("lesson.html", "_read_mark.html", "_section_meter.html")
# Of activities, forms and headings that templates and `rendering` put in; a test
# holds this to the templates.
PREFIXED = re.compile(
    r"(?:t|fn|fig\d+|h|lf|sf|so-far|line|check|stem|problem|duty|keep|carried|letter"
    r"|scenario)"
    r"-.+|callout-\d+",
    re.A,
)
ID = re.compile(r'\bid="([a-z][a-z0-9-]*)"')


def page_ids() -> set[str]:
    """The ids of what stands around every lesson."""
    folder = Path(settings.BASE_DIR) / "templates"
    names = [*SURROUNDING, *(f"courseware/{name}" for name in OF_LESSONS)]
    found: set[str] = set()
    for name in names:
        found.update(ID.findall((folder / name).read_text(encoding="utf-8")))
    return found


def is_reserved(identifier: str, taken: Collection[str]) -> bool:
    return identifier in taken or bool(PREFIXED.fullmatch(identifier))
