"""Pages of the challenges, for anyone, signed in or not."""

from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from courseware.activities import taught_at
from policies_lab.challenges import records, shelf
from policies_lab.challenges.sheet import Sheet, number_in
from policies_lab.events import beliefs
from policies_lab.limits import TooMany, turn
from policies_lab.views import answer, wants_piece


@login_not_required
@require_safe
def challenges(request):
    """All challenges by section and track, with one's own stars."""
    found = shelf.everything()
    done = records.records_of(request.user)
    rows = [(one, done.get(one.key)) for one in found]
    context = {
        "sections": by_section(rows),
        "earned": sum(record.stars for _one, record in rows if record),
        "possible": records.STARS * len(rows),
    }
    return render(request, "policies_lab/challenges.html", context)


def by_section(rows):
    """(title, [(track, rows)]) in the order of the course."""
    return [
        (
            title,
            [
                (track, list(some))
                for track, some in groupby(inner, lambda row: row[0].track)
            ],
        )
        for title, inner in groupby(rows, lambda row: row[0].section_title)
    ]


@login_not_required
@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
def challenge(request, key):
    """One challenge. A POST tries an answer, asks for a hint, or gives up."""
    found = shelf.find(key)
    if found is None:
        raise Http404
    record = records.record_of(request.user, found)
    if request.method != "POST":
        return show(request, Sheet(found, record))
    sheet = Sheet(found, record, request.POST)
    try:
        with turn(request):
            return act(request, sheet)
    except TooMany as refused:
        return show(request, sheet, status=429, wait=refused.retry_after)


def act(request, sheet):
    """Do what the pressed button says; anything unknown is a try."""
    wish, _space, number = request.POST.get("do", "").partition(" ")
    person = {"user": request.user, "challenge": sheet.challenge}
    if wish == "hint":
        sheet.take_hint()
        sheet.record = records.keep_hints(**person, hints=sheet.hints)
    elif wish == "give_up":
        sheet.gave_up = True
        sheet.record = records.give_up(**person)
    if wish in {"hint", "give_up"}:
        # Text that cannot be read yet is no reason to withhold a hint.
        if not sheet.carry_out():
            sheet.found = {}
        return show(request, sheet, wish=wish)
    if wish == "open":
        sheet.open(number_in(number))
    if not sheet.carry_out():
        return show(request, sheet, status=422)
    kept = {"texts": sheet.texts, "outcome": sheet.outcome, "wrong": sheet.wrong}
    sheet.record = records.keep_try(**person, **kept) or sheet.record
    return show(request, sheet, wish=wish)


def show(request, sheet, *, status=200, wait=0, wish=""):
    in_lesson = request.GET.get("in") == "lesson" and wants_piece(request)
    context = {
        "sheet": sheet,
        "challenge": sheet.challenge,
        "evaluation": sheet.evaluation,
        "wait": wait,
        "wish": wish,
        "beliefs": beliefs_of(request, sheet.wrong),
        "following": following(sheet) if sheet.stars or sheet.gave_up else None,
        "prefix": "bench",
    }
    template = "policies_lab/challenge.html"
    if in_lesson:
        template = "policies_lab/_challenge_in_lesson.html"
    elif wants_piece(request):
        template = "policies_lab/_challenge.html"
    return answer(request, template, context, status, wait)


def beliefs_of(request, wrong) -> list[tuple]:
    """The belief behind a known wrong answer, with the address of its lesson."""
    found = beliefs((wrong.belief,)) if wrong and wrong.belief else []
    lessons = taught_at(request, found)
    return [(belief, lessons.get(belief.code, "")) for belief in found]


def following(sheet):
    """The next challenge in the order of the course, or None after the last."""
    found = shelf.everything()
    keys = [one.key for one in found]
    after = keys.index(sheet.challenge.key) + 1
    return found[after] if after < len(found) else None
