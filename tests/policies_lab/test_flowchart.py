"""The chart of a trace: where everything stands, for each verdict and every case."""

import json
import re
from itertools import pairwise

import pytest

from policies_lab import bench, flowchart, telling, telling_steps
from policies_lab.evaluations import decided_at
from policies_lab.iam import Decision, EvaluationError, Outcome, evaluate, read_scenario
from policies_lab.scenarios import ready_scenarios
from tests.iam.cases import CORPUS

WORKED = json.loads((CORPUS / "worked-cases.json").read_text(encoding="utf-8"))["cases"]


def trace_of(key: str):
    scenario, _laid = bench.read(ready_scenarios()[key].bench)
    return evaluate(scenario)


def drawn(chart) -> str:
    """The chart in text: size, boxes, ends, and edges with the taken ones last."""
    lines = [f"{chart.width} x {chart.height:g}"]
    lines += [f"{n.number} {n.step.id} {n.state} {n.top:g}" for n in chart.nodes]
    lines += [
        f"{end.decision} {end.left:g},{end.top:g} {end.width:g}x{end.height:g}"
        + (" reached" if end.reached else "")
        for end in chart.ends
    ]
    lines += [
        f"{'=' if edge.taken else '-'} {edge.path} {edge.label}".rstrip()
        for edge in chart.edges
    ]
    return "\n".join(lines)


LAYOUTS = {
    "first-allow": """400 x 292
1 explicit_deny pass 58
2 identity pass 148
allow 34,238 252x52 reached
explicit_deny 304,56 94x64
implicit_deny 304,226 94x64
- M286 88H295 yes
- M286 178H351V217 no
= M160 32V49
= M160 118V139 no
= M160 208V229 yes""",
    "tls-only-bucket": """400 x 382
1 explicit_deny stops 58
2 resource unreached 148
3 identity unreached 238
allow 34,328 252x52
explicit_deny 304,56 94x64 reached
implicit_deny 304,316 94x64
- M160 118V139 no
- M160 208V229 no
- M34 178H14V354H25 yes
- M286 268H351V307 no
- M160 298V319 yes
= M160 32V49
= M286 88H295 yes""",
    "scp-ceiling": """400 x 558
1 explicit_deny pass 58
2 scp[0] pass 148
3 scp[1] stops 236
4 scp[2] unreached 324
5 identity unreached 414
allow 34,504 252x52
explicit_deny 304,56 94x64
implicit_deny 304,492 94x64 reached
- M286 88H295 yes
- M286 178H351V483 no
- M160 296V315 yes
- M286 354H351V483 no
- M160 384V405 yes
- M286 444H351V483 no
- M160 474V495 yes
= M160 32V49
= M160 118V139 no
= M160 208V227 yes
= M286 266H351V483 no""",
}


@pytest.mark.parametrize("key", LAYOUTS)
def test_the_layout_for_each_verdict(key):
    assert drawn(flowchart.full(trace_of(key))) == LAYOUTS[key]


def charts():
    for case in WORKED:
        scenario = read_scenario(json.dumps(case))
        try:
            yield pytest.param(evaluate(scenario), scenario.request, id=case["id"])
        except EvaluationError:
            continue


CASES = list(charts())


def test_nearly_every_worked_case_is_drawn():
    assert len(CASES) >= len(WORKED) - 5
    assert {case.values[0].decision for case in CASES} == set(Decision)


@pytest.mark.parametrize(("trace", "request_"), CASES)
def test_exactly_the_decision_is_reached_and_the_way_there_is_unbroken(trace, request_):
    chart = flowchart.full(trace)
    (reached,) = [end for end in chart.ends if end.reached]
    assert reached.decision == trace.decision
    taken = [edge for edge in chart.edges if edge.taken]
    asked = [node for node in chart.nodes if node.state != "unreached"]
    # One edge into each step that was asked, and one out of the last into the end.
    assert len(taken) == len(asked) + 1
    x, y = tip(taken_last(taken, reached))
    assert reached.left <= x <= reached.left + reached.width
    assert reached.top <= y <= reached.top + reached.height


def tip(edge) -> tuple[float, float]:
    """Where the arrow head of an edge points."""
    start = re.match(r"M(-?[\d.]+) (-?[\d.]+)(.*)", edge.head)
    x, y, rest = float(start[1]), float(start[2]), start[3]
    if rest.startswith("h12"):
        return x + 6, y + flowchart.ARROW
    return x + flowchart.ARROW, y + 6


def taken_last(taken, end):
    inside = [
        edge
        for edge in taken
        if end.left <= tip(edge)[0] <= end.left + end.width
        and end.top <= tip(edge)[1] <= end.top + end.height
    ]
    assert len(inside) == 1
    return inside[0]


@pytest.mark.parametrize(("trace", "request_"), CASES)
def test_boxes_stand_apart_inside_the_drawing(trace, request_):
    chart = flowchart.full(trace)
    boxes = [
        (node.left, node.top, flowchart.RIGHT - flowchart.LEFT, flowchart.HEIGHT)
        for node in chart.nodes
    ]
    boxes += [(end.left, end.top, end.width, end.height) for end in chart.ends]
    for left, top, width, height in boxes:
        assert left >= 0
        assert top >= 0
        assert left + width <= chart.width
        assert top + height <= chart.height
    for one in boxes:
        for other in boxes:
            if one is not other:
                assert apart(one, other)
    for edge in chart.edges:
        for x in horizontal(edge.path):
            assert 0 <= x <= chart.width


def apart(one, other) -> bool:
    beside = one[0] + one[2] < other[0] or other[0] + other[2] < one[0]
    above = one[1] + one[3] < other[1] or other[1] + other[3] < one[1]
    return beside or above


def horizontal(path: str) -> list[float]:
    found = re.findall(r"M(-?[\d.]+)|H(-?[\d.]+)", path)
    return [float(first or second) for first, second in found]


@pytest.mark.parametrize(("trace", "request_"), CASES)
def test_steps_run_downwards_in_the_order_of_the_trace(trace, request_):
    chart = flowchart.full(trace)
    for one, other in pairwise(chart.nodes):
        assert one.bottom < other.top
        assert one.number + 1 == other.number
    assert [node.step for node in chart.nodes] == [
        step for step in trace.steps if step.outcome is not Outcome.NOT_PRESENT
    ]


@pytest.mark.parametrize(("trace", "request_"), CASES)
def test_every_step_has_words_that_fit_its_box(trace, request_):
    present = flowchart.present_steps(trace)
    for step in present:
        assert len(telling_steps.short_title(step)) <= 22
        found = telling_steps.found(step, telling_steps.FOUND_WIDTH)
        assert len(found) <= telling_steps.FOUND_WIDTH
        assert telling_steps.asks(step)
        for statement in step.statements:
            assert telling.reason(statement)
    assert 0 <= decided_at(trace, present) <= len(present)


@pytest.mark.parametrize(("trace", "request_"), CASES)
def test_every_decision_has_its_sentence(trace, request_):
    assert telling.sentence(trace, request_).endswith(".")


def test_only_the_steps_that_have_a_say_are_drawn():
    steps = [node.step.id for node in flowchart.full(trace_of("first-allow")).nodes]
    assert steps == ["explicit_deny", "identity"]
