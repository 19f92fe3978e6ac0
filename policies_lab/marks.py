"""Two small things that explanations are made of: a decision as a chip, and an element
of a statement beside the request.
"""

from dataclasses import dataclass

from policies_lab import excerpts, telling
from policies_lab.iam import ContextValue, ElementCheck

CLASSES = {"allow": "allow", "explicit_deny": "deny", "implicit_deny": "implicit"}
ICONS = {"allow": "tick", "explicit_deny": "stop", "implicit_deny": "circle"}


@dataclass(frozen=True)
class Badge:
    """A decision as a chip: its word, its look and its icon."""

    decision: str

    @property
    def word(self) -> str:
        return telling.decision_word(self.decision)

    @property
    def look(self) -> str:
        return CLASSES[self.decision]

    @property
    def icon(self) -> str:
        return ICONS[self.decision]


@dataclass(frozen=True)
class Mark:
    """One element of a statement beside the request. `state` is hit, miss or unseen."""

    check: ElementCheck
    state: str
    policy_values: tuple[str, ...]
    request_values: tuple[str, ...]

    @property
    def absent(self) -> bool:
        return self.check.request_value is None

    @property
    def icon(self) -> str:
        return {"hit": "tick", "miss": "cross", "unseen": "dash"}[self.state]


def mark_of(check: ElementCheck) -> Mark:
    """An element as it was looked at, without the values that nobody would read."""
    state = {True: "hit", False: "miss", None: "unseen"}[check.matched]
    values = tuple(
        f"{text} = {expanded}" if expanded not in (None, text) else text
        for text, expanded in zip(
            check.policy_values,
            check.expanded or check.policy_values,
            strict=True,
        )
    )
    return Mark(
        check,
        state,
        excerpts.values(values, check.hits),
        excerpts.values(_as_tuple(check.request_value)),
    )


def _as_tuple(value: ContextValue | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value
