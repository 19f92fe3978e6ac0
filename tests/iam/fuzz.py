"""A long run of the engine against the oracle: `python -m tests.iam.fuzz --help`."""

import argparse
import json
import time
from collections import Counter
from random import Random

from policies_lab.iam import EvaluationError, decide, evaluate, read_scenario
from tests.iam import oracle
from tests.iam.strategies import generate


def answer(take, scenario):
    """(decision, deciding step), or the code of a refusal."""
    try:
        found = take(scenario)
    except EvaluationError as error:
        return error.problems[0].code
    return found.decision.value, found.deciding_step.value


def differs(case):
    """What the engine and the oracle say, where that is not the same."""
    scenario = read_scenario(case)
    quick, traced = answer(decide, scenario), answer(evaluate, scenario)
    expected = oracle.decide(case) or "notresource_variable"
    return None if quick == traced == expected else (expected, quick, traced)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rnd, seen = Random(options.seed), Counter()
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        case = generate(rnd)
        difference = differs(case)
        if difference:
            print(json.dumps(case, indent=1), *difference, sep="\n")
            raise SystemExit(1)
        found = oracle.decide(case)
        seen[" ".join(found) if found else "refused"] += 1
    print(f"seed {options.seed}: {seen.total()} scenarios, no difference")
    for outcome, count in seen.most_common():
        print(f"{count:8} {outcome}")


if __name__ == "__main__":
    main()
