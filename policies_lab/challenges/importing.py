"""Takes challenges over from files into the site: all of them, or none."""

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import ngettext

from courseware.activities import Problem
from policies_lab.challenges.challenge import Challenge
from policies_lab.challenges.proving import read_and_prove
from policies_lab.challenges.reading import ChallengeProblems
from policies_lab.challenges.shelf import FOLDER, built_in
from policies_lab.models import OwnChallenge

MOST_FILES = 500
MOST_KEY = 80


@dataclass(frozen=True)
class Report:
    """How many files were new, differed, or were there already."""

    added: int
    changed: int
    unchanged: int

    def __str__(self) -> str:
        added = ngettext("%d challenge added", "%d challenges added", self.added)
        rest = f"{self.changed} changed, {self.unchanged} unchanged"
        return f"{added % self.added}, {rest}."


def files_at(path: Path) -> list[Path]:
    """A file alone, or the .toml files of a folder. Raises FileNotFoundError."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise FileNotFoundError(path)
    return sorted(one for one in path.glob("*.toml") if not one.name.startswith("."))


def read_all(path: Path) -> dict[str, tuple[Challenge, str]]:
    """Each challenge with its text, by key. Raises ChallengeProblems with everything
    that is wrong in any file."""
    found, problems = {}, []
    files = files_at(path)
    if not files or len(files) > MOST_FILES:
        message = f"there are {len(files)} files *.toml, and not 1 to {MOST_FILES}"
        raise ChallengeProblems([Problem(path.name, 1, message)])
    for file in files:
        try:
            text = _text(file)
            _key_is_free(file)
            found[file.stem] = _proved(file, text), text
        except ChallengeProblems as error:
            problems += error.problems
    if problems:
        raise ChallengeProblems(problems)
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ChallengeProblems([Problem(file.name, 1, "is not UTF-8")]) from None
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise ChallengeProblems([Problem(file.name, 1, message)]) from None


def _proved(file: Path, text: str) -> Challenge:
    return read_and_prove(text, key=file.stem, file=file.name)


def _key_is_free(file: Path) -> None:
    """The name of a file is the key of its challenge, and part of an address."""
    key = file.stem
    message = ""
    if slugify(key) != key or not key or len(key) > MOST_KEY:
        message = f'"{key}" is no key: small letters, digits and hyphens, {MOST_KEY}'
    elif key in built_in() and file.resolve().parent != FOLDER.resolve():
        message = f'"{key}" is the key of a built-in challenge; rename the file'
    if message:
        raise ChallengeProblems([Problem(file.name, 1, message)])


def take_over(read: dict[str, tuple[Challenge, str]], *, check: bool) -> Report:
    """Keep what was read; doing it again changes nothing. With `check` nothing is."""
    with transaction.atomic():
        there = OwnChallenge.objects.select_for_update().in_bulk(
            list(read), field_name="key"
        )
        added = changed = 0
        for key, (challenge, text) in read.items():
            row = there.get(key)
            if row is not None and row.text == text:
                continue
            added, changed = added + (row is None), changed + (row is not None)
            if not check:
                row = row or OwnChallenge(key=key)
                row.title, row.text = challenge.title, text
                row.save()
    return Report(added, changed, len(read) - added - changed)
