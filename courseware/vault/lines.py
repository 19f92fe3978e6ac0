"""activities/NAME.toml of the kind `line`: every service answers every duty."""

from collections.abc import Iterator
from typing import Any

from courseware.problems import did_you_mean
from courseware.vault.toml_lines import Path, Shape, Toml, shape_problems

LINE = Shape({"title": str, "intro": str, "service": list, "duty": list})
SERVICE = Shape({"key": str, "name": str})
DUTY = Shape({"key": str, "text": str, "answer": dict, "why": dict})
SIDES = ("provider", "customer", "shared")

Problems = Iterator[tuple[int, str]]


def read_line(toml: Toml) -> Problems:
    """(line, message) for all that is wrong in the data of a responsibility line."""
    yield from shape_problems(toml, (), toml.data, LINE)
    services = []
    for path, service in _tables(toml, "service"):
        yield from shape_problems(toml, path, service, SERVICE)
        yield from _once(toml, path, service, services)
    duties: list[str] = []
    for path, duty in _tables(toml, "duty"):
        yield from shape_problems(toml, path, duty, DUTY)
        yield from _once(toml, path, duty, duties)
        yield from _answers(toml, path, duty, services)


def _tables(toml: Toml, name: str) -> Iterator[tuple[Path, Any]]:
    tables = toml.data.get(name)
    for number, table in enumerate(tables if isinstance(tables, list) else []):
        yield (name, number), table


def _once(toml: Toml, path: Path, table: Any, seen: list[str]) -> Problems:
    key = table.get("key") if isinstance(table, dict) else None
    if not isinstance(key, str):
        return
    if key in seen:
        yield toml.line(*path, "key"), f'the key "{key}" stands here a second time'
    seen.append(key)


def _answers(toml: Toml, path: Path, duty: Any, services: list[str]) -> Problems:
    for name in ("answer", "why"):
        answers = duty.get(name) if isinstance(duty, dict) else None
        if not isinstance(answers, dict):
            continue
        here = (*path, name)
        for service in services:
            if service not in answers:
                yield toml.line(*here), f'no "{name}" for the service "{service}"'
        for service, value in answers.items():
            line = toml.line(*here, service)
            if service not in services:
                hint = did_you_mean(service, services)
                yield line, f'no service has the key "{service}"{hint}'
            elif name == "answer" and value not in SIDES:
                yield line, f'"{value}" is not provider, customer or shared'
            elif not isinstance(value, str) or not value.strip():
                yield line, f'"{service}" is not a text'
