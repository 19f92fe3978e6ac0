"""What came closest, and which single change would turn the decision: by trying.

Pure: the engine's scenarios, traces and codes. Every change that is returned was
carried out and decided. Work is counted in the engine's units, so that a scenario gets
the same answer on every machine; what had to be left out is said.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policies_lab.flips.changes import (
    OF_THE_REQUEST,
    Change,
    carried_out,
    policy_at,
)
from policies_lab.flips.documents import policy_changes
from policies_lab.flips.requests import Suits, request_changes
from policies_lab.iam import (
    Decision,
    Effect,
    ElementCheck,
    IamError,
    Scenario,
    StatementTrace,
    Trace,
    decide,
    examine,
)
from policies_lab.iam.work import MAX_WORK, rough_cost

MOST_FLIPS, MOST_OF_THE_REQUEST = 5, 3
MOST_NEAR = 3
# Units of the engine's work, about a microsecond each.
UNITS, UNITS_FOR_REQUESTS = 40_000, 25_000
UNITS_FOR_A_CLOSER_LOOK = 4_000
_EACH_TRY = 60
_PER_CHARACTER = 1


@dataclass(frozen=True)
class NearMiss:
    """A statement that did not apply, and every element that it lacked."""

    statement: StatementTrace
    lacked: tuple[ElementCheck, ...]


@dataclass(frozen=True)
class Flip:
    """A change and the decision that it leads to."""

    change: Change
    decision: Decision


@dataclass(frozen=True)
class Search:
    """What was found. `complete` is whether everything could be tried."""

    near: tuple[NearMiss, ...]
    flips: tuple[Flip, ...]
    tried: int
    complete: bool

    def flip(self, token: str) -> Flip | None:
        """The flip with the token of its change."""
        return next((f for f in self.flips if f.change.token == token), None)


def search(scenario: Scenario, trace: Trace, suits: Suits) -> Search:
    """Look for near misses and flips of a scenario that `trace` decides."""
    order = list(_in_order(trace))
    looked = examine(scenario, order, units=UNITS_FOR_A_CLOSER_LOOK)
    near = tuple(near_misses(trace, looked))
    trying = _Trying(scenario, trace.decision)
    trying.go(request_changes(scenario, order, suits), UNITS - UNITS_FOR_REQUESTS)
    to_allow = trying.wanted is Decision.ALLOW
    trying.go(policy_changes(scenario, looked, to_allow=to_allow), 0)
    complete = trying.complete and len(looked) == len(order)
    return Search(near, tuple(trying.best()), trying.tried, complete)


def near_misses(trace: Trace, looked: Iterable[StatementTrace]) -> list[NearMiss]:
    """The statements of the step that denied implicitly, those that lacked least
    first; of equals, those that got further."""
    stopped = trace.stopped_at
    if trace.decision is not Decision.IMPLICIT_DENY or stopped is None:
        return []
    there = {_place(statement) for statement in stopped.statements}
    found = [
        NearMiss(one, tuple(check for check in one.checks if check.matched is False))
        for one in looked
        if _place(one) in there and not one.applies
    ]
    found = [near for near in found if near.lacked]
    found.sort(key=lambda near: (len(near.lacked), _place(near.statement)))
    return found[:MOST_NEAR]


def _in_order(trace: Trace) -> Iterator[StatementTrace]:
    """Every statement once, those on which the decision hangs first."""
    stopped = trace.stopped_at
    first = [*trace.deciding, *(stopped.statements if stopped else ())]
    if trace.decision is Decision.ALLOW:
        first += [s for s in trace.statements if s.effect is Effect.DENY]
    first += sorted(trace.statements, key=_reach, reverse=True)
    yield from {_place(statement): statement for statement in reversed(first)}.values()


def _place(statement: StatementTrace) -> tuple[str, int]:
    return statement.policy, statement.statement


def _reach(statement: StatementTrace) -> int:
    return sum(check.matched is True for check in statement.checks)


class _Trying:
    """Carries changes out and decides, as long as there are units."""

    def __init__(self, scenario: Scenario, decision: Decision) -> None:
        self.wanted = Decision.ALLOW
        if decision is Decision.ALLOW:
            self.wanted = Decision.IMPLICIT_DENY
        self.tried = 0
        self.complete = True
        self._scenario = scenario
        self._decision = decision
        self._units = UNITS
        self._each = _EACH_TRY + min(MAX_WORK, rough_cost(scenario))
        self._found: dict[tuple[str, ...], Flip] = {}

    def go(self, changes: Iterable[Change], floor: int) -> None:
        """Try changes until there are enough, or only `floor` units are left."""
        enough = MOST_FLIPS + sum(map(self._is_wanted, self._found.values()))
        for change in changes:
            before = self._found.get(change.target)
            if before and self._is_wanted(before):
                continue
            cost = self._each + self._reading(change)
            if self._units - cost < floor:
                self.complete = False
                return
            self._units -= cost
            self._try(change)
            if sum(map(self._is_wanted, self._found.values())) >= enough:
                return

    def best(self) -> list[Flip]:
        """The smallest; those that lead elsewhere than wanted only if no other does."""
        found = list(self._found.values())
        wanted = [flip for flip in found if self._is_wanted(flip)]
        chosen = sorted(wanted or found, key=lambda flip: flip.change.size)
        asked = [f for f in chosen if f.change.kind in OF_THE_REQUEST]
        rest = [f for f in chosen if f.change.kind not in OF_THE_REQUEST]
        room = max(MOST_OF_THE_REQUEST, MOST_FLIPS - len(rest))
        return [*asked[:room], *rest][:MOST_FLIPS]

    def _is_wanted(self, flip: Flip) -> bool:
        return (flip.decision is Decision.ALLOW) is (self.wanted is Decision.ALLOW)

    def _reading(self, change: Change) -> int:
        if change.kind in OF_THE_REQUEST:
            return 0
        policy = policy_at(self._scenario.policies, change.statement.policy)
        return _PER_CHARACTER * len(policy.text)

    def _try(self, change: Change) -> None:
        self.tried += 1
        try:
            decision = decide(carried_out(self._scenario, change)).decision
        except IamError:
            # Refused, or AWS leaves it open: nothing to propose.
            return
        if decision is not self._decision:
            self._found[change.target] = Flip(change, decision)
