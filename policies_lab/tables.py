"""Takes values out of a TOML file and notes, with its line, what is missing, of
another type or not known."""

from collections.abc import Iterator
from typing import Any

from courseware.activities import Problem, Toml, did_you_mean

Path = tuple[str | int, ...]


class Table:
    """One table of a file, at its `path` there. All tables of a file share one list of
    problems."""

    def __init__(self, file: str, toml: Toml) -> None:
        self.file = file
        self.toml = toml
        self.path: Path = ()
        self.data: dict[str, Any] = toml.data
        self.problems: list[Problem] = []
        self._asked: set[str] = set()

    def line(self, *inner: str | int) -> int:
        return self.toml.line(*self.path, *inner)

    def note(self, message: str, *inner: str | int, after: int = 0) -> None:
        """Note a problem on the line of `inner`, or so many lines `after` it."""
        line = self.line(*inner) + after
        self.problems.append(Problem(self.file, line, message))

    def take(self, key: str, type_: type, expected: str, default: Any = None) -> Any:
        self._asked.add(key)
        if key not in self.data:
            if default is None:
                self.note(f'the key "{key}" is missing')
                return type_()
            return default
        value = self.data[key]
        if not isinstance(value, type_) or isinstance(value, bool):
            self.note(f'"{key}" is not {expected}', key)
            return type_()
        if isinstance(value, str) and not value.strip() and default != "":
            self.note(f'"{key}" is empty', key)
        return value

    def text(self, key: str, default: str | None = None) -> str:
        return self.take(key, str, "text in quotes", default)

    def number(self, key: str, low: int, high: int) -> int:
        value = self.take(key, int, "a whole number")
        if key in self.data and isinstance(value, int) and not low <= value <= high:
            self.note(f'"{key}" is not between {low} and {high}', key)
        return value

    def texts(self, key: str, default: list | None = None) -> tuple[str, ...]:
        listed = self.take(key, list, "a list", default)
        if not all(isinstance(item, str) and item.strip() for item in listed):
            self.note(f'"{key}" is not a list of texts', key)
            return ()
        return tuple(listed)

    def one_of(self, key: str, known, default: str | None = None) -> str:
        value = self.text(key, default)
        if value and value not in known:
            hint = did_you_mean(value, known)
            listed = ", ".join(known)
            self.note(f'"{key}" is "{value}", and not one of {listed}{hint}', key)
        return value

    def context(self, key: str = "context") -> dict[str, Any]:
        """A table of context keys, each with a text or a list of texts."""
        good = {}
        for name, value in self.take(key, dict, "a table", {}).items():
            listed = value if isinstance(value, list) else [value]
            if all(isinstance(item, str) for item in listed):
                good[name] = value
            else:
                self.note(f'"{name}" is not text, or a list of texts', key, name)
        return good

    def flag(self, key: str) -> bool:
        """Whether a key is there and true."""
        self._asked.add(key)
        value = self.data.get(key, False)
        if not isinstance(value, bool):
            self.note(f'"{key}" is not true or false', key)
        return value is True

    def table(self, key: str, default: dict | None = None) -> "Table":
        """The one table with that key; an empty one where it is wrong or missing. The
        caller ends with its `done`."""
        return self._inner(self.take(key, dict, "a table", default), key)

    def inside(self, key: str) -> Iterator[tuple[str, "Table"]]:
        """The tables in a table, by name."""
        for name, value in self.take(key, dict, "a table", {}).items():
            if isinstance(value, dict):
                table = self._inner(value, key, name)
                yield name, table
                table.done()
            else:
                self.note(f'"{name}" is not a table', key, name)

    def each(self, key: str) -> Iterator["Table"]:
        """The tables of a list."""
        for index, value in enumerate(self.take(key, list, "a list of tables", [])):
            if isinstance(value, dict):
                table = self._inner(value, key, index)
                yield table
                table.done()
            else:
                self.note(f'"{key}" is not a list of tables', key)
                return

    def _inner(self, data: dict[str, Any], *inner: str | int) -> "Table":
        table = Table(self.file, self.toml)
        table.path, table.data = (*self.path, *inner), data
        table.problems = self.problems
        return table

    def done(self) -> None:
        """Note the keys that nobody asked for."""
        for key in self.data:
            if key not in self._asked:
                hint = did_you_mean(key, self._asked)
                self.note(f'unknown key "{key}"{hint}', key)
