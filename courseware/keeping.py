"""What was typed is carried past a sign-in that ended or a token that changed.

The browser holds the fields meanwhile, as a signed hidden field: the site stores
nothing, and a page offers to send only what a page of ours had posted before.

A text belongs to who typed it. A cookie of our own names that typist: the person
who signed in last with this browser, or else the browser by a random word. It
outlives the sign-in, and opens nothing.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme

SALT = "courseware.keeping"
# The name of the hidden field.
CARRIED = "carried"
# Characters of all names and values together, and of the signed field: it has to
# leave room for a sign-in under DATA_UPLOAD_MAX_MEMORY_SIZE.
LIMIT = 300_000
LIMIT_SIGNED = 600_000
AGE = 24 * 60 * 60
# How long a browser knows whose texts it sends; longer than any sign-in lasts.
TYPIST_AGE = 90 * 24 * 60 * 60
PERSON, GUEST = "p-", "g-"
TYPIST_BEFORE = "typist_before"  # in the session
# Longer texts, and those with blanks in them, are for people to read again.
SHORT = 40


@dataclass(frozen=True)
class Carried:
    """A form on its way: the address it was posted to, and its fields in order.

    `typist` is who typed it, as the cookie named them.
    """

    path: str
    fields: list[tuple[str, str]]
    typist: str = ""

    @property
    def texts(self) -> list[tuple[str, str]]:
        return [field for field in self.fields if _is_text(field[1])]

    @property
    def others(self) -> list[tuple[str, str]]:
        return [field for field in self.fields if not _is_text(field[1])]


def _is_text(value: str) -> bool:
    return len(value) > SHORT or any(letter.isspace() for letter in value)


def from_here(request: HttpRequest) -> bool:
    """Whether the browser vouches that a page of this site made the request.

    No script can write these two headers. Without either there is no proof.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site and site != "same-origin":
        return False
    if origin and origin != f"{request.scheme}://{request.get_host()}":
        return False
    return bool(site or origin)


def carry(request: HttpRequest) -> str | None:
    """The posted fields as a signed text, or None where nothing may be carried.

    Passwords, tokens and files stay behind; so does a foreign page's form, and
    one of more than LIMIT characters.
    """
    if request.method != "POST" or not from_here(request) or request.FILES:
        return None
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if not _is_secret(name)
        for value in values
    ]
    if sum(len(name) + len(value) for name, value in fields) > LIMIT:
        return None
    return pack(Carried(request.get_full_path(), fields, typist_of(request)))


def _is_secret(name: str) -> bool:
    return "password" in name.lower() or name in ("csrfmiddlewaretoken", CARRIED)


def pack(carried: Carried) -> str | None:
    """`carried` as one signed text; None when it comes out too long."""
    content: dict[str, Any] = {
        "path": carried.path,
        "fields": carried.fields,
        "typist": carried.typist,
    }
    text = signing.dumps(content, salt=SALT, compress=True)
    return text if len(text) <= LIMIT_SIGNED else None


def unpack(text: str) -> Carried | None:
    """What `pack` signed within the last day for an address of this site."""
    try:
        content = signing.loads(
            text,
            salt=SALT,
            max_age=AGE,
            fallback_keys=settings.SECRET_KEY_FALLBACKS,
        )
    except signing.BadSignature:
        return None
    path = content["path"]
    if not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return None
    fields = [(name, value) for name, value in content["fields"]]
    return Carried(path, fields, content.get("typist", ""))


# --- whose text it is ---------------------------------------------------------------


def _cookie() -> str:
    return "__Host-typist" if settings.HTTPS else "typist"


def _person(user, key: str) -> str:
    digest = salted_hmac(f"{SALT}.typist", str(user.pk), secret=key, algorithm="sha256")
    return PERSON + digest.hexdigest()


def typist_of(request: HttpRequest) -> str:
    """Who types in this browser; for a new one a word, to be told by `remember`."""
    if not hasattr(request, "typist"):
        given = request.COOKIES.get(_cookie(), "")
        known = given.startswith((PERSON, GUEST)) and len(given) < 100
        request.typist = given if known else GUEST + secrets.token_hex(16)
    return request.typist


def remember(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """`response`, with the cookie that names the typist."""
    response.set_cookie(
        _cookie(),
        typist_of(request),
        max_age=TYPIST_AGE,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response


def signed_in(request: HttpRequest) -> None:
    """From now on this browser's texts are those of the person just signed in."""
    before = typist_of(request)
    # A second click must not take what a guest typed from who that guest was.
    if before.startswith(GUEST) or not is_own(request, before):
        request.session[TYPIST_BEFORE] = before
    request.typist = _person(request.user, settings.SECRET_KEY)


def is_own(request: HttpRequest, typist: str) -> bool:
    """Whether what `typist` typed is a text of the person signed in.

    What a guest typed belongs to whoever signs in next with the same browser.
    """
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    mine = [_person(request.user, key) for key in keys]
    before = request.session.get(TYPIST_BEFORE, "")
    if before.startswith(GUEST):
        mine.append(before)
    return any(constant_time_compare(typist, one) for one in mine)


def was_shared(request: HttpRequest) -> bool:
    """Whether another person was signed in with this browser before.

    A page that is older than the sign-in may then be theirs.
    """
    before = request.session.get(TYPIST_BEFORE, "")
    return before.startswith(PERSON) and not is_own(request, before)


def page_before(request: HttpRequest) -> str:
    """The address of the page that sent the request, if it is ours; or ""."""
    url = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return ""
    base = f"{request.scheme}://{request.get_host()}"
    return url.removeprefix(base) if url.startswith(base + "/") else ""
