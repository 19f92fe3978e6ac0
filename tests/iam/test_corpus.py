"""Every scenario of the corpus is decided as it says."""

import json

import pytest

from policies_lab.iam import decide, evaluate, read_scenario, result
from tests.iam.cases import load_cases

CASES = dict(load_cases())


@pytest.mark.parametrize("path", CASES)
def test_decision_and_step(path):
    case = CASES[path]
    scenario = read_scenario(case)
    trace = evaluate(scenario)
    quick = decide(scenario)
    expected = case["expected"]
    found = {"decision": trace.decision, "deciding_step": trace.deciding_step}
    assert found == expected
    assert {"decision": quick.decision, "deciding_step": quick.deciding_step} == found


@pytest.mark.parametrize("path", CASES)
def test_text_and_object_say_the_same(path):
    """A scenario means the same from its text, and its policies from theirs."""
    case = CASES[path]
    as_text = {**case, "policies": _written(case["policies"])}
    expected = result(evaluate(read_scenario(case)), id=None, with_trace=True)
    for source in (json.dumps(case), as_text):
        found = result(evaluate(read_scenario(source)), id=None, with_trace=True)
        assert found == expected


def _written(policies):
    """The policies as canonical text, in which lines and columns stay the same."""

    def text(document):
        return json.dumps(document, indent=2, ensure_ascii=False)

    written = dict(policies)
    for name in ("identity", "session"):
        written[name] = [text(document) for document in policies.get(name) or []]
    for name in ("resource", "boundary", "vpce"):
        if policies.get(name):
            written[name] = text(policies[name])
    for name in ("scps", "rcps"):
        written[name] = [
            {"level": level["level"], "policies": [text(p) for p in level["policies"]]}
            for level in policies.get(name) or []
        ]
    return written


def test_the_corpus_is_whole():
    assert sum(path.startswith("worked-cases/") for path in CASES) == 121
