"""import_challenges: all of a folder or nothing, and twice is once."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from policies_lab.challenges import shelf
from policies_lab.models import OwnChallenge
from tests.policies_lab.challenges import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mine.toml").write_text(text_of())
    return tmp_path


def run(*arguments) -> str:
    out = StringIO()
    call_command("import_challenges", *map(str, arguments), stdout=out)
    return out.getvalue()


def refused(*arguments) -> tuple[list[str], CommandError]:
    errors = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("import_challenges", *map(str, arguments), stderr=errors)
    return errors.getvalue().splitlines(), caught.value


def test_a_folder_is_taken_over_once(folder):
    assert run(folder) == "1 challenge added, 0 changed, 0 unchanged.\n"
    before = OwnChallenge.objects.get().imported_at
    assert run(folder) == "0 challenges added, 0 changed, 1 unchanged.\n"
    assert OwnChallenge.objects.get().imported_at == before
    assert shelf.find("mine").title == "The first Allow"


def test_a_changed_file_is_taken_over(folder):
    run(folder)
    text = text_of().replace("The first Allow", "My first Allow")
    (folder / "mine.toml").write_text(text)
    assert run(folder) == "0 challenges added, 1 changed, 0 unchanged.\n"
    assert shelf.find("mine").title == "My first Allow"
    assert OwnChallenge.objects.get().title == "My first Allow"


def test_a_single_file_can_be_given(folder):
    assert run(folder / "mine.toml").startswith("1 challenge added")


def test_check_changes_nothing(folder):
    said = run(folder, "--check")
    assert said.endswith("Checked: nothing was changed.\n")
    assert not OwnChallenge.objects.exists()


def test_one_bad_file_keeps_all_out_and_every_problem_is_told(folder):
    (folder / "bad.toml").write_text(text_of().replace("difficulty = 1", ""))
    (folder / "worse.toml").write_bytes(b"\xff")
    problems, error = refused(folder)
    assert problems == [
        'bad.toml:1: the key "difficulty" is missing',
        "worse.toml:1: is not UTF-8",
    ]
    assert str(error) == "2 problems; nothing was imported."
    assert error.returncode == 1
    assert not OwnChallenge.objects.exists()


@pytest.mark.parametrize("name", ["First Allow", "first-allow", "Ä"])
def test_the_name_of_a_file_is_a_free_key(folder, name):
    (folder / f"{name}.toml").write_text(text_of())
    problems, _error = refused(folder)
    assert problems[0].startswith(f"{name}.toml:1: ")


def test_a_folder_without_files_and_no_folder_are_told(tmp_path):
    problems, _error = refused(tmp_path)
    assert "there are 0 files" in problems[0]
    _problems, error = refused(tmp_path / "nowhere")
    assert error.returncode == 2


def test_without_a_path_the_built_in_ones_are_tried_out():
    assert "built-in challenges hold what they promise." in run()
    assert not OwnChallenge.objects.exists()


def test_an_imported_challenge_can_be_removed(folder):
    run(folder)
    assert run("--remove", "mine") == "Removed: mine.\n"
    assert shelf.find("mine") is None
    _problems, error = refused("--remove", "mine")
    assert "mine" in str(error)


def test_a_row_that_cannot_be_read_any_more_is_left_out(client):
    OwnChallenge.objects.create(key="old", title="Old", text="title = 1")
    assert shelf.find("old") is None
    assert client.get("/lab/challenges/old/").status_code == 404
    assert b"/lab/challenges/old/" not in client.get("/lab/challenges/").content
