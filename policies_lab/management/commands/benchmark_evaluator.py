"""Count decisions per second of this process's own processor time."""

import json
import time

from django.core.management.base import CommandError

from policies_lab.iam import IamError, Scenario, decide, evaluate, read_scenario
from policies_lab.iam.jsonlines import read_lines
from policies_lab.management.filters import UNREADABLE, Filter, opened


class Command(Filter):
    help = (
        "Decide the scenarios of a file over and over, and print decisions per second "
        "of processor time as one JSON line. Policies are parsed and compiled once."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", help="a file of scenarios, or - for standard input")
        parser.add_argument("--seconds", type=float, default=3.0)
        parser.add_argument(
            "--trace", action="store_true", help="build the trace of every decision"
        )

    def handle(self, *args, file, seconds, trace, **options):
        scenarios, refused = self.decidable(file)
        if not scenarios:
            raise CommandError(
                f"There is no scenario in {file} that can be decided.",
                returncode=UNREADABLE,
            )
        if refused:
            self.stderr.write(f"Left out, because refused: {refused}.")
        decisions, used = measure(scenarios, evaluate if trace else decide, seconds)
        per_second = round(decisions / used)
        found = {"per_cpu_s": per_second, "decisions": decisions, "trace": trace}
        self.stdout.write(json.dumps(found))

    def decidable(self, file: str) -> tuple[list[Scenario], int]:
        """Read and decide every scenario once, which also compiles its policies."""
        scenarios, refused = [], 0
        with opened(file) as stream:
            for _row, line in read_lines(stream):
                try:
                    scenario = read_scenario(line if isinstance(line, str) else "")
                    evaluate(scenario)
                    decide(scenario)
                except IamError:
                    refused += 1
                else:
                    scenarios.append(scenario)
        return scenarios, refused


def measure(scenarios: list[Scenario], take, seconds: float) -> tuple[int, float]:
    """Return how many decisions were made in how many seconds of processor time."""
    decisions = 0
    start, begun = time.process_time(), time.perf_counter()
    while time.perf_counter() - begun < seconds or not decisions:
        for scenario in scenarios:
            take(scenario)
        decisions += len(scenarios)
    return decisions, time.process_time() - start or 1e-9
