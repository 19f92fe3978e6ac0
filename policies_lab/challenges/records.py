"""What is kept of a signed-in learner's answers. Guests leave no row."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from courseware.activities import record_result
from policies_lab.challenges.challenge import Challenge, Wrong
from policies_lab.challenges.checking import Outcome
from policies_lab.models import ChallengeRecord

KIND = "challenge"
STARS = 2


def record_of(user, challenge: Challenge) -> ChallengeRecord | None:
    """The row of a learner, a new one that is not saved where there is none yet; None
    for a guest."""
    if not user.is_authenticated:
        return None
    found = ChallengeRecord.objects.filter(user=user, challenge=challenge.key).first()
    return found or ChallengeRecord(user=user, challenge=challenge.key)


def records_of(user) -> dict[str, ChallengeRecord]:
    """By key, what somebody has done; by one query, without any text."""
    if not user.is_authenticated:
        return {}
    rows = ChallengeRecord.objects.filter(user=user).defer("documents")
    return {row.challenge: row for row in rows}


def named(challenge: Challenge, texts: Mapping[int, str]) -> dict[str, str]:
    """Texts by the names of their documents, which outlive a change of the file."""
    return {one.name: texts[one.row] for one in challenge.editable}


@transaction.atomic
def keep_try(
    *,
    user,
    challenge: Challenge,
    texts: Mapping[int, str],
    outcome: Outcome,
    wrong: Wrong | None = None,
) -> ChallengeRecord | None:
    """Keep an answer; the same one sent again changes nothing.

    The course is told when there are more stars than before, and when the answer fits
    a misconception: a try on the way is no result.
    """
    if not user.is_authenticated:
        return None
    record = _locked(user, challenge)
    documents = named(challenge, texts)
    if record.tries and record.documents == documents:
        return record
    better = outcome.stars > record.stars
    shorter = outcome.stars == record.stars and (
        record.length is None or outcome.length < record.length
    )
    if outcome.stars and (better or shorter):
        record.stars, record.length = outcome.stars, outcome.length
    record.tries += 1
    record.documents = documents
    record.save()
    beliefs = [wrong.belief] if wrong and wrong.belief else []
    if better or beliefs:
        _tell_the_course(record, outcome.stars, outcome.length, beliefs)
    return record


@transaction.atomic
def keep_hints(*, user, challenge: Challenge, hints: int) -> ChallengeRecord | None:
    """Remember how many hints were taken."""
    if not user.is_authenticated:
        return None
    record = _locked(user, challenge)
    if hints > record.hints:
        record.hints = hints
        record.save(update_fields=["hints", "tried_at"])
    return record


@transaction.atomic
def give_up(*, user, challenge: Challenge) -> ChallengeRecord | None:
    """Note that the solution was shown before both stars were there."""
    if not user.is_authenticated:
        return None
    record = _locked(user, challenge)
    if record.gave_up_at is None and record.stars < STARS:
        record.gave_up_at = timezone.now()
        record.save(update_fields=["gave_up_at", "tried_at"])
        _tell_the_course(record, record.stars, record.length, [])
    return record


def _locked(user, challenge: Challenge) -> ChallengeRecord:
    """The row, held until the transaction ends: two windows write one by one."""
    rows = ChallengeRecord.objects.select_for_update()
    return rows.get_or_create(user=user, challenge=challenge.key)[0]


def _tell_the_course(
    record: ChallengeRecord, stars: int, length: int | None, beliefs: list[str]
) -> None:
    record_result(
        user=record.user,
        kind=KIND,
        key=record.challenge,
        score=stars / STARS,
        detail={
            "stars": stars,
            "tries": record.tries,
            "hints": record.hints,
            "length": length,
            "gave_up": record.gave_up_at is not None,
            "misconceptions": beliefs,
        },
    )
