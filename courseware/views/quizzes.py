"""Quizzes: the page of a quiz, an attempt under way, and its review."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import reswap, retarget

from courseware import access, question_forms, quizzes
from courseware.attempt_review import review_of
from courseware.fragments import wants_fragment
from courseware.models import Attempt
from courseware.question_types import InvalidResponse
from courseware.quizzes import AttemptClosed, EmptyQuiz, StaleAnswer
from courseware.throttling import Limit, minutes, retry_after

PAGES = "courseware/quizzes/"
# Far more than can be worked through; each one is kept for good.
ATTEMPTS = Limit("attempt", times=30, seconds=3600)


@require_GET
def quiz(request, course, section):
    quiz = access.readable_quiz(request, course, section)
    return _quiz_page(request, quiz)


@require_POST
def start(request, course, section):
    quiz = access.readable_quiz(request, course, section)
    who = str(request.user.pk)
    if ATTEMPTS.is_spent(who):
        return _quiz_page(request, quiz, status=429, seconds=ATTEMPTS.seconds_left)
    try:
        attempt = quizzes.start_attempt(quiz=quiz, user=request.user)
    except EmptyQuiz:
        return _quiz_page(request, quiz, status=422)
    ATTEMPTS.spend(who)
    return redirect(attempt)


@require_GET
def attempt(request, pk):
    attempt = access.own_attempt(request, pk)
    if attempt.state == Attempt.State.OPEN:
        return _attempt_page(request, attempt, asked="ask" in request.GET)
    return render(request, PAGES + "review.html", {"review": review_of(attempt)})


@require_POST
def save(request, pk, position):
    """Save one answer, as it is chosen; answers with the state of that question."""
    attempt = access.own_attempt(request, pk)
    answer = get_object_or_404(quizzes.pinned_answers(attempt), position=position)
    trouble = None
    try:
        if given := question_forms.read_answer(request.POST, position):
            answer = quizzes.save_answer(attempt=attempt, **vars(given))
    except (AttemptClosed, InvalidResponse) as refused:
        trouble = refused
    except StaleAnswer as refused:
        answer, trouble = refused.answer, refused
    if wants_fragment(request):
        row = question_forms.question_row(attempt, answer, trouble)
        return _saved(request, attempt, row)
    if isinstance(trouble, AttemptClosed):
        return _closed(request, attempt)
    return _after_saving(request, attempt, {position: trouble} if trouble else {})


@require_POST
def save_all(request, pk):
    """Save whatever stands in the page, for a browser that did not do so by itself."""
    attempt = access.own_attempt(request, pk)
    try:
        saving = _save_page(request, attempt)
    except AttemptClosed:
        return _closed(request, attempt)
    return _after_saving(request, attempt, saving.refused)


@require_POST
def submit(request, pk):
    """Save whatever stands in the page, then hand in; asks once about open ones."""
    attempt = access.own_attempt(request, pk)
    try:
        saving = _save_page(request, attempt)
    except AttemptClosed:
        return _closed(request, attempt)
    if saving.refused:
        return _after_saving(request, attempt, saving.refused)
    if not request.POST.get("asked") and quizzes.has_open_questions(attempt):
        return redirect(f"{attempt.get_absolute_url()}?ask#hand-in")
    quizzes.submit_attempt(attempt=attempt)
    return redirect(attempt)


def _save_page(request: HttpRequest, attempt: Attempt) -> quizzes.Saving:
    given = question_forms.read_answers(request.POST)
    return quizzes.save_answers(attempt=attempt, given=given)


def _quiz_page(request, quiz, status=200, seconds=0) -> HttpResponse:
    overview = quizzes.overview(quiz=quiz, user=request.user)
    context = {"overview": overview, "minutes": minutes(seconds)}
    response = render(request, PAGES + "quiz.html", context, status=status)
    return retry_after(response, seconds)


def _attempt_page(request, attempt, *, asked, refused=None) -> HttpResponse:
    refused = refused or {}
    answers = list(quizzes.pinned_answers(attempt))
    context = {
        "attempt": attempt,
        "questions": question_forms.question_rows(attempt, answers, refused),
        "progress": question_forms.progress_of(answers),
        "refused": sorted(refused),
        "asked": asked,
    }
    status = 422 if refused else 200
    return render(request, PAGES + "attempt.html", context, status=status)


def _after_saving(request, attempt, refused) -> HttpResponse:
    if refused:
        asked = bool(request.POST.get("asked"))
        return _attempt_page(request, attempt, refused=refused, asked=asked)
    return redirect(attempt)


def _saved(request, attempt, row) -> HttpResponse:
    """One question's state; all of the question where the saved answer was kept."""
    answers = quizzes.states_of_answers(attempt)
    context = {
        "attempt": attempt,
        "question": row,
        "progress": question_forms.progress_of(answers),
        "asked": bool(request.POST.get("asked")),
        "whole": "keep" in request.POST and not row.trouble,
    }
    status = 422 if row.trouble else 200
    response = render(request, PAGES + "_saved.html", context, status=status)
    if context["whole"]:
        return reswap(retarget(response, f"#q{row.position}"), "outerHTML")
    return response


def _closed(request, attempt) -> HttpResponse:
    """What a page sends after its attempt was handed in, perhaps in another tab."""
    quizzes.refresh(attempt)
    left = question_forms.left_behind(attempt, request.POST)
    if not left:
        messages.info(request, _("This attempt has already been handed in."))
        return redirect(attempt)
    context = {"review": review_of(attempt), "left": left}
    return render(request, PAGES + "review.html", context, status=422)
