"""Decide scenarios: JSON Lines in, JSON Lines out."""

import json
import sys

from django.core.management.base import CommandError

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
from policies_lab.management.filters import UNREADABLE, Filter, opened
from policies_lab.wording import problem_sentence


class Command(Filter):
    help = (
        "Decide scenarios, one JSON object a line, and print one result a line. Exit "
        "status: 0 all decided, 1 some refused, 2 no readable scenario."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", help="a file of scenarios, or - for standard input")
        parser.add_argument(
            "--trace", action="store_true", help="add statements and steps"
        )

    def handle(self, *args, file, trace, **options):
        decided = refused = unreadable = 0
        with opened(file) as stream:
            for row, line in read_lines(stream):
                found, readable = answer(line, with_trace=trace)
                if "error" in found:
                    found["error"]["row"] = row
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
