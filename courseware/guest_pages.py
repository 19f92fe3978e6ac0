"""Finished pages of public courses, kept in memory for signed-out readers.

Such a page depends on nothing but its content, so it is made once for each
version of the content, together with its gzip form. It is served without looking
at session or CSRF token, and so must hold no form and nothing of its reader.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.text import compress_string

from courseware.models import Course

# A lesson takes about 30 KB with its gzip form: at most some 8 MB a process.
LIMIT = 256

ACCEPTS_GZIP = re.compile(r"\bgzip\b")


@dataclass(frozen=True, slots=True)
class Page:
    body: bytes
    gzip: bytes
    etag: str


class Shelf:
    """The `limit` pages asked for last. Safe to share between threads."""

    def __init__(self, limit: int = LIMIT):
        self.limit = limit
        self._pages: OrderedDict[tuple, Page] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: tuple, make: Callable[[], str]) -> Page:
        """The page kept under `key`, or the one that `make` makes now."""
        with self._lock:
            page = self._pages.get(key)
            if page:
                self._pages.move_to_end(key)
                return page
        # Made outside the lock: a slow page must not hold up the others. Two
        # threads may both make it; they make the same.
        page = _finish(make())
        with self._lock:
            self._pages[key] = page
            while len(self._pages) > self.limit:
                self._pages.popitem(last=False)
        return page

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()


shelf = Shelf()


def _finish(html: str) -> Page:
    body = html.encode()
    digest = hashlib.blake2b(body, digest_size=12).hexdigest()
    return Page(body=body, gzip=compress_string(body), etag=f'W/"{digest}"')


def suits(request: HttpRequest) -> bool:
    """Whether the reader is surely signed out, with no message waiting.

    A session holds both.
    """
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


def versions(**keys: str) -> tuple:
    """What changes whenever public courses do, for those that `keys` name.

    `keys` are lookups of Course ("slug", "lessons__slug") and their values; empty
    where nothing public is there. One query.
    """
    sql, names = _versions_sql(*keys)
    with connection.cursor() as cursor:
        cursor.execute(sql, [keys[name] for name in names])
        return tuple(cursor.fetchall())


@cache
def _versions_sql(*names: str) -> tuple[str, tuple[str, ...]]:
    """The query with its parameters in order: each is given its own name as value.

    Built once, because building it takes several times as long as running it.
    """
    courses = Course.objects.filter(public=True).order_by("pk")
    if "lessons__slug" in names:
        courses = courses.filter(
            lessons__slug="lessons__slug",
            lessons__retired=False,
            lessons__section__retired=False,
        )
    if "slug" in names:
        courses = courses.filter(slug="slug")
    rows = courses.values_list("pk", "content_hash", "imported_at")
    return rows.query.sql_with_params()


def serve(
    request: HttpRequest,
    version: tuple,
    template: str,
    context: Callable[[], dict[str, Any]],
) -> HttpResponse:
    """The page of `template` at this address, as of `version`.

    `context` is called only when the page has to be made.
    """

    def make() -> str:
        # The address is all of the request that the page may depend on.
        address = {"path": request.path, "get_full_path": request.path}
        guest = {"user": AnonymousUser(), "teaches": False, "messages": []}
        return render_to_string(template, guest | {"request": address} | context())

    page = shelf.get((request.path, version), make)
    response = HttpResponse(page.body)
    if ACCEPTS_GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        response.content = page.gzip
        response.headers["Content-Encoding"] = "gzip"
    response.headers["ETag"] = page.etag
    # A copy is asked about before each use: whoever signs in, or reads after the
    # next import, must not see it.
    response.headers["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ("Accept-Encoding", "Cookie"))
    return get_conditional_response(request, etag=page.etag, response=response)
