"""TOML with the lines on which its keys stand, which tomllib does not tell."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from courseware.problems import did_you_mean
from courseware.vault.files import unkept

TABLE = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\"' -]+?)\s*\]\]?\s*(?:#.*)?$")
KEY = re.compile(r"\s*(?:([A-Za-z0-9_-]+)|\"([^\"]*)\"|'([^']*)')\s*=")
AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")

Path = tuple[str | int, ...]


class NotToml(ValueError):
    """`line` counts from 1."""

    def __init__(self, line: int, message: str):
        super().__init__(message)
        self.line = line


@dataclass
class Toml:
    """`lines` maps the path of a table or key, such as ("section", 0, "slug")."""

    data: dict[str, Any]
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, *path: str | int) -> int:
        """The line of `path`, or of the nearest table that holds it; a list of tables
        begins with its first."""
        while path and path not in self.lines:
            if (*path, 0) in self.lines:
                return self.lines[*path, 0]
            path = path[:-1]
        return self.lines.get(path, 1)


def read_toml(text: str) -> Toml:
    """Raises NotToml."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = AT_LINE.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        raise NotToml(line, AT_LINE.sub("", str(error))) from error
    except RecursionError as error:
        raise NotToml(1, "nested too deep") from error
    toml = Toml(data, _lines(text))
    for path, value in _texts(data, ()):
        if wrong := unkept(value):
            raise NotToml(toml.line(*path), wrong)
    return toml


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every text in the data: escapes such as \\u0000 can hold anything."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            yield from _texts(inner, (*path, key))


def _lines(text: str) -> dict[Path, int]:
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    inside = ""  # the quotes of a string that runs over lines
    for number, line in enumerate(text.split("\n"), start=1):
        if not inside:
            if found := TABLE.match(line):
                table = _table(found[2], found[1] == "[[", counts)
                lines.setdefault(table, number)
            elif found := KEY.match(line):
                key = found[1] or found[2] or found[3] or ""
                lines.setdefault((*table, key), number)
        for quotes in re.findall(r'"""|\'\'\'', line):
            if not inside:
                inside = quotes
            elif inside == quotes:
                inside = ""
    return lines


def _table(name: str, is_array: bool, counts: dict[Path, int]) -> Path:
    """The path of a header; a part that is an array means its last element."""
    path: Path = ()
    parts = [part.strip().strip("\"'") for part in name.split(".")]
    for depth, part in enumerate(parts):
        path = (*path, part)
        if is_array and depth == len(parts) - 1:
            counts[path] = counts.get(path, 0) + 1
        if path in counts:
            path = (*path, counts[path] - 1)
    return path


@dataclass(frozen=True)
class Shape:
    """Which keys a table has. The type of a value is str, bool, list or dict."""

    required: Mapping[str, type]
    optional: Mapping[str, type] = field(default_factory=dict)


WORDS = {str: "text in quotes", bool: "true or false", list: "a list", dict: "a table"}


def shape_problems(toml: Toml, path: Path, table: Any, shape: Shape):
    """(line, message) for each key that is missing, unknown or of another type."""
    if not isinstance(table, dict):
        yield toml.line(*path), f'"{path[-1]}" is not a table'
        return
    known = {**shape.required, **shape.optional}
    for key, value in table.items():
        if key not in known:
            hint = did_you_mean(key, known)
            yield toml.line(*path, key), f'unknown key "{key}"{hint}'
        elif not isinstance(value, known[key]):
            yield toml.line(*path, key), f'"{key}" is not {WORDS[known[key]]}'
        elif isinstance(value, str) and not value.strip():
            yield toml.line(*path, key), f'"{key}" is empty'
    for key in shape.required:
        if key not in table:
            yield toml.line(*path), f'the key "{key}" is missing'
