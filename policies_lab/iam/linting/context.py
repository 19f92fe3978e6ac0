"""What every check is handed: the document, what is known besides, and a place to put
findings."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from policies_lab.iam.documents import Policy, PolicyType, Span, Version
from policies_lab.iam.jsontext import shown
from policies_lab.iam.linting.arns import Forms, Pattern, read_pattern
from policies_lab.iam.linting.catalogue import Catalogue
from policies_lab.iam.linting.findings import Finding, FindingClass, class_of
from policies_lab.iam.linting.patterns import Budget, Matchers
from policies_lab.iam.linting.reading import Document, Item, View
from policies_lab.iam.linting.vocabulary import Vocabulary

MAX_WORK = 25_000
MAX_PATTERNS = 100
MAX_GUESSES = 8


@dataclass(frozen=True, slots=True)
class Options:
    """What a document does not say about itself.

    `name` is the policy's name, `account` the account that it lives in, `alongside`
    the identity policies that a boundary is to limit. `scp_language` "classic" is the
    language of service control policies before 19 September 2025. `style` asks for
    remarks on taste.
    """

    name: str = ""
    account: str | None = None
    alongside: tuple[Policy, ...] | None = None
    scp_language: Literal["2025", "classic"] = "2025"
    style: bool = False


@dataclass(slots=True)
class Lint:
    """One run over one document."""

    document: Document
    catalogue: Catalogue | None
    now: datetime
    options: Options
    refused: frozenset[tuple[int, int]]
    """Where values begin that the parser has refused already."""
    vocabulary: Vocabulary | None
    """The catalogue's actions; None where there is no catalogue."""
    work: Budget
    """How many comparisons of patterns may still be made."""
    matchers: Matchers
    findings: list[Finding] = field(default_factory=list)
    patterns: dict[str, Pattern | None] = field(default_factory=dict)
    """The resource patterns that have been taken apart, by their text."""
    forms: dict[str, Forms] = field(default_factory=dict)
    """The forms of each service's ARNs, once they have been asked for."""
    guesses: Budget = field(default_factory=lambda: Budget(MAX_GUESSES))

    @property
    def kind(self) -> PolicyType:
        return self.document.kind

    @property
    def language(self) -> Version:
        return self.document.language

    @property
    def statements(self) -> tuple[View, ...]:
        return self.document.statements

    def is_a(self, *kinds: PolicyType) -> bool:
        """Whether the document is of one of the types."""
        return self.kind in kinds

    def add(self, id: str, path: str, span: Span, /, **facts: str) -> None:
        """Note a finding of the class that its id has."""
        self.add_as(class_of(id), id, path, span, **facts)

    def add_as(
        self, klass: FindingClass, id: str, path: str, span: Span, /, **facts: str
    ) -> None:
        """Note a finding of another class than usual."""
        self.findings.append(Finding(id, klass, path, span, facts))

    def at(self, id: str, item: Item, /, **facts: str) -> None:
        """Note a finding at a value; its text is the fact `found`."""
        self.add(id, item.path, item.span, **{"found": shown(item.text)} | facts)

    def pattern(self, text: str) -> Pattern | None:
        """Return a resource pattern taken apart; None where a variable is malformed."""
        if text not in self.patterns:
            self.patterns[text] = read_pattern(text, self.language)
        return self.patterns[text]

    def sound(self, items: Iterable[Item]) -> list[Item]:
        """Return the values that the parser has nothing against."""
        if not self.refused:
            return list(items)
        return [item for item in items if not self.is_refused(item.span)]

    def is_refused(self, span: Span) -> bool:
        """Whether the parser has refused what stands here."""
        return (span.line, span.column) in self.refused
