"""The people to look around with: made once, and on this machine only."""

import io
import json
import re
import stat

import pytest
from django.core.management import CommandError, call_command

from courseware import demo
from courseware.management.commands import make_demo_people
from courseware.models import (
    Answer,
    Attempt,
    Cohort,
    Completion,
    Enrolment,
    Prediction,
    Result,
    User,
)

LINE = re.compile(r"^(student|instructor|admin) ([a-z]+) (\S+)$")


@pytest.fixture
def built_in(db):
    call_command("import_course", str(make_demo_people.BUILT_IN), verbosity=0)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def make() -> list[tuple[str, str, str]]:
    out = io.StringIO()
    call_command("make_demo_people", stdout=out)
    found = [LINE.match(line) for line in out.getvalue().splitlines()]
    assert all(found), out.getvalue()
    return [line.groups() for line in found]


def everything() -> list:
    return [
        list(model.objects.order_by("pk").values())
        for model in (User, Cohort, Enrolment, Completion, Attempt, Answer, Result)
    ]


@pytest.mark.ignore_template_errors
def test_everybody_can_sign_in_and_see_their_part(built_in, client):
    people = make()
    assert {role for role, _name, _password in people} == {
        "student",
        "instructor",
        "admin",
    }
    for role, username, password in people:
        form = {"username": username, "password": password}
        assert client.post("/accounts/login/", form).status_code == 302
        assert client.get("/desk/").status_code == 200
        teach = client.get("/teach/").content.decode()
        assert ("Demo cohort" in teach) == (role != "student")
        if role == "admin":
            assert client.get("/admin/").status_code == 200
        else:
            assert client.get("/admin/", follow=True).status_code == 403
        client.post("/accounts/logout/")


def test_a_second_run_prints_the_same_and_changes_nothing(built_in):
    first = make()
    before = everything()
    assert make() == first
    assert everything() == before


def test_students_have_done_different_amounts_of_real_work(built_in, own_folder):
    people = make()
    dana = User.objects.get(username="dana")
    assert (dana.is_staff, dana.is_superuser) == (False, False)
    assert dana.enrolments.get().role == Enrolment.Role.INSTRUCTOR
    assert_progress()
    assert_quizzes()
    assert_beliefs()
    assert_private(own_folder, people)


def assert_progress():
    read = {
        name: Completion.objects.filter(user__username=name).count()
        for name in ("ana", "bruno", "chloe")
    }
    assert read["ana"] > read["bruno"] > read["chloe"] == 2


def assert_quizzes():
    closed = Attempt.objects.filter(state=Attempt.State.SUBMITTED)
    for attempt in closed:
        marks = [answer.mark for answer in attempt.answers.all()]
        assert attempt.score == sum(marks)
        assert attempt.out_of == len(marks)
    share = {}
    for name, number in {"ana": 4, "bruno": 2}.items():
        mine = closed.filter(user__username=name)
        assert mine.count() == number
        share[name] = sum(one.score / one.out_of for one in mine) / number
    assert share["ana"] > 0.7 > share["bruno"] > 0.3
    under_way = Attempt.objects.get(state=Attempt.State.OPEN)
    assert under_way.user.username == "chloe"
    given = under_way.answers.filter(response__isnull=False).count()
    assert 0 < given < under_way.answers.count()


def assert_beliefs():
    """Slips follow from beliefs, which the instructor sees."""
    checks = Result.objects.filter(kind="check")
    assert checks.exclude(detail__misconceptions=[]).exists()
    predictions = Prediction.objects.filter(user__username="bruno")
    assert {one.right for one in predictions} == {True, False}


def assert_private(folder, people):
    file = folder / "demo-people.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    passwords = {name: password for _role, name, password in people}
    assert json.loads(file.read_text()) == passwords
    assert len(set(passwords.values())) == len(people)
    assert [path.name for path in folder.iterdir()] == ["demo-people.json"]


def test_a_changed_password_is_not_told_and_not_set_back(built_in):
    first = {name: password for _role, name, password in make()}
    ana = User.objects.get(username="ana")
    ana.set_password("chosen by herself")
    ana.save()
    second = {name: password for _role, name, password in make()}
    assert second == first | {"ana": make_demo_people.CHANGED}
    ana.refresh_from_db()
    assert ana.check_password("chosen by herself")


def test_somebody_of_the_same_name_is_left_alone(built_in):
    from tests.factories import make_person

    ana = make_person("ana", email="real@example.org")
    lines = {name: password for _role, name, password in make()}
    assert lines["ana"] == make_demo_people.CHANGED
    assert not ana.enrolments.exists()
    assert not ana.completions.exists()


def test_a_new_database_gets_the_known_people(built_in):
    first = make()
    for model in (Prediction, Result, Answer, Attempt, Completion, Enrolment):
        model.objects.all().delete()
    if hasattr(User, "lab_events"):
        for user in User.objects.all():
            user.lab_events.all().delete()
            user.challenge_records.all().delete()
    User.objects.all().delete()
    assert make() == first


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS", True),
        ("ALLOWED_HOSTS", ["learn.example.org"]),
        ("ALLOWED_HOSTS", ["127.0.0.1", "learn.example.org"]),
        ("ALLOWED_HOSTS", ["*"]),
    ],
)
def test_a_start_for_the_public_gets_no_demo_people(db, settings, name, value):
    setattr(settings, name, value)
    with pytest.raises(CommandError, match="on this machine only"):
        make()
    assert not User.objects.exists()
    assert not (settings.DATA_DIR / "demo-people.json").exists()


def test_without_the_course_it_says_what_to_run(db):
    with pytest.raises(CommandError, match="prepare"):
        make()


def test_of_many_first_runs_all_read_the_same_passwords(own_folder):
    from concurrent.futures import ThreadPoolExecutor

    file = own_folder / "demo-people.json"
    with ThreadPoolExecutor(8) as pool:
        seen = list(
            pool.map(lambda _n: make_demo_people.read_passwords(file), range(32))
        )
    assert all(passwords == seen[0] for passwords in seen)
    assert set(seen[0]) == {person.username for person in demo.PEOPLE}


def test_a_name_in_another_case_is_the_same_person(built_in):
    from tests.factories import make_person

    make_person("Admin", email="real@example.org")
    lines = {name: password for _role, name, password in make()}
    assert lines["admin"] == make_demo_people.CHANGED
    assert not User.objects.get(username="Admin").is_superuser
    assert User.objects.filter(username__iexact="admin").count() == 1
