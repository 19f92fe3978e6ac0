"""Policies and stated decisions of lessons, as pure data.

A `policy` fence holds a whole policy document, a `decision` fence says what is
decided about one request by the policies since the last heading. What is
stated here is shown to readers; whoever knows policies evaluates it at import.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from courseware.markup import Document, Fence, Heading
from courseware.problems import did_you_mean

POLICY_TYPES = (
    "identity",
    "resource",
    "trust",
    "boundary",
    "session",
    "scp",
    "rcp",
    "endpoint",
)
# The policy types of which a request meets one at most, and the place they take.
PLACES = {
    "resource": "resource",
    "trust": "resource",
    "boundary": "boundary",
    "endpoint": "endpoint",
}
DECISIONS = ("allow", "explicit_deny", "implicit_deny")
# The steps of an evaluation that can decide.
STEPS = (
    "rcp",
    "scp",
    "vpce",
    "block_public_access",
    "resource",
    "acl",
    "identity",
    "identity+resource",
    "identity+acl",
    "boundary",
    "session",
    "root_user",
    "none_needed",
)
FIELDS = (
    "principal",
    "action",
    "resource",
    "resource_account",
    "decision",
    "step",
    "statement",
)
REQUIRED = ("principal", "action", "resource", "decision")
MAX_POLICY = 32_768
MAX_DEPTH = 20
NAME = re.compile(r"[A-Za-z0-9_+=,.@-]{1,128}", re.A)
ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+", re.A)
PRINCIPAL = re.compile(r"arn:[^\s:]+:.+|[a-z-]+/\S+|root", re.A)


class Malformed(Exception):
    """A fence cannot be read; `problems` are (line, message) in the lesson's file."""

    def __init__(self, problems: list[tuple[int, str]]):
        super().__init__(problems)
        self.problems = problems


@dataclass(frozen=True)
class PolicyExample:
    """`text` is the document as written; `line` is where its fence begins."""

    line: int
    name: str
    type: str
    text: str


@dataclass(frozen=True)
class StatedDecision:
    """A claim about one request; `context` values are text, or lists of texts.

    `resource_account` is empty where the resource belongs to the caller's account
    or its ARN names the owner.
    """

    line: int
    principal: str
    action: str
    resource: str
    decision: str
    resource_account: str = ""
    step: str = ""
    statement: str = ""
    context: dict[str, str | list[str]] = field(default_factory=dict)
    policies: tuple[PolicyExample, ...] = ()

    @property
    def decided_by(self) -> PolicyExample | None:
        """The policy that holds the statement named."""
        for policy in self.policies:
            for statement in _statements(policy.text):
                if self.statement and statement.get("Sid") == self.statement:
                    return policy
        return None


def read_policy(fence: Fence) -> PolicyExample:
    """Raises Malformed."""
    words = fence.info.split()[1:]
    problems = []
    name = words[0] if words else ""
    kind = words[1] if len(words) > 1 else "identity"
    if not NAME.fullmatch(name):
        problems.append((fence.line, "a policy fence names its policy: ```policy NAME"))
    if kind not in POLICY_TYPES:
        hint = did_you_mean(kind, POLICY_TYPES)
        problems.append((fence.line, f'unknown policy type "{kind}"{hint}'))
    for word in words[2:]:
        problems.append((fence.line, f'unknown word "{word}" after the policy type'))
    problems += _json_problems(fence)
    if problems:
        raise Malformed(problems)
    return PolicyExample(fence.line, name, kind, fence.code)


def read_decision(
    fence: Fence, policies: Iterable[PolicyExample] | None
) -> StatedDecision:
    """`policies` are those since the last heading, or None where one of them cannot
    be read. Raises Malformed.
    """
    unreadable = policies is None
    policies = tuple(policies or ())
    values: dict[str, str] = {}
    context: dict[str, str | list[str]] = {}
    problems = [
        (fence.line, f'unknown word "{word}" after decision')
        for word in fence.info.split()[1:]
    ]
    for number, text in enumerate(fence.code.split("\n"), start=fence.line + 1):
        if not text.strip():
            continue
        name, separator, value = text.partition(": ")
        name, value = name.strip(), value.strip()
        if not separator or not value:
            problems.append((number, f'"{text.strip()[:60]}" is not "name: value"'))
        elif name in values or name in context:
            problems.append((number, f'"{name}" stands here a second time'))
        elif ":" in name:
            context[name] = _context_value(value)
        elif name in FIELDS:
            values[name] = value
            problems += [(number, said) for said in _field_problems(name, value)]
        else:
            hint = did_you_mean(name, FIELDS)
            problems.append((number, f'unknown name "{name}"{hint}'))
    missing = [name for name in REQUIRED if name not in values]
    if missing:
        problems.append((fence.line, f"the decision lacks {', '.join(missing)}"))
    if not policies and not unreadable:
        problems.append((fence.line, "no policy stands between the heading and this"))
    problems += [
        (fence.line, f"two {name} policies stand between the heading and this")
        for name, number in _slots(policies).items()
        if number > 1
    ]
    if problems:
        raise Malformed(problems)
    stated = StatedDecision(fence.line, context=context, policies=policies, **values)
    if stated.statement and not unreadable and stated.decided_by is None:
        sids = _sids(policies)
        hint = did_you_mean(stated.statement, sids)
        raise Malformed(
            [(fence.line, f'no policy above has a Sid "{stated.statement}"{hint}')]
        )
    return stated


