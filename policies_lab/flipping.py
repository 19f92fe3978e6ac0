"""One proposed change carried out on the bench that was posted.

Only the change's token comes from the page. The bench is decided and searched again,
and what is found under that token is what happens.
"""

from django.http import QueryDict
from django.utils.translation import gettext as _

from policies_lab import bench as benches
from policies_lab import telling_flips
from policies_lab.bench_form import BenchForm, next_row
from policies_lab.flips import Change
from policies_lab.flips.changes import (
    ACTION,
    DETACH,
    KEY,
    OF_THE_REQUEST,
    RESOURCE,
    edited,
    policy_at,
)
from policies_lab.iam import EvaluationError, evaluate
from policies_lab.iam.documents import fold
from policies_lab.what_if import searched

MOST_ROWS = 1_000
_OF_A_DOCUMENT = ("name", "place", "via", "level", "attached")


def flipped(form: BenchForm, posted: QueryDict) -> BenchForm:
    """The bench after the change that is asked for; the same bench, with a word about
    it, where that change does not turn the decision any more."""
    token = posted.get("flip", "")
    if not token:
        return form
    scratch = BenchForm(posted)
    if not scratch.is_valid():
        return form
    change = _found(scratch, token)
    data = change and changed(scratch, posted, change)
    if not data:
        form.done = _("That change fits the bench no more, so nothing was changed.")
        return form
    after = BenchForm(data)
    after.done = _("Carried out: %s") % telling_flips.sentence(change)
    return after


def _found(scratch: BenchForm, token: str) -> Change | None:
    try:
        search = searched(scratch.scenario, evaluate(scratch.scenario))
    except EvaluationError:
        return None
    flip = search.flip(token)
    return flip.change if flip else None


def changed(form: BenchForm, posted: QueryDict, change: Change) -> QueryDict | None:
    """What would have been posted of the changed bench; None where it has no room."""
    data = posted.copy()
    # What was predicted was of the bench as it was.
    for name in ("flip", "predicted", "certainty"):
        data.pop(name, None)
    if change.kind == KEY:
        return data if _set_key(form, data, change) else None
    if change.kind in OF_THE_REQUEST:
        data[{ACTION: "action", RESOURCE: "resource"}[change.kind]] = str(change.value)
        return data
    _change_document(form, data, change)
    return data


def _set_key(form: BenchForm, data: QueryDict, change: Change) -> bool:
    named = [row for row in form.bench.context if fold(row.key) == fold(change.key)]
    named.sort(key=lambda row: not row.present)
    if change.value is None:
        for row in named:
            data.pop(f"context-{row.row}-present", None)
        return True
    number = named[0].row if named else next_row(form.contexts)
    if not named:
        if not form.room_for_keys or number >= MOST_ROWS:
            return False
        data["context_rows"] = f"{form.context_rows} {number}"
        data[f"context-{number}-key"] = change.key
    data[f"context-{number}-value"] = benches.written(change.value)
    data[f"context-{number}-present"] = "on"
    return True


def _change_document(form: BenchForm, data: QueryDict, change: Change) -> None:
    path = change.statement.policy
    row = form.laid.rows[path]
    if change.kind == DETACH:
        data.pop(f"policy-{row}-attached", None)
        return
    text = edited(policy_at(form.scenario.policies, path).text, change)
    number = next_row(form.policies)
    if number < MOST_ROWS:
        # An editor keeps the text that was typed into it, so another text is another
        # row, in the same place.
        for name in _OF_A_DOCUMENT:
            for value in data.pop(f"policy-{row}-{name}", []):
                data[f"policy-{number}-{name}"] = value
        data.pop(f"policy-{row}-document", None)
        rows = [number if held.row == row else held.row for held in form.policies]
        data["policy_rows"] = " ".join(map(str, rows))
        row = number
    data[f"policy-{row}-document"] = text or ""
