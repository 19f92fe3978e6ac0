"""One word for one thing in whatever the site says."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
IN_TEMPLATE = re.compile(
    r"""\{% translate (["'])(?P<short>.*?)\1|"""
    r"\{% blocktranslate[^%]*%\}(?P<long>.*?)\{% endblocktranslate",
    re.S,
)
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
# Another word for it, and the one that is used.
INSTEAD = [
    (r"\bclass(es)?\b", "cohort"),
    (r"\bclassmates?\b", "others in the cohort"),
    (r"\busernames?\b", "user name"),
    (r"\blog ?in\b|\blogged in\b", "sign in"),
]


def in_templates() -> Iterator[tuple[str, str]]:
    for path in (ROOT / "templates").rglob("*.*"):
        for found in IN_TEMPLATE.finditer(path.read_text(encoding="utf-8")):
            words = found["short"] or found["long"]
            # Attributes and placeholders are not read by people.
            yield path.name, re.sub(r"<[^>]*>|\{\{.*?\}\}", " ", words)


def in_modules() -> Iterator[tuple[str, str]]:
    for app in ("config", "courseware", "policies_lab"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                name = getattr(getattr(node, "func", None), "id", "")
                if isinstance(node, ast.Call) and name in GETTEXT:
                    for given in node.args:
                        if isinstance(given, ast.Constant) and given.value:
                            yield path.name, str(given.value)


@pytest.fixture(scope="module")
def said() -> list[tuple[str, str]]:
    found = [*in_templates(), *in_modules()]
    assert len(found) > 500
    return found


@pytest.mark.parametrize(("word", "instead"), INSTEAD)
def test_one_thing_has_one_name(said, word, instead):
    wrong = [one for one in said if re.search(word, one[1], re.I)]
    assert wrong == [], f"say {instead!r}"
