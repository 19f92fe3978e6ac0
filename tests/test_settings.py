"""How the site starts: safe where nothing is set, and refusing what is unsafe."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config.secret_key import make_secret_key

ROOT = Path(__file__).resolve().parent.parent
KEY = "only-for-this-test-" + "0123456789" * 4
PUBLIC = {"SECRET_KEY": KEY, "ALLOWED_HOSTS": "learn.example.org"}


def start(code: str, tmp_path, **environment) -> subprocess.CompletedProcess:
    """Run `code` in a fresh process that knows only what it is given."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env=kept
        | {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
        | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def settings_of(tmp_path, **environment):
    return start("import config.settings as s; print(s.HTTPS)", tmp_path, **environment)


def test_without_a_key_it_does_not_start(tmp_path):
    result = settings_of(tmp_path, ALLOWED_HOSTS="learn.example.org")
    assert result.returncode != 0
    assert "Set SECRET_KEY to at least 50 random characters" in result.stderr


def test_a_short_key_does_not_do(tmp_path):
    assert "at least 50" in settings_of(tmp_path, SECRET_KEY="short").stderr


def test_a_key_file_that_others_may_read_does_not_do(tmp_path):
    file = tmp_path / "key"
    make_secret_key(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert settings_of(tmp_path, SECRET_KEY_FILE=str(file)).returncode == 0
    file.chmod(0o640)
    result = settings_of(tmp_path, SECRET_KEY_FILE=str(file))
    assert result.returncode != 0
    assert f"chmod 600 {file}" in result.stderr
    assert file.read_text() not in result.stderr


def test_of_many_first_starts_one_makes_the_key(tmp_path):
    file = tmp_path / "new" / "key"

    def first_start(_number):
        make_secret_key(file)
        return file.read_text()

    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(first_start, range(64)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert [path.name for path in file.parent.iterdir()] == ["key"]


def test_debug_is_for_this_machine_alone(tmp_path):
    result = settings_of(tmp_path, DEBUG="true", **PUBLIC)
    assert result.returncode != 0
    assert "DEBUG shows source and settings" in result.stderr
    local = PUBLIC | {"ALLOWED_HOSTS": "127.0.0.1,localhost"}
    assert settings_of(tmp_path, DEBUG="true", **local).returncode == 0


def test_a_star_is_no_host(tmp_path):
    result = settings_of(tmp_path, SECRET_KEY=KEY, ALLOWED_HOSTS="*")
    assert result.returncode != 0
    assert "ALLOWED_HOSTS names the hosts one by one" in result.stderr


def test_https_and_no_debug_are_what_is_meant_when_nothing_is_said(tmp_path):
    code = "import config.settings as s; print(s.HTTPS, s.DEBUG)"
    assert start(code, tmp_path, **PUBLIC).stdout.split() == ["True", "False"]


def test_djangos_checks_for_the_public_are_clean(tmp_path):
    code = (
        "import django; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('check', deploy=True, fail_level='WARNING')"
    )
    result = start(code, tmp_path, **PUBLIC)
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


VISIT = """
import django; django.setup()
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0, interactive=False)
from courseware.models import User
User.objects.create_user("ben", password="correct horse battery")
client = Client(headers={"host": "learn.example.org"})
response = client.get("/accounts/login/")
print(response.status_code, response.headers["Location"])
print("default-src 'none'" in response.headers["Content-Security-Policy"])
client = Client(headers={"host": "learn.example.org"})
response = client.get("/accounts/login/", secure=True)
print(response.headers["Strict-Transport-Security"])
form = {"username": "ben", "password": "correct horse battery"}
response = client.post("/accounts/login/", form, secure=True)
print(response.status_code)
for cookie in sorted(client.cookies.values(), key=lambda cookie: cookie.key):
    print(cookie.output(header="").strip())
"""


def test_cookies_and_transport_of_a_public_start(tmp_path):
    result = start(VISIT, tmp_path, **PUBLIC)
    assert result.returncode == 0, result.stderr
    redirect, policy, transport, status, *cookies = result.stdout.strip().split("\n")
    assert redirect == "301 https://learn.example.org/accounts/login/"
    assert policy == "True"
    assert transport == "max-age=31536000; includeSubDomains"
    assert status == "302"
    assert [cookie.split("=")[0] for cookie in cookies] == [
        "__Host-csrf",
        "__Host-session",
        "__Host-typist",
    ]
    for cookie in cookies:
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= attributes
        assert not any(part.startswith("domain") for part in attributes)


@pytest.mark.parametrize("hops", ["0", "1"])
def test_https_is_believed_of_our_own_proxies_alone(tmp_path, hops):
    code = (
        "import django; django.setup()\n"
        "from django.test import RequestFactory\n"
        "request = RequestFactory().get('/', HTTP_X_FORWARDED_PROTO='https')\n"
        "print(request.is_secure())"
    )
    result = start(code, tmp_path, TRUSTED_HOPS=hops, **PUBLIC)
    assert result.stdout.strip() == ("True" if hops == "1" else "False")
