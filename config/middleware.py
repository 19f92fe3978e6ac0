"""What holds for every request and response, whatever view is behind it."""

import re
import secrets

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware

from config.logs import request_id
from courseware.views.refusals import bad_request, wrong_method
from courseware.views.resuming import sign_in_first

HEADERS = {
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), interest-cohort=()"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    # SecurityMiddleware sets these too, but not on what it refuses itself.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def name_request(get_response):
    """Give each request a name, by which its log lines are found."""

    def middleware(request):
        request.id = secrets.token_hex(6)
        # Never unset: Django logs refusals after the last middleware is done.
        request_id.set(request.id)
        response = get_response(request)
        response.headers["X-Request-ID"] = request.id
        return _bare(response) if request.method == "HEAD" else response

    return middleware


def _bare(response):
    """The answer to HEAD: Django leaves the body to the server, which complains."""
    if not response.streaming:
        length = str(len(response.content))
        response.headers.setdefault("Content-Length", length)
        response.content = b""
    return response


def response_headers(get_response):
    """Add the headers that Django has no setting for, and guard personal pages."""

    def middleware(request):
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not _says_whose_copy(response):
            if _is_personal(request, response):
                response.headers["Cache-Control"] = "private, no-store"
            elif response.cookies:
                response.headers["Cache-Control"] = "private"
        return response

    return middleware


def _says_whose_copy(response) -> bool:
    given = response.headers.get("Cache-Control", "")
    return "private" in given or "public" in given


def _is_personal(request, response) -> bool:
    """Whether a session was looked at, or is begun or ended by this response."""
    if settings.SESSION_COOKIE_NAME in response.cookies:
        return True
    session = getattr(request, "session", None)
    return session is not None and session.accessed and not session.is_empty()


def plain_requests(get_response):
    """Refuse addresses that no database can look up, and odd encodings."""

    def middleware(request):
        return get_response(request) if _is_plain(request) else bad_request(request)

    return middleware


def _is_plain(request) -> bool:
    charset = request.content_params.get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8"):
        return False
    if CONTROL.search(request.path):
        return False
    return not any(
        UNSTORABLE.search(text)
        for key, values in request.GET.lists()
        for text in (key, *values)
    )


def worded_refusals(get_response):
    """Put words into the empty answer that Django gives to a wrong method."""

    def middleware(request):
        response = get_response(request)
        # A file that is served has no content to look at, whatever the method.
        if response.status_code != 405 or response.streaming or response.content:
            return response
        page = wrong_method(request)
        page.cookies = response.cookies
        for name, value in response.headers.items():
            if not name.startswith("Content-"):
                page.headers.setdefault(name, value)
        page.headers["Content-Length"] = str(len(page.content))
        return page

    return middleware


class SignInRequired(LoginRequiredMiddleware):
    """Every page is private unless its view says otherwise.

    Who has to sign in first loses nothing that was typed: see docs/keeping.md.
    """

    def process_view(self, request, view_func, view_args, view_kwargs):
        # The view's mark first: asking who reads would touch the session, and a
        # public page must not.
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request, view_func):
        return sign_in_first(request)
