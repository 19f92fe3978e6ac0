"""What near misses and flips cost: python -m benchmarks.flips [--check]

Process time of the search and of the whole evaluate request in this process, for the
opening example and every ready scenario, and of the search for benches that are as
large as the engine decides. `--check` fails where an ordinary request takes more than
LIMIT milliseconds.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable

RUNS = 15
# Of one ordinary evaluate request, in milliseconds.
LIMIT = 100


def milliseconds(take: Callable[[], object]) -> float:
    """The median over some runs: a busy machine stretches single ones."""
    times = []
    for _run in range(RUNS):
        begin = time.process_time()
        take()
        times.append((time.process_time() - begin) * 1000)
    return statistics.median(times)


def ordinary() -> float:
    """Print a row for each bench that the lab offers; return the slowest request."""
    from django.test import Client

    from policies_lab import bench, limits
    from policies_lab.examples import first_bench
    from policies_lab.iam import evaluate
    from policies_lab.scenarios import ready_scenarios
    from policies_lab.what_if import searched
    from tests.policies_lab.pages import fields, read

    client, slowest = Client(), 0.0
    print("| Bench | tried | search, ms | evaluate request, ms | with a change, ms |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for key in ("", *ready_scenarios()):
        held = ready_scenarios()[key].bench if key else first_bench()
        scenario, _laid = bench.read(held)
        trace = evaluate(scenario)
        found = searched(scenario, trace)
        sent = fields(read(client.get("/lab/", {"scenario": key} if key else {})))

        def post(sent=sent, key=key, **more):
            limits.guests.clear()
            response = client.post(
                "/lab/evaluate/", sent | more, HTTP_HX_REQUEST="true"
            )
            if response.status_code != 200:
                sys.exit(f"{key}: status {response.status_code}")

        search = milliseconds(lambda s=scenario, t=trace: searched(s, t))
        request = milliseconds(post)
        flip = 0.0
        if found.flips:
            token = found.flips[0].change.token
            flip = milliseconds(lambda post=post, token=token: post(flip=token))
        slowest = max(slowest, request)
        name = key or "the opening example"
        print(f"| {name} | {found.tried} | {search:.1f} | {request:.0f} | {flip:.0f} |")
    return slowest


def largest() -> None:
    """Print the search for scenarios at the bound of the engine."""
    from benchmarks.evaluator import WORST
    from benchmarks.evaluator import largest as largest_of
    from policies_lab.iam import evaluate, read_scenario
    from policies_lab.what_if import searched

    print("\n| At the engine's bound | tried | search, ms |\n| --- | ---: | ---: |")
    for name, make in WORST.items():
        scenario = read_scenario(make(largest_of(make)))
        trace = evaluate(scenario)
        took = milliseconds(lambda s=scenario, t=trace: searched(s, t))
        print(f"| {name} | {searched(scenario, trace).tried} | {took:.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help=f"fail above {LIMIT} ms")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import setup_test_environment

    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)
    slowest = ordinary()
    largest()
    if options.check and slowest > LIMIT:
        sys.exit(f"An ordinary request takes {slowest:.0f} ms.")


if __name__ == "__main__":
    main()
