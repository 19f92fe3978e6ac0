"""Signing in and out, joining a cohort, and one's own account."""

import unicodedata
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, views
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.addresses import client_network
from courseware import access, keeping
from courseware.enrolling import enrol_student
from courseware.forms import (
    USERNAME_LIMIT,
    AccountForm,
    ChangePasswordForm,
    CodeForm,
    ResetForm,
    SetPasswordForm,
    SignInForm,
    SignUpForm,
)
from courseware.lockout import seconds_locked
from courseware.navigation import first_page
from courseware.throttling import Limit, minutes, retry_after

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
GET_OR_POST = ["GET", "HEAD", "POST"]
# People with rights over others are signed out after a working day.
STAFF_SECONDS = 10 * 60 * 60

# A cohort shares one address: wide enough for its slips, far too narrow to guess.
FAILED_SIGN_INS = Limit("sign-in", times=200, seconds=3600)
WRONG_CODES = Limit("join", times=30, seconds=600)
# New accounts: several cohorts may join from one school within an hour.
SIGN_UPS = Limit("sign-up", times=100, seconds=3600)
RESET_MAILS = Limit("reset", times=20, seconds=3600)
# To one mailbox, whoever asks, and whether an account has it or not.
RESET_MAILS_TO = Limit("reset-to", times=3, seconds=3600)
NEW_PASSWORDS = Limit("new-password", times=50, seconds=3600)
OWN_PASSWORD = Limit("own-password", times=10, seconds=3600)


# --- signing in and out -----------------------------------------------------


@login_not_required
@sensitive_post_parameters("password", "carried")
@never_cache
@require_http_methods(GET_OR_POST)
def sign_in(request):
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(_safe_next(request))
        return sign_in_page(request, next_page=request.GET.get("next", ""))
    address = client_network(request)
    if FAILED_SIGN_INS.is_spent(address):
        return _sign_in_later(request, FAILED_SIGN_INS.seconds_left)
    form = SignInForm(request, request.POST)
    if form.is_valid():
        login(request, form.get_user())
        if request.user.is_staff:
            request.session.set_expiry(STAFF_SECONDS)
        keeping.signed_in(request)
        return keeping.remember(request, after_sign_in(request))
    FAILED_SIGN_INS.spend(address)
    return _sign_in_page_again(request, status=422, form=form)


def sign_in_page(
    request, *, status=200, form=None, next_page="", carried="", ended=False, seconds=0
):
    """The sign-in form. `carried`: fields of another form, signed; `ended`: the
    reader posted something that needs a sign-in; `seconds`: how long to wait.
    """
    context = {
        "form": form or SignInForm(request),
        "next": next_page,
        "quiz": _quiz_asked_for(next_page),
        "carried": carried if keeping.unpack(carried) else "",
        "ended": ended,
        "minutes": minutes(seconds),
    }
    response = render(request, "registration/login.html", context, status=status)
    return retry_after(response, seconds)


def _quiz_asked_for(url: str) -> dict | None:
    """Which quiz the reader is on the way to; its title only where all may read it.

    The same is said of a quiz of a private course and of one that is not there.
    """
    try:
        found = resolve(urlsplit(url).path)
    except (Resolver404, ValueError):
        return None
    if found.view_name != "courseware:quiz":
        return None
    quiz = access.public_quiz(**found.kwargs)
    return {"title": quiz.title if quiz else ""}


def _sign_in_page_again(request, **given):
    return sign_in_page(
        request,
        next_page=request.POST.get("next", ""),
        carried=request.POST.get(keeping.CARRIED, ""),
        **given,
    )


def _sign_in_later(request, seconds: int):
    typed = request.POST.get("username", "")[:USERNAME_LIMIT]
    form = SignInForm(request, initial={"username": typed})
    return _sign_in_page_again(request, status=429, form=form, seconds=seconds)


def locked_out(request, response, credentials):
    """What axes answers instead of `response` after too many failures."""
    return _sign_in_later(request, seconds_locked(request, credentials) or 60)


def after_sign_in(request):
    """On to what was typed before the sign-in had ended, or to the next page."""
    carried = keeping.unpack(request.POST.get(keeping.CARRIED, ""))
    if carried and keeping.is_own(request, carried.typist):
        return render(request, "accounts/send_again.html", {"carried": carried})
    if carried:
        messages.info(
            request,
            _(
                "The text that was waiting here belongs to another account. It was "
                "not sent."
            ),
        )
    return redirect(_safe_next(request))


def _safe_next(request) -> str:
    url = request.POST.get("next") or request.GET.get("next", "")
    is_safe = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if is_safe else first_page(request.user)


@login_not_required
@require_POST
def sign_out(request):
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@require_GET
def signed_in(request):
    """Where a sign-in in a second tab ends: the text waits in the first one."""
    return render(request, "accounts/signed_in.html")


# --- joining ----------------------------------------------------------------


@login_not_required
@sensitive_post_parameters("password1", "password2")
@never_cache
@require_http_methods(GET_OR_POST)
def join(request):
    form_class = CodeForm if request.user.is_authenticated else SignUpForm
    if request.method != "POST":
        form = form_class(initial={"code": request.GET.get("code", "")[:40]})
        return _join_page(request, form)
    form = form_class(request.POST)
    address = client_network(request)
    limits = [WRONG_CODES] if form_class is CodeForm else [WRONG_CODES, SIGN_UPS]
    if spent := [limit for limit in limits if limit.is_spent(address)]:
        # Not validated: neither the code nor anything else is looked up.
        form = form_class(initial=request.POST.dict())
        seconds = max(limit.seconds_left for limit in spent)
        return _join_page(request, form, seconds=seconds)
    if not form.is_valid():
        if form.has_error("code", "unknown_code"):
            WRONG_CODES.spend(address)
        return _join_page(request, form, status=422)
    return _enrol(request, form) or _join_page(request, form, status=422)


