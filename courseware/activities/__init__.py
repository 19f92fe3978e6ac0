"""The seam: where other apps plug activities into the school.

A kind is anything with three functions. `key` names one activity of the kind;
for kinds whose data belongs to a course it reads "<course slug>/<key in it>".
"""

from typing import Any, Protocol

from courseware.models import Prediction, Result


class Kind(Protocol):
    """What the school asks of a kind of activity."""

    def title(self, key: str) -> str: ...

    def url(self, key: str) -> str: ...

    def exists(self, key: str) -> bool: ...


kinds: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    """Make activities of `kind` available under `name` (apps do so in ready())."""
    kinds[name] = kind


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
