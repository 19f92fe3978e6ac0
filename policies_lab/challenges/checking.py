"""What an answer to a challenge comes to: decisions, findings, length, stars.

Pure: no database, no request. The work is bounded by the limits here and by the
engine's own limit for each decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from policies_lab import bench as benches
from policies_lab import findings
from policies_lab.catalogue import catalogue
from policies_lab.challenges.challenge import (
    Asked,
    Challenge,
    Document,
    Use,
    Wrong,
    length_of,
)
from policies_lab.evaluations import Badge, Evaluation, carry_out
from policies_lab.iam import (
    EvaluationError,
    IamError,
    PolicyError,
    decide,
    parse_policy,
)
from policies_lab.iam.linting import Finding, FindingClass, Options, lint
from policies_lab.places import Found, locate
from policies_lab.wording import problem_sentence

# Characters of what a learner writes, all documents of one challenge together.
MOST_TEXT = 20_000
# The second star allows this much of the reference's length.
ROOM = 1.5
TOLD = (FindingClass.ERROR, FindingClass.SECURITY_WARNING, FindingClass.WARNING)
MOST_FINDINGS = 8


@dataclass(frozen=True)
class Answered:
    """One request under the documents of an answer. Without a decision the engine
    refused to guess, and `problem` says why."""

    asked: Asked
    decision: str
    problem: str = ""

    @property
    def holds(self) -> bool:
        return self.asked.is_met_by(self.decision)

    @property
    def badge(self) -> Badge | None:
        return Badge(self.decision) if self.decision else None


@dataclass(frozen=True)
class Noted:
    """A finding of the linter in one of the documents."""

    document: Document
    finding: Finding

    @property
    def words(self) -> findings.Words:
        return findings.words(self.finding)

    @property
    def is_security(self) -> bool:
        return self.finding.klass is FindingClass.SECURITY_WARNING

    @property
    def control(self) -> str:
        return control_of(self.document)


@dataclass(frozen=True)
class Outcome:
    """All that an answer comes to. `longest` is the length that the second star
    allows."""

    answered: tuple[Answered, ...]
    noted: tuple[Noted, ...]
    length: int
    longest: int
    accepted: frozenset[str] = frozenset()

    def of(self, use: Use) -> list[Answered]:
        return [one for one in self.answered if one.asked.use is use]

    @property
    def shown(self) -> list[Answered]:
        return self.of(Use.SHOWN)

    @property
    def failing(self) -> list[Answered]:
        """The required decisions that do not hold, shown and hidden."""
        return [
            one
            for one in self.answered
            if not one.holds and one.asked.use is not Use.BEYOND
        ]

    @property
    def too_wide(self) -> list[Answered]:
        """The requests beyond the intent that are allowed, or left open."""
        return [one for one in self.of(Use.BEYOND) if not one.holds]

    @property
    def unsafe(self) -> list[Noted]:
        return [
            one
            for one in self.noted
            if one.is_security and one.finding.id not in self.accepted
        ]

    @property
    def set_aside(self) -> bool:
        """Whether there is a security warning that is no matter in this challenge."""
        return any(
            one.is_security and one.finding.id in self.accepted for one in self.noted
        )

    @property
    def told(self) -> list[Noted]:
        """The findings that are written out, the gravest first."""
        told = [one for one in self.noted if one.finding.id not in self.accepted]
        return told[:MOST_FINDINGS]

    @property
    def is_too_long(self) -> bool:
        return self.length > self.longest

    @property
    def stars(self) -> int:
        """1: every required decision holds. 2: and it is no broader, no less safe and
        not much longer than need be."""
        if self.failing:
            return 0
        return 1 if self.too_wide or self.unsafe or self.is_too_long else 2

    @property
    def clues(self) -> list[str]:
        """What is said of the hidden requests that do not hold, each once."""
        return _clues(self.of(Use.HIDDEN))

    @property
    def wide_clues(self) -> list[str]:
        """What is said of the requests beyond the intent that get through."""
        return _clues(self.of(Use.BEYOND))

    @property
    def signature(self) -> frozenset[str]:
        """What is wrong with the answer, to tell it from other wrong answers."""
        wrong = {
            f"request {one.asked.number}" for one in self.answered if not one.holds
        }
        return frozenset(wrong | {one.finding.id for one in self.unsafe})


def _clues(answered: list[Answered]) -> list[str]:
    return list(dict.fromkeys(one.asked.clue for one in answered if not one.holds))


def control_of(document: Document) -> str:
    """The id of the field that a document is written in."""
    return f"id_policy-{document.row}-document"


def problems_in(challenge: Challenge, texts: Mapping[int, str]) -> dict[int, list]:
    """By row, why a text is no policy document; empty where all can be read."""
    found: dict[int, list[Found]] = {}
    if sum(map(len, texts.values())) > MOST_TEXT:
        message = _("That is more text than is read here: %(limit)d characters.")
        first = challenge.editable[0]
        facts = {"limit": MOST_TEXT}
        return {first.row: [Found(control_of(first), first.name, message % facts)]}
    for document in challenge.editable:
        text = texts[document.row]
        try:
            parse_policy(text, name=document.name, kind=challenge.kind_of(document))
        except PolicyError as error:
            lines = text.split("\n")
            found[document.row] = [
                locate(
                    problem,
                    control=control_of(document),
                    where=document.name,
                    lines=lines,
                )
                for problem in error.problems
            ]
    return found


def check(challenge: Challenge, texts: Mapping[int, str]) -> Outcome:
    """What texts by row come to; all of them can be read (`problems_in`)."""
    return Outcome(
        answered=tuple(_answer(challenge, one, texts) for one in challenge.requests),
        noted=tuple(_notes(challenge, texts)),
        length=length_of(texts),
        longest=int(length_of(challenge.reference) * ROOM),
        accepted=challenge.accepted,
    )


def _answer(challenge: Challenge, asked: Asked, texts: Mapping[int, str]) -> Answered:
    try:
        scenario, _laid = benches.read(challenge.bench_for(asked, texts))
        ruling = decide(scenario)
    except IamError as error:
        return Answered(asked, "", problem_sentence(error.problems[0]))
    return Answered(asked, ruling.decision.value)


def _notes(challenge: Challenge, texts: Mapping[int, str]):
    for document in challenge.editable:
        found = lint(
            texts[document.row],
            kind=challenge.kind_of(document),
            catalogue=catalogue(),
            options=Options(name=document.name),
        )
        told = [one for one in found if one.klass in TOLD]
        for finding in sorted(told, key=lambda one: TOLD.index(one.klass)):
            yield Noted(document, finding)


def evaluation_of(
    challenge: Challenge, number: int, texts: Mapping[int, str], place: str = ""
) -> Evaluation | None:
    """How a shown request is decided, or None where the engine refuses to."""
    shown = {one.number: one for one in challenge.shown}
    if number not in shown:
        return None
    bench = challenge.bench_for(shown[number], texts)
    try:
        scenario, laid = benches.read(bench)
        return carry_out(bench, scenario, laid.rows, place=place)
    except EvaluationError:
        return None


def fitting(challenge: Challenge, outcome: Outcome) -> Wrong | None:
    """The known wrong answer that goes wrong in the same way.

    Where none does in all points, one that gets the same requests wrong.
    """
    signature = outcome.signature
    if not signature:
        return None
    known = signatures(challenge)
    if signature in known:
        return known[signature]
    requests = _requests(signature)
    same = (wrong for found, wrong in known.items() if _requests(found) == requests)
    return next(same, None) if requests else None


def _requests(signature: frozenset[str]) -> set[str]:
    return {one for one in signature if one.startswith("request ")}


@lru_cache(maxsize=256)
def signatures(challenge: Challenge) -> Mapping[frozenset[str], Wrong]:
    """The known wrong answers by what is wrong with them; too long alone is nothing."""
    found: dict[frozenset[str], Wrong] = {}
    for wrong in challenge.wrong:
        signature = check(challenge, completed(challenge, wrong.texts)).signature
        if signature:
            found.setdefault(signature, wrong)
    return found


def completed(challenge: Challenge, texts: Mapping[int, str]) -> dict[int, str]:
    """Texts for every document that may be edited; those not given are right."""
    return {**challenge.reference, **texts}
