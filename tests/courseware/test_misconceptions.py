"""The catalogue of misconceptions agrees with everything that points at it."""

import re
import tomllib

import pytest
from django.conf import settings

CONTENT = settings.BASE_DIR / "courseware" / "content"
SCENARIOS = settings.BASE_DIR / "policies_lab" / "content" / "scenarios"
CATALOGUE = tomllib.loads((CONTENT / "misconceptions.toml").read_text("utf-8"))

CODE_IN_FEEDBACK = re.compile(r"@m\.([a-z0-9-]+)")
HEADING = re.compile(r"^#{2,6} .* \^([a-z0-9-]+)$", re.MULTILINE)
SLUG = re.compile(r"^slug: *(\S+)$", re.MULTILINE)
SENTENCE_END = re.compile(r"[.!?](?=\s|$)")


def codes_in_questions():
    """Every code of the course's quizzes and checks, with the file that uses it."""
    for file in sorted(CONTENT.glob("*/*/*.gift")):
        for code in CODE_IN_FEEDBACK.findall(file.read_text("utf-8")):
            yield code, file.relative_to(CONTENT).as_posix()


def codes_in_scenarios():
    """Every code that a ready scenario of the lab names, with its file."""
    for file in sorted(SCENARIOS.glob("*.toml")):
        reveal = tomllib.loads(file.read_text("utf-8"))["reveal"]
        for codes in reveal.get("misconceptions", {}).values():
            for code in codes:
                yield code, file.name


def lesson_headings():
    """`lesson-slug#heading-id` of every heading in every lesson."""
    for file in CONTENT.glob("*/*/*.md"):
        text = file.read_text("utf-8")
        slug = SLUG.search(text)
        assert slug, file
        for heading in HEADING.findall(text):
            yield f"{slug[1]}#{heading}"


def test_questions_and_scenarios_use_codes_at_all():
    assert len(set(codes_in_questions())) > 50
    assert len(set(codes_in_scenarios())) > 10


def test_every_code_in_use_is_in_the_catalogue():
    used = [*codes_in_questions(), *codes_in_scenarios()]
    assert [use for use in used if use[0] not in CATALOGUE] == []


def test_every_entry_names_a_heading_of_a_lesson():
    headings = set(lesson_headings())
    astray = {
        code: entry["lesson"]
        for code, entry in CATALOGUE.items()
        if entry["lesson"] not in headings
    }
    assert astray == {}


def test_no_entry_is_without_use():
    used = {code for code, _ in [*codes_in_questions(), *codes_in_scenarios()]}
    assert set(CATALOGUE) - used == set()


@pytest.mark.parametrize("code", CATALOGUE)
def test_entry_is_complete_and_short(code):
    entry = CATALOGUE[code]
    assert set(entry) == {"belief", "correction", "lesson"}
    assert re.fullmatch(r"[a-z][a-z0-9-]*", code)
    assert entry["belief"].endswith((".", "?"))
    assert 1 <= len(SENTENCE_END.findall(entry["correction"])) <= 2


def test_one_belief_has_one_code():
    beliefs = [entry["belief"].casefold() for entry in CATALOGUE.values()]
    assert len(beliefs) == len(set(beliefs))
