"""A section with a quiz of three questions, and ben's open attempt at it."""

import pytest

from courseware.quizzes import start_attempt
from tests import factories


@pytest.fixture
def section(course):
    return factories.make_section(course, slug="iam", title="Identity")


@pytest.fixture
def quiz(section):
    return factories.make_quiz(section, title="Who is asking", questions=3)


@pytest.fixture
def attempt(quiz, ben):
    return start_attempt(quiz=quiz, user=ben)
