"""The command: findings as lines or as JSON, and an exit status to rely on."""

import io
import json
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from policies_lab.iam import PolicyType

GOOD = '{"Version": "2012-10-17", "Statement": []}'.replace(
    "[]", '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'
)
WARNED = GOOD.replace("s3:GetObject", "s3:*")
WRONG = GOOD.replace("s3:GetObject", "s3:ListObjects")


@pytest.fixture
def run(tmp_path, capsys):
    """run(text or bytes, ...) -> (exit status, what was printed)."""

    def run_command(content, *options):
        path = tmp_path / "policy.json"
        data = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(data)
        return finish(capsys, str(path), *options)

    return run_command


def finish(capsys, *arguments):
    status = 0
    try:
        call_command("lint_policy", *arguments)
    except SystemExit as stop:
        status = stop.code
    except CommandError as error:
        return error.returncode, str(error)
    return status, capsys.readouterr().out


def test_nothing_to_say(run):
    assert run(GOOD, "--type", "identity") == (0, "")


def test_errors_and_lines(run):
    status, out = run(WRONG, "--type", "identity")
    assert status == 1
    assert out == (
        "1:70: error unknown-action: No action is called s3:ListObjects. "
        "Write s3:ListBucket, if that is the action.\n"
    )


def test_warnings_are_no_errors(run):
    status, out = run(WARNED, "--type", "identity")
    assert status == 0
    assert out.startswith("1:70: security_warning service-star: ")


def test_json(run):
    status, out = run(WRONG, "--type", "identity", "--json")
    assert status == 1
    assert json.loads(out) == [
        {
            "id": "unknown-action",
            "class": "error",
            "line": 1,
            "column": 70,
            "path": "Statement.Action",
            "message": "No action is called s3:ListObjects.",
            "remedy": "Write s3:ListBucket, if that is the action.",
        }
    ]
    assert run(GOOD, "--type", "identity", "--json") == (0, "[]\n")


@pytest.mark.parametrize("kind", PolicyType)
def test_every_type(run, kind):
    status, out = run(GOOD, "--type", kind.value, "--json")
    ids = [finding["id"] for finding in json.loads(out)]
    expected = {
        "resource": ["missing-principal"],
        "endpoint": ["missing-principal"],
        "rcp": ["missing-principal", "rcp-allow"],
        "trust": ["missing-principal", "trust-action", "trust-resource"],
    }
    told = [id for id in ids if id != "http-allowed"]
    assert told == expected.get(kind.value, [])
    assert status == (1 if told else 0)


def test_from_standard_input(capsys, monkeypatch):
    stdin = SimpleNamespace(buffer=io.BytesIO(WRONG.encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    assert finish(capsys, "-", "--type", "identity")[0] == 1


@pytest.mark.parametrize("content", [b"\xff", b"\xef\xbb\xbf{\xe9}"])
def test_bytes_that_are_no_text(run, content):
    status, out = run(content, "--type", "identity")
    assert status == 2
    assert out.endswith("cannot be read: it is not UTF-8.")


def test_a_file_that_is_not_there(capsys, tmp_path):
    status, out = finish(capsys, str(tmp_path / "none"), "--type", "identity")
    assert status == 2
    assert out.endswith("cannot be read: No such file or directory.")


def test_a_file_without_end(run):
    status, out = run(b" " * (4 * 1024 * 1024 + 1), "--type", "identity")
    assert status == 2
    assert out.endswith("cannot be read: it is too large.")


def test_what_is_no_json_is_a_finding(run):
    status, out = run("{", "--type", "identity")
    assert status == 1
    assert out.startswith("1:2: error json-syntax: ")


def test_the_type_has_to_be_told(run):
    status, _ = run(GOOD, "--type", "bucket")
    assert status != 0


def test_what_the_document_does_not_say(run):
    trust = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"AWS": "111122223333"},
                "Action": "sts:AssumeRole",
            },
        }
    )
    assert "external-id" in run(trust, "--type", "trust")[1]
    assert run(trust, "--type", "trust", "--account", "111122223333") == (0, "")
    guarded = GOOD.replace(
        "}}", ', "Condition": {"StringEquals": {"aws:username": "a"}}}}'
    )
    assert run(guarded, "--type", "scp")[0] == 0
    assert run(guarded, "--type", "scp", "--classic-scp")[0] == 1
    listed = GOOD.replace('"s3:GetObject"', '["s3:GetObject"]')
    assert "single-list-noise" in run(listed, "--type", "identity", "--style")[1]
