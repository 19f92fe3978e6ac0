"""Ready scenarios: the files in content/scenarios, read and checked once.

A file is TOML. What it holds, and what of it stays hidden until a prediction is
made, is written in docs/lab.md.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from policies_lab import bench as benches
from policies_lab.bench import Bench, ContextRow, PolicyRow
from policies_lab.iam import (
    DecidingStep,
    Decision,
    PrincipalType,
    ScenarioError,
)

FOLDER = Path(__file__).parent / "content" / "scenarios"
PLACES = ("identity", "resource", "boundary", "session", "scp", "rcp", "endpoint")
LEVELS = tuple(benches.LEVEL_ORDER)

_STRING = "a string that is not empty"


class ScenarioFileError(Exception):
    """Files cannot be used; `problems` are lines `file: key: what is wrong`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
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
        return self.section.replace("-", " ").capitalize()


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
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScenarioFileError([f"{path.name}: {error}"]) from error
    reader = _Reader(path.name, table)
    scenario = _assemble(path.stem, reader)
    if not reader.problems:
        _try_out(scenario, reader)
    if reader.problems:
        raise ScenarioFileError(reader.problems)
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


class _Reader:
    """Takes values out of a table and notes what is missing, wrong or not known."""

    def __init__(self, file: str, table: dict[str, Any], where: str = "") -> None:
        self.file = file
        self.table = table
        self.where = where
        self.problems: list[str] = []
        self._asked: set[str] = set()

    def note(self, key: str, text: str) -> None:
        place = f"{self.where}.{key}" if self.where else key
        self.problems.append(f"{self.file}: {place}: {text}")

    def take(self, key: str, type_: type, expected: str, default: Any = None) -> Any:
        self._asked.add(key)
        if key not in self.table and default is not None:
            return default
        value = self.table.get(key)
        good = isinstance(value, type_) and not isinstance(value, bool)
        if not good or value == "":
            self.note(key, f"must be {expected}")
            return type_()
        return value

    def text(self, key: str, default: str | None = None) -> str:
        if default is not None and self.table.get(key) == "":
            self._asked.add(key)
            return ""
        return self.take(key, str, _STRING, default)

    def one_of(self, key: str, known: tuple[str, ...], default: str = "") -> str:
        value = self.text(key, default or None)
        if value and value not in known:
            self.note(key, f"must be one of {', '.join(known)}")
        return value

    def values(self, key: str) -> tuple[str, ...]:
        listed = self.take(key, list, "a list of strings")
        if not all(isinstance(item, str) for item in listed):
            self.note(key, "must be a list of strings")
        return tuple(str(item) for item in listed)

    def context(self, key: str = "context") -> dict[str, Any]:
        table = self.take(key, dict, "a table of context keys", {})
        good = {}
        for name, value in table.items():
            listed = value if isinstance(value, list) else [value]
            if all(isinstance(item, str) for item in listed):
                good[name] = value
            else:
                self.note(f"{key}.{name}", "must be a string or a list of strings")
        return good

    def flag(self, key: str) -> bool:
        self._asked.add(key)
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            self.note(key, "must be true or false")
        return value is True

    def inside(self, key: str, default: dict | None = None) -> "_Reader":
        table = self.take(key, dict, "a table", default)
        return self._inner(table, f"{self.where}.{key}" if self.where else key)

    def each(self, key: str) -> Iterator["_Reader"]:
        tables = self.take(key, list, "a list of tables", [])
        for index, table in enumerate(tables):
            if isinstance(table, dict):
                inner = self._inner(table, f"{key}[{index}]")
                yield inner
                inner.done()
            else:
                self.note(f"{key}[{index}]", "must be a table")

    def done(self) -> None:
        for key in self.table.keys() - self._asked:
            self.note(key, "is not known here")

    def _inner(self, table: dict[str, Any], where: str) -> "_Reader":
        inner = _Reader(self.file, table, where)
        inner.problems = self.problems
        return inner


