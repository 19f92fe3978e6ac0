"""The drawings of ours that lessons show: SVG files beside the templates."""

import re
from pathlib import Path

from django.conf import settings

FIGURES = Path(settings.BASE_DIR) / "templates" / "courseware" / "figures"


def names() -> list[str]:
    return sorted(path.stem for path in FIGURES.glob("*.svg"))


def drawing(name: str) -> str | None:
    """The markup of a drawing. Only names that the folder lists are read: what a
    lesson says is never a path."""
    if name not in names():
        return None
    return (FIGURES / f"{name}.svg").read_text(encoding="utf-8").strip()


def with_own_ids(svg: str, prefix: str) -> str:
    """`svg` with its ids and what refers to them renamed, so that a page may show
    one drawing twice. Icons of the page's sprite keep their names."""
    own = set(re.findall(r'\bid="([^"]+)"', svg))

    def renamed(found: re.Match) -> str:
        names = [prefix + name if name in own else name for name in found[2].split()]
        return f"{found[1]}{' '.join(names)}{found[3]}"

    svg = re.sub(
        r'(\b(?:id|aria-labelledby|aria-describedby)=")([^"]*)(")', renamed, svg
    )
    return re.sub(r'((?:href="|url\()#)([^")]*)(["\)])', renamed, svg)
