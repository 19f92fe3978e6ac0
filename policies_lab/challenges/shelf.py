"""Where challenges are found: the files that ship with the site, and the site's own.

Built-in ones are read from content/challenges, as ready scenarios are. What
`import_challenges` brought in stands in a table, so that every worker has it.
"""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path

from courseware.activities import Problem
from policies_lab.challenges.challenge import SECTIONS, Challenge
from policies_lab.challenges.reading import ChallengeProblems, read_challenge
from policies_lab.models import OwnChallenge

FOLDER = Path(__file__).parent.parent / "content" / "challenges"


@cache
def built_in() -> Mapping[str, Challenge]:
    """The challenges that ship with the site, by key. Raises ChallengeProblems."""
    found, problems = {}, []
    for path in sorted(FOLDER.glob("*.toml")):
        try:
            text = path.read_text(encoding="utf-8")
            found[path.stem] = read_challenge(text, key=path.stem)
        except UnicodeDecodeError as error:
            problems.append(Problem(path.name, 1, str(error)))
        except ChallengeProblems as error:
            problems += error.problems
    if problems:
        raise ChallengeProblems(problems)
    return found


@lru_cache(maxsize=512)
def _read(key: str, text: str) -> Challenge | None:
    """One of the site's own; None where today's rules no longer take its file."""
    try:
        return read_challenge(text, key=key)
    except ChallengeProblems:
        return None


def find(key: str) -> Challenge | None:
    """The challenge with that key, by at most one query."""
    if key in built_in():
        return built_in()[key]
    row = OwnChallenge.objects.filter(key=key).first()
    return _read(row.key, row.text) if row else None


def find_all(keys: Iterable[str]) -> dict[str, Challenge]:
    """Those of `keys` that there are, by at most one query."""
    keys = set(keys)
    found = {key: built_in()[key] for key in keys & built_in().keys()}
    if missing := keys - found.keys():
        found |= _own(OwnChallenge.objects.filter(key__in=missing))
    return found


def everything() -> list[Challenge]:
    """All challenges in the order of the course, by one query."""
    found = {**_own(OwnChallenge.objects.all()), **built_in()}
    return in_order(found.values())


def _own(rows) -> dict[str, Challenge]:
    read = {row.key: _read(row.key, row.text) for row in rows}
    return {key: challenge for key, challenge in read.items() if challenge}


def in_order(challenges: Iterable[Challenge]) -> list[Challenge]:
    """By section, then track by track, each where its first challenge stands."""
    listed = sorted(challenges, key=lambda one: (one.order, one.key))
    first: dict[tuple[str, str], int] = {}
    for one in listed:
        first.setdefault((one.section, one.track), len(first))
    return sorted(
        listed,
        key=lambda one: (SECTIONS.index(one.section), first[one.section, one.track]),
    )
