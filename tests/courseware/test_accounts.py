"""Signing in and out, and one's own account."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from courseware.models import User
from courseware.views import accounts
from tests.factories import PASSWORD, make_person

LOGIN = "/accounts/login/"
WRONG = {"username": "ben", "password": "not his"}


def sign_in(client, username="ben", password=PASSWORD, **more):
    return client.post(LOGIN, {"username": username, "password": password, **more})


def is_signed_in(client) -> bool:
    return client.get("/accounts/").status_code == 200


def test_the_sign_in_page_is_open_and_private_pages_lead_to_it(client, db):
    assert client.get(LOGIN).status_code == 200
    response = client.get("/accounts/")
    assert response.status_code == 302
    assert response.url == f"{LOGIN}?next=/accounts/"


def test_signing_in_and_out(client, ben):
    response = sign_in(client)
    assert response.status_code == 302
    assert response.url == "/desk/"
    assert is_signed_in(client)
    assert client.get("/accounts/logout/").status_code == 405
    assert is_signed_in(client)
    response = client.post("/accounts/logout/")
    assert (response.status_code, response.url) == (302, "/")
    assert not is_signed_in(client)
    # A second click does no harm.
    assert client.post("/accounts/logout/").status_code == 302


def test_signing_in_goes_on_to_the_page_asked_for(client, ben):
    response = sign_in(client, next="/accounts/join/?code=ABC")
    assert response.url == "/accounts/join/?code=ABC"


@pytest.mark.parametrize("username", ["Ben", "BEN", " ben ", "ｂｅｎ"])  # noqa: RUF001
def test_case_width_and_blanks_of_the_user_name_do_not_matter(client, ben, username):
    assert sign_in(client, username).status_code == 302


def test_the_case_of_a_stored_name_does_not_matter_either(client, db):
    make_person("Dora")
    assert sign_in(client, "dora").status_code == 302


def test_wrong_password_and_unknown_name_get_the_same_answer(client, ben):
    wrong = sign_in(client, "ben", "not his")
    unknown = sign_in(client, "nobody", "not his")
    assert wrong.status_code == unknown.status_code == 422
    same = [
        re.sub(r'value="[^"]*"', "", page.content.decode()) for page in (wrong, unknown)
    ]
    assert same[0] == same[1]
    assert "do not belong together" in same[0]


def test_an_unknown_name_costs_as_much_as_a_wrong_password(client, ben, monkeypatch):
    """One hash each: the time of an answer tells nothing."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed = []
    encode = MD5PasswordHasher.encode

    def counted(self, password, salt):
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    for name in ("ben", "nobody"):
        sign_in(client, name, f"not of {name}")
    assert hashed == ["not of ben", "not of nobody"]


def test_a_closed_account_gets_the_same_answer_as_a_wrong_password(client, ben):
    ben.is_active = False
    ben.save()
    response = sign_in(client)
    assert response.status_code == 422
    assert "do not belong together" in response.content.decode()


def test_the_user_name_is_kept_and_the_password_is_not(client, ben):
    html = sign_in(client, "ben", "my very secret").content.decode()
    assert 'value="ben"' in html
    assert "my very secret" not in html


def test_a_signed_in_person_skips_the_sign_in_page(signed_in, ben):
    client = signed_in(ben)
    assert client.get(LOGIN).url == "/desk/"
    assert client.get(f"{LOGIN}?next={LOGIN}").url == LOGIN
    assert client.get(f"{LOGIN}?next=//evil.test").url == "/desk/"


def test_a_long_password_is_refused_before_it_is_hashed(client, ben, mocker_hash):
    response = sign_in(client, "ben", "x" * 4097)
    assert response.status_code == 422
    assert "at most 4096 characters" in response.content.decode()
    assert mocker_hash == []


