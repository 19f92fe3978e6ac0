"""What was typed is carried past an ended sign-in or a changed token.

The browser's part is in tests/browser/test_keeping.py.
"""

import json
import re
from html import unescape

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from courseware import keeping
from tests.factories import PASSWORD

HERE = {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}
HTMX = {"HX-Request": "true"}
# A private address that takes forms.
PRIVATE = "/accounts/?tab=1"
TYPED = {
    "name": "Ben\r\nBerg",
    "choice": ["a", "c"],
    "markup": '</textarea><script>alert("x")</script>',
    "password": "my very secret",
    "new_password1": "my other secret",
    "csrfmiddlewaretoken": "x" * 32,
}


def field(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    return unescape(found.group(1)) if found else ""


def carried_after(client, headers=HERE, data=None, path=PRIVATE):
    response = client.post(path, TYPED if data is None else data, headers=headers)
    return response, field(response.content.decode(), "carried")


# --- the sign-in ended -------------------------------------------------------------


def test_the_fields_come_back_after_the_sign_in(client, ben):
    response, carried = carried_after(client)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Cookie")
    html = response.content.decode()
    assert "Your sign-in has ended" in html
    assert "data-refused" in html
    # Plain text in a page would be for whoever sits down there next.
    assert "Berg" not in html
    form = {"username": "ben", "password": "wrong", "carried": carried}
    response = client.post("/accounts/login/", form)
    assert response.status_code == 422
    carried = field(response.content.decode(), "carried")
    form = {"username": "ben", "password": PASSWORD, "carried": carried}
    response = client.post("/accounts/login/", form)
    assert response.status_code == 200
    html = response.content.decode()
    assert f'action="{PRIVATE}"' in html
    assert "Ben\nBerg</textarea>" in html.replace("\r\n", "\n")
    assert html.count('name="choice"') == 2
    assert "<script>alert" not in html
    assert "secret" not in html
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.test"},
    ],
    ids=str,
)
def test_the_form_of_another_site_is_not_carried(client, ben, headers):
    response, carried = carried_after(client, headers)
    assert response.status_code == 401
    assert carried == ""
    assert "This needs a sign-in" in response.content.decode()


@pytest.mark.parametrize("headers", [HERE, {"Origin": "http://testserver"}], ids=str)
def test_one_of_the_two_headers_is_proof_enough(client, db, headers):
    assert carried_after(client, headers)[1]


def test_files_and_very_long_texts_stay_behind(client, ben):
    upload = TYPED | {"file": SimpleUploadedFile("a.txt", b"text")}
    assert carried_after(client, data=upload)[1] == ""
    at_limit = {"text": "x" * (keeping.LIMIT - 4)}
    assert carried_after(client, data=at_limit)[1]
    assert carried_after(client, data={"text": "x" * (keeping.LIMIT - 3)})[1] == ""


def test_what_cannot_be_compressed_still_leaves_room_for_the_sign_in(client, ben):
    import random

    noise = random.Random(1)
    text = "".join(chr(noise.randrange(0x100, 0x3000)) for _n in range(290_000))
    response, carried = carried_after(client, data={"text": text})
    assert response.status_code == 401
    assert len(carried) <= keeping.LIMIT_SIGNED
    form = {"username": "ben", "password": PASSWORD, "carried": carried}
    assert client.post("/accounts/login/", form).status_code != 413


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-1],
        lambda text: "x" + text,
        lambda text: signing.dumps({"path": "/", "fields": []}, salt="another"),
        lambda text: "\x00",
        lambda text: "x" * 10_000,
    ],
)
def test_a_forged_text_is_dropped(client, ben, spoil):
    _response, carried = carried_after(client)
    form = {"username": "ben", "password": PASSWORD, "carried": spoil(carried)}
    response = client.post("/accounts/login/", form)
    assert (response.status_code, response.url) == (302, "/desk/")


def test_a_text_of_yesterday_is_dropped(client, ben, monkeypatch):
    import time

    _response, carried = carried_after(client)
    later = time.time() + keeping.AGE + 5
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert keeping.unpack(carried) is None


def test_a_key_that_is_retired_still_opens_it(client, db, settings):
    _response, carried = carried_after(client)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" + "y" * 50
    assert keeping.unpack(carried).path == PRIVATE


@pytest.mark.parametrize("path", ["//evil.test/", "https://evil.test/", "/\\evil.test"])
def test_an_address_elsewhere_is_dropped_even_when_signed(db, path):
    packed = keeping.pack(keeping.Carried(path, [("a", "b")]))
    assert keeping.unpack(packed) is None


