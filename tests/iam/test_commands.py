"""The commands: JSON Lines in, JSON Lines out, and an exit status to rely on."""

import io
import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.iam.cases import CORPUS, FULL, scenario_json

WORKED = json.loads((CORPUS / "worked-cases.json").read_text(encoding="utf-8"))["cases"]


def lines(*scenarios):
    return b"".join(json.dumps(s).encode() + b"\n" for s in scenarios)


GOOD = lines(scenario_json(identity=[FULL]))
REFUSED = lines(scenario_json(action="s3:*"))


@pytest.fixture
def run(tmp_path, capsys):
    """run(bytes, ...) -> (exit status, results, what was said on the error stream)."""

    def run_command(content, *options, command="evaluate"):
        path = tmp_path / "scenarios.jsonl"
        path.write_bytes(content)
        return finish(capsys, command, str(path), *options)

    return run_command


def finish(capsys, *arguments):
    status, said = 0, ""
    try:
        call_command(*arguments)
    except SystemExit as stop:
        status = stop.code
    except CommandError as error:
        status, said = error.returncode, str(error)
    captured = capsys.readouterr()
    found = [json.loads(line) for line in captured.out.splitlines()]
    return status, found, captured.err + said


def test_every_worked_case(run):
    status, found, said = run(lines(*WORKED))
    assert (status, said) == (0, "")
    assert found == [{"id": case["id"], **case["expected"]} for case in WORKED]


def test_with_a_trace(run):
    status, found, _ = run(lines(*WORKED), "--trace")
    assert status == 0
    for case, answer in zip(WORKED, found, strict=True):
        assert set(answer) == {
            "id",
            "decision",
            "deciding_step",
            "statements",
            "steps",
        }
        assert answer["decision"] == case["expected"]["decision"]


def test_from_standard_input(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(GOOD)))
    assert finish(capsys, "evaluate", "-") == (
        0,
        [{"id": "t", "decision": "allow", "deciding_step": "identity"}],
        "",
    )


def test_a_refusal_does_not_stop_the_others(run):
    status, found, _ = run(REFUSED + GOOD)
    assert status == 1
    assert found[0] == {
        "id": "t",
        "error": {
            "path": "action",
            "line": 1,
            "column": REFUSED.index(b'"s3:*"') + 1,
            "code": "wildcard_in_request",
            "message": "s3:* holds a wildcard, and a request names one action. "
            "Wildcards belong to policies.",
            "row": 1,
        },
    }
    assert found[1]["decision"] == "allow"


def test_too_much_work_is_a_refusal(run):
    listed = [f"*a*{n}" for n in range(400)]
    condition = {"ForAnyValue:StringLike": {"aws:TagKeys": listed}}
    document = {"Version": "2012-10-17", "Statement": [{**FULL["Statement"][0]}]}
    document["Statement"][0]["Condition"] = condition
    heavy = scenario_json(
        identity=[document], context={"aws:TagKeys": [f"k{n}" for n in range(400)]}
    )
    status, found, _ = run(lines(heavy) + GOOD)
    assert status == 1
    assert found[0]["error"]["code"] == "too_much_work"
    assert "decision" not in found[0]
    assert found[1]["decision"] == "allow"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"not json\n", "not_json_word"),
        (b'{"id": "\xff"}\n', "not_utf8"),
        (b'{"id": "x"\n', "unexpected_end"),
        ('{"id": "x"}'.encode("utf-16") + b"\n", "not_utf8"),
        (b"[" * 100_000 + b"\n", "too_deep"),
        (b"x" * (5 * 1024 * 1024) + b"\n", "scenario_too_large"),
    ],
)
def test_unreadable_lines(run, line, code):
    status, found, _ = run(line + GOOD)
    assert status == 1
    assert (found[0]["id"], found[0]["error"]["code"]) == (None, code)
    assert found[-1]["decision"] == "allow"
    status, _, said = run(line)
    assert status == 2
    assert "no readable scenario" in said


def test_nothing_to_read(run, tmp_path, capsys):
    for content in (b"", b"\n \n"):
        status, found, said = run(content)
        assert (status, found) == (2, [])
        assert "no readable scenario" in said
    status, found, said = finish(capsys, "evaluate", str(tmp_path / "absent"))
    assert (status, found) == (2, [])
    assert "cannot be read" in said
    status, _, said = finish(capsys, "evaluate", str(tmp_path))
    assert status == 2


def test_blank_lines_byte_order_marks_and_other_line_ends(run):
    content = b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n") + b"\n\n" + GOOD.strip()
    status, found, _ = run(content)
    assert status == 0
    assert len(found) == 2


def test_half_a_character_in_an_id_comes_out_as_an_escape(run, capsys):
    status, found, _ = run(b'{"id": "\\ud800"}\n' + GOOD)
    assert status == 1
    assert found[0]["id"] == "\ud800"


def test_an_error_names_the_row_of_the_input(run):
    """Blank rows count: the row is what an editor shows."""
    _, found, _ = run(b"\n" + GOOD + b"\n" + REFUSED + b'"\xff"\n' + b"not json\n")
    rows = [answer["error"]["row"] for answer in found if "error" in answer]
    assert rows == [4, 5, 6]


@pytest.mark.parametrize("command", ["evaluate", "benchmark_evaluator", "lint_policy"])
def test_a_reader_that_has_enough_is_no_error(tmp_path, command):
    """Standard output is a pipe whose other end is closed, as behind `| head`."""
    path = tmp_path / "input"
    path.write_bytes(b"{}" if command == "lint_policy" else GOOD * 1000)
    options = {"lint_policy": ["--type=identity"], "evaluate": []}
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(  # noqa: S603
        [
            *(sys.executable, "manage.py", command, str(path)),
            *options.get(command, ["--seconds=0"]),
        ],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_as_a_program(tmp_path):
    """The exit status reaches the shell."""
    path = tmp_path / "x.jsonl"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    for content, status in ((GOOD, 0), (REFUSED, 1), (b"nope", 2)):
        path.write_bytes(content)
        done = subprocess.run(  # noqa: S603
            [sys.executable, "manage.py", "evaluate", str(path)],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            check=False,
        )
        assert done.returncode == status


@pytest.mark.parametrize("options", [[], ["--trace"]])
def test_the_benchmark(run, options):
    status, found, said = run(
        GOOD + REFUSED, "--seconds", "0.01", *options, command="benchmark_evaluator"
    )
    assert status == 0
    (figures,) = found
    assert set(figures) == {"per_cpu_s", "decisions", "trace"}
    assert figures["trace"] is bool(options)
    assert figures["decisions"] > 0
    assert figures["per_cpu_s"] > 0
    assert said == "Left out, because refused: 1.\n"


def test_the_benchmark_of_nothing(run):
    status, found, said = run(REFUSED, command="benchmark_evaluator")
    assert (status, found) == (2, [])
    assert "can be decided" in said


def test_commands_need_no_settings_and_keep_their_key_private(tmp_path):
    """With nothing in the environment, as somebody at a fresh checkout has it."""
    bare = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, "manage.py", "evaluate", "-"],
        cwd=settings.BASE_DIR,
        env=bare,
        input=example_of_the_documentation(),
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["decision"] == "allow"
    assert (tmp_path / "data" / "secret-key").stat().st_mode & 0o077 == 0


def example_of_the_documentation() -> bytes:
    text = (settings.BASE_DIR / "docs" / "scenarios.md").read_text(encoding="utf-8")
    return text.split("```json\n")[1].split("```")[0].encode()
