"""Decide scenarios: JSON Lines in, JSON Lines out."""

import json
import sys
from contextlib import nullcontext
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from policies_lab.iam import (
    EvaluationError,
    Problem,
    ScenarioError,
    decide,
    error_result,
    evaluate,
    read_scenario,
    result,
)
from policies_lab.iam.jsonlines import read_lines
from policies_lab.wording import problem_sentence

UNREADABLE = 2


class Command(BaseCommand):
    help = (
        "Decide scenarios, one JSON object a line, and print one result a line. Exit "
        "status: 0 all decided, 1 some refused, 2 no readable scenario."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", help="a file of scenarios, or - for standard input")
        parser.add_argument(
            "--trace", action="store_true", help="add statements and steps"
        )

    def handle(self, *args, file, trace, **options):
        decided = refused = unreadable = 0
        with opened(file) as stream:
            for line in read_lines(stream):
                found, readable = answer(line, with_trace=trace)
                self.stdout.write(json.dumps(found))
                decided += "decision" in found
                refused += "error" in found and readable
                unreadable += not readable
        if not decided and not refused:
            raise CommandError(
                f"There is no readable scenario in {file}.", returncode=UNREADABLE
            )
        if refused or unreadable:
            sys.exit(1)


def opened(file: str):
    """Open the file, or standard input for -, as bytes."""
    if file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(file).open("rb")
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise CommandError(
            f"{file} cannot be read: {reason}.", returncode=UNREADABLE
        ) from None


def answer(line: str | Problem, *, with_trace: bool) -> tuple[dict, bool]:
    """Return the result of one line, and whether the line was JSON at all."""
    if isinstance(line, Problem):
        return refusal(line, None), False
    try:
        scenario = read_scenario(line)
    except ScenarioError as error:
        return refusal(error.problems[0], error.id), error.is_json
    try:
        outcome = evaluate(scenario) if with_trace else decide(scenario)
    except EvaluationError as error:
        return refusal(error.problems[0], scenario.id), True
    return result(outcome, id=scenario.id, with_trace=with_trace), True


def refusal(problem: Problem, id: str | None) -> dict:
    return error_result(problem, id=id, message=problem_sentence(problem))
