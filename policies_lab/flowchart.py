"""A trace placed as a chart: boxes in one column, edges, and the ends they lead to.

Pure geometry and codes. The template draws it and says the words; nothing here
knows what a box is called.

The column holds the steps that have a say, in the order in which they are taken.
An explicit deny leaves to the right of the first box. The other denials leave to the
right and run down a rail to one end. A step that allows by itself leaves to the left,
down a lane that passes by the steps that are not asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from policies_lab.iam import Decision, Outcome, Step, StepKind, Trace

# In units of the drawing. 400 units are about 330 pixels on the narrowest phone, so
# a text of 14 units is still 11.5 pixels tall there.
WIDTH = 400
LEFT, RIGHT = 34, 286
CENTRE = (LEFT + RIGHT) / 2
START_TOP, START_HEIGHT, START_WIDTH = 2, 30, 124
FIRST_TOP = 58
HEIGHT, GAP = 60, 30
# The levels of one kind stand closer together.
LEVEL_GAP = 28
END_LEFT, END_RIGHT = 304, 398
END_HEIGHT = 64
RAIL = (END_LEFT + END_RIGHT) / 2
LANE = 14
ARROW = 9
# Steps that may allow by themselves.
_GRANTING = frozenset({StepKind.RESOURCE, StepKind.ACL})


@dataclass(frozen=True)
class Node:
    """One step. `state` is pass, goes_on, stops or unreached; `by` is the decision
    that it ended in, or nothing. `top` is its upper edge."""

    number: int
    step: Step
    state: str
    by: str
    top: float

    @property
    def left(self) -> float:
        return LEFT

    @property
    def middle(self) -> float:
        return self.top + HEIGHT / 2

    @property
    def bottom(self) -> float:
        return self.top + HEIGHT


@dataclass(frozen=True)
class Edge:
    """A line with an arrow head. `label` is yes, no or nothing, at (x, y)."""

    path: str
    head: str
    taken: bool
    label: str = ""
    x: float = 0
    y: float = 0


@dataclass(frozen=True)
class End:
    """Where edges end. `reached` marks the decision."""

    decision: str
    left: float
    top: float
    width: float
    height: float
    reached: bool

    @property
    def middle(self) -> float:
        return self.top + self.height / 2

    @property
    def centre(self) -> float:
        return self.left + self.width / 2


@dataclass(frozen=True)
class Chart:
    """Everything to draw, pale edges before the taken ones."""

    width: int
    height: float
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    ends: tuple[End, ...]


def present_steps(trace: Trace) -> tuple[Step, ...]:
    """The steps that have a say, in order."""
    return tuple(s for s in trace.steps if s.outcome is not Outcome.NOT_PRESENT)


def full(trace: Trace) -> Chart:
    """The chart with a box for every step that has a say."""
    nodes = tuple(_place(trace, present_steps(trace)))
    bottom = nodes[-1].bottom + GAP
    implicit = Decision.IMPLICIT_DENY
    allow_height = 52
    ends = [
        _end(trace, Decision.ALLOW, LEFT, bottom, RIGHT - LEFT, allow_height),
        _end(
            trace,
            Decision.EXPLICIT_DENY,
            END_LEFT,
            nodes[0].middle - END_HEIGHT / 2,
            END_RIGHT - END_LEFT,
            END_HEIGHT,
        ),
    ]
    if any(_can_stop(node) for node in nodes):
        top = bottom - (END_HEIGHT - allow_height)
        width = END_RIGHT - END_LEFT
        ends.append(_end(trace, implicit, END_LEFT, top, width, END_HEIGHT))
    edges = sorted(_edges(trace, nodes, ends[0], bottom), key=lambda edge: edge.taken)
    height = bottom + allow_height + 2
    return Chart(WIDTH, height, nodes, tuple(edges), tuple(ends))


def state_of(trace: Trace, step: Step) -> str:
    """What became of a step: pass, goes_on, stops or unreached."""
    if step.outcome is Outcome.STOP:
        return "stops"
    if step.outcome is Outcome.NOT_REACHED:
        return "unreached"
    if step.kind in _GRANTING and not _grants(step):
        return "goes_on"
    return "goes_on" if step.facts.get("exempt") else "pass"


def _place(trace: Trace, steps: tuple[Step, ...]) -> Iterator[Node]:
    top = FIRST_TOP
    for number, step in enumerate(steps, 1):
        if number > 1:
            before = steps[number - 2]
            top += HEIGHT + (LEVEL_GAP if _same_kind(before, step) else GAP)
        state = state_of(trace, step)
        by = trace.decision.value if state == "stops" else ""
        yield Node(number, step, state, by, top)


def _same_kind(one: Step, other: Step) -> bool:
    return one.parent is not None and one.parent == other.parent


def _end(
    trace: Trace,
    decision: Decision,
    left: float,
    top: float,
    width: float,
    height: float,
) -> End:
    reached = trace.decision is decision
    return End(decision.value, left, top, width, height, reached)


def _edges(
    trace: Trace, nodes: tuple[Node, ...], allow: End, bottom: float
) -> Iterator[Edge]:
    reached = [node for node in nodes if node.state != "unreached"]
    allowed = trace.decision is Decision.ALLOW
    yield _down(START_TOP + START_HEIGHT, FIRST_TOP, taken=bool(reached))
    if not reached:
        yield _from_start(allow.middle)
    for node, following in zip(nodes, [*nodes[1:], None], strict=True):
        yield from _exits(node, bottom)
        after = _after(reached, node)
        ends_here = allowed and node in reached[-1:]
        if following is None:
            yield _down(node.bottom, allow.top, taken=ends_here, label=_on(node.step))
            continue
        straight = after is following
        yield _down(node.bottom, following.top, taken=straight, label=_on(node.step))
        if ends_here or _may_grant(node.step):
            label = "yes" if _may_grant(node.step) else ""
            yield _around(node.middle, allow.middle, taken=ends_here, label=label)


def _exits(node: Node, bottom: float) -> Iterator[Edge]:
    """The way to a denial."""
    stopped = node.state == "stops"
    y = node.middle
    if node.step.kind is StepKind.EXPLICIT_DENY:
        path = f"M{RIGHT} {y:g}H{END_LEFT - ARROW:g}"
        head = _pointing_right(END_LEFT, y)
        yield Edge(path, head, stopped, "yes", RIGHT - 4, node.top - 7)
    elif _can_stop(node):
        end = bottom - (END_HEIGHT - 52)
        path = f"M{RIGHT} {y:g}H{RAIL:g}V{end - ARROW:g}"
        yield Edge(path, _pointing_down(RAIL, end), stopped, "no", RIGHT + 6, y - 8)


def _after(reached: list[Node], node: Node) -> Node | None:
    """The step taken after this one, or None."""
    if node not in reached or node is reached[-1]:
        return None
    return reached[reached.index(node) + 1]


def _down(start: float, end: float, *, taken: bool, label: str = "") -> Edge:
    path = f"M{CENTRE:g} {start:g}V{end - ARROW:g}"
    head = _pointing_down(CENTRE, end)
    return Edge(path, head, taken, label, CENTRE + 10, (start + end) / 2 + 3)


def _around(start: float, end: float, *, taken: bool, label: str) -> Edge:
    path = f"M{LEFT} {start:g}H{LANE}V{end:g}H{LEFT - ARROW}"
    return Edge(path, _pointing_right(LEFT, end), taken, label, 3, start - 8)


def _from_start(end: float) -> Edge:
    """Past every step: nobody has to be asked."""
    left = CENTRE - START_WIDTH / 2
    middle = START_TOP + START_HEIGHT / 2
    path = f"M{left:g} {middle:g}H{LANE}V{end:g}H{LEFT - ARROW}"
    return Edge(path, _pointing_right(LEFT, end), taken=True)


def _pointing_right(end: float, y: float) -> str:
    return f"M{end - ARROW:g} {y - 6:g}v12l{ARROW}-6z"


def _pointing_down(x: float, end: float) -> str:
    return f"M{x - 6:g} {end - ARROW:g}h12l-6 {ARROW}z"


def _on(step: Step) -> str:
    """The answer that leads on to the next step."""
    if step.kind is StepKind.EXPLICIT_DENY:
        return "no"
    if step.kind in _GRANTING and not _must_allow(step):
        return "no"
    return "yes"


def _can_stop(node: Node) -> bool:
    """Whether a missing Allow here is an implicit deny.

    Resource control policies cannot: RCPFullAWSAccess is attached on every level.
    """
    kind = node.step.kind
    if kind in {StepKind.EXPLICIT_DENY, StepKind.RCP}:
        return False
    if kind in _GRANTING:
        return _must_allow(node.step) or node.state == "stops"
    return True


def _must_allow(step: Step) -> bool:
    return "needed" in step.facts


def _may_grant(step: Step) -> bool:
    """Whether an Allow here could end the matter."""
    return step.kind in _GRANTING and not _must_allow(step)


def _grants(step: Step) -> bool:
    grant = step.facts.get("grant")
    if step.facts.get("or_acl"):
        return grant != "none"
    return _must_allow(step) or grant in {"entity", "direct"}
