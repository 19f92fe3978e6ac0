"""Near misses and flips made ready to be shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from policies_lab import excerpts, flips, telling, telling_flips
from policies_lab.flips import Flip, NearMiss, Search
from policies_lab.flips.changes import DETACH, OF_THE_REQUEST
from policies_lab.iam import Scenario, Trace
from policies_lab.marks import Badge, Mark, mark_of
from policies_lab.suiting import suits


@dataclass(frozen=True)
class Nearly:
    """A statement that came close. `more` of what it lacked have no mark."""

    name: str
    policy: str
    row: int | None
    line: int
    column: int
    effect: str
    sentence: str
    marks: tuple[Mark, ...]
    more: int


@dataclass(frozen=True)
class Proposal:
    """A change that turns the decision, `of_the_request` or of a policy. `token` names
    it when it is asked for; the server finds the change again by itself."""

    token: str
    sentence: str
    to: Badge
    of_the_request: bool
    row: int | None
    line: int
    name: str


@dataclass(frozen=True)
class WhatIf:
    """What came closest and what would turn the decision. `none` says why nothing is
    proposed, `tried` counts the changes that were carried out and decided."""

    question: str
    near: tuple[Nearly, ...]
    proposals: tuple[Proposal, ...]
    tried: int
    complete: bool
    none: str


def what_if(scenario: Scenario, trace: Trace, rows: Mapping[str, int]) -> WhatIf:
    """Look for them; `rows` are those of the documents by their paths."""
    found = searched(scenario, trace)
    return WhatIf(
        question=telling_flips.question(trace.decision),
        near=tuple(_nearly(near, rows) for near in found.near),
        proposals=tuple(_proposal(flip, rows) for flip in found.flips),
        tried=found.tried,
        complete=found.complete,
        none=telling_flips.none_found(trace.decision, complete=found.complete),
    )


def searched(scenario: Scenario, trace: Trace) -> Search:
    """The search as every page does it: an action fits its resource."""
    return flips.search(scenario, trace, suits)


def _nearly(near: NearMiss, rows: Mapping[str, int]) -> Nearly:
    statement, first = near.statement, near.lacked[0]
    marked = near.lacked[: excerpts.MOST_UNSEEN]
    return Nearly(
        name=telling.name_of(statement),
        policy=telling.policy_of(statement),
        row=rows.get(statement.policy),
        line=first.span.line,
        column=first.span.column,
        effect=statement.effect.value,
        sentence=telling_flips.lacks(near),
        marks=tuple(mark_of(check) for check in marked),
        more=len(near.lacked) - len(marked),
    )


def _proposal(flip: Flip, rows: Mapping[str, int]) -> Proposal:
    change = flip.change
    return Proposal(
        token=change.token,
        sentence=telling_flips.sentence(change),
        to=Badge(flip.decision.value),
        of_the_request=change.kind in OF_THE_REQUEST,
        row=rows.get(change.statement.policy),
        line=change.line,
        name=(
            telling_flips.policy_name(change.statement)
            if change.kind == DETACH
            else telling.name_of(change.statement)
        ),
    )
