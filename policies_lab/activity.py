"""Ready scenarios as a kind of activity that lessons can embed."""

from collections.abc import Iterable, Sequence

from django.core.checks import Error
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from courseware.activities import record_result
from policies_lab import evaluations
from policies_lab.evaluations import Evaluation
from policies_lab.events import record
from policies_lab.iam import Decision
from policies_lab.scenarios import (
    ReadyScenario,
    ScenarioFileError,
    ready_scenarios,
)

NAME = "scenario"


class ScenarioKind:
    """What the school asks of a kind; a key is a file's name without its ending."""

    def title(self, key: str) -> str:
        return ready_scenarios()[key].title

    def titles(self, keys: Iterable[str]) -> dict[str, str]:
        ready = ready_scenarios()
        return {key: ready[key].title for key in keys if key in ready}

    def url(self, key: str) -> str:
        return reverse("policies_lab:scenario", args=[key])

    def kinds_of(self, results: Sequence) -> list[str]:
        return [_("Policy lab, scenario")] * len(results)

    def exists(self, key: str) -> bool:
        return key in ready_scenarios()

    def rehearse(self, *, user, key: str, wrong: bool) -> None:
        """One go by a demo person, who predicts the decision or misses it."""
        ready = ready_scenarios()[key]
        predicted = _missed(ready) if wrong else ready.reveal.decision
        evaluation = evaluations.answer(ready, predicted=predicted, certainty=2)
        record_go(user=user, ready=ready, evaluation=evaluation)


def record_go(*, user, ready: ReadyScenario, evaluation: Evaluation) -> None:
    """Keep what a prediction about a ready scenario came to. Guests leave no row."""
    if not user.is_authenticated:
        return
    said = evaluation.prediction
    fits = ready.reveal.fitting(said.predicted.decision)
    score = 1.0 if said.right else 0.0
    with transaction.atomic():
        record(user=user, evaluation=evaluation, key=ready.key, fits=fits)
        # The prediction has the beliefs; named here too, they would count twice.
        record_result(user=user, kind=NAME, key=ready.key, score=score)


def _missed(ready: ReadyScenario) -> str:
    """A wrong verdict, and where there is one such, one that a belief leads to."""
    wrong = [one.value for one in Decision if one != ready.reveal.decision]
    return next((one for one in wrong if ready.reveal.fitting(one)), wrong[0])


def check_scenarios(app_configs, **options) -> list[Error]:
    """Let `manage.py check` name every problem of every scenario file."""
    try:
        ready_scenarios()
    except ScenarioFileError as error:
        return [Error(str(one), id="policies_lab.E001") for one in error.problems]
    return []
