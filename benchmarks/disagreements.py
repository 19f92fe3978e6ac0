"""Where the engine and iam-simulate disagree, and why.

    .venv/bin/python -m benchmarks.disagreements > benchmarks/disagreements.md

Both decide the same generated scenarios. Every disagreement has to be explained by as
few readings as possible (`benchmarks/readings.py`): the scenario, rewritten to what the
other takes it for, has to get the other's answer from the engine. One that is not
explained ends the program with status 1.
"""

import argparse
import copy
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations

from benchmarks import peers
from benchmarks.decisions import NAMES
from benchmarks.generation import scenarios
from benchmarks.readings import READINGS, REFUSALS, Reading
from policies_lab.iam import IamError, Principal, PrincipalType, decide, read_scenario
from policies_lab.iam.context import derived_keys

MOST_READINGS = 3
CANDIDATES = 4
# Members without which a level, a document or a statement is none.
NEEDED = {
    *("level", "policies", "Version", "Statement", "Effect", "Action", "NotAction"),
    *("Resource", "NotResource", "Principal", "NotPrincipal"),
}


def answer(case: dict) -> str:
    """Return the engine's decision, or the code with which it refuses."""
    try:
        return decide(read_scenario(case)).decision.value
    except IamError as error:
        return f"refused: {error.problems[0].code}"


def their_answer(said: dict) -> str:
    if "result" in said:
        return NAMES[said["result"]].value
    text = json.dumps(said, ensure_ascii=False).replace('\\"', '"')
    return "refused: " + next((words for words in REFUSALS if words in text), text)


def with_derived_keys(case: dict) -> dict:
    """Give both the same request: the keys that the caller implies are written out."""
    caller = dict(case["principal"])
    principal = Principal(type=PrincipalType(caller.pop("type")), **caller)
    context = case["context"] | derived_keys(principal, case["context"])
    return case | {"context": context}


def rewritten(case: dict, readings: tuple[Reading, ...], said: dict) -> dict:
    changed = copy.deepcopy(case)
    for reading in readings:
        reading.rewrite(changed, said)
    return changed


def explanation(case: dict, said: dict) -> tuple[Reading, ...]:
    """Return the fewest readings that lead to the other's answer; none: unexplained."""
    theirs = their_answer(said)
    able = [r for r in READINGS if rewritten(case, (r,), said) != case]
    for size in range(1, MOST_READINGS + 1):
        for chosen in combinations(able, size):
            if answer(rewritten(case, chosen, said)) == theirs:
                return chosen
    return ()


# Examples -----------------------------------------------------------------------


def holders(part) -> Iterator[dict | list]:
    """Yield everything inside that something can be taken from, outermost first."""
    if isinstance(part, dict | list):
        yield part
        for inner in part.values() if isinstance(part, dict) else part:
            yield from holders(inner)


def smaller(case: dict) -> Iterator[dict]:
    """Yield copies of a scenario that lack one part of its policies or context."""
    for name in ("policies", "context"):
        for at, holder in enumerate(holders(case[name])):
            places = range(len(holder)) if isinstance(holder, list) else list(holder)
            for place in places:
                if place in NEEDED:
                    continue
                changed = copy.deepcopy(case)
                part = list(holders(changed[name]))[at]
                if at == 0 and name == "policies":
                    part[place] = [] if isinstance(part[place], list) else None
                else:
                    del part[place]
                yield changed


def shrunk(case: dict, chosen: tuple[Reading, ...], said: dict) -> dict:
    """Take parts away while both answers stay, the other's as the readings give it."""
    if not chosen:
        return case
    ours, theirs = answer(case), their_answer(said)
    found = True
    while found:
        found = False
        for changed in smaller(case):
            if len(json.dumps(changed)) >= len(json.dumps(case)):
                continue
            if answer(changed) != ours:
                continue
            if answer(rewritten(changed, chosen, said)) == theirs:
                case, found = changed, True
                break
    return case


# The report ---------------------------------------------------------------------

Found = tuple[dict, dict, tuple[Reading, ...]]