def test_a_path_that_begins_with_two_slashes_stays_here(rf):
    request = rf.post("//evil.test/path", {"a": "b"}, headers=HERE)
    carried = keeping.unpack(keeping.carry(request))
    assert carried is None or not carried.path.startswith("//")


def test_the_sign_in_leads_back_to_the_page_with_the_form(client, ben):
    """Where nothing can be carried, at least the page is found again."""
    headers = {"Referer": "http://testserver/lab/?a=1"}
    response = client.post("/accounts/", {"a": "b"}, headers=headers)
    assert field(response.content.decode(), "next") == "/lab/?a=1"
    for foreign in ("https://evil.test/", "http://testserver.evil.test/", "//x", "x"):
        headers = {"Referer": foreign}
        response = client.post("/accounts/", {"a": "b"}, headers=headers)
        assert field(response.content.decode(), "next") == ""


def test_locked_out_nothing_is_lost_either(client, ben):
    _response, carried = carried_after(client)
    form = {"username": "ben", "password": "wrong", "carried": carried}
    for _try in range(10):
        response = client.post("/accounts/login/", form)
    assert response.status_code == 429
    assert keeping.unpack(field(response.content.decode(), "carried"))


# --- whose text it is ---------------------------------------------------------------

OTHERS = "belongs to another account"


def sign_in(client, name, carried="", follow=False):
    form = {"username": name, "password": PASSWORD, "carried": carried}
    return client.post("/accounts/login/", form, follow=follow)


def end_the_sign_in(client):
    del client.cookies["session"]


def test_a_text_goes_to_nobody_but_who_typed_it(client, ben, cleo):
    sign_in(client, "ben")
    end_the_sign_in(client)
    _response, carried = carried_after(client)
    html = sign_in(client, "cleo", carried, follow=True).content.decode()
    assert OTHERS in html
    assert "Berg" not in html
    end_the_sign_in(client)
    html = sign_in(client, "ben", carried).content.decode()
    assert "Ben\nBerg</textarea>" in html.replace("\r\n", "\n")


def test_signing_out_in_another_tab_does_not_make_it_anybodys(client, ben, cleo):
    sign_in(client, "ben")
    client.post("/accounts/logout/")
    _response, carried = carried_after(client)
    assert sign_in(client, "cleo", carried).status_code == 302


def test_a_text_is_not_taken_to_another_browser(client, ben):
    """A text that somebody packed for others to find in their sign-in page."""
    _response, carried = carried_after(client)
    html = sign_in(Client(), "ben", carried, follow=True).content.decode()
    assert OTHERS in html
    assert "Berg</textarea>" not in html


def test_a_text_without_a_typist_is_nobodys(client, ben):
    carried = keeping.pack(keeping.Carried("/accounts/", [("a", "some words")]))
    assert sign_in(client, "ben", carried).status_code == 302


def test_a_second_click_finds_the_text_of_a_guest_too(client, ben):
    _response, carried = carried_after(client)
    for _click in range(2):
        html = sign_in(client, "ben", carried).content.decode()
        assert "You are signed in again" in html