@pytest.fixture
def mocker_hash(monkeypatch):
    """The passwords that came as far as the check."""
    seen = []
    monkeypatch.setattr(
        "django.contrib.auth.base_user.AbstractBaseUser.check_password",
        lambda self, password: seen.append(password),
    )
    monkeypatch.setattr(
        "django.contrib.auth.base_user.AbstractBaseUser.set_password",
        lambda self, password: seen.append(password),
    )
    return seen


# --- too many tries ---------------------------------------------------------


def test_ten_failures_lock_the_account_for_that_address_only(client, ben):
    for _try in range(9):
        assert sign_in(client, **WRONG).status_code == 422
    response = sign_in(client, **WRONG)
    assert response.status_code == 429
    html = response.content.decode()
    assert "Try again in 60 minutes" in html
    assert 'value="ben"' in html
    assert 3500 < int(response.headers["Retry-After"]) <= 3600
    # The right password does not count now either,
    assert sign_in(client).status_code == 429
    # but from elsewhere the owner still gets in.
    assert sign_in(Client(REMOTE_ADDR="10.9.9.9")).status_code == 302


def test_other_writings_of_the_name_share_the_count(client, ben):
    for name in ["ben", "Ben", "BEN", "bEn", "beN"] * 2:
        response = sign_in(client, name, "not his")
    assert response.status_code == 429


def test_trying_on_while_locked_does_not_make_it_longer(client, ben, monkeypatch):
    for _try in range(10):
        sign_in(client, **WRONG)
    from axes.models import AccessAttempt
    from django.db.models import F
    from django.utils.timezone import timedelta

    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=50))
    response = sign_in(client, **WRONG)
    assert response.status_code == 429
    assert "Try again in 10 minutes" in response.content.decode()
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=11))
    assert sign_in(client).status_code == 302


def test_a_success_forgets_earlier_failures(client, ben):
    for _try in range(9):
        sign_in(client, **WRONG)
    assert sign_in(client).status_code == 302
    client.post("/accounts/logout/")
    assert sign_in(client, **WRONG).status_code == 422


def test_a_forged_forwarding_header_does_not_dodge_the_lock(client, ben):
    for number in range(10):
        response = client.post(
            LOGIN, WRONG, headers={"X-Forwarded-For": f"1.2.3.{number}"}
        )
    assert response.status_code == 429


def test_only_the_entry_of_the_last_trusted_proxy_counts(client, ben, settings):
    settings.TRUSTED_HOPS = 1
    for number in range(10):
        forwarded = f"1.2.3.{number}, 10.0.0.7"
        response = client.post(LOGIN, WRONG, headers={"X-Forwarded-For": forwarded})
    assert response.status_code == 429
    elsewhere = {"X-Forwarded-For": "1.2.3.4, 10.0.0.8"}
    right = WRONG | {"password": PASSWORD}
    assert client.post(LOGIN, right, headers=elsewhere).status_code == 302


def test_many_names_from_one_address_are_stopped_too(client, db, monkeypatch):
    few = accounts.Limit("few", times=5, seconds=3600)
    monkeypatch.setattr(accounts, "FAILED_SIGN_INS", few)
    answers = [sign_in(client, f"name-{n}", "spray").status_code for n in range(7)]
    assert answers == [422] * 5 + [429] * 2


def test_failed_sign_ins_store_no_password(client, ben):
    from axes.models import AccessAttempt

    sign_in(client, "ben", "my very secret")
    stored = AccessAttempt.objects.values().get()
    assert "my very secret" not in str(stored)


# --- sessions ---------------------------------------------------------------