def read(document: Document) -> tuple[dict[int, object], list[tuple[int, str]]]:
    """What the fences of a lesson hold, by the number of their piece; problems."""
    found: dict[int, object] = {}
    problems: list[tuple[int, str]] = []
    since_heading: list[PolicyExample] = []
    unreadable = False
    for number, piece in enumerate(document.pieces):
        if isinstance(piece, Heading) and piece.level <= 3:
            since_heading, unreadable = [], False
        kind = piece.info.split()[:1] if isinstance(piece, Fence) else []
        try:
            if kind == ["policy"]:
                found[number] = read_policy(piece)
                since_heading.append(found[number])
            elif kind == ["decision"]:
                known = None if unreadable else since_heading
                found[number] = read_decision(piece, known)
            elif kind and len(piece.info.split()) > 1:
                raise Malformed([(piece.line, f'unknown word after "{kind[0]}"')])
        except Malformed as malformed:
            problems += malformed.problems
            unreadable = unreadable or kind == ["policy"]
    return found, problems


def _slots(policies: Iterable[PolicyExample]) -> Counter:
    """How many policies compete for the places that hold one."""
    return Counter(PLACES[one.type] for one in policies if one.type in PLACES)


def _field_problems(name: str, value: str) -> list[str]:
    if name == "decision" and value not in DECISIONS:
        return [f'unknown decision "{value}"{did_you_mean(value, DECISIONS)}']
    if name == "step" and value not in STEPS:
        return [f'unknown step "{value}"{did_you_mean(value, STEPS)}']
    if name == "action" and not ACTION.fullmatch(value):
        return [f'"{value}" is not an action such as s3:GetObject']
    if name == "resource_account" and not re.fullmatch(r"\d{12}", value, re.A):
        return [f'"{value}" is not an account number of 12 digits']
    if name == "principal" and not PRINCIPAL.fullmatch(value):
        return [f'"{value}" is not an ARN, nor what follows the account in one']
    return []


def _context_value(value: str) -> str | list[str]:
    if value.startswith("[") and value.endswith("]"):
        return [part.strip() for part in value[1:-1].split(",") if part.strip()]
    return value


def _statements(text: str) -> list[dict]:
    statements = json.loads(text).get("Statement", [])
    if isinstance(statements, dict):
        statements = [statements]
    return [statement for statement in statements if isinstance(statement, dict)]


def _sids(policies: Iterable[PolicyExample]) -> list[str]:
    sids = []
    for policy in policies:
        sids += [
            str(found["Sid"]) for found in _statements(policy.text) if "Sid" in found
        ]
    return sids


def _json_problems(fence: Fence) -> list[tuple[int, str]]:
    """JSON alone; what a policy may say is the engine's to judge."""
    if len(fence.code) > MAX_POLICY:
        return [(fence.line, f"the policy is longer than {MAX_POLICY:,} characters")]
    if _depth(fence.code) > MAX_DEPTH:
        return [(fence.line, f"the policy is nested more than {MAX_DEPTH} deep")]
    try:
        document = json.loads(
            fence.code, object_pairs_hook=_once, parse_constant=_no_constant
        )
    except json.JSONDecodeError as error:
        line = fence.line + error.lineno
        return [(line, f"not JSON: {error.msg} (column {error.colno})")]
    except ValueError as error:
        return [(fence.line, f"not JSON: {error}")]
    if not isinstance(document, dict) or "Statement" not in document:
        return [(fence.line, "a policy is an object with a Statement")]
    return []


def _depth(text: str) -> int:
    """How deep brackets nest (those in strings too: a bound, not a measure)."""
    depth = deepest = 0
    for character in text:
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, object]]) -> dict:
    members = dict(pairs)
    if len(members) != len(pairs):
        counted = Counter(name for name, _ in pairs)
        twice = counted.most_common(1)[0][0]
        raise ValueError(f'the member "{twice}" stands twice in one object')
    return members


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")
