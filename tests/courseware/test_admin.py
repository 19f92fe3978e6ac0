"""The administration: who comes in, what may be written, and no way up."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone

from courseware.models import (
    Attempt,
    Cohort,
    Completion,
    Enrolment,
    Prediction,
    Result,
    User,
)
from tests.factories import (
    enrol,
    make_cohort,
    make_lesson,
    make_person,
    make_quiz,
    make_section,
)

# Django's own templates ask for variables that are not there.
pytestmark = pytest.mark.ignore_template_errors

USERS = "/admin/courseware/user/"
COHORTS = "/admin/courseware/cohort/"


def permit(person, *names) -> User:
    for name in names:
        person.user_permissions.add(
            Permission.objects.get(
                codename=name, content_type__app_label__in=["courseware", "auth"]
            )
        )
    return User.objects.get(pk=person.pk)


@pytest.fixture
def clerk(db):
    """Staff with the rights to add, change, view and delete users, no superuser."""
    person = make_person("clerk", is_staff=True)
    return permit(
        person,
        "add_user",
        "change_user",
        "view_user",
        "delete_user",
        "view_group",
        "change_group",
    )


def user_form(person, **given):
    form = {
        "username": person.username,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "is_active": "on",
    }
    return form | given


# --- the way in ---------------------------------------------------------------


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", USERS, "/admin/nope/"])
def test_signed_out_the_way_in_is_the_sign_in_page(client, db, path):
    response = client.get(path)
    assert response.status_code == 302
    assert response.url == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("name", ["ben", "ada"])
def test_students_and_instructors_are_refused_without_a_loop(signed_in, request, name):
    client = signed_in(request.getfixturevalue(name))
    response = client.get("/admin/", follow=True)
    assert response.status_code == 403
    assert len(response.redirect_chain) == 1
    assert f"You are signed in as {name}" in response.content.decode()


def test_the_admin_comes_in_by_the_sign_in_page(client, root):
    from tests.factories import PASSWORD

    form = {"username": "root", "password": PASSWORD, "next": "/admin/"}
    response = client.post("/accounts/login/", form, follow=True)
    assert response.redirect_chain == [("/admin/", 302)]
    assert "Administration of Shared Ground" in response.content.decode()
    assert client.get("/admin/login/").url == "/admin/"


def test_the_stock_sign_in_takes_no_password(client, root):
    """It would let passwords be tried past the limits of ours."""
    response = client.post("/admin/login/", {"username": "root", "password": "x"})
    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/")


def test_passwords_and_signing_out_are_those_of_the_site(signed_in, root):
    client = signed_in(root)
    assert client.get("/admin/password_change/").url == "/accounts/password/"
    assert client.get("/admin/logout/").status_code == 405
    assert client.post("/admin/logout/").url == "/"
    assert client.get("/admin/").status_code == 302


def test_instructors_are_not_staff(signed_in, root, cleo, cohort):
    form = {"user": cleo.pk, "cohort": cohort.pk, "role": "instructor"}
    response = signed_in(root).post("/admin/courseware/enrolment/add/", form)
    assert response.status_code == 302
    cleo.refresh_from_db()
    assert cleo.enrolments.get().role == Enrolment.Role.INSTRUCTOR
    assert not cleo.is_staff


# --- no way up ----------------------------------------------------------------


def test_nobody_makes_himself_a_superuser(signed_in, clerk):
    """Stock UserAdmin answers this with 302 and a new superuser."""
    client = signed_in(clerk)
    address = f"{USERS}{clerk.pk}/change/"
    response = client.post(address, user_form(clerk, is_staff="on", is_superuser="on"))
    assert response.status_code in (302, 403, 404)
    clerk.refresh_from_db()
    assert not clerk.is_superuser


def test_nobody_sets_the_password_of_a_superuser(signed_in, clerk, root):
    """Stock UserAdmin answers this with 302 and the password changed."""
    client = signed_in(clerk)
    before = root.password
    for address in (f"{USERS}{root.pk}/password/", f"{USERS}{clerk.pk}/password/"):
        form = {
            "password1": "another correct horse",
            "password2": "another correct horse",
            "usable_password": "true",
        }
        assert client.post(address, form).status_code in (403, 404)
    root.refresh_from_db()
    assert root.password == before


def test_a_clerk_still_helps_students(signed_in, clerk, ben):
    client = signed_in(clerk)
    form = user_form(ben, first_name="Benedikt", is_superuser="on", is_staff="on")
    assert client.post(f"{USERS}{ben.pk}/change/", form).status_code == 302
    ben.refresh_from_db()
    assert ben.first_name == "Benedikt"
    assert (ben.is_staff, ben.is_superuser) == (False, False)
    password = {
        "password1": "another correct horse",
        "password2": "another correct horse",
        "usable_password": "true",
    }
    response = client.post(f"{USERS}{ben.pk}/password/", password)
    assert response.status_code == 302
    ben.refresh_from_db()
    assert ben.check_password("another correct horse")


def test_a_clerk_gives_no_groups_and_no_permissions(signed_in, clerk, ben):
    group = Group.objects.create(name="Powerful")
    right = Permission.objects.first()
    form = user_form(ben, groups=[group.pk], user_permissions=[right.pk])
    signed_in(clerk).post(f"{USERS}{ben.pk}/change/", form)
    assert not ben.groups.exists()
    assert not ben.user_permissions.exists()


def test_a_clerk_does_not_see_who_has_rights(signed_in, clerk, root, ben):
    client = signed_in(clerk)
    html = client.get(USERS).content.decode()
    assert "ben" in html
    assert f"{USERS}{root.pk}/" not in html
    assert f"{USERS}{clerk.pk}/" not in html
    for address in ("change", "delete", "history"):
        response = client.get(f"{USERS}{root.pk}/{address}/")
        assert response.status_code in (302, 403, 404)
        assert "root@example.org" not in response.content.decode()


def test_an_added_person_has_no_rights(signed_in, clerk):
    form = {
        "username": "dora",
        "usable_password": "true",
        "password1": "another correct horse",
        "password2": "another correct horse",
        "is_staff": "on",
        "is_superuser": "on",
    }
    assert signed_in(clerk).post(f"{USERS}add/", form).status_code == 302
    dora = User.objects.get(username="dora")
    assert (dora.is_staff, dora.is_superuser) == (False, False)


def test_actions_of_a_clerk_do_not_reach_superusers(signed_in, clerk, root, ben):
    client = signed_in(clerk)
    form = {"action": "deactivate", "_selected_action": [root.pk, ben.pk]}
    client.post(USERS, form)
    root.refresh_from_db()
    ben.refresh_from_db()
    assert root.is_active
    assert not ben.is_active


def test_groups_are_for_superusers_alone(signed_in, clerk, root):
    group = Group.objects.create(name="Clerks")
    address = f"/admin/auth/group/{group.pk}/change/"
    everything = [right.pk for right in Permission.objects.all()]
    form = {"name": "Clerks", "permissions": everything}
    assert signed_in(clerk).post(address, form).status_code == 403
    assert not group.permissions.exists()
    assert signed_in(root).get(address).status_code == 200


def test_autocomplete_of_a_clerk_does_not_name_superusers(signed_in, clerk, root, ben):
    permit(clerk, "add_enrolment", "view_enrolment")
    query = "app_label=courseware&model_name=enrolment&field_name=user&term="
    response = signed_in(clerk).get(f"/admin/autocomplete/?{query}")
    names = [found["text"] for found in response.json()["results"]]
    assert names == ["ben"]


def test_superusers_give_and_take_rights(signed_in, root, ben):
    client = signed_in(root)
    form = user_form(ben, is_staff="on")
    assert client.post(f"{USERS}{ben.pk}/change/", form).status_code == 302
    ben.refresh_from_db()
    assert ben.is_staff


def test_a_superuser_does_not_lock_himself_out(signed_in, root):
    client = signed_in(root)
    form = user_form(root)
    del form["is_active"]
    assert client.post(f"{USERS}{root.pk}/change/", form).status_code == 302
    form = {"action": "deactivate", "_selected_action": [root.pk]}
    client.post(USERS, form)
    root.refresh_from_db()
    assert root.is_active
    assert root.is_staff
    assert root.is_superuser


@pytest.mark.parametrize("password", ["x" * 4097])
def test_no_password_is_set_that_could_not_be_used(signed_in, root, ben, password):
    form = {"password1": password, "password2": password, "usable_password": "true"}
    response = signed_in(root).post(f"{USERS}{ben.pk}/password/", form)
    assert response.status_code == 200
    assert "at most 4096" in response.content.decode()


@pytest.mark.parametrize("name", ["BEN", "\uff42en"])
def test_a_name_is_taken_whatever_its_case_and_width(signed_in, root, ben, name):
    form = {
        "username": name,
        "usable_password": "true",
        "password1": "another correct horse",
        "password2": "another correct horse",
    }
    response = signed_in(root).post(f"{USERS}add/", form)
    assert response.status_code == 200
    assert "with that user name already exists" in response.content.decode()


# --- nothing is lost -----------------------------------------------------------


@pytest.fixture
def work(course, ben):
    """One row of everything that a learner leaves."""
    section = make_section(course)
    lesson = make_lesson(section)
    quiz = make_quiz(section)
    return [
        Attempt.objects.create(quiz=quiz, user=ben, number=1, seed=1),
        Completion.objects.create(user=ben, lesson=lesson),
        Result.objects.create(user=ben, kind="line", key="cloud/line", score=1),
        Prediction.objects.create(
            user=ben,
            key="one",
            predicted="allow",
            decided="explicit_deny",
            deciding_step="deny",
        ),
    ]


def test_whoever_did_anything_is_not_deleted(signed_in, root, ben, cleo):
    client = signed_in(root)
    response = client.post(f"{USERS}{ben.pk}/delete/", {"post": "yes"})
    assert response.status_code == 403
    assert User.objects.filter(pk=ben.pk).exists()
    response = client.post(f"{USERS}{cleo.pk}/delete/", {"post": "yes"})
    assert response.status_code == 302
    assert not User.objects.filter(pk=cleo.pk).exists()


def test_people_are_deactivated_and_reactivated(signed_in, root, ben, cleo):
    client = signed_in(root)
    people = {"_selected_action": [ben.pk, cleo.pk]}
    client.post(USERS, {"action": "deactivate"} | people)
    assert not User.objects.filter(is_active=True, pk__in=[ben.pk, cleo.pk]).exists()
    client.post(USERS, {"action": "reactivate"} | people)
    assert User.objects.filter(is_active=True, pk__in=[ben.pk, cleo.pk]).count() == 2


@pytest.mark.parametrize("model", ["user", "cohort", "course", "attempt", "result"])
def test_no_list_offers_to_delete_what_work_hangs_on(signed_in, root, work, model):
    html = signed_in(root).get(f"/admin/courseware/{model}/").content.decode()
    assert "delete_selected" not in html


def test_a_cohort_with_people_is_archived_not_deleted(signed_in, root, ben, cohort):
    client = signed_in(root)
    response = client.post(f"{COHORTS}{cohort.pk}/delete/", {"post": "yes"})
    assert response.status_code == 403
    form = {"action": "archive", "_selected_action": [cohort.pk]}
    client.post(COHORTS, form)
    cohort.refresh_from_db()
    assert cohort.ends_on == timezone.localdate()
    assert not cohort.joinable


READ_ONLY = [
    "course",
    "section",
    "lesson",
    "attempt",
    "completion",
    "result",
    "prediction",
]


@pytest.mark.parametrize("model", READ_ONLY)
def test_courses_and_work_are_read_and_never_written(signed_in, root, work, model):
    client = signed_in(root)
    base = f"/admin/courseware/{model}/"
    row = {
        "course": lambda: work[0].quiz.course,
        "section": lambda: work[0].quiz.section,
        "lesson": lambda: work[1].lesson,
        "attempt": lambda: work[0],
        "completion": lambda: work[1],
        "result": lambda: work[2],
        "prediction": lambda: work[3],
    }[model]()
    before = type(row).objects.values().get(pk=row.pk)
    assert client.get(base).status_code == 200
    assert client.get(f"{base}{row.pk}/change/").status_code == 200
    assert client.get(f"{base}add/").status_code == 403
    assert client.post(f"{base}add/", {"title": "x"}).status_code == 403
    assert client.post(f"{base}{row.pk}/change/", {"title": "x"}).status_code == 403
    response = client.post(f"{base}{row.pk}/delete/", {"post": "yes"})
    assert response.status_code == 403
    assert type(row).objects.values().get(pk=row.pk) == before


# --- cohorts -------------------------------------------------------------------


def test_the_list_of_cohorts_shows_codes_and_counts(signed_in, root, ada, ben, cohort):
    html = signed_in(root).get(COHORTS).content.decode()
    assert cohort.join_code in html
    assert '<td class="field-students">1</td>' in html
    assert '<td class="field-teachers">1</td>' in html


def test_renewing_codes_closes_the_old_ones(signed_in, root, cohort):
    old = cohort.join_code
    form = {"action": "renew_join_codes", "_selected_action": [cohort.pk]}
    signed_in(root).post(COHORTS, form)
    cohort.refresh_from_db()
    assert cohort.join_code != old


def test_a_cohort_is_made_and_has_a_code(signed_in, root, course):
    form = {
        "name": "Spring",
        "course": course.pk,
        "starts_on": "2026-03-01",
        "ends_on": "",
        "joinable": "on",
        "join_code": "MINE",
    }
    assert signed_in(root).post(f"{COHORTS}add/", form).status_code == 302
    cohort = Cohort.objects.get(name="Spring")
    assert len(cohort.join_code) == 10
    page = signed_in(root).get(f"{COHORTS}{cohort.pk}/change/").content.decode()
    assert f"?cohort__id__exact={cohort.pk}" in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ends_on": "2026-02-01"}, "The end lies before the start."),
        ({"name": "Autumn"}, "already exists"),
        ({"name": "Spr\x00ing"}, "U+0000"),
    ],
)
def test_a_mistake_in_a_cohort_is_named(signed_in, root, cohort, given, words):
    form = {
        "name": "Spring",
        "course": cohort.course.pk,
        "starts_on": "2026-03-01",
        "ends_on": "",
    }
    response = signed_in(root).post(f"{COHORTS}add/", form | given)
    assert response.status_code == 200
    assert words in response.content.decode()
    assert Cohort.objects.count() == 1


# --- every list, in constant queries --------------------------------------------


def more_of_everything(course, number):
    for count in range(number):
        section = make_section(course)
        lesson = make_lesson(section)
        quiz = make_quiz(section)
        person = make_person(f"p{count}-{section.pk}")
        cohort = make_cohort(course)
        enrol(person, cohort)
        Attempt.objects.create(quiz=quiz, user=person, number=1, seed=1)
        Completion.objects.create(user=person, lesson=lesson)
        Result.objects.create(user=person, kind="line", key="cloud/line", score=1)
        Prediction.objects.create(
            user=person, key="k", predicted="a", decided="b", deciding_step="c"
        )


@pytest.mark.parametrize("model", [*READ_ONLY, "user", "cohort", "enrolment"])
def test_lists_take_the_same_queries_for_any_number_of_rows(
    signed_in, root, course, queries_of, model
):
    client = signed_in(root)
    address = reverse(f"admin:courseware_{model}_changelist")
    more_of_everything(course, 2)
    client.get(address)
    few = queries_of(lambda: client.get(address))
    more_of_everything(course, 6)
    assert queries_of(lambda: client.get(address)) == few
    assert client.get(address, {"q": "p1"}).status_code == 200


def test_an_attempt_with_many_answers_takes_few_queries(
    signed_in, root, course, ben, queries_of
):
    from courseware.models import Answer

    client = signed_in(root)
    counts = []
    for questions in (2, 8):
        quiz = make_quiz(make_section(course), questions=questions)
        attempt = Attempt.objects.create(quiz=quiz, user=ben, number=1, seed=1)
        for place in quiz.places.select_related("question__current"):
            Answer.objects.create(
                attempt=attempt,
                version=place.question.current,
                position=place.position,
            )
        address = f"/admin/courseware/attempt/{attempt.pk}/change/"
        client.get(address)
        counts.append(queries_of(lambda address=address: client.get(address)))
    assert counts[0] == counts[1]


def test_a_cohort_has_no_code_to_show_before_it_is_saved(signed_in, root, course):
    page = signed_in(root).get("/admin/courseware/cohort/add/").content.decode()
    assert "Join code" not in page
    assert 'name="name"' in page


# --- forged keys ----------------------------------------------------------------

ODD_KEYS = ["x", "1.5", "\x00", "9" * 40, "\u0661"]


@pytest.mark.parametrize("key", ODD_KEYS)
@pytest.mark.parametrize(
    ("model", "form"),
    [
        ("user/", {"action": "deactivate", "_selected_action": "KEY"}),
        ("cohort/", {"action": "archive", "_selected_action": "KEY"}),
        ("enrolment/", {"action": "delete_selected", "_selected_action": "KEY"}),
        ("enrolment/", {"form-0-id": "KEY"}),
        ("enrolment/add/", {"user": "KEY", "cohort": "", "role": "student"}),
    ],
    ids=str,
)
def test_a_forged_key_is_refused(signed_in, root, model, form, key):
    forged = {name: value.replace("KEY", key) for name, value in form.items()}
    client = signed_in(root, raise_request_exception=False)
    assert client.post(f"/admin/courseware/{model}", forged).status_code == 400


def test_a_forged_key_in_an_address_is_refused(signed_in, root):
    client = signed_in(root, raise_request_exception=False)
    response = client.get("/admin/courseware/enrolment/add/?cohort=x")
    assert response.status_code == 400
    assert client.get("/admin/courseware/enrolment/add/?cohort=").status_code == 200


def test_the_list_of_results_says_for_which_service(signed_in, root, ben):
    detail = {"service": "lambda"}
    Result.objects.create(
        user=ben, kind="line", key="cloud/line", score=1, detail=detail
    )
    html = signed_in(root).get("/admin/courseware/result/").content.decode()
    assert '<td class="field-service">lambda</td>' in html
