"""What is evaluated: policies, callers and requests, as values that never change.

Nothing here decides anything. Positions are 1-based and count characters; they
refer to the text that the policy was read from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

ContextValue = str | tuple[str, ...]
"""A context key has one value (a string) or is multivalued (a tuple of strings)."""


def fold(text: str) -> str:
    """Return text with A to Z in lower case, and nothing else changed.

    `str.lower` would turn the Kelvin sign into k, and two actions that AWS keeps
    apart would meet.
    """
    if text.isascii():
        return text.lower()
    # Bytes have no letters but those of ASCII.
    return (
        text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")
    )


def is_role(resource: str) -> bool:
    """Whether the resource is an IAM role; its resource policy is its trust policy."""
    fields = resource.split(":", 5)
    return len(fields) == 6 and fields[2] == "iam" and fields[5].startswith("role/")


class PolicyType(StrEnum):
    """Where a document is attached; this settles its grammar and what it can do."""

    IDENTITY = "identity"
    RESOURCE = "resource"
    TRUST = "trust"
    BOUNDARY = "boundary"
    SESSION = "session"
    SCP = "scp"
    RCP = "rcp"
    ENDPOINT = "endpoint"


class Effect(StrEnum):
    """What a statement does when it applies."""

    ALLOW = "Allow"
    DENY = "Deny"


class Version(StrEnum):
    """The policy language; only the later one knows `${...}`."""

    V2008 = "2008-10-17"
    V2012 = "2012-10-17"


class Span(NamedTuple):
    """A stretch of text: 1-based, `end_column` is one past the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


