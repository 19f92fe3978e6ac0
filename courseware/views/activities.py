"""Activities that need no engine: checks, and the responsibility line.

Each has one address: a page, or for HTMX the piece that a lesson shows.
"""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from courseware import access
from courseware.activities import checks, lines, record_result
from courseware.fragments import in_lesson, wants_fragment
from courseware.question_types import InvalidResponse
from courseware.throttling import Limit, retry_after

# Per account, for all activities together; each result is kept for good.
RESULTS = Limit("result", times=300, seconds=3600)

require_GET_or_POST = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@require_GET_or_POST
@vary_on_headers("HX-Request")
def check(request, course, key):
    found = access.readable_course(request, course)
    question = get_object_or_404(checks.checks(), course=found, key=key)
    if request.method != "POST":
        return _check(request, question)
    if _is_too_much(request):
        return _later(_check(request, question, problem=_wait(), status=429))
    try:
        answered = checks.answer(question.current, request.POST.get("answer"))
    except InvalidResponse as problem:
        return _check(request, question, problem=problem, status=422)
    _keep(
        request,
        kind=checks.NAME,
        key=checks.key_of(question),
        score=answered.score,
        detail={
            "version": question.current.number,
            "response": answered.response,
            "misconceptions": answered.misconceptions,
        },
    )
    return _check(request, question, answered=answered)


def _check(request, question, *, answered=None, problem=None, status=200):
    context = {
        "question": question,
        "options": answered.options if answered else checks.options(question.current),
        "answered": answered,
        "chosen": request.POST.get("answer"),
        "problem": problem,
    }
    return _show(request, "check", context, status)


@login_not_required
@require_GET_or_POST
@vary_on_headers("HX-Request")
def line(request, course, key):
    found = access.readable_course(request, course)
    activity = get_object_or_404(lines.lines(), course=found, key=key)
    game = lines.read(activity)
    if request.method != "POST":
        return _line(request, activity, game, game.service(request.GET.get("service")))
    if going_on := game.service(request.POST.get("to")):
        return _line(request, activity, game, going_on)
    placed = lines.placements(game, request.POST)
    service = game.service(request.POST.get("service"))
    if _is_too_much(request):
        page = _line(request, activity, game, service, problem=_wait(), status=429)
        return _later(page)
    try:
        checked = lines.check(game, service, placed)
    except lines.InvalidPlacement as problem:
        return _line(request, activity, game, service, problem=problem, status=422)
    _keep(
        request,
        kind=lines.NAME,
        key=lines.key_of(activity),
        score=checked.score,
        detail=checked.detail,
    )
    return _line(request, activity, game, service, checked=checked)


def _line(request, activity, game, service, *, checked=None, problem=None, status=200):
    service = service or game.services[0]
    placed = lines.placements(game, request.POST)
    given = request.POST if request.method == "POST" else request.GET
    finished = lines.finished_before(request.user, activity, game, given)
    if checked and not checked.left:
        finished.add(service.key)
    context = {
        "activity": activity,
        "line": game,
        "service": service,
        "rows": checked.rows if checked else lines.unchecked(game, placed),
        "checked": checked,
        "problem": problem,
        "finished": [one.key for one in game.services if one.key in finished],
        "following": lines.next_service(game, service, finished),
        "figure": lines.figure(game, service, finished),
    }
    # A lesson shows what the activity is about; twenty duties need a page.
    teaser = in_lesson(request) and request.method != "POST"
    return _show(request, "line_teaser" if teaser else "line", context, status)


def _is_too_much(request) -> bool:
    """Guests leave no results, and are not counted."""
    return request.user.is_authenticated and RESULTS.is_spent(str(request.user.pk))


def _wait() -> str:
    return ngettext(
        "That was a great many answers for one hour. Try again in %(minutes)d "
        "minute; what you chose stays here.",
        "That was a great many answers for one hour. Try again in %(minutes)d "
        "minutes; what you chose stays here.",
        RESULTS.minutes_left,
    ) % {"minutes": RESULTS.minutes_left}


def _later(response):
    return retry_after(response, RESULTS.seconds_left)


def _keep(request, **result) -> None:
    if record_result(user=request.user, **result):
        RESULTS.spend(str(request.user.pk))


def _show(request, name, context, status):
    """The page, or the piece alone. `level` is that of the activity's heading."""
    inside = in_lesson(request)
    context |= {"in_lesson": inside, "level": 3 if inside else 1}
    piece = wants_fragment(request)
    template = f"courseware/{'_' if piece else ''}{name}.html"
    return render(request, template, context, status=status)
