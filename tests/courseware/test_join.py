"""Joining a cohort by its code, with or without an account."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from courseware import enrolling
from courseware.models import Enrolment, User
from courseware.views import accounts
from tests.factories import make_cohort, make_person

JOIN = "/accounts/join/"
FORM = {
    "name": "Dora Diaz",
    "username": "dora",
    "email": "dora@example.org",
    "password1": "correct horse battery",
    "password2": "correct horse battery",
}


def sign_up(client, cohort, **given):
    return client.post(JOIN, FORM | {"code": cohort.join_code} | given)


def test_a_code_makes_an_account_and_a_student(client, cohort):
    response = sign_up(client, cohort)
    assert (response.status_code, response.url) == (302, "/desk/")
    dora = User.objects.get(username="dora")
    assert (dora.first_name, dora.last_name) == ("Dora", "Diaz")
    assert dora.email == "dora@example.org"
    assert dora.check_password(FORM["password1"])
    assert (dora.is_staff, dora.is_superuser) == (False, False)
    enrolment = dora.enrolments.get()
    assert (enrolment.cohort, enrolment.role) == (cohort, Enrolment.Role.STUDENT)
    assert client.get("/accounts/").status_code == 200


def test_the_address_may_be_left_out_by_many(client, cohort):
    make_person("someone", email="")
    assert sign_up(client, cohort, email="").status_code == 302
    assert User.objects.get(username="dora").email == ""


def test_rights_cannot_be_posted_with_an_account(client, cohort):
    sign_up(client, cohort, is_staff="on", is_superuser="on", role="instructor")
    dora = User.objects.get(username="dora")
    assert (dora.is_staff, dora.is_superuser) == (False, False)
    assert dora.enrolments.get().role == Enrolment.Role.STUDENT


def test_somebody_signed_in_needs_the_code_only(signed_in, cleo, cohort):
    client = signed_in(cleo)
    page = client.get(f"{JOIN}?code={cohort.join_code}").content.decode()
    assert f'value="{cohort.join_code}"' in page
    assert "password" not in page
    assert client.post(JOIN, {"code": cohort.join_code}).status_code == 302
    assert cleo.enrolments.get().cohort == cohort
    # Joining again is harmless.
    assert client.post(JOIN, {"code": cohort.join_code}).status_code == 302
    assert cleo.enrolments.count() == 1


def test_an_instructor_who_tries_the_code_stays_instructor(signed_in, ada, cohort):
    signed_in(ada).post(JOIN, {"code": cohort.join_code})
    assert ada.enrolments.get().role == Enrolment.Role.INSTRUCTOR


@pytest.mark.parametrize(
    "written",
    ["{}", " {} ", "lower", "dashes", "wide"],
)
def test_the_code_may_be_written_in_many_ways(signed_in, cleo, cohort, written):
    code = cohort.join_code
    code = {
        "lower": code.lower(),
        "dashes": f"{code[:4]}-{code[4:7]} {code[7:]}",
        "wide": "".join(chr(ord(letter) + 0xFEE0) for letter in code),
    }.get(written) or written.format(code)
    assert signed_in(cleo).post(JOIN, {"code": code}).status_code == 302


def ended(cohort):
    cohort.starts_on = date(2020, 1, 1)
    cohort.ends_on = timezone.localdate() - timedelta(days=1)


def closed(cohort):
    cohort.joinable = False


def unknown(cohort):
    cohort.join_code = "ZZZZZZZZZZ"


@pytest.mark.parametrize("spoil", [ended, closed, unknown])
@pytest.mark.parametrize("who", ["guest", "cleo"])
def test_a_code_that_opens_nothing_gets_one_and_the_same_answer(
    client, signed_in, cleo, cohort, spoil, who
):
    code = cohort.join_code
    spoil(cohort)
    cohort.save()
    client = signed_in(cleo) if who == "cleo" else client
    response = client.post(JOIN, FORM | {"code": code})
    html = response.content.decode()
    assert response.status_code == 422
    assert "No cohort can be joined with this code" in html
    assert f'value="{code}"' in html
    assert not Enrolment.objects.exists()
    assert not User.objects.filter(username="dora").exists()


def test_a_cohort_can_be_joined_on_its_last_day(signed_in, cleo, cohort):
    cohort.ends_on = timezone.localdate()
    cohort.save()
    response = signed_in(cleo).post(JOIN, {"code": cohort.join_code})
    assert response.status_code == 302


def test_what_was_typed_is_kept_but_for_the_passwords(client, cohort):
    html = sign_up(client, cohort, password2="different").content.decode()
    for words in ("Dora Diaz", "dora@example.org", 'value="dora"', cohort.join_code):
        assert words in html
    assert "The two passwords differ." in html
    assert FORM["password1"] not in html
    assert not User.objects.filter(username="dora").exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"username": ""}, "required"),
        ({"name": ""}, "required"),
        ({"email": "no address"}, "valid email"),
        ({"username": "two words"}, "letters from a to z"),
        ({"username": "x" * 151}, "at most 150"),
        ({"username": "\ufdfa" * 60}, "at most 150"),
        ({"username": "b\u043ess"}, "letters from a to z"),
        ({"username": "\u0431\u043e\u0441\u0441"}, "letters from a to z"),
        ({"username": "\u1d00dmin"}, "letters from a to z"),
        ({"username": "adm\u0131n"}, "letters from a to z"),
        ({"username": "\u00e4dmin"}, "letters from a to z"),
        ({"username": "admin\u0660"}, "letters from a to z"),
        ({"username": "dora\ud800"}, "U+D800"),
        ({"name": "Dora\x00"}, "U+0000"),
        ({"name": "Dora\nBcc: x"}, "U+000A"),
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"password1": "password123", "password2": "password123"}, "too common"),
        ({"password1": "dora@example.org", "password2": "dora@example.org"}, "similar"),
        (
            {"username": "q-xyz-42", "password1": "q-xyz-42", "password2": "q-xyz-42"},
            "to the user name",
        ),
        ({"password1": "x" * 4097, "password2": "x" * 4097}, "at most 4096"),
    ],
)
def test_a_mistake_is_named_at_its_field(cohort, given, words):
    """By the form itself: no client can send half a surrogate pair."""
    from courseware.forms import SignUpForm

    form = SignUpForm(FORM | {"code": cohort.join_code} | given)
    assert not form.is_valid()
    assert words in str(form.errors)


@pytest.mark.parametrize("name", ["boss", "BOSS", "Boss", "\uff42oss", "\u212aarl"])
def test_look_alikes_of_a_name_are_taken(client, cohort, name):
    make_person("boss")
    make_person("karl")
    response = sign_up(client, cohort, username=name)
    assert response.status_code == 422
    assert "This user name is taken" in response.content.decode()


def test_an_address_of_somebody_else_is_refused(client, cohort, cleo):
    response = sign_up(client, cohort, email="Cleo@Example.org")
    assert response.status_code == 422
    assert "Another account has this address" in response.content.decode()


def test_without_a_code_nobody_learns_which_names_are_taken(client, cohort, cleo):
    taken = {"username": "cleo", "email": "cleo@example.org", "code": "WRONG"}
    free = {"username": "cleoo", "email": "cleoo@example.org", "code": "WRONG"}
    first = client.post(JOIN, FORM | taken).content.decode()
    second = client.post(JOIN, FORM | free).content.decode()
    assert "taken" not in first
    assert "Another account" not in first
    assert len(first) == len(second) - 2


@pytest.mark.parametrize("field", ["username", "email"])
def test_a_lost_race_for_a_name_is_an_error_at_the_field(
    client, cohort, monkeypatch, field
):
    """Somebody takes it between the look and the write."""
    from courseware.forms import SignUpForm

    taken = {"username": FORM["username"]} if field == "username" else {}
    if field == "email":
        taken = {"username": "other", "email": FORM["email"]}

    def meanwhile(self):
        if not User.objects.filter(**taken).exists():
            make_person(taken["username"], email=taken.get("email", "x@example.org"))

    monkeypatch.setattr(SignUpForm, "_refuse_taken_name", meanwhile)
    monkeypatch.setattr(SignUpForm, "refuse_taken_email", lambda self: None)
    response = sign_up(client, cohort)
    assert response.status_code == 422
    wrong = response.context["form"].errors
    assert list(wrong) == [field]
    assert not Enrolment.objects.exists()


def test_guessing_codes_is_slowed_down(client, cohort, monkeypatch):
    few = accounts.Limit("few", times=3, seconds=600)
    monkeypatch.setattr(accounts, "WRONG_CODES", few)
    for _try in range(3):
        assert client.post(JOIN, FORM | {"code": "WRONG"}).status_code == 422
    response = sign_up(client, cohort)
    assert response.status_code == 429
    html = response.content.decode()
    assert "Try again in" in html
    assert "Dora Diaz" in html
    assert FORM["password1"] not in html
    assert 0 < int(response.headers["Retry-After"]) <= 600
    assert not User.objects.filter(username="dora").exists()


def test_mistakes_other_than_the_code_are_not_counted(client, cohort, monkeypatch):
    few = accounts.Limit("few", times=3, seconds=600)
    monkeypatch.setattr(accounts, "WRONG_CODES", few)
    for _try in range(5):
        assert sign_up(client, cohort, name="").status_code == 422
    assert sign_up(client, cohort).status_code == 302


def test_an_archived_cohort_cannot_be_joined(cohort):
    assert enrolling.open_cohort(cohort.join_code) == cohort
    enrolling.archive(cohort)
    assert enrolling.open_cohort(cohort.join_code) is None


def test_a_cohort_still_to_come_is_archived_on_its_first_day(course):
    later = timezone.localdate() + timedelta(days=30)
    cohort = make_cohort(course, starts_on=later)
    enrolling.archive(cohort)
    cohort.refresh_from_db()
    assert cohort.ends_on == later


def test_the_old_code_opens_nothing_after_it_is_renewed(cohort):
    old = cohort.join_code
    enrolling.renew_join_code(cohort)
    cohort.refresh_from_db()
    assert cohort.join_code != old
    assert enrolling.open_cohort(old) is None
    assert enrolling.open_cohort(cohort.join_code) == cohort


def test_archiving_leaves_an_end_that_has_passed(course):
    today = timezone.localdate()
    ended = today - timedelta(days=30)
    cohort = make_cohort(course, starts_on=ended - timedelta(days=60), ends_on=ended)
    enrolling.archive(cohort)
    cohort.refresh_from_db()
    assert (cohort.ends_on, cohort.joinable) == (ended, False)


def test_archiving_ends_today_what_would_end_later(course):
    today = timezone.localdate()
    for planned in (None, today + timedelta(days=30)):
        start = today - timedelta(days=60)
        cohort = make_cohort(course, starts_on=start, ends_on=planned)
        enrolling.archive(cohort)
        assert cohort.ends_on == today


def test_accounts_are_not_made_without_end(
    client, signed_in, cleo, cohort, monkeypatch
):
    few = accounts.Limit("few", times=2, seconds=3600)
    monkeypatch.setattr(accounts, "SIGN_UPS", few)
    for name in ("eva", "finn"):
        sign_up(client, cohort, username=name, email="")
        client.logout()
    response = sign_up(client, cohort, email="")
    html = response.content.decode()

    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 3600
    assert "Dora Diaz" in html
    assert FORM["password1"] not in html
    assert not User.objects.filter(username="dora").exists()
    # Who has an account makes none.
    joined = signed_in(cleo).post(JOIN, {"code": cohort.join_code})
    assert joined.status_code == 302


def test_the_limit_of_accounts_is_one_for_each_network(client, cohort, monkeypatch):
    assert (accounts.SIGN_UPS.times, accounts.SIGN_UPS.seconds) == (100, 3600)
    few = accounts.Limit("few", times=1, seconds=3600)
    monkeypatch.setattr(accounts, "SIGN_UPS", few)
    form = FORM | {"code": cohort.join_code, "email": ""}
    for address, name, status in [
        ("2001:db8:1:2::1", "eva", 302),
        ("2001:db8:1:2::2", "finn", 429),
        ("2001:db8:1:3::1", "gwen", 302),
    ]:
        response = client.post(JOIN, form | {"username": name}, REMOTE_ADDR=address)
        assert response.status_code == status, name
        client.logout()
