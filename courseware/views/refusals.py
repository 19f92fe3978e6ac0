"""Answers to requests that are refused or that failed.

They need neither database nor session, so that they work when those do not.
"""

import logging

from django.conf import settings
from django.core.exceptions import (
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

TOO_BIG = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
# What is read of a body that is refused: a server that closes the connection
# with unread data makes the browser show its own error rather than our page.
DRAINED = 20_000_000


def by_htmx(request: HttpRequest) -> bool:
    """As `request.htmx`, but also before the middleware that sets it has run."""
    return request.headers.get("HX-Request") == "true"


def refuse(request: HttpRequest, status: int, template: str, **context):
    """The page of a refusal; for htmx a notice above the page, which stays."""
    htmx = by_htmx(request)
    frame = "_refusal.html" if htmx else "refusal.html"
    context |= {
        "frame": frame,
        "request_id": getattr(request, "id", ""),
        # Whether it still holds is not asked: the desk asks for a sign-in itself.
        "has_session": settings.SESSION_COOKIE_NAME in request.COOKIES,
        "here": request.get_full_path() if request.method in ("GET", "HEAD") else "",
    }
    html = render_to_string(template, context, request)
    response = HttpResponse(html, status=status)
    patch_vary_headers(response, ["Cookie"])
    if htmx:
        response.headers["HX-Retarget"] = "#notices"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def bad_request(request, exception=None):
    if isinstance(exception, TOO_BIG):
        _drain(request)
        return refuse(request, 413, "413.html")
    return refuse(request, 400, "400.html")


def _drain(request) -> None:
    try:
        for _unused in range(DRAINED // 65536):
            if not request.read(65536):
                return
    except Exception:
        # Whatever is wrong with the body, it is refused already.
        logger.debug("The rest of a refused body could not be read")


def forbidden(request, exception=None):
    return refuse(request, 403, "403.html", reason=str(exception or ""))


def not_found(request, exception=None):
    return refuse(request, 404, "404.html")


def failed(request):
    try:
        return refuse(request, 500, "500.html")
    except Exception:
        logger.exception("The page for a failure failed itself")
        html = format_html(
            '<!doctype html><html lang="en"><title>{title}</title><h1>{title}</h1>'
            "<p>{reference}</p>",
            title=_("Something went wrong here"),
            reference=getattr(request, "id", ""),
        )
        return HttpResponse(html, status=500)


def wrong_method(request):
    return refuse(request, 405, "405.html")