def test_the_session_key_changes_at_sign_in(client, ben, settings):
    session = client.session
    session["fixed"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    sign_in(client)
    assert client.session.session_key != session.session_key
    stolen = Client()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    assert not is_signed_in(stolen)


def test_a_password_change_ends_the_other_sessions(client, ben):
    other = Client()
    sign_in(client)
    sign_in(other)
    new = "another correct horse"
    response = client.post(
        "/accounts/password/",
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )
    assert response.url == "/accounts/"
    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert sign_in(Client(), password=new).status_code == 302


def test_a_closed_account_is_signed_out_at_once(client, ben):
    sign_in(client)
    ben.is_active = False
    ben.save()
    assert not is_signed_in(client)


def test_staff_are_signed_out_after_a_working_day(client, root, ben):
    sign_in(client, "root")
    assert client.session.get_expiry_age() == accounts.STAFF_SECONDS
    other = Client()
    sign_in(other)
    assert other.session.get_expiry_age() > accounts.STAFF_SECONDS


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"old_password": "wrong"}, "entered incorrectly"),
        ({"new_password2": "something else"}, "match"),
        ({"new_password1": "short", "new_password2": "short"}, "too short"),
        ({"new_password1": "x" * 4097, "new_password2": "x" * 4097}, "at most 4096"),
    ],
)
def test_a_password_is_not_changed_by_a_form_with_a_mistake(
    signed_in, ben, given, words
):
    form = {
        "old_password": PASSWORD,
        "new_password1": "another correct horse",
        "new_password2": "another correct horse",
    }
    response = signed_in(ben).post("/accounts/password/", form | given)
    assert response.status_code == 422
    assert words in response.content.decode()
    ben.refresh_from_db()
    assert ben.check_password(PASSWORD)


def test_the_old_password_cannot_be_guessed_from_an_open_session(signed_in, ben):
    client = signed_in(ben)
    form = {"old_password": "x", "new_password1": "y", "new_password2": "y"}
    answers = [
        client.post("/accounts/password/", form).status_code for _try in range(11)
    ]
    assert answers == [422] * 10 + [429]
    form = {"name": "Ben", "email": "new@example.org", "password": PASSWORD}
    response = client.post("/accounts/", form)
    assert response.status_code == 429
    assert "new@example.org" in response.content.decode()
    ben.refresh_from_db()
    assert ben.email == "ben@example.org"


# --- one's own account ------------------------------------------------------


def test_the_account_page_shows_name_address_and_classes(signed_in, ben, cohort):
    html = signed_in(ben).get("/accounts/").content.decode()
    for words in ("Ben Berg", "ben@example.org", "Autumn", "Student", "Cloud"):
        assert words in html


def test_the_account_page_takes_the_same_queries_for_any_number_of_classes(
    signed_in, ben, course, queries_of
):
    from tests.factories import enrol, make_cohort

    client = signed_in(ben)
    few = queries_of(lambda: client.get("/accounts/"))
    for _cohort in range(10):
        enrol(ben, make_cohort(course))
    assert queries_of(lambda: client.get("/accounts/")) == few


def test_the_name_is_changed_without_a_password(signed_in, ben):
    form = {"name": "Ben Maria Berg", "email": "ben@example.org", "password": ""}
    assert signed_in(ben).post("/accounts/", form).status_code == 302
    ben.refresh_from_db()
    assert (ben.first_name, ben.last_name) == ("Ben Maria", "Berg")


def test_a_name_of_one_word_is_a_first_name(signed_in, ben):
    form = {"name": "Benedikt", "email": ben.email}
    signed_in(ben).post("/accounts/", form)
    ben.refresh_from_db()
    assert (ben.first_name, ben.last_name) == ("Benedikt", "")


@pytest.mark.parametrize("password", ["", "wrong"])
def test_another_address_needs_the_password(signed_in, ben, password):
    client = signed_in(ben)
    form = {"name": "Ben", "email": "new@example.org", "password": password}
    response = client.post("/accounts/", form)
    assert response.status_code == 422
    assert "new@example.org" in response.content.decode()
    ben.refresh_from_db()
    assert ben.email == "ben@example.org"
    assert client.post("/accounts/", form | {"password": PASSWORD}).status_code == 302
    ben.refresh_from_db()
    assert ben.email == "new@example.org"


def test_an_address_of_somebody_else_is_refused(signed_in, ben, cleo):
    form = {"name": "Ben", "email": "CLEO@example.org", "password": PASSWORD}
    response = signed_in(ben).post("/accounts/", form)
    assert response.status_code == 422
    assert "Another account has this address" in response.content.decode()


