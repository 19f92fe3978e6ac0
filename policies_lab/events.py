"""The record of decisions, as CloudTrail would keep it. Guests leave none."""

from django.db import transaction

from courseware.activities import misconception, record_prediction
from policies_lab.evaluations import Evaluation
from policies_lab.iam import Decision, Request
from policies_lab.models import Event

DENIED = "AccessDenied"
OPEN_BENCH = "bench"


def record(
    *, user, evaluation: Evaluation, key: str, fits: tuple[str, ...] = ()
) -> None:
    """Keep the decision, and the prediction that was made of it.

    No policy text is kept. `key` names the ready scenario, if it was one. `fits` are
    the codes of the misconceptions that the prediction fits.
    """
    if not user.is_authenticated:
        return
    with transaction.atomic():
        _record_event(user, evaluation.request, evaluation)
        said = evaluation.prediction
        if said:
            trace = evaluation.trace
            record_prediction(
                user=user,
                key=key or OPEN_BENCH,
                predicted=said.predicted.decision,
                certainty=said.certainty,
                decided=trace.decision.value,
                deciding_step=trace.deciding_step.value,
                misconceptions=[belief.code for belief in beliefs(fits)],
            )


def beliefs(codes: tuple[str, ...]) -> list:
    """The misconceptions with these codes, as far as the school knows them."""
    return [belief for belief in map(misconception, codes) if belief]


def _record_event(user, request: Request, evaluation: Evaluation) -> None:
    trace = evaluation.trace
    service, _colon, name = request.action.partition(":")
    address = request.lookup.get("aws:sourceip", "")
    allowed = trace.decision is Decision.ALLOW
    Event.objects.create(
        user=user,
        event_source=f"{service.lower()}.amazonaws.com"[:120],
        event_name=name[:200],
        principal_arn=request.principal.arn or "",
        resource=request.resource,
        source_ip=address[:45] if isinstance(address, str) else "",
        decision=trace.decision.value,
        deciding_step=trace.deciding_step.value,
        error_code="" if allowed else DENIED,
    )
