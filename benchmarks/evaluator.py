"""How long the evaluator takes, at its usual work and at its worst.

    .venv/bin/python -m benchmarks.evaluator

Times are of the process, not of the clock, the best of several runs. Every scenario is
read anew, so that what it compiles counts as well.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path

from policies_lab.iam import IamError, decide, evaluate, parse_policy, read_scenario

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "tests" / "iam" / "corpus"
ACCOUNT = "111111111111"
ALICE = {
    "type": "user",
    "arn": f"arn:aws:iam::{ACCOUNT}:user/alice",
    "account": ACCOUNT,
}
RUNS = 5


def policy(*statements: dict) -> dict:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action="*", resource="*", **elements) -> dict:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **elements}


def scenario(*identity: dict, resource="arn:aws:s3:::data/x", context=None) -> dict:
    return {
        "id": "x",
        "principal": ALICE,
        "action": "s3:GetObject",
        "resource": resource,
        "resource_account": ACCOUNT,
        "context": context or {},
        "policies": {"identity": list(identity)},
    }


def on_tags(operator: str, patterns: list[str], values: list[str]) -> dict:
    condition = {f"ForAnyValue:{operator}": {"aws:TagKeys": patterns}}
    return scenario(policy(allow(Condition=condition)), context={"aws:TagKeys": values})


def on_resource(patterns: list[str], resource: str) -> dict:
    return scenario(policy(allow(resource=patterns)), resource=resource)


KEYS = [f"key{n}" for n in range(200)]
TESTS = {"Bool": {"l": "true"}, "StringNotEquals": {f"k{n}": "x" for n in range(20)}}
LONG = "a" * 2048

# Each makes a scenario of a size; the largest that is still decided is measured.
WORST: dict[str, Callable[[int], dict]] = {
    "StringLike, every pattern against every value": lambda n: on_tags(
        "StringLike", [f"*a*a*a{at}" for at in range(n)], KEYS
    ),
    "StringLike with question marks": lambda n: on_tags(
        "StringLike", [f"*a?a*{at}" for at in range(n)], KEYS[:20]
    ),
    "ArnLike, every pattern against every value": lambda n: on_tags(
        "ArnLike",
        [f"*:*:*:*:*:*a*a*{at}" for at in range(n)],
        [f"a:b:c:d:e:f{at}" for at in range(200)],
    ),
    "IpAddress, every range against every value": lambda n: on_tags(
        "IpAddress",
        [f"11.{at}.0.0/16" for at in range(min(n, 255))],
        [f"10.0.0.{at}" for at in range(200)],
    ),
    "StringEqualsIgnoreCase on long texts": lambda n: scenario(
        policy(
            *[
                allow(
                    Condition={
                        "ForAnyValue:StringEqualsIgnoreCase": {"aws:TagKeys": f"b{at}"}
                    }
                )
                for at in range(n)
            ]
        ),
        context={"aws:TagKeys": ["é" * 1000] * 100},
    ),
    "Resource: both kinds of star, long ARN": lambda n: on_resource(
        [f"a*a:{at}*:c:d:e:f" for at in range(n)], LONG
    ),
    "Resource: both kinds of star, long pattern": lambda n: on_resource(
        ["a*a:" + "b*a" * 600 + f":c:d:e:f{at}" for at in range(n)], "a:b:" + LONG[4:]
    ),
    "Resource: many stars": lambda n: on_resource(
        ["*a" * 500 + f"b{at}" for at in range(n)], LONG
    ),
    "Resource: many question marks": lambda n: on_resource(
        ["*a?" * 500 + f"b{at}" for at in range(n)], LONG
    ),
    "Resource: many patterns": lambda n: scenario(
        *[
            policy(allow(resource=[f"arn:aws:s3:*::x{at}*/y" for at in range(100)]))
            for _ in range(n)
        ]
    ),
    "Statements that match": lambda n: scenario(
        *[
            policy(*[allow("s3:*", f"arn:aws:s3:::x{at}/*") for at in range(10)])
            for _ in range(min(n, 200))
        ]
    ),
    "Statements about other actions": lambda n: scenario(
        *[
            policy(*[allow("ec2:*", f"arn:aws:s3:::x{at}/*") for at in range(10)])
            for _ in range(min(n, 200))
        ]
    ),
    "Condition keys": lambda n: scenario(
        *[
            policy(*[allow(Condition=TESTS) for _ in range(10)])
            for _ in range(min(n, 200))
        ],
        context={"l": "true"},
    ),
}


def milliseconds(function: Callable[[], object]) -> float:
    start = time.process_time()
    function()
    return (time.process_time() - start) * 1000


def timed(take: Callable, case: dict) -> float:
    """Time one decision; what reading takes is left out, what compiling takes is in."""
    best = float("inf")
    for _ in range(RUNS):
        found = read_scenario(case)
        best = min(best, milliseconds(lambda found=found: take(found)))
    return best


def is_decided(case: dict) -> bool:
    try:
        decide(read_scenario(case))
    except IamError:
        return False
    return True


def largest(make: Callable[[int], dict]) -> int:
    low, high = 1, 512
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if is_decided(make(middle)) else (low, middle - 1)
    return low


def refused_or_read(text: str) -> None:
    try:
        parse_policy(text)
    except IamError:
        return


def hostile_texts() -> dict[str, str]:
    lines = (CORPUS / "hostile.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    return {
        case["id"]: eval(case["python"]) if "python" in case else case["input"]  # noqa: S307
        for case in cases
    }


def main() -> None:
    cases = json.loads((CORPUS / "worked-cases.json").read_text("utf-8"))["cases"]
    read = min(
        milliseconds(lambda: [read_scenario(case) for case in cases])
        for _ in range(RUNS)
    )
    print(f"{read / len(cases):8.2f} ms  to read a worked case, all policies included")
    texts = hostile_texts()
    slowest = max(
        (
            min(milliseconds(lambda t=text: refused_or_read(t)) for _ in range(RUNS)),
            name,
        )
        for name, text in texts.items()
    )
    taken, which = slowest
    print(f"{taken:8.2f} ms  to read or refuse the slowest hostile text: {which}")
    print("\n  decide evaluate  size  the largest scenario of its kind that is decided")
    for name, make in WORST.items():
        size = largest(make)
        case = make(size)
        quick, traced = timed(decide, case), timed(evaluate, case)
        print(f"{quick:8.1f} {traced:8.1f} {size:5}  {name}")


if __name__ == "__main__":
    main()
