"""One trace, of which every explanation is a fold.

A trace holds codes, positions and the values that were compared, never sentences.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from policies_lab.iam.documents import ContextValue, Effect, Span


class Decision(StrEnum):
    """The answer. AWS calls both denials AccessDenied."""

    ALLOW = "allow"
    EXPLICIT_DENY = "explicit_deny"
    IMPLICIT_DENY = "implicit_deny"


class StepKind(StrEnum):
    """The steps, in the order in which they are taken. `block_public_access` and `acl`
    only where a scenario says what S3 has besides policies."""

    EXPLICIT_DENY = "explicit_deny"
    RCP = "rcp"
    SCP = "scp"
    VPCE = "vpce"
    BLOCK_PUBLIC_ACCESS = "block_public_access"
    RESOURCE = "resource"
    ACL = "acl"
    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SESSION = "session"


class DecidingStep(StrEnum):
    """Where the decision fell."""

    RCP = "rcp"
    SCP = "scp"
    VPCE = "vpce"
    BLOCK_PUBLIC_ACCESS = "block_public_access"
    RESOURCE = "resource"
    ACL = "acl"
    IDENTITY = "identity"
    IDENTITY_AND_RESOURCE = "identity+resource"
    IDENTITY_AND_ACL = "identity+acl"
    BOUNDARY = "boundary"
    SESSION = "session"
    ROOT_USER = "root_user"
    NONE_NEEDED = "none_needed"


class Outcome(StrEnum):
    """What became of a step. `pass` goes on (or allows, at the deciding step); `stop`
    denies; `not_present` means that no such policy binds this caller."""

    PASS = "pass"  # noqa: S105 (a word of the trace, not a password)
    STOP = "stop"
    NOT_REACHED = "not_reached"
    NOT_PRESENT = "not_present"


class ElementCheck(NamedTuple):
    """One element of a statement held against the request.

    `element` is Principal, NotPrincipal, Action, NotAction, Resource, NotResource or
    Condition; `key` and `operator` only for the last. `request_value` is None where
    the request has no such key. `matched` is whether the element is satisfied (for
    a Not element: whether nothing listed matched); None means that an earlier
    element had already failed. `hits` are the positions in `policy_values` that the
    request's value met. `expanded` gives the values after variables were replaced
    (None: the variable has no value) and is empty where there are no variables.
    `note` is a code that says why, where the comparison alone does not.
    """

    element: str
    policy_values: tuple[str, ...]
    request_value: ContextValue | None
    matched: bool | None
    span: Span
    key: str | None = None
    operator: str | None = None
    hits: tuple[int, ...] = ()
    expanded: tuple[str | None, ...] = ()
    note: str = ""


class StatementTrace(NamedTuple):
    """One statement held against the request, element by element.

    `policy` is the document's path in the scenario (`identity[0]`), `origin` where
    the caller has it from. `note` is a code, for results that AWS does not promise.
    """

    policy: str
    name: str
    origin: str
    statement: int
    sid: str | None
    effect: Effect
    span: Span
    applies: bool
    checks: tuple[ElementCheck, ...]
    note: str = ""

    @property
    def failed(self) -> ElementCheck | None:
        """The first element that is not satisfied; None where the statement applies."""
        return next((check for check in self.checks if check.matched is False), None)


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `level` only for scp and rcp, which take one step for each level;
    those share the `parent` "scp" or "rcp".

    `statements`: the Deny statements of all policies in the step `explicit_deny`, the
    Allow statements of its own policies in every other. They are filled in for
    steps that were not reached, too; they had no part in the decision then.
    `facts` are codes: `exempt` (why policies that are there do not bind),
    `grant` (none, delegation, entity or direct: what the Allow of the resource policy
    or of an ACL is worth), `needed` (why this policy has to allow), `or_acl` (the same,
    where an ACL may do it instead), `found_in` (the policy type of an explicit deny),
    `setting` (of Block Public Access, that stops).
    """

    id: str
    parent: str | None
    kind: StepKind
    level: str | None
    outcome: Outcome
    statements: tuple[StatementTrace, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trace:
    """The decision and the way to it.

    `deciding` are the statements that applied at the deciding step: the Deny
    statements of an explicit deny, the Allow statements of an allow; an implicit
    deny has none. `statements` are all that were looked at, policy by policy.
    """

    decision: Decision
    deciding_step: DecidingStep
    steps: tuple[Step, ...]
    deciding: tuple[StatementTrace, ...]
    statements: tuple[StatementTrace, ...]

    @property
    def stopped_at(self) -> Step | None:
        """The step that denied, or None where the request is allowed."""
        return next((step for step in self.steps if step.outcome is Outcome.STOP), None)
