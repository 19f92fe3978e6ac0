"""Where a course's bytes come from: a folder, or names with their bytes.

Names are relative to the course, with "/" between folders. Nothing outside the
folder is read, nothing larger than a course needs, and names that begin with a
dot are left alone.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from courseware.markup import NONCHARACTERS
from courseware.problems import Problem
from courseware.text import UncleanText, clean_text

KIB, MIB = 1024, 1024 * 1024
MAX_TEXT = 100 * KIB
MAX_LESSON = 40 * KIB
MAX_IMAGE = 5 * MIB
MAX_FILES = 2_000
MAX_TOTAL = 50 * MIB
IMAGE_FOLDER = "images/"


class Files:
    """The files of one course by name; `problems` fills as they are read."""

    def __init__(self, source: Path | Mapping[str, bytes]):
        self.problems: list[Problem] = []
        self.root = None if isinstance(source, Mapping) else Path(source)
        self.given = source if isinstance(source, Mapping) else {}
        self.names = sorted(self._names())
        self._sizes()

    def text(self, name: str, *, limit: int = MAX_TEXT) -> str | None:
        """The text of `name`; None, and a problem, where it is none."""
        data = self.data(name, limit=limit)
        if data is None:
            return None
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.problem(
                name,
                line,
                f"not UTF-8 at byte {error.start + 1}; save the file as UTF-8",
            )
            return None
        try:
            return _cleaned(text)
        except UncleanText as unclean:
            self.problem(
                name,
                unclean.line,
                f"column {unclean.column} holds a character that cannot be kept "
                f"({unclean.name})",
            )
            return None

    def data(self, name: str, *, limit: int) -> bytes | None:
        size = self._size(name)
        if size > limit:
            self.problem(
                name, 1, f"the file has {size:,} bytes; at most {limit:,} are read"
            )
            return None
        return (
            self.given[name] if self.root is None else (self.root / name).read_bytes()
        )

    def problem(self, name: str, line: int, message: str) -> None:
        self.problems.append(Problem(name, line, message))

    def _size(self, name: str) -> int:
        if self.root is None:
            return len(self.given[name])
        return (self.root / name).stat().st_size

    def _sizes(self) -> None:
        if len(self.names) > MAX_FILES:
            self.problem(".", 1, f"more than {MAX_FILES:,} files")
            self.names = []
        elif sum(map(self._size, self.names)) > MAX_TOTAL:
            self.problem(".", 1, f"the files hold more than {MAX_TOTAL // MIB} MB")
            self.names = []

    def _names(self) -> Iterator[str]:
        found = self._in_mapping() if self.root is None else self._in_folder(self.root)
        for name in found:
            if any(part.startswith(".") for part in PurePosixPath(name).parts):
                continue
            yield name

    def _in_mapping(self) -> Iterator[str]:
        for name in self.given:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
                self.problem(name, 1, "the name leaves the course's folder")
            else:
                yield name

    def _in_folder(self, root: Path) -> Iterator[str]:
        inside = root.resolve()
        for folder, folders, files in os.walk(root):
            for name in [*folders, *files]:
                path = Path(folder, name)
                relative = path.relative_to(root).as_posix()
                if path.is_symlink() and not path.resolve().is_relative_to(inside):
                    self.problem(relative, 1, "a link that leaves the course's folder")
                elif name in files and path.is_file():
                    yield relative
                elif path.is_symlink():
                    self.problem(relative, 1, "a link that leads to no file")
                elif name in files:
                    self.problem(relative, 1, "neither a file nor a folder")


def unkept(text: str) -> str:
    """What is said of a text that holds a character that cannot be kept, or ""."""
    try:
        _cleaned(text)
    except UncleanText as unclean:
        return f"a character that cannot be kept ({unclean.name})"
    return ""


def _cleaned(text: str) -> str:
    """Raises UncleanText, also for the characters of which tokens are made."""
    text = clean_text(text)
    if found := NONCHARACTERS.search(text):
        before = text[: found.start()]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise UncleanText(found[0], line, column)
    return text
