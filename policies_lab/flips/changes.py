"""A change as plain values, and the scenario that it makes of another."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from policies_lab.flips import json_edits
from policies_lab.iam import (
    ContextValue,
    IamError,
    Level,
    Policies,
    Policy,
    Problem,
    Request,
    Scenario,
    StatementTrace,
    make_request,
    parse_policy,
)
from policies_lab.iam.documents import fold

# Of the request.
KEY, ACTION, RESOURCE = "key", "action", "resource"
# Of one element of one statement.
ADD_VALUE, DROP_VALUE, DROP_TEST = "add_value", "drop_value", "drop_test"
# Of more than an element.
DROP_STATEMENT, DETACH = "drop_statement", "detach"
OF_THE_REQUEST = frozenset({KEY, ACTION, RESOURCE})
_ELEMENTS = (ADD_VALUE, DROP_VALUE, DROP_TEST)
_SIZES = (KEY, ACTION, RESOURCE, *_ELEMENTS, DROP_STATEMENT, DETACH)

_LISTED = re.compile(r"(identity|session)\[(\d+)\]")
_LEVELLED = re.compile(r"(scps|rcps)\[(\d+)\]\.policies\[(\d+)\]")
_SINGLE = frozenset({"resource", "boundary", "vpce"})


@dataclass(frozen=True)
class Change:
    """One change. `statement` is the one that it concerns, `line` its line there.

    `value` is what the request would have, or what is added to or taken from an
    element; None means absent. `was` is what the request has now. `at` counts the
    values of the element from 0.
    """

    kind: str
    statement: StatementTrace
    line: int
    key: str = ""
    value: ContextValue | None = None
    was: ContextValue | None = None
    element: str = ""
    operator: str = ""
    at: int = 0

    @property
    def size(self) -> int:
        return _SIZES.index(self.kind)

    @property
    def token(self) -> str:
        """A name that says what the change is, and not where it was found."""
        place = (self.statement.policy, self.statement.statement)
        if self.kind in OF_THE_REQUEST:
            place = ("", 0)
        said = (self.kind, *place, fold(self.key), self.value, self.element)
        return sha256(repr((*said, self.operator)).encode()).hexdigest()[:16]

    @property
    def target(self) -> tuple[str, ...]:
        """What is changed: of several values for one thing, one is enough."""
        if self.kind in OF_THE_REQUEST:
            return (self.kind, fold(self.key))
        return (self.kind, self.token)


def carried_out(scenario: Scenario, change: Change) -> Scenario:
    """The scenario after a change. Raises IamError where there is no such one."""
    if change.kind in OF_THE_REQUEST:
        return replace(scenario, request=_asked(scenario.request, change))
    path = change.statement.policy
    policy: Policy | None = None
    if change.kind != DETACH:
        old = policy_at(scenario.policies, path)
        text = edited(old.text, change)
        if text is None:
            raise IamError((Problem("missing_statement", path),))
        policy = parse_policy(text, name=old.name, kind=old.kind, origin=old.origin)
    return replace(scenario, policies=_with(scenario.policies, path, policy))


def edited(text: str, change: Change) -> str | None:
    """The text of the document after a change of one; None where nothing is left."""
    number, value = change.statement.statement, str(change.value)
    if change.kind == ADD_VALUE:
        return json_edits.add_value(text, number, change.element, value)
    if change.kind == DROP_VALUE:
        return json_edits.drop_value(text, number, change.element, change.at)
    if change.kind == DROP_TEST:
        return json_edits.drop_test(text, number, change.operator, change.key)
    return json_edits.drop_statement(text, number)


def _asked(request: Request, change: Change) -> Request:
    context = dict(request.context)
    if change.kind == KEY:
        context = {k: v for k, v in context.items() if fold(k) != fold(change.key)}
        if change.value is not None:
            context[change.key] = change.value
    value = str(change.value)
    return make_request(
        principal=request.principal,
        action=value if change.kind == ACTION else request.action,
        resource=value if change.kind == RESOURCE else request.resource,
        resource_account=request.resource_account,
        context=context,
    )


# Documents by their place ----------------------------------------------------------


def is_document(path: str) -> bool:
    """Whether the path is that of a document, and not of an access control list."""
    whole = _LISTED.fullmatch(path) or _LEVELLED.fullmatch(path)
    return whole is not None or path in _SINGLE


def policy_at(policies: Policies, path: str) -> Policy:
    """The document with a trace's path."""
    return next(policy for at, policy in _documents(policies) if at == path)


def _documents(policies: Policies) -> Iterator[tuple[str, Policy]]:
    for name in ("identity", "session"):
        for number, policy in enumerate(getattr(policies, name)):
            yield f"{name}[{number}]", policy
    for name in ("scps", "rcps"):
        for number, level in enumerate(getattr(policies, name)):
            for at, policy in enumerate(level.policies):
                yield f"{name}[{number}].policies[{at}]", policy
    for name in _SINGLE:
        if policy := getattr(policies, name):
            yield name, policy


def _with(policies: Policies, path: str, policy: Policy | None) -> Policies:
    """The policies with another document in a place, or without it.

    A level whose last document goes is gone as well: a bench has no empty levels.
    """
    if path in _SINGLE:
        return replace(policies, cache={}, **{path: policy})
    if listed := _LISTED.fullmatch(path):
        name, at = listed[1], int(listed[2])
        found = _put(getattr(policies, name), at, policy)
        return replace(policies, cache={}, **{name: found})
    levelled = _LEVELLED.fullmatch(path)
    if levelled is None:  # INVARIANT: only documents are changed
        raise ValueError(path)
    name, number, at = levelled[1], int(levelled[2]), int(levelled[3])
    levels = getattr(policies, name)
    documents = _put(levels[number].policies, at, policy)
    level = Level(levels[number].level, documents) if documents else None
    return replace(policies, cache={}, **{name: _put(levels, number, level)})


def _put(things: tuple, at: int, new: object) -> tuple:
    middle = () if new is None else (new,)
    return (*things[:at], *middle, *things[at + 1 :])
