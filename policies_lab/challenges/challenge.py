"""What a challenge is, as plain values. The file behind it is described in
docs/challenges.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from policies_lab.bench import Bench, PolicyRow
from policies_lab.iam import PolicyType
from policies_lab.iam.documents import is_role
from policies_lab.remarks import kind_of
from policies_lab.scenarios import context_rows, section_title

# The sections of the built-in course, in its order.
SECTIONS = (
    "shared-responsibility",
    "identity-and-access-management",
    "securing-a-new-account",
    "securing-accounts",
    "securing-data",
    "compliance",
)
# Any verdict but Allow.
DENY = "deny"


class Use(StrEnum):
    """What a request is for. Only the shown ones are told before the end."""

    SHOWN = "request"
    HIDDEN = "hidden"
    BEYOND = "beyond"


@dataclass(frozen=True)
class Caller:
    """Who asks; `members` are those of a bench that describe the caller."""

    name: str
    members: Mapping[str, str] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """Who it is, as briefly as it can be said."""
        return Bench(**self.members).caller


@dataclass(frozen=True)
class Document:
    """A policy of the account. `row` is its number on the bench.

    `callers` and `resources` (patterns with stars) say for whose requests and on what
    it is in force; empty means for all. What may be edited has a `start` and a
    `reference`; what is given has its text as both.
    """

    row: int
    name: str
    place: str
    level: str
    via: str
    callers: tuple[str, ...]
    resources: tuple[str, ...]
    editable: bool
    start: str
    reference: str

    def concerns(self, asked: "Asked") -> bool:
        by = not self.callers or asked.caller.name in self.callers
        on = not self.resources or any(
            fnmatchcase(asked.resource, pattern) for pattern in self.resources
        )
        return by and on


@dataclass(frozen=True)
class Asked:
    """One request. `decision` is a decision, or `deny` where both denials will do."""

    number: int
    use: Use
    title: str
    caller: Caller
    action: str
    resource: str
    resource_account: str
    context: Mapping[str, Any]
    decision: str
    clue: str = ""

    def is_met_by(self, decision: str) -> bool:
        if self.decision == DENY:
            return decision in {"explicit_deny", "implicit_deny"}
        return decision == self.decision


@dataclass(frozen=True)
class Wrong:
    """A known wrong answer: its texts by row, and the hint that it must earn."""

    name: str
    hint: str
    belief: str
    texts: Mapping[int, str]


@dataclass(frozen=True, eq=False)
class Challenge:
    """One file. Two are equal only where they are the same object."""

    key: str
    title: str
    story: str
    task: str
    section: str
    track: str
    difficulty: int
    order: int
    tags: tuple[str, ...]
    hints: tuple[str, ...]
    accepted: frozenset[str]
    management_account: str
    callers: tuple[Caller, ...]
    documents: tuple[Document, ...]
    requests: tuple[Asked, ...]
    wrong: tuple[Wrong, ...] = field(default=())

    @property
    def section_title(self) -> str:
        return section_title(self.section)

    @property
    def editable(self) -> list[Document]:
        return [document for document in self.documents if document.editable]

    @property
    def given(self) -> list[Document]:
        return [document for document in self.documents if not document.editable]

    @property
    def shown(self) -> list[Asked]:
        return [asked for asked in self.requests if asked.use is Use.SHOWN]

    @property
    def start(self) -> dict[int, str]:
        return {document.row: document.start for document in self.editable}

    @property
    def reference(self) -> dict[int, str]:
        return {document.row: document.reference for document in self.editable}

    def kind_of(self, document: Document) -> PolicyType:
        """Which type of policy it is; on a role it is a trust policy."""
        concerned = (a.resource for a in self.requests if document.concerns(a))
        return kind_of(document.place, next(filter(is_role, concerned), ""))

    def policy_row(self, document: Document, texts: Mapping[int, str]) -> PolicyRow:
        return PolicyRow(
            row=document.row,
            name=document.name,
            place=document.place,
            via=document.via,
            level=document.level,
            document=texts.get(document.row, document.start),
        )

    def bench_for(self, asked: Asked, texts: Mapping[int, str]) -> Bench:
        """The bench with one request and what is in force for it."""
        return Bench(
            scenario=self.key,
            **asked.caller.members,
            management_account=self.management_account,
            action=asked.action,
            resource=asked.resource,
            resource_account=asked.resource_account,
            policies=[
                self.policy_row(document, texts)
                for document in self.documents
                if document.concerns(asked)
            ],
            context=context_rows(asked.context),
        )

    def bench_of(self, documents, texts: Mapping[int, str]) -> Bench:
        """A bench that only shows documents."""
        return Bench(policies=[self.policy_row(one, texts) for one in documents])


def length_of(texts: Mapping[int, str]) -> int:
    """The characters of all documents; like IAM's quotas, white space is not counted
    ("IAM and AWS STS quotas", IAM User Guide)."""
    return sum(len("".join(text.split())) for text in texts.values())