def test_whose_an_address_is_is_told_after_the_password_only(signed_in, ben, cleo):
    client = signed_in(ben)
    taken = {"name": "Ben", "email": "cleo@example.org", "password": ""}
    pages = {
        client.post("/accounts/", taken | {"email": email}).content.decode()
        for email in ("cleo@example.org", "nobody@example.org")
    }
    assert not any("Another account has this address" in page for page in pages)


def test_addresses_are_not_tried_without_end(signed_in, ben, cleo):
    client = signed_in(ben)
    form = {"name": "Ben", "email": "cleo@example.org", "password": PASSWORD}
    for _ in range(10):
        assert client.post("/accounts/", form).status_code == 422
    response = client.post("/accounts/", form)
    assert response.status_code == 429
    assert "Another account has this address" not in response.content.decode()


def test_no_other_field_of_an_account_can_be_posted(signed_in, ben):
    form = {
        "name": "Ben",
        "email": ben.email,
        "is_staff": "on",
        "is_superuser": "on",
        "username": "root",
    }
    signed_in(ben).post("/accounts/", form)
    ben.refresh_from_db()
    assert (ben.username, ben.is_staff, ben.is_superuser) == ("ben", False, False)


# --- forgotten password -----------------------------------------------------

RESET = "/accounts/password/reset/"


@pytest.fixture
def no_threads(monkeypatch):
    """Mails are sent before the answer, so that a test sees them."""

    class Now:
        def __init__(self, target, args):
            self.start = lambda: target(*args)

    monkeypatch.setattr("courseware.forms.threading.Thread", Now)


def test_a_forgotten_password_is_set_anew(client, ben, no_threads):
    response = client.post(RESET, {"email": "BEN@example.org"})
    assert response.url == reverse("password_reset_done")
    assert client.get(response.url).status_code == 200
    (message,) = mail.outbox
    assert message.to == ["ben@example.org"]
    link = re.search(r"http://testserver(/\S+)", message.body).group(1)
    page = client.get(link, follow=True)
    (where, _status) = page.redirect_chain[0]
    assert link not in where
    new = "another correct horse"
    form = {"new_password1": new, "new_password2": new}
    assert client.post(where, form).url == LOGIN
    assert sign_in(Client(), password=new).status_code == 302
    again = client.get(link)
    assert "This link no longer works" in again.content.decode()


