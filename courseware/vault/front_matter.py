"""The lines between --- at the top of a lesson: names and plain values in YAML.

Aliases, anchors and tags are refused, and so is everything nested: a name has
one text or number. Nothing of YAML but its scalars is ever constructed.
"""

from dataclasses import dataclass
from typing import Any

import yaml

from courseware.vault.files import unkept

MAX_LINES = 50


class NotFrontMatter(ValueError):
    """`line` counts from 1 in the lesson's file."""

    def __init__(self, line: int, message: str):
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class FrontMatter:
    """`lines` says where each name stands; the body begins on `body_line`."""

    values: dict[str, Any]
    lines: dict[str, int]
    body: str
    body_line: int


def split(text: str) -> FrontMatter:
    """Raises NotFrontMatter."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        raise NotFrontMatter(1, "a lesson begins with front matter between --- lines")
    for number, line in enumerate(lines[1 : MAX_LINES + 1], start=1):
        if line.rstrip() == "---":
            values, places = _values("\n".join(lines[1:number]))
            body = "\n".join(lines[number + 1 :])
            return FrontMatter(values, places, body, number + 2)
    raise NotFrontMatter(1, f"no --- ends the front matter within {MAX_LINES} lines")


def _values(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    try:
        _refuse_all_but_scalars(text)
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        values, lines = {}, {}
        for key, value in node.value if node else ():
            line = key.start_mark.line + 2
            if key.value in values:
                raise NotFrontMatter(line, f'"{key.value}" stands here a second time')
            if wrong := unkept(str(value.value)):
                raise NotFrontMatter(line, f"front matter: {wrong}")
            values[key.value] = loader.construct_object(value)
            lines[key.value] = line
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 2 if mark else 1
        raise NotFrontMatter(line, f"front matter: {error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, NotFrontMatter):
            raise
        raise NotFrontMatter(2, "front matter: not YAML") from error
    return values, lines


def _refuse_all_but_scalars(text: str) -> None:
    """Looks at events, so that nothing deep or shared is ever built."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 2
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise NotFrontMatter(line, "front matter: aliases are not allowed")
        if getattr(event, "tag", None):
            raise NotFrontMatter(line, "front matter: tags are not allowed")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        if isinstance(event, yaml.SequenceStartEvent) or depth > 1:
            raise NotFrontMatter(line, "front matter: a name has one plain value")
        if isinstance(event, yaml.ScalarEvent) and depth == 0:
            raise NotFrontMatter(line, 'front matter: lines read "name: value"')
