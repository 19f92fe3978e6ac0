"""One decision, made ready to be shown: chart, steps, statements, sources.

A fold of the engine's trace. Whatever a page shows of a decision comes from here, and
nothing of it exists before `evaluate` was called.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.utils.translation import gettext as _

from policies_lab import bench as benches
from policies_lab import excerpts, flowchart, sources, telling, telling_steps
from policies_lab.bench import Bench
from policies_lab.flowchart import Chart, Node
from policies_lab.iam import (
    DecidingStep,
    Decision,
    IamError,
    Outcome,
    Request,
    Scenario,
    StatementTrace,
    Step,
    StepKind,
    Trace,
    evaluate,
)
from policies_lab.marks import Badge, Mark, mark_of
from policies_lab.scenarios import ReadyScenario, with_saved
from policies_lab.sources import Source
from policies_lab.what_if import WhatIf, what_if


@dataclass(frozen=True)
class Examined:
    """A statement as a step looked at it; `more` elements have no mark of their own."""

    statement: StatementTrace
    row: int | None
    part: str
    name: str
    policy: str
    reason: str
    marks: tuple[Mark, ...]
    more: int = 0

    @property
    def icon(self) -> str:
        return {"denied": "stop", "allowed": "tick", "none": "circle"}[self.part]


@dataclass(frozen=True)
class StepShown:
    """A step in the list beside the chart. `open` is where the reader begins, `more`
    how many statements are left out."""

    number: int
    step: Step
    state: str
    by: Badge | None
    title: str
    box_title: str
    asks: str
    found: str
    box_found: str
    examined: tuple[Examined, ...]
    open: bool
    more: int = 0

    @property
    def icon(self) -> str:
        if self.by:
            return self.by.icon
        return {"pass": "tick", "goes_on": "down", "unreached": "dash"}[self.state]


@dataclass(frozen=True)
class Absent:
    """A policy type that has no say here, and why if there is one of it."""

    title: str
    why: str


@dataclass(frozen=True)
class Deciding:
    """The line that the sentence about the decision points at."""

    row: int
    line: int
    name: str


@dataclass(frozen=True)
class Compared:
    """A saved request: what was expected of it, and what is decided now."""

    title: str
    action: str
    resource: str
    expected: Badge
    now: Badge | None
    problem: str = ""

    @property
    def as_expected(self) -> bool:
        return self.now is not None and self.now.decision == self.expected.decision


@dataclass(frozen=True)
class Prediction:
    """What was predicted, and where the trace goes another way.

    `parting` is the number of the step where they part, 0 where they never do.
    """

    predicted: Badge
    certainty: int | None
    right: bool
    parting: int

    @property
    def certainty_word(self) -> str:
        return telling.certainty_word(self.certainty) if self.certainty else ""


@dataclass(frozen=True)
class Evaluation:
    """Everything about one decision."""

    request: Request
    trace: Trace
    badge: Badge
    sentence: str
    deciding: Deciding | None
    decided_at: int
    chart: Chart
    steps: tuple[StepShown, ...]
    absent: tuple[Absent, ...]
    sources: tuple[Source, ...]
    prediction: Prediction | None = None
    compared: tuple[Compared, ...] = field(default=())
    scenario: Scenario | None = field(default=None, repr=False)
    rows: Mapping[str, int] = field(default_factory=dict, repr=False)

    @cached_property
    def what_if(self) -> WhatIf | None:
        """What came closest and what would turn the decision, looked for when a page
        first asks."""
        if self.scenario is None:
            return None
        return what_if(self.scenario, self.trace, self.rows)

    @property
    def boxes(self) -> list[tuple[Node, StepShown]]:
        """The boxes of the chart with what stands in them."""
        return list(zip(self.chart.nodes, self.steps, strict=True))

    @property
    def place(self) -> str:
        """The id of the step that is open."""
        return next((shown.step.id for shown in self.steps if shown.open), "")


def carry_out(
    bench: Bench,
    scenario: Scenario,
    rows: Mapping[str, int],
    *,
    predicted: str = "",
    certainty: int | None = None,
    place: str = "",
) -> Evaluation:
    """Decide and say how. Raises EvaluationError.

    `place` is the id of the step that the reader looked at before, kept where that
    step still has a say. A prediction that was wrong opens the step where it parts.
    """
    trace = evaluate(scenario)
    present = flowchart.present_steps(trace)
    decided = decided_at(trace, present)
    prediction = _prediction(trace, present, decided, predicted, certainty)
    opened = _place(present, place, decided, prediction)
    steps = tuple(
        _shown(trace, step, number, rows, number == opened)
        for number, step in enumerate(present, 1)
    )
    return Evaluation(
        request=scenario.request,
        trace=trace,
        badge=Badge(trace.decision.value),
        sentence=telling.sentence(trace, scenario.request),
        deciding=_deciding(trace, rows),
        decided_at=decided,
        chart=flowchart.full(trace),
        steps=steps,
        absent=tuple(_absent(trace)),
        sources=tuple(sources_of(bench, rows, trace.statements)),
        prediction=prediction,
        scenario=scenario,
        rows=rows,
    )


def decided_at(trace: Trace, present: tuple[Step, ...]) -> int:
    """The number of the step at which the decision fell; 0 where no step was asked."""
    if trace.deciding_step is DecidingStep.NONE_NEEDED:
        return 0
    if trace.stopped_at:
        return present.index(trace.stopped_at) + 1
    kind = {
        DecidingStep.RESOURCE: StepKind.RESOURCE,
        DecidingStep.ACL: StepKind.ACL,
        DecidingStep.ROOT_USER: None,
    }.get(trace.deciding_step, StepKind.IDENTITY)
    asked = [
        (number, step)
        for number, step in enumerate(present, 1)
        if step.outcome is not Outcome.NOT_REACHED
    ]
    return next((n for n, step in asked if step.kind is kind), asked[-1][0])


def _prediction(
    trace: Trace,
    present: tuple[Step, ...],
    decided: int,
    predicted: str,
    certainty: int | None,
) -> Prediction | None:
    if not predicted:
        return None
    right = predicted == trace.decision.value
    parting = 0 if right else _parting(trace, predicted, decided)
    return Prediction(Badge(predicted), certainty, right, parting)


def _parting(trace: Trace, predicted: str, decided: int) -> int:
    """The first step at which the trace does something else than was predicted.

    Who says explicit deny expects the first step to stop. Who says allow expects no
    step to stop, so they part where one does. Who says implicit deny expects nobody
    to grant: they part where somebody does, or where a Deny comes first.
    """
    if predicted == Decision.EXPLICIT_DENY:
        return 1
    return decided


def _place(
    present: tuple[Step, ...], place: str, decided: int, prediction: Prediction | None
) -> int:
    if prediction and prediction.parting:
        return prediction.parting
    kept = [number for number, step in enumerate(present, 1) if step.id == place]
    return kept[0] if kept else decided


def _shown(
    trace: Trace, step: Step, number: int, rows: Mapping[str, int], is_open: bool
) -> StepShown:
    state = flowchart.state_of(trace, step)
    shown = excerpts.statements(step.statements)
    return StepShown(
        number=number,
        step=step,
        state=state,
        by=Badge(trace.decision.value) if state == "stops" else None,
        title=telling_steps.long_title(step),
        box_title=telling_steps.short_title(step),
        asks=telling_steps.asks(step),
        found=telling_steps.found(step),
        box_found=telling_steps.found(step, telling_steps.FOUND_WIDTH),
        examined=tuple(_examined(statement, rows) for statement in shown),
        open=is_open,
        more=len(step.statements) - len(shown),
    )


def _examined(statement: StatementTrace, rows: Mapping[str, int]) -> Examined:
    marked = excerpts.elements(statement.checks)
    return Examined(
        statement=statement,
        row=rows.get(statement.policy),
        part=sources.part_of(statement),
        name=telling.name_of(statement),
        policy=telling.policy_of(statement),
        reason=telling.reason(statement),
        marks=tuple(mark_of(check) for check in marked),
        more=len(statement.checks) - len(marked),
    )


def _absent(trace: Trace) -> list[Absent]:
    return [
        Absent(telling_steps.long_title(step), telling_steps.not_asked(step))
        for step in trace.steps
        if step.outcome is Outcome.NOT_PRESENT
    ]


def _deciding(trace: Trace, rows: Mapping[str, int]) -> Deciding | None:
    """The statement that decided, or the element that kept the nearest one out."""
    if trace.deciding:
        statement, line = trace.deciding[0], trace.deciding[0].span.line
    else:
        stopped = trace.stopped_at
        near = telling.nearest(stopped.statements) if stopped else None
        if near is None or near.failed is None:
            return None
        statement, line = near, near.failed.span.line
    row = rows.get(statement.policy)
    return None if row is None else Deciding(row, line, telling.name_of(statement))


def sources_of(
    bench: Bench,
    rows: Mapping[str, int] | None = None,
    statements: tuple[StatementTrace, ...] = (),
) -> list[Source]:
    """The attached documents to look at; with marks where there are statements."""
    path_of = {row: path for path, row in (rows or {}).items()}
    most = excerpts.lines_each(len(bench.attached))
    return [
        Source(
            row=policy.row,
            name=policy.name or _("unnamed policy"),
            place=telling.place_name(policy.place, policy.level),
            via=policy.via,
            blocks=sources.blocks_of(
                policy.document,
                (s for s in statements if s.policy == path_of.get(policy.row)),
                most,
            ),
            more=max(0, len(sources.lines_of(policy.document)) - most),
        )
        for policy in bench.attached
    ]


def answer(ready: ReadyScenario, *, predicted: str, certainty: int) -> Evaluation:
    """Decide a ready scenario as it stands, for somebody who has predicted."""
    scenario, laid = benches.read(ready.bench)
    evaluation = carry_out(
        ready.bench, scenario, laid.rows, predicted=predicted, certainty=certainty
    )
    return with_saved_requests(evaluation, ready.bench, ready)


def with_saved_requests(
    evaluation: Evaluation, bench: Bench, ready: ReadyScenario | None
) -> Evaluation:
    """The same, with the saved requests of the scenario that the bench began as."""
    if ready is None:
        return evaluation
    return replace(evaluation, compared=compare_saved(bench, ready))


def compare_saved(bench: Bench, ready: ReadyScenario) -> tuple[Compared, ...]:
    """The saved requests of a ready scenario, decided under the policies of `bench`."""
    return tuple(_compare(bench, ready, number) for number in range(len(ready.saved)))


def _compare(bench: Bench, ready: ReadyScenario, number: int) -> Compared:
    saved = ready.saved[number]
    compared = Compared(
        saved.title, saved.action, saved.resource, Badge(saved.decision), None
    )
    try:
        scenario, _laid = benches.read(with_saved(bench, saved))
        trace = evaluate(scenario)
    except (IamError, benches.Crowded) as error:
        return replace(compared, problem=str(error))
    return replace(compared, now=Badge(trace.decision.value))
