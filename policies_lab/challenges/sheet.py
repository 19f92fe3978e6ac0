"""The state of a challenge's page: what was posted, what came of it, what is due.

Nothing about hidden requests or the reference leaves this module before it is due:
templates are given `rows` and `solution`, never the challenge's requests.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from policies_lab import bench as benches
from policies_lab.challenges import checking
from policies_lab.challenges.challenge import (
    DENY,
    Asked,
    Challenge,
    Document,
    Use,
    Wrong,
)
from policies_lab.challenges.checking import Answered, Outcome
from policies_lab.evaluations import Badge, Evaluation, sources_of
from policies_lab.places import Found
from policies_lab.sources import Source
from policies_lab.telling import place_name

FEWEST_LINES, MOST_LINES = 8, 30
MOST_PROBLEMS = 20
STARS = 2


@dataclass(frozen=True)
class NotAllowed:
    """The badge of a request for which either denial will do."""

    look = "hidden-yet"
    icon = "stop"

    @property
    def word(self) -> str:
        return _("Not allowed")


@dataclass(frozen=True)
class Row:
    """A request as the table has it. `own` are the keys in which it differs from the
    context that all of them share; an absent one has no value. `caller` is named where
    there are several."""

    asked: Asked
    own: tuple[tuple[str, str], ...]
    answered: Answered | None = None
    is_open: bool = False
    caller: str = ""

    @property
    def wanted(self) -> Badge | NotAllowed:
        decision = self.asked.decision
        return NotAllowed() if decision == DENY else Badge(decision)


@dataclass(frozen=True)
class Edited:
    """A document in its editor. `kind` is the type of policy, for the linter."""

    document: Document
    text: str
    kind: str
    found: tuple[Found, ...] = ()
    marks: str = ""

    @property
    def field(self) -> str:
        return f"policy-{self.document.row}-document"

    @property
    def control(self) -> str:
        return checking.control_of(self.document)

    @property
    def place(self) -> str:
        return place_name(self.document.place, self.document.level)

    @property
    def is_untouched(self) -> bool:
        """Nothing was written yet: an empty place is no mistake so far."""
        return self.text == self.document.start and not self.found

    @property
    def lines(self) -> int:
        return min(MOST_LINES, max(FEWEST_LINES, self.text.count("\n") + 1))

    @property
    def first_found(self) -> tuple[Found, ...]:
        return self.found[:MOST_PROBLEMS]


class Sheet:
    """A challenge as one learner has it before them."""

    def __init__(self, challenge: Challenge, record=None, data=None) -> None:
        self.challenge = challenge
        self.record = record
        self.texts = texts_of(challenge, record, data)
        self.found: dict[int, list[Found]] = {}
        self.outcome: Outcome | None = None
        self.evaluation: Evaluation | None = None
        self.wrong: Wrong | None = None
        self.is_asked_open = False
        data = data or {}
        self.hints = max(_hints(data.get("hints")), record.hints if record else 0)
        self.gave_up = bool(record.gave_up_at) if record else data.get("gave_up") == "1"
        self.opened = number_in(data.get("opened"))
        self.place = data.get("place", "")
        self.zoom = "short" if data.get("zoom") == "short" else "full"

    # --- what can be done -------------------------------------------------------

    def carry_out(self) -> bool:
        """Check the answer; False, and `found` says why, where it cannot be read."""
        self.found = checking.problems_in(self.challenge, self.texts)
        if self.found:
            return False
        self.outcome = checking.check(self.challenge, self.texts)
        self.wrong = checking.fitting(self.challenge, self.outcome)
        self.evaluation = checking.evaluation_of(
            self.challenge, self._to_open(), self.texts, self.place
        )
        return True

    def open(self, number: int) -> None:
        """Look into one of the shown requests."""
        self.opened, self.place, self.is_asked_open = number, "", True

    def take_hint(self) -> None:
        self.hints = min(len(self.challenge.hints), self.hints + 1)

    def _to_open(self) -> int:
        """The request that is looked into: as asked, else the first that fails."""
        shown = self.outcome.shown
        numbers = [one.asked.number for one in shown]
        if self.is_asked_open and self.opened in numbers:
            return self.opened
        failing = [one.asked.number for one in shown if not one.holds]
        if self.opened not in (failing or numbers):
            self.opened = (failing or numbers)[0]
        return self.opened

    # --- what is shown ----------------------------------------------------------

    @property
    def stars(self) -> int:
        return self.outcome.stars if self.outcome else 0

    @property
    def best(self) -> int:
        return max(self.stars, self.record.stars if self.record else 0)

    @property
    def problems(self) -> list[Found]:
        return [problem for found in self.found.values() for problem in found]

    @property
    def editable(self) -> list[Edited]:
        marks = {one.row: one.marks for one in self._sources}
        return [
            Edited(
                document=one,
                text=self.texts[one.row],
                kind=self.challenge.kind_of(one).value,
                found=tuple(self.found.get(one.row, ())),
                marks=marks.get(one.row, ""),
            )
            for one in self.challenge.editable
        ]

    @property
    def _sources(self) -> tuple[Source, ...]:
        return self.evaluation.sources if self.evaluation else ()

    @property
    def given(self) -> list[Source]:
        """What may not be edited, with the marks of the request looked into."""
        marked = {one.row: one for one in self._sources}
        bench = self.challenge.bench_of(self.challenge.given, {})
        return [marked.get(one.row, one) for one in sources_of(bench)]

    @property
    def written(self) -> list[Source]:
        """What was written, with marks, for a page without scripts."""
        rows = {one.row for one in self.challenge.editable}
        return [one for one in self._sources if one.row in rows]

    @cached_property
    def shared(self) -> dict[str, Any]:
        """The context that all shown requests have alike."""
        first, *others = [one.context for one in self.challenge.shown]
        return {
            key: value
            for key, value in first.items()
            if all(other.get(key) == value for other in others)
        }

    @property
    def context(self) -> list[tuple[str, str]]:
        return [(key, benches.written(value)) for key, value in self.shared.items()]

    @property
    def rows(self) -> list[Row]:
        return list(self._rows(self.challenge.shown))

    def _rows(self, requests: Iterable[Asked]) -> Iterable[Row]:
        answered = self.outcome.answered if self.outcome else ()
        by_number = {one.asked.number: one for one in answered}
        all_keys = dict.fromkeys(key for one in requests for key in one.context)
        several = len(self.challenge.callers) > 1
        for asked in requests:
            yield Row(
                asked=asked,
                own=tuple(_own(asked, all_keys, self.shared)),
                answered=by_number.get(asked.number),
                is_open=bool(self.evaluation) and asked.number == self.opened,
                caller=asked.caller.name if several else "",
            )

    @property
    def opened_row(self) -> Row | None:
        return next((row for row in self.rows if row.is_open), None)

    @property
    def unseen(self) -> int:
        """How many requests are not shown."""
        return len(self.challenge.requests) - len(self.challenge.shown)

    @property
    def unseen_failing(self) -> int:
        if not self.outcome:
            return 0
        return sum(not one.holds for one in self.outcome.of(Use.HIDDEN))

    @property
    def hints_shown(self) -> list[str]:
        return list(self.challenge.hints[: self.hints])

    @property
    def hints_left(self) -> int:
        return len(self.challenge.hints) - self.hints

    @property
    def is_solution_due(self) -> bool:
        return self.gave_up or self.best == STARS

    @property
    def solution(self) -> list[Source]:
        """The reference, once it is due; before that nothing."""
        if not self.is_solution_due:
            return []
        documents = self.challenge.editable
        return sources_of(self.challenge.bench_of(documents, self.challenge.reference))

    @property
    def all_rows(self) -> list[Row]:
        """The requests that were hidden, once the solution is due."""
        if not self.is_solution_due:
            return []
        return list(
            self._rows([a for a in self.challenge.requests if a.use is not Use.SHOWN])
        )


def texts_of(challenge: Challenge, record, data) -> dict[int, str]:
    """The texts by row: as posted, else as kept, else as they begin."""
    kept = record.documents if record else {}
    texts = {}
    for one in challenge.editable:
        before = kept.get(one.name, one.start)
        posted = data.get(f"policy-{one.row}-document") if data else None
        texts[one.row] = before if posted is None else posted.replace("\r\n", "\n")
    return texts


def _own(
    asked: Asked, all_keys: Iterable[str], shared: Mapping[str, Any]
) -> Iterable[tuple[str, str]]:
    for key in all_keys:
        value = asked.context.get(key)
        if value is None:
            yield key, ""
        elif shared.get(key) != value:
            yield key, benches.written(value)


def number_in(text: str | None) -> int:
    """A small number as it was posted, -1 where it is none."""
    return int(text) if text and re.fullmatch(r"[0-9]{1,3}", text) else -1


def _hints(text: str | None) -> int:
    return min(3, max(0, number_in(text)))
