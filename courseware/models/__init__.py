"""The school's tables, by subject."""

from courseware.models.content import Activity, Course, Image, Lesson, Section, Term
from courseware.models.people import Cohort, Enrolment, User
from courseware.models.quizzes import (
    Answer,
    Attempt,
    Question,
    QuestionVersion,
    Quiz,
    QuizQuestion,
)
from courseware.models.results import Completion, Prediction, Result

__all__ = [
    "Activity",
    "Answer",
    "Attempt",
    "Cohort",
    "Completion",
    "Course",
    "Enrolment",
    "Image",
    "Lesson",
    "Prediction",
    "Question",
    "QuestionVersion",
    "Quiz",
    "QuizQuestion",
    "Result",
    "Section",
    "Term",
    "User",
]
