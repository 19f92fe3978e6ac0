"""The shape of the house, kept by tests where no linter does it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
MOST_LINES = 600


def own_python_files() -> list[Path]:
    folders = ["config", "courseware", "policies_lab", "tests", "tools", "benchmarks"]
    return [
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts
    ]


def test_imports_run_the_way_the_house_says():
    done = subprocess.run(  # noqa: S603 - our own linter, fixed arguments
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("app", ["courseware", "policies_lab"])
def test_templates_of_one_app_never_include_those_of_the_other(app):
    other = {"courseware": "policies_lab", "policies_lab": "courseware"}[app]
    foreign = re.compile(r"{%\s*(?:include|extends)\s+[\"']" + other + "/")
    guilty = [
        path
        for path in (TEMPLATES / app).rglob("*.html")
        if foreign.search(path.read_text())
    ]
    assert guilty == []


def test_fragments_name_their_inputs_on_their_first_line():
    silent = [
        path
        for path in TEMPLATES.rglob("_*.html")
        if not path.read_text().startswith("{#")
    ]
    assert silent == []


def test_no_module_is_too_long_to_hold_in_the_head():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in own_python_files()
        if (lines := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert long == {}


def test_pages_hold_no_inline_script_style_or_handler():
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", re.I)
    guilty = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in [*TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.svg")]
        if (found := inline.search(path.read_text()))
    ]
    assert guilty == []