NOWHERE = Span(1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a code, its place and what a sentence needs to say."""

    code: str
    path: str
    span: Span = NOWHERE
    facts: Mapping[str, str] = field(default_factory=dict)


class IamError(Exception):
    """Something cannot be read or evaluated; `problems` says what, all of it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{p.path}: {p.code}" for p in problems))
        self.problems = problems


class PolicyError(IamError):
    """A policy document has problems."""


class ScenarioError(IamError):
    """A scenario has problems; `id` is its own, where that much could be read.

    `is_json` is False where the text is not even JSON.
    """

    def __init__(
        self,
        problems: tuple[Problem, ...],
        id: str | None = None,
        *,
        is_json: bool = True,
    ) -> None:
        super().__init__(problems)
        self.id = id
        self.is_json = is_json


class EvaluationError(IamError):
    """The answer would be a guess, or too much work: no decision is given."""


@dataclass(frozen=True, slots=True)
class Value:
    """One scalar of a document. `json_type` is string, number or boolean."""

    text: str
    span: Span
    json_type: str = "string"


@dataclass(frozen=True, slots=True)
class Element:
    """Action, NotAction, Resource or NotResource with the values it lists.

    `negated` is whether it matches what is *not* listed; `texts` are the values as
    they are written.
    """

    name: str
    values: tuple[Value, ...]
    span: Span
    negated: bool = field(init=False, compare=False, repr=False)
    texts: tuple[str, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "negated", self.name.startswith("Not"))
        object.__setattr__(self, "texts", tuple([v.text for v in self.values]))


@dataclass(frozen=True, slots=True)
class PrincipalEntry:
    """One listed principal. `type` is AWS, Service, Federated, CanonicalUser or *."""

    type: str
    value: str
    span: Span

    @property
    def text(self) -> str:
        """The entry as a reader would name it, for example `AWS: 111111111111`."""
        return "*" if self.type == "*" else f"{self.type}: {self.value}"


@dataclass(frozen=True, slots=True)
class PrincipalElement:
    """Principal or NotPrincipal. `negated` is whether everyone but the listed is meant;
    `texts` are the entries as a reader would name them."""

    name: str
    entries: tuple[PrincipalEntry, ...]
    span: Span
    negated: bool = field(init=False, compare=False, repr=False)
    texts: tuple[str, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "negated", self.name == "NotPrincipal")
        object.__setattr__(self, "texts", tuple([e.text for e in self.entries]))


@dataclass(frozen=True, slots=True)
class ConditionTest:
    """One key under one operator: `values` are ORed (NORed when negated), `texts` are
    the values as they are written."""

    operator: str
    key: str
    values: tuple[Value, ...]
    span: Span
    operator_span: Span
    key_span: Span
    texts: tuple[str, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "texts", tuple([v.text for v in self.values]))


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; `index` counts from 0, `path` is its place in the document."""

    index: int
    sid: str | None
    effect: Effect
    principal: PrincipalElement | None
    action: Element
    resource: Element | None
    conditions: tuple[ConditionTest, ...]
    span: Span
    effect_span: Span
    path: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document that was read without a problem.

    `name` and `origin` are labels for people: what it is called and where the caller
    has it from ("group Analysts"). `cache` holds what the engine compiles from the
    document; it is derived, so it takes no part in equality.
    """

    version: Version
    id: str | None
    statements: tuple[Statement, ...]
    text: str
    span: Span
    kind: PolicyType = PolicyType.IDENTITY
    name: str = ""
    origin: str = ""
    cache: dict[str, object] = field(default_factory=dict, compare=False, repr=False)


class PrincipalType(StrEnum):
    """Who is calling, as far as evaluation has to tell callers apart."""

    USER = "user"
    ROLE_SESSION = "role_session"
    FEDERATED_USER = "federated_user"
    ROOT = "root"
    SERVICE = "service"
    ANONYMOUS = "anonymous"
    WEB_IDENTITY = "web_identity"
    SAML = "saml"


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller. `role_arn` belongs to a role session, `user_arn` is the parent of a
    federated user, `service` and `provider` name what has no ARN of its own."""

    type: PrincipalType
    arn: str | None = None
    account: str | None = None
    role_arn: str | None = None
    user_arn: str | None = None
    service: str | None = None
    provider: str | None = None
    service_linked: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One action on one resource, with the context keys that are present.

    `context` keeps the keys as they were written; `lookup` is the same with folded
    keys, because key names ignore case. `widest` is the largest number of values of
    one key, `longest` the largest number of characters.
    """

    principal: Principal
    action: str
    resource: str
    resource_account: str
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    lookup: Mapping[str, ContextValue] = field(init=False, compare=False, repr=False)
    widest: int = field(init=False, compare=False, repr=False)
    longest: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        lookup = {fold(key): value for key, value in self.context.items()}
        if len(lookup) != len(self.context):
            raise ValueError("context keys differ only in case")
        values = [(v,) if isinstance(v, str) else v for v in lookup.values()]
        own = len(self.action) + len(self.resource)
        longest = max((sum(map(len, v)) for v in values), default=0)
        object.__setattr__(self, "lookup", lookup)
        object.__setattr__(self, "widest", max(map(len, values), default=1) or 1)
        object.__setattr__(self, "longest", max(own, longest))


@dataclass(frozen=True, slots=True)
class Level:
    """One level of an organisation (root, ou or account) and what is attached there."""

    level: str
    policies: tuple[Policy, ...]


@dataclass(frozen=True, slots=True)
class Policies:
    """Every document that has a say, by type. Levels are listed root first.

    `acls` holds what the access control lists of an S3 request amount to, by place
    (`s3.bucket_acl`). `cache` holds what the engine compiles; it takes no part in
    equality.
    """

    identity: tuple[Policy, ...] = ()
    resource: Policy | None = None
    boundary: Policy | None = None
    session: tuple[Policy, ...] = ()
    scps: tuple[Level, ...] = ()
    rcps: tuple[Level, ...] = ()
    vpce: Policy | None = None
    acls: Mapping[str, Policy] = field(default_factory=dict)
    cache: dict[str, object] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AclGrant:
    """One line of an S3 access control list: a predefined group or the twelve digits
    of an account, and READ, WRITE, READ_ACP, WRITE_ACP or FULL_CONTROL."""

    grantee: str
    permission: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """What S3 looks at besides policies. None where the scenario does not say.

    `blocking` names the settings of Block Public Access that are on at any level.
    `object_owner` is the account that owns the object, where it is not the bucket's.
    `new_acl` and `new_policy` are what the request would put there.
    """

    blocking: frozenset[str] = frozenset()
    ownership: str | None = None
    bucket_acl: tuple[AclGrant, ...] = ()
    object_acl: tuple[AclGrant, ...] = ()
    object_owner: str | None = None
    new_acl: tuple[AclGrant, ...] | None = None
    new_policy: Policy | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything that one decision depends on."""

    id: str | None
    request: Request
    policies: Policies
    management_account: str | None = None
    s3: Bucket | None = None
