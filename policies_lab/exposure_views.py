"""The exposure explorer: who can read this object. For anyone; nothing is stored."""

import json

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from policies_lab import bench as benches
from policies_lab.bench_form import BenchForm
from policies_lab.exposure import deciding
from policies_lab.exposure.form import OPENING, SettingsForm, answered, with_ready
from policies_lab.exposure.page import Page
from policies_lab.exposure.sheet import Sheet
from policies_lab.iam import read_scenario
from policies_lab.limits import TooMany, turn
from policies_lab.views import answer, show_bench, wants_piece

# Rows of a case on the bench: none that a draft of another case could have.
FIRST_ROW = 500
PAGE = "policies_lab/exposure.html"


@login_not_required
@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
def explorer(request):
    """Everything that can be set, and what every caller gets for it."""
    if request.method != "POST":
        if request.GET.get("in") == "lesson" and wants_piece(request):
            return answer(request, "policies_lab/_exposure_in_lesson.html", {}, 200, 0)
        return show(request, SettingsForm(), Sheet(deciding.answer(OPENING)))
    # htmx exchanges no field: scripts have put a ready policy in place themselves.
    data = request.POST if wants_piece(request) else with_ready(request.POST)
    form = SettingsForm(data)
    try:
        with turn(request):
            sheet, found = answered(form)
            status = 422 if found else 200
            return show(request, form, sheet, found=found, status=status)
    except TooMany as refused:
        return show(request, form, None, status=429, wait=refused.retry_after)


@login_not_required
@require_POST
def case(request):
    """One request of the table, on the bench with the policies that bind it."""
    form = SettingsForm(request.POST)
    try:
        with turn(request):
            sheet, found = answered(form)
            if found:
                return show(request, form, sheet, found=found, status=422)
            if form.opened is None:
                return redirect("policies_lab:exposure")
            return show_bench(request, BenchForm(bench=on_the_bench(form)))
    except TooMany as refused:
        return show(request, form, None, status=429, wait=refused.retry_after)


def on_the_bench(form: SettingsForm) -> benches.Bench:
    scenario = deciding.scenario_of(form.settings, *form.opened)
    bench = benches.take_up(read_scenario(scenario), FIRST_ROW, FIRST_ROW)
    bench.s3 = json.dumps(scenario["s3"], indent=2)
    return bench


def show(request, form, sheet, *, found=(), status=200, wait=0):
    piece = wants_piece(request)
    template = "policies_lab/_exposure_piece.html" if piece else PAGE
    context = {"page": Page(form, sheet, list(found)), "wait": wait}
    return answer(request, template, context, status, wait)
