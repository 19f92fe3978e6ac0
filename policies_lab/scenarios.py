"""Ready scenarios: the files in content/scenarios, read and checked once.

A file is TOML. What it holds, and what of it stays hidden until a prediction is
made, is written in docs/lab.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from courseware.activities import NotToml, Problem, read_toml
from policies_lab import bench as benches
from policies_lab.bench import Bench, ContextRow, PolicyRow
from policies_lab.iam import (
    DecidingStep,
    Decision,
    PrincipalType,
    ScenarioError,
)
from policies_lab.tables import Table
from policies_lab.wording import problem_sentence

FOLDER = Path(__file__).parent / "content" / "scenarios"
PLACES = ("identity", "resource", "boundary", "session", "scp", "rcp", "endpoint")
LEVELS = tuple(benches.LEVEL_ORDER)
MOST_ORDER = 99_999


class ScenarioFileError(Exception):
    """Files cannot be used; `problems` are all that is wrong, file by file."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class Saved:
    """A request kept with the decision that it gets while nothing was changed."""

    title: str
    action: str
    resource: str
    context: Mapping[str, Any]
    decision: str
    deciding_step: str


@dataclass(frozen=True)
class Reveal:
    """What is told after a prediction.

    `misconceptions` are codes, by the wrong verdict that their holder predicts.
    """

    decision: str
    deciding_step: str
    because: str
    misconceptions: Mapping[str, tuple[str, ...]]

    def fitting(self, predicted: str) -> tuple[str, ...]:
        """The codes of the beliefs that a prediction of this verdict fits."""
        return self.misconceptions.get(predicted, ())


@dataclass(frozen=True)
class ReadyScenario:
    """One file. `bench` has the spare documents too, not attached."""

    key: str
    title: str
    story: str
    section: str
    order: int
    ask: str
    bench: Bench
    choices: Mapping[str, tuple[str, ...]]
    saved: tuple[Saved, ...]
    reveal: Reveal

    @property
    def section_title(self) -> str:
        return section_title(self.section)


def section_title(section: str) -> str:
    """A section of the built-in course by its address, as a heading."""
    return section.replace("-", " ").capitalize()


@cache
def ready_scenarios() -> Mapping[str, ReadyScenario]:
    """All of them by key, in the order of the course. Raises ScenarioFileError."""
    found, problems = [], []
    for path in sorted(FOLDER.glob("*.toml")):
        try:
            found.append(read_file(path))
        except ScenarioFileError as error:
            problems += error.problems
    if problems:
        raise ScenarioFileError(problems)
    found.sort(key=lambda scenario: (scenario.order, scenario.key))
    return {scenario.key: scenario for scenario in found}


