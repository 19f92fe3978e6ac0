"""Documents that are asked together: those of one step, and of one level where an
organisation takes a step level by level. Allow is a union inside a group."""

from typing import NamedTuple

from policies_lab.iam.compiled import Statements, UnknowableError, compiled
from policies_lab.iam.documents import Effect, Policies, Policy
from policies_lab.iam.elements import Call
from policies_lab.iam.principals import Grant
from policies_lab.iam.trace import StepKind

_CACHED_ACTIONS = 64


class Document(NamedTuple):
    """A document, its statements and its place, for example `scps[1].policies[0]`."""

    path: str
    policy: Policy
    statements: Statements


class Group:
    """The documents of one step and level, ready to be asked."""

    __slots__ = ("_by_action", "_statements", "documents", "kind", "level")

    def __init__(
        self, kind: StepKind, level: int, documents: tuple[Document, ...]
    ) -> None:
        self.kind = kind
        self.level = level
        self.documents = documents
        self._statements = tuple(s for d in documents for s in d.statements)
        self._by_action: dict[str, tuple[Statements, Statements]] = {}

    def denies(self, call: Call) -> bool:
        """Whether a Deny statement applies. Raises UnknowableError."""
        statements = self._speaking_of(call.action)[0]
        return bool(statements) and _strongest(statements, call) is not Grant.NONE

    def allows(self, call: Call) -> bool:
        """Whether an Allow statement applies. Raises UnknowableError."""
        return self.grant(call) is not Grant.NONE

    def grant(self, call: Call) -> Grant:
        """Return the strongest grant of an Allow statement. Raises UnknowableError."""
        return _strongest(self._speaking_of(call.action)[1], call)

    def _speaking_of(self, action: str) -> tuple[Statements, Statements]:
        """Return the Deny and the Allow statements whose Action matches (folded)."""
        found = self._by_action.get(action)
        if found is None:
            matching = [s for s in self._statements if s.action.matches(action)]
            found = (
                tuple(s for s in matching if s.statement.effect is Effect.DENY),
                tuple(s for s in matching if s.statement.effect is Effect.ALLOW),
            )
            if len(self._by_action) >= _CACHED_ACTIONS:
                self._by_action.clear()
            self._by_action[action] = found
        return found


def _strongest(statements: Statements, call: Call) -> Grant:
    """Return the strongest grant among the statements.

    A statement that cannot be told matters only where no other one applies in full;
    then its UnknowableError is raised. So the order of statements never counts.
    """
    best = Grant.NONE
    untold: UnknowableError | None = None
    for statement in statements:
        try:
            found = statement.grant(call)
        except UnknowableError as error:
            untold = untold or error
            continue
        if found is Grant.DIRECT:
            return found
        if found > best:
            best = found
    if untold is not None:
        raise untold
    return best


Groups = dict[StepKind, tuple[Group, ...]]


def grouped(policies: Policies) -> Groups:
    """Return the groups by step, in the order of the steps, compiled at first use.

    A step without a document has no group; a level of an organisation always has one.
    """
    found = policies.cache.get("groups")
    if not isinstance(found, dict):
        found = policies.cache["groups"] = _group(policies)
    return found


def _group(policies: Policies) -> Groups:
    groups: Groups = {}
    for kind, levels in (
        (StepKind.RCP, policies.rcps),
        (StepKind.SCP, policies.scps),
    ):
        if levels:
            groups[kind] = tuple(
                Group(
                    kind,
                    number,
                    _documents(level.policies, f"{kind.value}s[{number}].policies"),
                )
                for number, level in enumerate(levels)
            )
    for kind, listed, is_list in (
        (StepKind.VPCE, (policies.vpce,), False),
        (StepKind.RESOURCE, (policies.resource,), False),
        (StepKind.IDENTITY, policies.identity, True),
        (StepKind.BOUNDARY, (policies.boundary,), False),
        (StepKind.SESSION, policies.session, True),
    ):
        present = tuple(policy for policy in listed if policy is not None)
        if present:
            documents = _documents(present, kind.value, numbered=is_list)
            groups[kind] = (Group(kind, 0, documents),)
    if policies.acls:
        lists = tuple(
            Document(path, policy, compiled(policy))
            for path, policy in policies.acls.items()
        )
        groups[StepKind.ACL] = (Group(StepKind.ACL, 0, lists),)
    return groups


def _documents(
    policies: tuple[Policy, ...], path: str, *, numbered: bool = True
) -> tuple[Document, ...]:
    return tuple(
        Document(f"{path}[{at}]" if numbered else path, policy, compiled(policy))
        for at, policy in enumerate(policies)
    )
