"""manage.py import_course: what it prints and how it ends."""

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError

from courseware import content_sync
from courseware.models import Course
from tests.courseware.small_course import LINE, THREE, small_course, write

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path):
    write(small_course(), tmp_path)
    return tmp_path


def run(*arguments) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_course", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.mark.django_db
def test_a_good_course(folder):
    out, err = run(folder)
    assert out.splitlines()[-1] == "14 added, 0 changed, 0 retired"
    assert "lessons: 3 added, 0 changed, 0 retired" in out
    assert err == ""
    assert Course.objects.get().slug == "small"
    assert run(folder)[0] == "0 added, 0 changed, 0 retired\n"


@pytest.mark.django_db
def test_check_says_that_it_changed_nothing(folder):
    out, _err = run(folder, "--check")
    assert out.splitlines()[-2:] == [
        "14 added, 0 changed, 0 retired",
        "Checked: nothing was changed.",
    ]
    assert not Course.objects.exists()


@pytest.mark.django_db
def test_problems_go_to_the_error_stream_one_a_line(folder):
    (folder / "2-second" / "01-three.md").write_text(THREE + "[[nowhere]]\n")
    (folder / "activities" / "sides.toml").write_text(LINE.replace("title", "titel"))
    err = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("import_course", str(folder), stdout=StringIO(), stderr=err)
    assert caught.value.returncode == 1
    assert str(caught.value) == "3 problems; nothing was imported."
    assert err.getvalue().splitlines() == [
        '2-second/01-three.md:8: no lesson or term "nowhere"',
        'activities/sides.toml:1: the key "title" is missing',
        'activities/sides.toml:1: unknown key "titel"; did you mean "title"?',
    ]
    assert not Course.objects.exists()


@pytest.mark.parametrize("name", ["nope", "course.toml"])
def test_a_path_that_is_no_folder(folder, name):
    with pytest.raises(CommandError, match="There is no folder") as caught:
        run(folder / name)
    assert caught.value.returncode == 2


@pytest.mark.django_db
def test_a_database_that_fails_is_told_in_a_sentence(folder, monkeypatch):
    def fail(vault, *, check):
        raise DatabaseError("disk is full")

    monkeypatch.setattr(content_sync, "sync", fail)
    with pytest.raises(CommandError, match="disk is full"):
        run(folder)


@pytest.mark.parametrize(("broken", "status"), [(True, 1), (False, 2)])
def test_exit_status_and_no_traceback(folder, broken, status):
    if broken:
        (folder / "course.toml").write_bytes(b"\xff")
    path = folder if broken else folder / "nope"
    ended = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "manage.py", "import_course", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""},
        check=False,
    )
    assert ended.returncode == status
    assert "Traceback" not in ended.stderr
    if broken:
        assert ended.stderr.splitlines()[0] == (
            "course.toml:1: not UTF-8 at byte 1; save the file as UTF-8"
        )