def example(found: list[Found]) -> str:
    """Return the smallest scenario of a class, made smaller as far as the other still
    gives the same answer."""
    found = sorted(found, key=lambda f: (len(f[2]), len(json.dumps(f[0]))))[:CANDIDATES]
    small = [shrunk(case, chosen, said) for case, said, chosen in found]
    told = peers.answers_of_simulate(small)
    confirmed = [
        (case, said)
        for case, now, (_, said, _) in zip(small, told, found, strict=True)
        if their_answer(now) == their_answer(said)
    ]
    small, said = confirmed[0] if confirmed else found[0][:2]
    policies = small["policies"]
    shown = {
        "principal": small["principal"].get("arn") or small["principal"],
        "action": small["action"],
        "resource": small["resource"],
        "owner": small["resource_account"],
        "context": small["context"],
        "resource_policy": policies["resource"],
        **{name: part for name, part in policies.items() if name != "resource"},
    }
    lines = [f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in shown.items() if v]
    verdict = f"Here: {answer(small)}. There: {their_answer(said)}."
    return verdict + "\n\n```json\n{\n" + ",\n".join(lines) + "\n}\n```\n"


def section(title: str, rule: str, page: str, found: list[Found]) -> str:
    alone = sum(len(chosen) < 2 for _, _, chosen in found)
    count = f"{alone} alone" + (
        f", {len(found) - alone} with another" if alone < len(found) else ""
    )
    return f"### {title}\n\n{count}. {rule} ({page})\n\n{example(found)}"


def report(cases: list[dict], told: list[dict], seed: int) -> tuple[str, int]:
    pairs: Counter[tuple[str, str]] = Counter()
    classes: dict[Reading, list[Found]] = defaultdict(list)
    refused: dict[str, list[Found]] = defaultdict(list)
    unexplained: list[Found] = []
    for case, said in zip(cases, told, strict=True):
        ours, theirs = answer(case), their_answer(said)
        pairs[ours, theirs] += 1
        words = theirs.removeprefix("refused: ")
        if ours == theirs:
            continue
        if words in REFUSALS:
            refused[words].append((case, said, ()))
            continue
        chosen = explanation(case, said)
        for reading in chosen:
            classes[reading].append((case, said, chosen))
        if not chosen:
            unexplained.append((case, said, ()))
    same = sum(count for (ours, theirs), count in pairs.items() if ours == theirs)
    parts = [
        HEAD.format(count=len(cases), seed=seed, pin=peers.NPM_PINS[0], same=same),
        f"{len(cases) - same} scenarios get different answers; {len(unexplained)} of "
        "them are not explained.\n",
        "| Here | There | Scenarios |\n| --- | --- | --- |",
        *(f"| {o} | {t} | {count} |" for (o, t), count in pairs.most_common()),
        "\n## Classes\n\nThe titles are the other's readings, the rule is AWS's.\n",
    ]
    for reading in sorted(classes, key=lambda r: -len(classes[r])):
        found = classes[reading]
        parts.append(section(reading.title, reading.rule, reading.page, found))
    for words, found in refused.items():
        parts.append(section(*REFUSALS[words], found))
    unseen = [reading.title for reading in READINGS if reading not in classes]
    if unseen:
        parts.append("Known, and without effect on these: " + "; ".join(unseen) + ".")
    for case, said, _ in unexplained:
        parts.append(f"Not explained: {json.dumps(case)} {json.dumps(said)}")
    return "\n".join(parts), len(unexplained)


HEAD = """# Disagreements with a second evaluator

```
.venv/bin/python -m benchmarks.disagreements > benchmarks/disagreements.md
```

wrote this page. The engine and {pin} decided {count} generated scenarios (seed {seed})
of all policy types; {same} answers are the same. Each other one was tried out:
rewritten to what the other evaluator takes it for, the scenario gets its answer from
the engine, too (`benchmarks/readings.py`).
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    cases = [with_derived_keys(c) for c in scenarios(options.seed, options.count)]
    try:
        told = peers.answers_of_simulate(cases)
    except peers.AbsentError as absent:
        raise SystemExit(f"iam-simulate is not there: {absent}") from None
    text, unexplained = report(cases, told, options.seed)
    print(text)
    sys.exit(1 if unexplained else 0)


if __name__ == "__main__":
    main()
