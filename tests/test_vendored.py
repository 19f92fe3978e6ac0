"""What others wrote lies in the repository as it is recorded, with its licences."""

import hashlib
import json
import re
from pathlib import Path

import django_htmx
import pytest
from django.conf import settings

VENDOR = Path(settings.BASE_DIR) / "static" / "vendor"
RECORD = (VENDOR / "VENDORED.md").read_text()
LICENCES = (VENDOR / "LICENSES.txt").read_text()
TOOLS = Path(settings.BASE_DIR) / "tools" / "codemirror"
SERVED_HTMX = (
    Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
)
PACKAGES = re.findall(r"^\| (\S+) \| ([\d.]+) \| (\S+) \|", RECORD, re.MULTILINE)


def recorded(name: str) -> str:
    (digest,) = re.findall(rf"^\| {re.escape(name)} \| ([0-9a-f]{{64}}) \|$", RECORD, 8)
    return digest


@pytest.mark.parametrize(
    ("name", "path"),
    [("codemirror.js", VENDOR / "codemirror.js"), ("htmx.min.js", SERVED_HTMX)],
)
def test_the_digest_is_the_recorded_one(name, path):
    assert hashlib.sha256(path.read_bytes()).hexdigest() == recorded(name)


def test_each_package_is_named_with_its_licence():
    assert len(PACKAGES) > 10
    for name, version, licence in PACKAGES:
        assert licence in {"MIT", "0BSD"}
        heading = f"{name} {version}\n\n"
        assert heading in LICENCES
        text = LICENCES.split(heading)[1].split("-" * 72)[0]
        assert "THE SOFTWARE IS PROVIDED" in text


def test_versions_are_those_of_the_lock_file_which_names_no_registry():
    text = (TOOLS / "package-lock.json").read_text()
    locked = json.loads(text)["packages"]
    for name, version, _licence in PACKAGES:
        found = locked[f"node_modules/{name}"]
        assert found["version"] == version
        assert found["integrity"].startswith("sha512-")
    assert '"resolved"' not in text


def test_every_file_of_the_folder_is_accounted_for():
    kept = {"VENDORED.md", "LICENSES.txt", "codemirror.js"}
    assert {path.name for path in VENDOR.iterdir()} == kept