def _enrol(request, form):
    """Into the cohort, with a new account where needed; None if that failed."""
    person = request.user
    response = redirect(settings.LOGIN_REDIRECT_URL)
    if not person.is_authenticated:
        person = form.create()
        if person is None:
            return None
        SIGN_UPS.spend(client_network(request))
        login(request, person, backend=MODEL_BACKEND)
        keeping.signed_in(request)
        keeping.remember(request, response)
    words = {"cohort": form.cohort.name}
    if enrol_student(user=person, cohort=form.cohort):
        messages.success(request, _("You have joined %(cohort)s.") % words)
    else:
        messages.info(request, _("You were in %(cohort)s already.") % words)
    return response


def _join_page(request, form, *, status=200, seconds=0):
    context = {"form": form, "minutes": minutes(seconds)}
    status = 429 if seconds else status
    response = render(request, "accounts/join.html", context, status=status)
    return retry_after(response, seconds)


# --- one's own account ------------------------------------------------------


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(GET_OR_POST)
def account(request):
    if request.method != "POST":
        return _account_page(request, AccountForm(request.user))
    who = str(request.user.pk)
    if request.POST.get("password") and OWN_PASSWORD.is_spent(who):
        form = AccountForm(request.user, initial=request.POST.dict())
        return _account_page(request, form, seconds=OWN_PASSWORD.seconds_left)
    form = AccountForm(request.user, request.POST)
    if form.is_valid() and form.save():
        messages.success(request, _("Your details are saved."))
        return redirect("account")
    if form.has_error("password") or form.has_error("email"):
        OWN_PASSWORD.spend(who)
    request.user.refresh_from_db()
    return _account_page(request, form, status=422)


def _account_page(request, form, *, status=200, seconds=0):
    enrolments = request.user.enrolments.select_related("cohort__course")
    context = {
        "form": form,
        "enrolments": enrolments.order_by("-cohort__starts_on"),
        "administers": request.user.is_staff,
        "minutes": minutes(seconds),
    }
    status = 429 if seconds else status
    response = render(request, "accounts/account.html", context, status=status)
    return retry_after(response, seconds)


class _Guarded:
    """One of Django's views: 422 for an invalid form, 429 after too many."""

    limit: Limit
    extra_context = {"minutes": 0}

    def who(self) -> str:
        return client_network(self.request)

    def post(self, request, *args, **kwargs):
        if self.limit.is_spent(self.who()):
            return self.later(self.limit)
        return super().post(request, *args, **kwargs)

    def later(self, limit: Limit):
        seconds = limit.seconds_left
        typed = self.request.POST.dict()
        given = {"data": None, "files": None, "initial": typed}
        form = self.get_form_class()(**self.get_form_kwargs() | given)
        context = self.get_context_data(form=form) | {"minutes": minutes(seconds)}
        return retry_after(self.render_to_response(context, status=429), seconds)

    def form_invalid(self, form):
        self.limit.spend(self.who())
        return self.render_to_response(self.get_context_data(form=form), status=422)


@method_decorator(never_cache, name="dispatch")
class PasswordChange(_Guarded, views.PasswordChangeView):
    """Django ends every other session of the person with the old password."""

    form_class = ChangePasswordForm
    template_name = "registration/password_change.html"
    success_url = reverse_lazy("account")
    limit = OWN_PASSWORD

    def who(self) -> str:
        return str(self.request.user.pk)

    def form_valid(self, form):
        messages.success(
            self.request,
            _("Your password is changed. Every other device has been signed out."),
        )
        return super().form_valid(form)


@method_decorator(login_not_required, name="dispatch")
class PasswordReset(_Guarded, views.PasswordResetView):
    """Answers the same whether the address belongs to an account or not."""

    form_class = ResetForm
    template_name = "registration/password_reset.html"
    email_template_name = "registration/password_reset_email.txt"
    limit = RESET_MAILS

    def form_valid(self, form):
        self.limit.spend(self.who())
        address = form.cleaned_data["email"]
        mailbox = unicodedata.normalize("NFKC", address).casefold()
        if RESET_MAILS_TO.is_spent(mailbox):
            return self.later(RESET_MAILS_TO)
        RESET_MAILS_TO.spend(mailbox)
        return super().form_valid(form)


@method_decorator(login_not_required, name="dispatch")
class PasswordResetConfirm(_Guarded, views.PasswordResetConfirmView):
    form_class = SetPasswordForm
    template_name = "registration/password_reset_confirm.html"
    success_url = reverse_lazy("login")
    limit = NEW_PASSWORDS

    def form_valid(self, form):
        messages.success(
            self.request, _("Your new password is set. Sign in with it now.")
        )
        return super().form_valid(form)


@login_not_required
@require_GET
def password_reset_done(request):
    return render(request, "registration/password_reset_done.html")


_forms_only = require_http_methods(GET_OR_POST)
password_change = _forms_only(PasswordChange.as_view())
password_reset = _forms_only(PasswordReset.as_view())
password_reset_confirm = _forms_only(PasswordResetConfirm.as_view())
