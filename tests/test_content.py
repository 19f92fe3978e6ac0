"""The course that comes with the site: it imports, and what it claims is so."""

import re
from pathlib import Path

import pytest

from courseware import content_sync, course_pages, drawings, examples, vault
from courseware.examples import StatedDecision
from courseware.misconceptions import misconceptions
from courseware.problems import VaultProblems

CONTENT = Path(__file__).parents[1] / "courseware" / "content"
COURSE = CONTENT / "shared-responsibility"


@pytest.fixture(scope="module")
def built_in():
    return vault.read(COURSE, outside=course_pages.outside())


@pytest.mark.django_db
def test_it_imports_and_importing_again_changes_nothing(built_in):
    first = content_sync.sync(built_in)
    assert first.total("added") > 100
    assert str(content_sync.sync(built_in)) == "0 added, 0 changed, 0 retired"


def test_the_importer_evaluates_every_example_of_the_course(built_in):
    """Reading it found no problem; the same files with one claim turned round do."""
    lesson = next(
        one for one in built_in.lessons if "\ndecision: allow\n" in one.source
    )
    files = {
        str(path.relative_to(COURSE)): path.read_bytes()
        for path in COURSE.rglob("*")
        if path.is_file()
    }
    turned = lesson.source.replace("\ndecision: allow\n", "\ndecision: explicit_deny\n")
    files[lesson.path] = turned.encode()
    with pytest.raises(VaultProblems) as caught:
        vault.read(files, outside=course_pages.outside())
    found = [str(problem) for problem in caught.value.problems]
    assert len(found) == lesson.source.count("\ndecision: allow\n")
    assert all("the policies above decide allow" in message for message in found)


def test_the_course_states_decisions_of_each_kind(built_in):
    decisions = {
        found.decision
        for lesson in built_in.lessons
        for found in examples.read(lesson.document)[0].values()
        if isinstance(found, StatedDecision)
    }
    assert decisions == set(examples.DECISIONS)


def test_every_belief_leads_to_a_heading_of_the_course(built_in):
    """Learners are sent there from quizzes and from the lab."""
    for code, belief in misconceptions().items():
        lesson = built_in.names.lessons.get(belief.lesson)
        assert lesson is not None, code
        assert belief.heading in lesson.addresses, code


def test_every_question_explains_every_option_and_states_a_rule(built_in):
    for section in built_in.sections:
        for question in [*section.quiz, *section.checks]:
            assert question.rule.value, question.key
            for option in question.options:
                assert option.feedback.value, (question.key, option.text.value)


def test_every_check_stands_in_a_lesson_of_its_section(built_in):
    for section in built_in.sections:
        text = "".join(lesson.source for lesson in section.lessons)
        for question in section.checks:
            assert f"![[activity:check/{question.key}]]" in text, question.key


@pytest.mark.parametrize("name", drawings.names())
def test_every_drawing_is_described_and_holds_nothing_active(name):
    svg = drawings.drawing(name)
    assert "<title" in svg
    assert "<desc" in svg
    assert not re.search(r"<(script|foreignObject|a|image)\b|\s(on\w+|style)=", svg)
    assert not re.search(r"(href|src)=\"(?!#)|url\((?!#)", svg)
