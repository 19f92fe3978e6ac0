"""Pages of the laboratory, for anyone, signed in or not.

What is posted is read by a form, decided by the engine and shown by one template,
as a whole page or as the piece that changed.
"""

from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from courseware.activities import taught_at
from policies_lab import arranging, evaluations
from policies_lab.activity import record_go
from policies_lab.bench_form import BenchForm
from policies_lab.events import beliefs, record
from policies_lab.examples import first_bench
from policies_lab.flipping import flipped
from policies_lab.forms import PredictionForm
from policies_lab.limits import TooMany, turn
from policies_lab.remarks import with_lessons
from policies_lab.scenarios import ReadyScenario, ready_scenarios


@login_not_required
@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
def lab(request):
    """The bench. A POST changes what lies on it and evaluates nothing."""
    if request.method != "POST":
        return show_bench(request, BenchForm(bench=bench_to_begin_with(request)))
    form = BenchForm(request.POST)
    try:
        with turn(request):
            form = arranging.change(form, request.POST.get("change", ""))
            return show_bench(request, form, status=422 if form.found else 200)
    except TooMany as refused:
        return show_bench(request, form, status=429, wait=refused.retry_after)


@login_not_required
@require_POST
def evaluate(request):
    """Decide what is on the bench, or what a proposed change (`flip`) makes of it."""
    form = BenchForm(request.POST)
    try:
        with turn(request):
            return decide(request, flipped(form, request.POST))
    except TooMany as refused:
        return show_bench(request, form, status=429, wait=refused.retry_after)


def decide(request, form):
    evaluation = form.evaluate()
    form.look_over()
    if evaluation is None:
        return show_bench(request, form, status=422)
    posted = form.bench.scenario
    key = posted if posted in ready_scenarios() else ""
    record(user=request.user, evaluation=evaluation, key=key)
    return show_bench(request, form, evaluation=evaluation)


@login_not_required
@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
def scenario(request, key):
    """A ready scenario. Nothing is decided before a prediction is made."""
    ready = ready_scenarios().get(key)
    if ready is None:
        raise Http404
    if request.method != "POST":
        return show_scenario(request, ready, PredictionForm())
    form = PredictionForm(request.POST)
    if not form.is_valid():
        return show_scenario(request, ready, form, status=422)
    try:
        with turn(request):
            evaluation = evaluations.answer(ready, **form.cleaned_data)
            record_go(user=request.user, ready=ready, evaluation=evaluation)
            return show_scenario(request, ready, form, evaluation=evaluation)
    except TooMany as refused:
        return show_scenario(request, ready, form, status=429, wait=refused.retry_after)


def bench_to_begin_with(request):
    """The ready scenario that the address names, or the opening example."""
    key = request.GET.get("scenario")
    if not key:
        return first_bench()
    if key not in ready_scenarios():
        raise Http404
    return ready_scenarios()[key].bench


def show_bench(request, form, *, status=200, evaluation=None, wait=0):
    ready = ready_scenarios().get(form.request["scenario"].value() or "")
    teach(request, form)
    context = {
        "form": form,
        "evaluation": evaluation,
        "wait": wait,
        "ready": ready,
        "keep": f"lab:{ready.key}" if ready else "lab",
        "choices": ready.choices if ready else {},
        "shelf": shelf(),
        "prefix": "bench",
        "in_lesson": False,
    }
    page = "policies_lab/lab.html"
    template = "policies_lab/_bench.html" if wants_piece(request) else page
    return answer(request, template, context, status, wait)


def teach(request, form):
    """Link what was said of the documents with the lessons about it."""
    looked = [policy for policy in form.policies if policy.looked]
    taught = with_lessons(request, [policy.remarks for policy in looked])
    for policy, remarks in zip(looked, taught, strict=True):
        policy.remarks = remarks


def show_scenario(request, ready, form, *, status=200, evaluation=None, wait=0):
    in_lesson = request.GET.get("in") == "lesson" and wants_piece(request)
    context = {
        "ready": ready,
        "form": form,
        "evaluation": evaluation,
        "wait": wait,
        "in_lesson": in_lesson,
        "beliefs": beliefs_shown(request, ready, evaluation),
        "sources": (
            evaluation.sources if evaluation else evaluations.sources_of(ready.bench)
        ),
        "prefix": ready.key,
    }
    template = "policies_lab/scenario.html"
    if in_lesson:
        template = "policies_lab/_scenario_in_lesson.html"
    elif wants_piece(request):
        template = "policies_lab/_scenario.html"
    return answer(request, template, context, status, wait)


def beliefs_shown(request, ready, evaluation) -> list[tuple]:
    """The beliefs that the prediction fits, each with the address of its lesson."""
    if evaluation is None:
        return []
    found = beliefs(ready.reveal.fitting(evaluation.prediction.predicted.decision))
    lessons = taught_at(request, found)
    return [(belief, lessons.get(belief.code, "")) for belief in found]


def answer(request, template, context, status, wait):
    response = render(request, template, context, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return response


def wants_piece(request) -> bool:
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def shelf() -> list[tuple[str, list[ReadyScenario]]]:
    """The ready scenarios by section, in the order of the course."""
    ready = ready_scenarios().values()
    return [
        (title, list(some)) for title, some in groupby(ready, lambda s: s.section_title)
    ]
