"""Runs PMapper's evaluator, in its own environment: see `benchmarks/peers/__init__.py`.

Standard input holds translated scenarios, one a line; the first argument is the task.
"""

import collections
import collections.abc
import json
import sys
import time

# PMapper 1.1.5 was written for a Python that had these names here.
for name in ("Mapping", "MutableMapping"):
    setattr(collections, name, getattr(collections.abc, name))

from principalmapper.common import Node, Policy  # noqa: E402
from principalmapper.querying.query_interface import (  # noqa: E402
    local_check_authorization_full,
)


def policy(at: int, document: dict) -> Policy:
    return Policy(f"arn:aws:iam::111111111111:policy/p{at}", f"p{at}", document)


def policies(documents: list[dict]) -> list[Policy]:
    return [policy(at, document) for at, document in enumerate(documents)]


def prepared(case: dict) -> tuple:
    """The arguments of the evaluator, made once."""
    boundary = case["boundary"] and policy(0, case["boundary"])
    caller = Node(
        case["principal"],
        "AIDAEXAMPLE",
        policies(case["identity"]),
        None,
        None,
        None,
        0,
        False,
        False,
        boundary,
        False,
        None,
    )
    caller.group_memberships = []
    scps = [policies(level) for level in case["scps"]] or None
    return (
        caller,
        case["action"],
        case["resource"],
        case["context"],
        case["resource_policy"],
        case["resource_account"],
        scps,
        case["session"],
    )


def main() -> None:
    cases = [prepared(json.loads(line)) for line in sys.stdin]
    answers = [local_check_authorization_full(*case) for case in cases]
    if sys.argv[1] == "answer":
        print("\n".join(json.dumps(answer) for answer in answers))
        return
    decisions, until = 0, time.perf_counter() + float(sys.argv[2])
    begun = time.process_time()
    while time.perf_counter() < until or not decisions:
        for case in cases:
            local_check_authorization_full(*case)
        decisions += len(cases)
    print(json.dumps({"decisions": decisions, "seconds": time.process_time() - begun}))


if __name__ == "__main__":
    main()