def _assemble(key: str, reader: _Reader) -> ReadyScenario:
    bench = Bench(scenario=key)
    _read_principal(bench, reader.inside("principal"))
    context = _read_request(bench, reader.inside("request"))
    choices = {
        choice.text("key"): choice.values("values")
        for choice in reader.each("context_choice")
    }
    for place, attached in (("policy", True), ("spare", False)):
        for table in reader.each(place):
            row = _read_policy(len(bench.policies), table, attached)
            bench.policies.append(row)
    scenario = ReadyScenario(
        key=key,
        title=reader.text("title"),
        story=reader.text("story"),
        section=reader.text("section"),
        order=reader.take("order", int, "a whole number"),
        ask=reader.text("ask", ""),
        bench=bench,
        choices=choices,
        saved=tuple(_read_saved(table, context) for table in reader.each("saved")),
        reveal=_read_reveal(reader.inside("reveal")),
    )
    reader.done()
    _offer_choices(bench, choices)
    return scenario


def _read_principal(bench: Bench, table: _Reader) -> None:
    bench.principal_type = table.one_of("type", tuple(PrincipalType)) or "user"
    bench.principal_arn = table.text("arn", "")
    account = table.text("account", "")
    bench.role_arn = table.text("role_arn", "")
    bench.user_arn = table.text("user_arn", "")
    bench.service = table.text("service", "")
    bench.provider = table.text("provider", "")
    bench.service_linked = table.flag("service_linked")
    if account and account != benches.account_in(bench.principal_arn):
        table.note("account", "is not the account of the arn")
    table.done()


def _read_request(bench: Bench, table: _Reader) -> dict[str, Any]:
    bench.action = table.text("action")
    bench.resource = table.text("resource")
    bench.resource_account = table.text("resource_account", "")
    bench.management_account = table.text("management_account", "")
    context = table.context()
    bench.context = context_rows(context)
    table.done()
    return context


def _read_policy(row: int, table: _Reader, attached: bool) -> PolicyRow:
    place = table.one_of("attached", PLACES)
    default = "" if place in benches.LEVELLED else "account"
    level = table.one_of("level", LEVELS, default)
    return PolicyRow(
        row=row,
        name=table.text("name"),
        place=place,
        via=table.text("via", ""),
        level=level,
        document=table.text("document").strip("\n"),
        attached=attached,
    )


def _read_saved(table: _Reader, context: dict[str, Any]) -> Saved:
    own = table.context() if "context" in table.table else context
    return Saved(
        title=table.text("title"),
        action=table.text("action"),
        resource=table.text("resource"),
        context=own,
        decision=table.one_of("decision", tuple(Decision)),
        deciding_step=table.one_of("deciding_step", tuple(DecidingStep)),
    )


def _read_reveal(table: _Reader) -> Reveal:
    decision = table.one_of("decision", tuple(Decision))
    reveal = Reveal(
        decision=decision,
        deciding_step=table.one_of("deciding_step", tuple(DecidingStep)),
        because=table.text("because"),
        misconceptions=_read_beliefs(table.inside("misconceptions", {}), decision),
    )
    table.done()
    return reveal


def _read_beliefs(table: _Reader, decision: str) -> dict[str, tuple[str, ...]]:
    if decision in table.table:
        table.note(decision, "is the right verdict, which fits no misconception")
    verdicts = [verdict.value for verdict in Decision if verdict.value in table.table]
    beliefs = {verdict: table.values(verdict) for verdict in verdicts}
    table.done()
    return beliefs


def _offer_choices(bench: Bench, choices: Mapping[str, tuple[str, ...]]) -> None:
    """Put keys that can be chosen on the bench; the request may not have them yet."""
    held = {row.key for row in bench.context}
    for key, values in choices.items():
        if key not in held and values:
            row = ContextRow(len(bench.context), key, values[0], present=False)
            bench.context.append(row)


def _try_out(scenario: ReadyScenario, reader: _Reader) -> None:
    """What is read must also be evaluable, with every spare attached in turn."""
    for saved in (None, *scenario.saved):
        try:
            benches.read(with_saved(scenario.bench, saved) if saved else scenario.bench)
        except benches.Crowded as error:
            reader.note("policy", f"attaches more than one {error.place} policy")
            return
        except ScenarioError as error:
            reader.note(saved.title if saved else "request", str(error))
    for spare in (row for row in scenario.bench.policies if not row.attached):
        alone = replace(scenario.bench, policies=[replace(spare, attached=True)])
        try:
            benches.read(alone)
        except ScenarioError as error:
            reader.note(f"spare {spare.name}", str(error))
