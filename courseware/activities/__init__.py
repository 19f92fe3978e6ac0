"""The seam: where other apps plug activities into the school.

A kind is anything with three functions. `key` names one activity of the kind;
for kinds whose data belongs to a course it reads "<course slug>/<key in it>". A
kind may also have rehearse(*, user, key, wrong), one go by a demo person, and
kinds_of(results), what each result of the kind was, in the words of a page.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from django.urls import NoReverseMatch

from courseware import access
from courseware.examples import PolicyExample, StatedDecision
from courseware.misconceptions import Misconception, misconceptions
from courseware.models import Lesson, Prediction, Result

# For kinds whose data stands in files: TOML with its lines, and problems in it.
from courseware.problems import Problem, did_you_mean
from courseware.vault.toml_lines import NotToml, Toml, read_toml

__all__ = [
    "ExampleCheck",
    "Kind",
    "NotToml",
    "Problem",
    "Toml",
    "did_you_mean",
    "example_checks",
    "example_problems",
    "kinds",
    "kinds_of",
    "misconception",
    "read_toml",
    "record_prediction",
    "record_result",
    "register",
    "register_example_check",
    "taught_at",
    "titles",
    "url",
]


class Kind(Protocol):
    """What the school asks of a kind of activity."""

    def title(self, key: str) -> str: ...

    def url(self, key: str) -> str: ...

    def exists(self, key: str) -> bool: ...


kinds: dict[str, Kind] = {}

# Says what is wrong with an example of a lesson, as (line, message).
ExampleCheck = Callable[[PolicyExample | StatedDecision], Iterable[tuple[int, str]]]
example_checks: list[ExampleCheck] = []


def register(name: str, kind: Kind) -> None:
    """Make activities of `kind` available under `name` (apps do so in ready())."""
    kinds[name] = kind


def register_example_check(check: ExampleCheck) -> None:
    """Let `check` refuse policies and stated decisions when courses are imported."""
    if check not in example_checks:
        example_checks.append(check)


def example_problems(
    example: PolicyExample | StatedDecision,
) -> list[tuple[int, str]]:
    """What those who know policies find wrong with an example of a lesson."""
    return [found for check in example_checks for found in check(example)]


def titles(activities: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The title of each (kind, key); where nobody knows it, the key itself.

    A kind may have a function `titles(keys)` of its own, which is asked once for
    all of its keys; others are asked for one after the other.
    """
    found: dict[tuple[str, str], str] = {}
    by_kind: dict[str, list[str]] = {}
    for name, key in set(activities):
        by_kind.setdefault(name, []).append(key)
    for name, keys in by_kind.items():
        kind = kinds.get(name)
        if hasattr(kind, "titles"):
            known = kind.titles(keys)
        else:
            known = {key: kind.title(key) for key in keys if kind and kind.exists(key)}
        found |= {(name, key): known.get(key, key) for key in keys}
    return found


def kinds_of(results: Sequence[Result]) -> list[str]:
    """What each of `results` was ("Check", "Line, Amazon EC2"); empty if unknown."""
    found: dict[int, str] = {}
    for name in {one.kind for one in results}:
        if hasattr(kinds.get(name), "kinds_of"):
            own = [one for one in results if one.kind == name]
            words = kinds[name].kinds_of(own)
            found |= {one.pk: word for one, word in zip(own, words, strict=True)}
    return [found.get(one.pk, "") for one in results]


def url(name: str, key: str) -> str:
    """Where the activity is; empty for a kind that is no longer there, and for a
    key that names nothing with an address.
    """
    kind = kinds.get(name)
    try:
        return kind.url(key) if kind else ""
    except NoReverseMatch:
        return ""


def record_result(
    *, user, kind: str, key: str, score: float, detail: dict[str, Any] | None = None
) -> Result | None:
    """Keep the outcome of one go; guests (no user signed in) leave none.

    `score` lies between 0 and 1.
    """
    if not user.is_authenticated:
        return None
    return Result.objects.create(
        user=user, kind=kind, key=key, score=round(score, 3), detail=detail or {}
    )


def record_prediction(
    *,
    user,
    key: str,
    predicted: str,
    decided: str,
    deciding_step: str,
    predicted_step: str = "",
    certainty: int | None = None,
    misconceptions: list[str] | None = None,
) -> Prediction | None:
    """Keep what a signed-in learner expected and what was decided."""
    if not user.is_authenticated:
        return None
    return Prediction.objects.create(
        user=user,
        key=key,
        predicted=predicted,
        predicted_step=predicted_step,
        certainty=certainty,
        decided=decided,
        deciding_step=deciding_step,
        misconceptions=misconceptions or [],
    )


def misconception(code: str) -> Misconception | None:
    """One of the beliefs that wrong answers reveal, or None for an unknown code."""
    return misconceptions().get(code)


def taught_at(request, beliefs: Iterable[Misconception]) -> dict[str, str]:
    """By code, the address that corrects each belief, found by one query.

    Missing are beliefs that no course which the reader may see has a lesson about.
    """
    beliefs = list(beliefs)
    if not beliefs:
        return {}
    lessons = Lesson.objects.filter(
        slug__in={belief.lesson for belief in beliefs},
        course__in=access.readable_courses(request),
        retired=False,
        section__retired=False,
    ).order_by("-course_id")
    # Where several courses have the lesson, the oldest of them comes last and stays.
    course = dict(lessons.values_list("slug", "course__slug"))
    return {
        belief.code: belief.url(course[belief.lesson])
        for belief in beliefs
        if belief.lesson in course
    }
