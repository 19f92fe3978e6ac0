"""`make serve` from nothing, and again: what a newcomer meets first."""

import http.client
import os
import re
import socket
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PERSON = re.compile(r"^(student|instructor|admin) (\S+) (\S+)$")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(data: Path, port: int) -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    return kept | {"DATA_DIR": str(data), "PORT": str(port)}


@contextmanager
def served(data: Path):
    """The lines that `tools/serve.py` prints up to the address, and the port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "tools/serve.py"],
        cwd=ROOT,
        env=environment(data, port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = []
    try:
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if line.startswith("http://"):
                break
        wait_until_it_answers(port)
        yield lines, port
    finally:
        process.terminate()
        process.communicate(timeout=20)


def wait_until_it_answers(port: int) -> None:
    for _ in range(150):
        try:
            assert status_of(port, "/") == 200
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("The server did not answer within 15 seconds.")


def status_of(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_first_start_and_a_second_one(tmp_path):
    data = tmp_path / "data"
    with served(data) as (lines, port):
        people = [found.groups() for line in lines if (found := PERSON.match(line))]
        assert {role for role, _, _ in people} == {"student", "instructor", "admin"}
        assert lines[-1] == f"http://127.0.0.1:{port}"
        assert len(lines) == len(people) + 1
        assert status_of(port, "/courses/shared-responsibility/") == 200
        assert status_of(port, "/lab/") == 200
        key = data / "secret-key"
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        first_key = key.read_text()

    with served(data) as (again, _):
        assert [line for line in again if PERSON.match(line)] == lines[:-1]
        assert key.read_text() == first_key


def test_a_port_in_use_is_named_with_advice(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "tools/serve.py"],
            cwd=ROOT,
            env=environment(tmp_path, port),
            capture_output=True,
            text=True,
        )
    assert done.returncode == 1
    assert f"Port {port} cannot be used" in done.stderr
    assert "PORT=" in done.stderr
