"""Where somebody was signed out, or a token changed, under a form being filled in.

The form, or what was typed into it, outlives both: see docs/keeping.md.
"""

import json

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse

from courseware import keeping
from courseware.views.accounts import after_sign_in, sign_in_page
from courseware.views.refusals import by_htmx, refuse

# These pages carry what somebody typed.
NOT_KEPT = "private, no-store"


def sign_in_first(request):
    """The answer to a request for a private page by somebody not signed in."""
    if by_htmx(request) and request.method == "GET":
        return _htmx_to_login(request)
    if by_htmx(request):
        response = refuse(request, 401, "401.html", back=reverse("signed_in"))
    elif request.method == "POST":
        response = _sign_in_with_fields(request)
    else:
        return redirect_to_login(request.get_full_path())
    response.headers["Cache-Control"] = NOT_KEPT
    response.headers["WWW-Authenticate"] = 'Cookie realm="Shared Ground"'
    return response


def _htmx_to_login(request) -> HttpResponse:
    """A redirect would be followed out of sight and land inside the page."""
    page = keeping.page_before(request) or reverse("courseware:desk")
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = redirect_to_login(page).url
    return response


def _sign_in_with_fields(request) -> HttpResponse:
    """The sign-in page in place of the answer, with the posted fields in it.

    401 rather than a redirect: the fields cannot travel in an address, and after
    a 200 the script that keeps drafts would take the form for accepted.
    """
    carried = keeping.carry(request) or ""
    response = sign_in_page(
        request,
        status=401,
        next_page=keeping.page_before(request),
        carried=carried,
        ended=True,
    )
    return keeping.remember(request, response) if carried else response


def csrf_failure(request, reason=""):
    """A fresh token for a page of ours; a plain refusal for any other."""
    if not keeping.from_here(request):
        return refuse(request, 403, "403.html", reason="")
    if by_htmx(request):
        return _fresh_token(request)
    if request.path == reverse("login"):
        return _sign_in_again(request)
    if request.path == reverse("logout") and not request.user.is_authenticated:
        return redirect("courseware:home")
    carried = keeping.unpack(keeping.carry(request) or "")
    shared = request.user.is_authenticated and keeping.was_shared(request)
    response = refuse(request, 403, "403_csrf.html", carried=carried, shared=shared)
    response.headers["Cache-Control"] = NOT_KEPT
    return response


def _fresh_token(request) -> HttpResponse:
    response = HttpResponse(status=403)
    response.headers["HX-Reswap"] = "none"
    response.headers["HX-Trigger"] = json.dumps(
        {"keep:token": {"token": get_token(request)}}
    )
    return response


def _sign_in_again(request) -> HttpResponse:
    """A second click on "Sign in" meets the token that the first one changed."""
    if request.user.is_authenticated:
        return after_sign_in(request)
    return sign_in_page(
        request,
        status=403,
        next_page=request.POST.get("next", ""),
        carried=request.POST.get(keeping.CARRIED, ""),
    )