def test_nobody_learns_whether_an_address_has_an_account(client, ben, no_threads):
    known = client.post(RESET, {"email": "ben@example.org"})
    unknown = client.post(RESET, {"email": "nobody@example.org"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert len(mail.outbox) == 1


def test_the_mail_cannot_be_led_to_another_host(client, ben, no_threads):
    response = client.post(
        RESET, {"email": "ben@example.org"}, headers={"Host": "evil.test"}
    )
    assert response.status_code == 400
    assert mail.outbox == []


def test_an_address_with_a_newline_writes_no_header(client, ben, no_threads):
    form = {"email": "ben@example.org\nBcc: evil@example.org"}
    assert client.post(RESET, form).status_code == 422
    assert mail.outbox == []


def test_a_mail_that_cannot_be_sent_changes_nothing_for_the_reader(
    client, ben, no_threads, monkeypatch, caplog
):
    def broken(self):
        raise OSError("no such host")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", broken)
    assert client.post(RESET, {"email": "ben@example.org"}).status_code == 302
    assert "could not be sent" in caplog.text


def test_mails_are_not_sent_without_end(client, ben, no_threads, monkeypatch):
    few = accounts.Limit("few", times=2, seconds=3600)
    monkeypatch.setattr(accounts.PasswordReset, "limit", few)
    form = {"email": "ben@example.org"}
    answers = [client.post(RESET, form) for _try in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert len(mail.outbox) == 2
    assert "Try again in" in answers[2].content.decode()


@pytest.mark.parametrize("address", ["ben@example.org", "nobody@example.org"])
def test_one_mailbox_is_not_flooded_from_many_places(client, ben, no_threads, address):
    """An address without an account is counted just the same."""
    known = address.startswith("ben")
    for number in range(3):
        typed = address.upper() if number else address
        place = {"REMOTE_ADDR": f"203.0.113.{number}"}
        assert client.post(RESET, {"email": typed}, **place).status_code == 302
    form = {"email": address}
    response = client.post(RESET, form, REMOTE_ADDR="203.0.113.9")
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 3600
    html = response.content.decode()
    assert "Try again in" in html
    assert f'value="{address}"' in html
    assert len(mail.outbox) == (3 if known else 0)
    other = {"email": "someone.else@example.org"}
    assert client.post(RESET, other, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_a_password_is_never_put_back_into_a_page(signed_in, ben, monkeypatch):
    few = accounts.Limit("few", times=0, seconds=3600)
    monkeypatch.setattr(accounts.PasswordChange, "limit", few)
    form = {"old_password": "my very secret", "new_password1": "my very secret"}
    response = signed_in(ben).post("/accounts/password/", form)
    assert response.status_code == 429
    assert "my very secret" not in response.content.decode()


@pytest.mark.parametrize("uid", ["MQ", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "x", "%00"])
def test_a_forged_link_is_a_page_with_a_way_on(client, ben, uid):
    response = client.get(f"{RESET}{uid}/set-password/")
    assert response.status_code in (200, 400)
    if response.status_code == 200:
        assert "Ask for a new link" in response.content.decode()


def test_user_names_are_unique_whatever_their_case(db):
    make_person("dora")
    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        User.objects.create_user("DORA")


def from_host(number: int) -> dict:
    """Another host of one and the same IPv6 /64."""
    return {"REMOTE_ADDR": f"2001:db8:1:2::{number}"}


def test_one_ipv6_network_shares_the_count_of_an_account(client, ben):
    for number in range(1, 11):
        response = client.post(LOGIN, WRONG, **from_host(number))
    assert response.status_code == 429
    right = WRONG | {"password": PASSWORD}
    assert client.post(LOGIN, right, REMOTE_ADDR="2001:db8:1:3::1").status_code == 302


def test_one_ipv6_network_shares_every_limit(client, db, monkeypatch):
    few = accounts.Limit("few", times=3, seconds=600)
    for name in ("FAILED_SIGN_INS", "WRONG_CODES"):
        monkeypatch.setattr(accounts, name, few)
    monkeypatch.setattr(accounts.PasswordReset, "limit", few)
    for url, form in {
        LOGIN: {"username": "nobody", "password": "x"},
        "/accounts/join/": {"code": "WRONG"},
        "/accounts/password/reset/": {"email": "nobody"},
    }.items():
        cache.clear()
        answers = [
            client.post(url, form, **from_host(number)).status_code
            for number in range(1, 5)
        ]
        assert answers == [422] * 3 + [429], url


def test_a_request_without_an_address_is_counted_too(client, ben):
    for _try in range(10):
        response = client.post(LOGIN, WRONG, REMOTE_ADDR="")
    assert response.status_code == 429


def test_what_the_address_is_for_is_said(signed_in, ben):
    html = signed_in(ben).get("/accounts/").content.decode()
    assert "Your instructors see it too." in html
    assert "Only to set" not in html


def test_a_name_that_was_not_changed_stays_as_it_is(signed_in, ben):
    ben.first_name, ben.last_name = "Jan", "van der Berg"
    ben.save()
    form = {"name": "Jan van der Berg", "email": "jan@example.org"}
    form |= {"password": PASSWORD}
    assert signed_in(ben).post("/accounts/", form).status_code == 302
    ben.refresh_from_db()
    assert (ben.first_name, ben.last_name) == ("Jan", "van der Berg")
    assert ben.email == "jan@example.org"
