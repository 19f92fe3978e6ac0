"""Runs moto's evaluator, in its own environment: see `benchmarks/peers/__init__.py`.

It looks at identity policies alone; its callers add the answers of several documents
up, and so is done here.
"""

import json
import sys
import time

from moto.iam.access_control import IAMPolicy, PermissionResult


def prepared(case: dict) -> tuple:
    documents = [IAMPolicy(json.dumps(document)) for document in case["identity"]]
    return documents, case["action"], case["resource"], case["context"]


def is_permitted(documents, action, resource, context) -> bool:
    permitted = False
    for document in documents:
        found = document.is_action_permitted(action, resource, None, context)
        if found is PermissionResult.DENIED:
            return False
        permitted = permitted or found is PermissionResult.PERMITTED
    return permitted


def main() -> None:
    cases = [prepared(json.loads(line)) for line in sys.stdin]
    answers = [is_permitted(*case) for case in cases]
    if sys.argv[1] == "answer":
        print("\n".join(json.dumps(answer) for answer in answers))
        return
    decisions, until = 0, time.perf_counter() + float(sys.argv[2])
    begun = time.process_time()
    while time.perf_counter() < until or not decisions:
        for case in cases:
            is_permitted(*case)
        decisions += len(cases)
    print(json.dumps({"decisions": decisions, "seconds": time.process_time() - begun}))


if __name__ == "__main__":
    main()
