"""The course that comes with the site: it imports, and what it claims is so."""

import re
from pathlib import Path

import pytest

from courseware import content_sync, course_pages, drawings, examples, vault
from courseware.examples import StatedDecision
from courseware.misconceptions import misconceptions
from policies_lab.iam import evaluate, read_scenario
from tests.stated import as_scenario, stated_decisions

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


def _stated() -> list:
    """Every decision of every lesson, with the place where it is stated."""
    found = vault.read(COURSE)
    return [
        pytest.param(stated, id=f"{lesson.path}:{stated.line}")
        for lesson in found.lessons
        for stated in stated_decisions(lesson.document)
    ]


@pytest.mark.parametrize("stated", _stated())
def test_every_stated_decision_is_what_the_evaluator_decides(stated: StatedDecision):
    trace = evaluate(read_scenario(as_scenario(stated)))
    assert trace.decision == stated.decision
    if stated.step:
        assert trace.deciding_step == stated.step
    if stated.statement:
        applied = [one.sid for one in trace.statements if one.applies]
        assert stated.statement in applied


def test_the_course_states_decisions_of_each_kind(built_in):
    decisions = {
        stated.decision
        for lesson in built_in.lessons
        for stated in stated_decisions(lesson.document)
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
