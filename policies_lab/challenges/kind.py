"""Challenges as a kind of activity that lessons can embed."""

from collections.abc import Iterable, Sequence

from django.core.checks import Error
from django.urls import reverse
from django.utils.translation import gettext as _

from policies_lab.challenges import checking, records, shelf
from policies_lab.challenges.challenge import Challenge
from policies_lab.challenges.reading import ChallengeProblems

NAME = records.KIND


class ChallengeKind:
    """What the school asks of a kind; a key is a file's name without its ending."""

    def title(self, key: str) -> str:
        return self.titles([key])[key]

    def titles(self, keys: Iterable[str]) -> dict[str, str]:
        return {key: found.title for key, found in shelf.find_all(keys).items()}

    def url(self, key: str) -> str:
        return reverse("policies_lab:challenge", args=[key])

    def kinds_of(self, results: Sequence) -> list[str]:
        return [_("Policy lab, challenge")] * len(results)

    def exists(self, key: str) -> bool:
        return shelf.find(key) is not None

    def rehearse(self, *, user, key: str, wrong: bool) -> None:
        """One go by a demo person: the solution, or the first known wrong answer."""
        challenge = shelf.find(key)
        texts = challenge.reference
        if wrong:
            texts = checking.completed(challenge, challenge.wrong[0].texts)
        keep(user=user, challenge=challenge, texts=texts)


def keep(*, user, challenge: Challenge, texts) -> None:
    """Check an answer and keep what it came to."""
    outcome = checking.check(challenge, texts)
    records.keep_try(
        user=user,
        challenge=challenge,
        texts=texts,
        outcome=outcome,
        wrong=checking.fitting(challenge, outcome),
    )


def check_challenges(app_configs, **options) -> list[Error]:
    """Let `manage.py check` name every problem of every built-in file."""
    try:
        shelf.built_in()
    except ChallengeProblems as error:
        return [Error(str(one), id="policies_lab.E002") for one in error.problems]
    return []