def read_file(path: Path) -> ReadyScenario:
    """One ready scenario, or ScenarioFileError with all that is wrong with it."""
    try:
        toml = read_toml(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ScenarioFileError([Problem(path.name, 1, "is not UTF-8")]) from error
    except NotToml as error:
        problem = Problem(path.name, error.line, str(error))
        raise ScenarioFileError([problem]) from error
    table = Table(path.name, toml)
    scenario = _assemble(path.stem, table)
    if not table.problems:
        _try_out(scenario, table)
    if table.problems:
        raise ScenarioFileError(table.problems)
    return scenario


def with_saved(bench: Bench, saved: Saved) -> Bench:
    """The same bench with a saved request on it."""
    return replace(
        bench,
        action=saved.action,
        resource=saved.resource,
        context=context_rows(saved.context),
    )


def context_rows(context: Mapping[str, Any]) -> list[ContextRow]:
    return [
        ContextRow(row, key, benches.written(value))
        for row, (key, value) in enumerate(context.items())
    ]


def read_principal(table: Table) -> dict[str, str]:
    """The members of a bench that describe a caller."""
    return {
        "principal_type": table.one_of("type", tuple(PrincipalType)) or "user",
        "principal_arn": table.text("arn", ""),
        "role_arn": table.text("role_arn", ""),
        "user_arn": table.text("user_arn", ""),
        "service": table.text("service", ""),
        "provider": table.text("provider", ""),
    }


def _assemble(key: str, table: Table) -> ReadyScenario:
    bench = _begin(key, table.table("principal"))
    context = _read_request(bench, table.table("request"))
    choices = {
        choice.text("key"): choice.texts("values")
        for choice in table.each("context_choice")
    }
    for place, attached in (("policy", True), ("spare", False)):
        for inner in table.each(place):
            row = _read_policy(len(bench.policies), inner, attached)
            bench.policies.append(row)
    scenario = ReadyScenario(
        key=key,
        title=table.text("title"),
        story=table.text("story"),
        section=table.text("section"),
        order=table.number("order", 0, MOST_ORDER),
        ask=table.text("ask", ""),
        bench=bench,
        choices=choices,
        saved=tuple(_read_saved(inner, context) for inner in table.each("saved")),
        reveal=_read_reveal(table.table("reveal")),
    )
    table.done()
    _offer_choices(bench, choices)
    return scenario


def _begin(key: str, table: Table) -> Bench:
    bench = Bench(scenario=key, **read_principal(table))
    bench.service_linked = table.flag("service_linked")
    account = table.text("account", "")
    if account and account != benches.account_in(bench.principal_arn):
        table.note('"account" is not the account of the arn', "account")
    table.done()
    return bench


def _read_request(bench: Bench, table: Table) -> dict[str, Any]:
    bench.action = table.text("action")
    bench.resource = table.text("resource")
    bench.resource_account = table.text("resource_account", "")
    bench.management_account = table.text("management_account", "")
    context = table.context()
    bench.context = context_rows(context)
    table.done()
    return context


def _read_policy(row: int, table: Table, attached: bool) -> PolicyRow:
    place = table.one_of("attached", PLACES)
    default = None if place in benches.LEVELLED else "account"
    return PolicyRow(
        row=row,
        name=table.text("name"),
        place=place,
        via=table.text("via", ""),
        level=table.one_of("level", LEVELS, default),
        document=table.text("document").strip("\n"),
        attached=attached,
    )


def _read_saved(table: Table, context: dict[str, Any]) -> Saved:
    own = table.context() if "context" in table.data else context
    return Saved(
        title=table.text("title"),
        action=table.text("action"),
        resource=table.text("resource"),
        context=own,
        decision=table.one_of("decision", tuple(Decision)),
        deciding_step=table.one_of("deciding_step", tuple(DecidingStep)),
    )


def _read_reveal(table: Table) -> Reveal:
    decision = table.one_of("decision", tuple(Decision))
    reveal = Reveal(
        decision=decision,
        deciding_step=table.one_of("deciding_step", tuple(DecidingStep)),
        because=table.text("because"),
        misconceptions=_read_beliefs(table.table("misconceptions", {}), decision),
    )
    table.done()
    return reveal


def _read_beliefs(table: Table, decision: str) -> dict[str, tuple[str, ...]]:
    if decision in table.data:
        message = f'"{decision}" is the right verdict, which fits no misconception'
        table.note(message, decision)
    verdicts = [verdict.value for verdict in Decision if verdict.value in table.data]
    beliefs = {verdict: table.texts(verdict) for verdict in verdicts}
    table.done()
    return beliefs


def _offer_choices(bench: Bench, choices: Mapping[str, tuple[str, ...]]) -> None:
    """Put keys that can be chosen on the bench; the request may not have them yet."""
    held = {row.key for row in bench.context}
    for key, values in choices.items():
        if key not in held and values:
            row = ContextRow(len(bench.context), key, values[0], present=False)
            bench.context.append(row)


def _try_out(scenario: ReadyScenario, table: Table) -> None:
    """What is read must also be evaluable, with every spare attached in turn."""
    bench = scenario.bench
    _try_one(bench, table, "request")
    for number, saved in enumerate(scenario.saved):
        _try_one(with_saved(bench, saved), table, "saved", number)
    spares = [row for row in bench.policies if not row.attached]
    for number, spare in enumerate(spares):
        alone = replace(bench, policies=[replace(spare, attached=True)])
        _try_one(alone, table, "spare", number)


def _try_one(bench: Bench, table: Table, *place: str | int) -> None:
    try:
        benches.read(bench)
    except benches.Crowded as error:
        table.note(f"more than one {error.place} policy is attached", *place)
    except ScenarioError as error:
        for problem in error.problems:
            table.note(f"{problem.path}: {problem_sentence(problem)}", *place)
