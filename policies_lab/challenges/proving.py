"""Tries a challenge out: its reference passes, its wrong answers earn their hints."""

from courseware.activities import Problem
from policies_lab.challenges.challenge import Challenge, Use
from policies_lab.challenges.checking import (
    Outcome,
    check,
    completed,
    fitting,
    problems_in,
)
from policies_lab.challenges.reading import ChallengeProblems, Draft, read_draft


def read_and_prove(text: str, *, key: str, file: str) -> Challenge:
    """A challenge that holds what it promises. Raises ChallengeProblems."""
    draft = read_draft(text, key=key, file=file)
    problems = prove(draft)
    if problems:
        raise ChallengeProblems(problems)
    return draft.challenge


def prove(draft: Draft) -> list[Problem]:
    """What is wrong with a file that could be read: each problem with its line."""
    known = len(draft.problems)
    outcome = check(draft.challenge, draft.challenge.reference)
    _reference_passes(draft, outcome)
    if len(draft.problems) == known:
        _wrong_answers_fail(draft)
    return draft.problems


def _reference_passes(draft: Draft, outcome: Outcome) -> None:
    for one in outcome.answered:
        if one.holds:
            continue
        decided = one.decision or one.problem
        message = f'the reference answers "{one.asked.title}" with {decided}'
        key = "title" if one.asked.use is Use.BEYOND else "decision"
        draft.tables["request", one.asked.number].note(message, key)
    for noted in outcome.unsafe:
        table = draft.tables["document", noted.document.row]
        said = f"{noted.finding.id}: {noted.words.sentence}"
        message = f"the reference earns a security warning, {said}"
        table.note(message, "reference", after=noted.finding.span.line)


def _wrong_answers_fail(draft: Draft) -> None:
    challenge = draft.challenge
    for wrong in challenge.wrong:
        table = draft.tables["wrong", wrong.name]
        outcome = check(challenge, completed(challenge, wrong.texts))
        if not outcome.signature:
            table.note(f'the wrong answer "{wrong.name}" has nothing wrong', "name")
            continue
        earned = fitting(challenge, outcome)
        if earned is not None and earned is not wrong and earned.hint != wrong.hint:
            message = f'"{wrong.name}" goes wrong just as "{earned.name}" does'
            table.note(f"{message}, and earns its hint", "name")
    if stars_of_start(challenge) == 2:
        document = challenge.editable[0]
        table = draft.tables["document", document.row]
        table.note("the starting text is an answer already", "start")


def stars_of_start(challenge: Challenge) -> int:
    """The stars of the starting text; 0 where it cannot be read."""
    if problems_in(challenge, challenge.start):
        return 0
    return check(challenge, challenge.start).stars
