"""What there is to say about a document before any request: the linter's findings, each
with its place, its remedy and the lesson that teaches it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from courseware.activities import taught_at
from policies_lab import findings
from policies_lab.catalogue import catalogue
from policies_lab.iam import PolicyType
from policies_lab.iam.documents import is_role
from policies_lab.iam.linting import Finding, FindingClass, lint
from policies_lab.places import quoted

MOST_SHOWN = 20
# Characters of all documents on the bench together that are looked over at once.
MOST_TEXT = 64 * 1024

WORDS = {
    FindingClass.ERROR: gettext_lazy("Error"),
    FindingClass.SECURITY_WARNING: gettext_lazy("Security warning"),
    FindingClass.WARNING: gettext_lazy("Warning"),
    FindingClass.SUGGESTION: gettext_lazy("Suggestion"),
}
ICONS = {
    FindingClass.ERROR: "cross",
    FindingClass.SECURITY_WARNING: "alert",
    FindingClass.WARNING: "flag",
    FindingClass.SUGGESTION: "info",
}


@dataclass(frozen=True)
class Remark:
    """One finding as a page shows it. `span` is its place in the text, `lesson` where
    it is taught (`lesson#heading`) and `url` the address of that, or nothing."""

    finding: Finding
    sentence: str
    remedy: str
    lesson: str
    quote: str
    caret: str
    url: str = ""

    @property
    def klass(self) -> str:
        return self.finding.klass.value

    @property
    def word(self) -> str:
        return str(WORDS[self.finding.klass])

    @property
    def icon(self) -> str:
        return ICONS[self.finding.klass]

    @property
    def span(self):
        return self.finding.span


@dataclass(frozen=True)
class Remarks:
    """All that was said of one document; `shown` are the first in the text."""

    all: tuple[Remark, ...] = ()

    @property
    def shown(self) -> tuple[Remark, ...]:
        return self.all[:MOST_SHOWN]

    @property
    def more(self) -> int:
        return len(self.all) - len(self.shown)

    @property
    def summary(self) -> str:
        """How many there are of each class, gravest first; empty where none is."""
        found = [remark.finding.klass for remark in self.all]
        return ", ".join(
            _counted(klass, found.count(klass))
            for klass in FindingClass
            if klass in found
        )

    def besides(self, places: Iterable[tuple[int, int]]) -> "Remarks":
        """Those that begin at none of the places: something is said of them already."""
        taken = set(places)
        return Remarks(
            tuple(r for r in self.all if (r.span.line, r.span.column) not in taken)
        )


@dataclass(frozen=True)
class Taught:
    """A place in the course, in the shape that the school looks lessons up by."""

    code: str

    @property
    def lesson(self) -> str:
        return self.code.partition("#")[0]

    def url(self, course: str) -> str:
        address = reverse("courseware:lesson", args=[course, self.lesson])
        return f"{address}#{self.code.partition('#')[2]}"


def _counted(klass: FindingClass, number: int) -> str:
    """`2 warnings`, each word written out so that it can be translated."""
    words = {
        FindingClass.ERROR: ngettext("%d error", "%d errors", number),
        FindingClass.SECURITY_WARNING: ngettext(
            "%d security warning", "%d security warnings", number
        ),
        FindingClass.WARNING: ngettext("%d warning", "%d warnings", number),
        FindingClass.SUGGESTION: ngettext("%d suggestion", "%d suggestions", number),
    }
    return words[klass] % number


def kind_of(place: str, resource: str = "") -> PolicyType:
    """What a document is, by where it is attached: on a role, a resource policy is a
    trust policy. Raises ValueError where there is no such place."""
    kind = PolicyType(place)
    on_a_role = kind is PolicyType.RESOURCE and is_role(resource)
    return PolicyType.TRUST if on_a_role else kind


def look_over(text: str, kind: PolicyType) -> Remarks:
    """Say everything that there is to say about a document."""
    lines = text.split("\n")
    found = lint(text, kind=kind, catalogue=catalogue())
    return Remarks(tuple(_remark(finding, lines) for finding in found))


def _remark(finding: Finding, lines: list[str]) -> Remark:
    said = findings.words(finding)
    quote, caret = quoted(lines, finding)
    return Remark(finding, said.sentence, said.remedy, said.lesson, quote, caret)


def with_lessons(request, many: Iterable[Remarks]) -> list[Remarks]:
    """The same, each remark with the address of its lesson; one query for all."""
    many = list(many)
    places = {r.lesson for remarks in many for r in remarks.shown if r.lesson}
    urls = taught_at(request, [Taught(place) for place in sorted(places)])
    return [
        Remarks(tuple(replace(r, url=urls.get(r.lesson, "")) for r in remarks.all))
        for remarks in many
    ]