def test_who_made_an_account_here_gets_the_text_back(client, cohort):
    form = {
        "code": cohort.join_code,
        "name": "Dora Diaz",
        "username": "dora",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    assert client.post("/accounts/join/", form).status_code == 302
    end_the_sign_in(client)
    _response, carried = carried_after(client)
    assert "signed in again" in sign_in(client, "dora", carried).content.decode()


def test_the_typist_survives_a_new_key(client, ben, settings):
    sign_in(client, "ben")
    end_the_sign_in(client)
    _response, carried = carried_after(client)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" + "y" * 50
    assert "signed in again" in sign_in(client, "ben", carried).content.decode()


def test_the_cookie_names_nobody_to_others(client, ben):
    sign_in(client, "ben")
    cookie = client.cookies["typist"]
    assert len(cookie.value) == len("p-") + 64
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize(("first", "sent"), [("cleo", False), ("ben", True)])
def test_an_old_page_of_another_is_not_sent_on(ben, cleo, first, sent):
    """Two tabs of one browser; in the second one somebody else has signed in."""
    client = Client()
    sign_in(client, first)
    client.post("/accounts/logout/")
    sign_in(client, "ben")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    response = strict.post(PRIVATE, TYPED, headers=HERE)
    assert response.status_code == 403
    html = response.content.decode()
    assert "Berg</textarea>" in html
    assert (f'action="{PRIVATE}"' in html) is sent
    assert ("Somebody else was signed in" in html) is not sent
    assert ("<h1>Please send this once more" in html) is sent


# --- htmx ---------------------------------------------------------------------------


def test_htmx_gets_a_notice_and_the_form_stays(client, db):
    response = client.post("/accounts/", TYPED, headers=HTMX | HERE)
    assert response.status_code == 401
    assert response.headers["HX-Retarget"] == "#notices"
    assert response.headers["HX-Reswap"] == "innerHTML"
    html = response.content.decode()
    assert "Your sign-in has ended" in html
    assert 'href="/accounts/login/?next=/accounts/signed-in/" target="_blank"' in html
    assert "<html" not in html


def test_after_signing_in_in_a_second_tab_the_way_back_is_told(signed_in, ben):
    html = signed_in(ben).get("/accounts/signed-in/").content.decode()
    assert "Close this tab" in html


def test_an_htmx_get_leads_the_whole_page_to_the_sign_in(client, db):
    headers = HTMX | {"HX-Current-URL": "http://testserver/lab/?q=1"}
    response = client.get("/accounts/", headers=headers)
    assert response.status_code == 204
    assert response.headers["HX-Redirect"] == "/accounts/login/?next=/lab/%3Fq%3D1"
    headers = HTMX | {"HX-Current-URL": "https://evil.test/"}
    response = client.get("/accounts/", headers=headers)
    assert response.headers["HX-Redirect"] == "/accounts/login/?next=/desk/"


# --- the token changed ----------------------------------------------------------------


@pytest.fixture
def strict(ben):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ben, backend="django.contrib.auth.backends.ModelBackend")
    return client


def token_of(client) -> str:
    html = client.get("/accounts/").content.decode()
    return field(html, "csrfmiddlewaretoken")


def test_htmx_gets_a_fresh_token_that_counts(strict):
    response = strict.post("/accounts/", TYPED, headers=HTMX | HERE)
    assert response.status_code == 403
    assert response.headers["HX-Reswap"] == "none"
    event = json.loads(response.headers["HX-Trigger"])
    form = {
        "name": "Ben Berg",
        "email": "ben@example.org",
        "csrfmiddlewaretoken": event["keep:token"]["token"],
    }
    assert strict.post("/accounts/", form, headers=HTMX | HERE).status_code == 302


def test_a_plain_form_can_be_sent_again_at_once(strict):
    response = strict.post(PRIVATE, TYPED, headers=HERE)
    assert response.status_code == 403
    html = response.content.decode()
    assert "Please send this once more" in html
    assert f'action="{PRIVATE}"' in html
    assert "secret" not in html
    token = field(html, "csrfmiddlewaretoken")
    form = {"name": "Ben B", "email": "", "csrfmiddlewaretoken": token}
    assert strict.post("/accounts/", form, headers=HERE).status_code in (302, 422)


def test_a_second_click_on_sign_in_lands_where_the_first_one_does(ben):
    client = Client(enforce_csrf_checks=True)
    token = field(
        client.get("/accounts/login/").content.decode(), "csrfmiddlewaretoken"
    )
    form = {
        "username": "ben",
        "password": PASSWORD,
        "next": "/lab/",
        "csrfmiddlewaretoken": token,
    }
    for _click in range(2):
        response = client.post("/accounts/login/", form, headers=HERE)
        assert (response.status_code, response.url) == (302, "/lab/")


def test_an_old_sign_in_page_shows_a_fresh_one_and_keeps_the_fields(client, ben):
    _response, carried = carried_after(client)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["typist"] = client.cookies["typist"].value
    form = {"username": "ben", "password": PASSWORD, "carried": carried}
    response = strict.post("/accounts/login/", form, headers=HERE)
    assert response.status_code == 403
    html = response.content.decode()
    assert keeping.unpack(field(html, "carried"))
    form["csrfmiddlewaretoken"] = field(html, "csrfmiddlewaretoken")
    response = strict.post("/accounts/login/", form, headers=HERE)
    assert "You are signed in again" in response.content.decode()


def test_signing_out_twice_with_an_old_token_is_no_error(strict):
    form = {"csrfmiddlewaretoken": token_of(strict)}
    assert strict.post("/accounts/logout/", form, headers=HERE).url == "/"
    form = {"csrfmiddlewaretoken": "x" * 32}
    assert strict.post("/accounts/logout/", form, headers=HERE).url == "/"
