"""Which requests want a piece of a page rather than the page."""

from django.http import HttpRequest


def in_lesson(request: HttpRequest) -> bool:
    """Whether a lesson asks for a piece, to show the activity inside itself."""
    return request.GET.get("in") == "lesson" and wants_fragment(request)


def wants_fragment(request: HttpRequest) -> bool:
    """Whether HTMX asks for a piece. A link it follows, or a page it restores from
    the history, takes the place of the whole page."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request
