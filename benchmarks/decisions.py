"""Decisions a second, beside other evaluators on the same scenarios: `make bench`.

Rates are per second of each process's own processor time, warm: policies are read and
compiled once, and every scenario was decided once before the watch starts. Rounds of
all contenders take turns and the best of each counts, because a shared machine is slow
at times and never too fast.
"""

import argparse
import os
import platform
import time
from collections.abc import Callable, Iterator

from benchmarks import peers
from benchmarks.peers import AbsentError
from benchmarks.workloads import WORKLOADS
from policies_lab.iam import Decision, Scenario, decide, evaluate, read_scenario

OURS, OURS_TRACED = "ours", "ours, traced"
SIMULATE = "iam-simulate"
COLUMNS = (OURS, "PMapper", "moto", OURS_TRACED, SIMULATE)
# The first, the second, how many times as fast it should be, and on which workloads.
GOALS = (
    (OURS_TRACED, SIMULATE, 5, tuple(WORKLOADS)),
    (OURS, "PMapper", 3, tuple(WORKLOADS)[1:]),
)
# Peers that cannot be told what a workload is about are not asked.
CANNOT = {("moto", "across accounts, SCPs and an RCP"): "it knows no such policies"}
NAMES = {
    "Allowed": Decision.ALLOW,
    "ExplicitlyDenied": Decision.EXPLICIT_DENY,
    "ImplicitlyDenied": Decision.IMPLICIT_DENY,
}

Rate = Callable[[float], float]


def rate(take: Callable[[Scenario], object], scenarios: list[Scenario]) -> Rate:
    def measured(seconds: float) -> float:
        for scenario in scenarios:
            take(scenario)
        decisions, until = 0, time.perf_counter() + seconds
        begun = time.process_time()
        while time.perf_counter() < until or not decisions:
            for scenario in scenarios:
                take(scenario)
            decisions += len(scenarios)
        return decisions / (time.process_time() - begun or 1e-9)

    return measured


def simulate(cases: list[dict], expected: list[Decision]) -> Iterator[tuple[str, Rate]]:
    said = [NAMES.get(a.get("result")) for a in peers.answers_of_simulate(cases)]
    if said != expected:
        raise AbsentError(f"it answers {said}")
    yield SIMULATE, lambda seconds: peers.rate_of_simulate(cases, seconds)


def allowing(
    peer: str, cases: list[dict], expected: list[Decision]
) -> Iterator[tuple[str, Rate]]:
    said = peers.answers_of(peer, cases)
    if said != [decision is Decision.ALLOW for decision in expected]:
        raise AbsentError("it answers differently, so its speed says nothing")
    yield peer, lambda seconds: peers.rate_of(peer, cases, seconds)


def contenders(name: str, cases: list[dict]) -> tuple[dict[str, Rate], dict[str, str]]:
    """Return who takes part in a workload, and why the others do not."""
    scenarios = [read_scenario(case) for case in cases]
    expected = [decide(scenario).decision for scenario in scenarios]
    taking = {
        OURS: rate(decide, scenarios),
        OURS_TRACED: rate(evaluate, scenarios),
    }
    skipped: dict[str, str] = {}
    for peer in (SIMULATE, "PMapper", "moto"):
        try:
            if reason := CANNOT.get((peer, name)):
                raise AbsentError(reason)
            if peer == SIMULATE:
                taking |= dict(simulate(cases, expected))
            else:
                taking |= dict(allowing(peer, cases, expected))
        except AbsentError as absent:
            skipped[peer] = str(absent)
    return taking, skipped


def best(taking: dict[str, Rate], seconds: float, rounds: int) -> dict[str, float]:
    found = dict.fromkeys(taking, 0.0)
    for _ in range(rounds):
        for column, measured in taking.items():
            found[column] = max(found[column], measured(seconds))
    return found


def row(name: str, rates: dict[str, float]) -> str:
    cells = (f"{rates[c]:,.0f}" if c in rates else "-" for c in COLUMNS)
    return f"| {name} | " + " | ".join(cells) + " |"


def goals(rates: dict[str, dict[str, float]]) -> Iterator[str]:
    for first, second, wanted, names in GOALS:
        for name in names:
            found = rates.get(name, {})
            if second not in found:
                yield f"  not measured  {first} / {second}, {name}"
                continue
            times = found[first] / found[second]
            verdict = "holds " if times >= wanted else "MISSED"
            what = f"{first} / {second}, {name}"
            yield f"  {verdict} {times:5.1f} (at least {wanted})  {what}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.5, help="of one measurement")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(
        f"Decisions per CPU-second, warm. {platform.machine()}, {os.cpu_count()} "
        f"cores, Python {platform.python_version()}.\n"
    )
    print("| Workload | " + " | ".join(COLUMNS) + " |")
    print("| --- " * (len(COLUMNS) + 1) + "|")
    rates: dict[str, dict[str, float]] = {}
    left_out: dict[str, str] = {}
    for name, make in WORKLOADS.items():
        taking, skipped = contenders(name, make())
        rates[name] = best(taking, options.seconds, options.rounds)
        left_out |= {f"{peer}, {name}": reason for peer, reason in skipped.items()}
        print(row(name, rates[name]), flush=True)
    print("\nNot every peer does the same:")
    for peer, limit in peers.LIMITS.items():
        print(f"  {peer} {limit}")
    for what, reason in left_out.items():
        print(f"  skipped: {what}: {reason}")
    print("\nGoals:")
    print("\n".join(goals(rates)))


if __name__ == "__main__":
    main()
