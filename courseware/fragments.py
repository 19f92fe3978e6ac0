"""Which requests want a piece of a page rather than the page."""

from django.http import HttpRequest


def in_lesson(request: HttpRequest) -> bool:
    """Whether a lesson asks, to show the activity inside itself."""
    return request.GET.get("in") == "lesson"


def wants_fragment(request: HttpRequest) -> bool:
    htmx = request.htmx
    swaps = htmx and not htmx.boosted and not htmx.history_restore_request
    return bool(swaps) or in_lesson(request)
