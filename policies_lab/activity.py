"""Ready scenarios as a kind of activity that lessons can embed."""

from collections.abc import Iterable

from django.core.checks import Error
from django.urls import reverse

from policies_lab import evaluations
from policies_lab.events import record
from policies_lab.scenarios import ScenarioFileError, ready_scenarios

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

    def exists(self, key: str) -> bool:
        return key in ready_scenarios()

    def rehearse(self, *, user, key: str, wrong: bool) -> None:
        """One go by a demo person, who predicts the decision or misses it."""
        ready = ready_scenarios()[key]
        decided = evaluations.answer(ready, predicted="allow", certainty=2)
        right = decided.trace.decision.value
        missed = "allow" if right != "allow" else "implicit_deny"
        evaluation = evaluations.answer(
            ready, predicted=missed if wrong else right, certainty=2
        )
        record(user=user, evaluation=evaluation, key=key)


def check_scenarios(app_configs, **options) -> list[Error]:
    """Let `manage.py check` name every problem of every scenario file."""
    try:
        ready_scenarios()
    except ScenarioFileError as error:
        return [Error(problem, id="policies_lab.E001") for problem in error.problems]
    return []
