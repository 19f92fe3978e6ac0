"""Rows with sane defaults, made by plain functions; every field can be given."""

from hashlib import sha256
from itertools import count

from courseware.models import (
    Activity,
    Attempt,
    Cohort,
    Course,
    Enrolment,
    Image,
    Lesson,
    Question,
    QuestionVersion,
    Quiz,
    QuizQuestion,
    Section,
    Term,
    User,
)
from courseware.quizzes import start_attempt

PASSWORD = "correct horse battery"
_numbers = count(1)


def make_person(username: str, **given) -> User:
    given.setdefault("email", f"{username}@example.org")
    given.setdefault("password", PASSWORD)
    return User.objects.create_user(username=username, **given)


def make_course(**given) -> Course:
    number = next(_numbers)
    defaults = {
        "slug": f"course-{number}",
        "title": f"Course {number}",
        "summary": "What it is about.",
        "public": False,
        "content_hash": "0" * 64,
    }
    return Course.objects.create(**defaults | given)


def make_section(course: Course, **given) -> Section:
    number = next(_numbers)
    defaults = {
        "slug": f"section-{number}",
        "title": f"Section {number}",
        "summary": "What it covers.",
        "position": course.sections.count() + 1,
    }
    return Section.objects.create(course=course, **defaults | given)


def make_lesson(section: Section, **given) -> Lesson:
    number = next(_numbers)
    defaults = {
        "slug": f"lesson-{number}",
        "title": f"Lesson {number}",
        "question": "Who may do this?",
        "minutes": 5,
        "position": section.lessons.count() + 1,
        "source": "Text.",
        "html": "<p>Text.</p>",
        "contents": [],
        "content_hash": "0" * 64,
    }
    return Lesson.objects.create(
        course=section.course, section=section, **defaults | given
    )


def make_cohort(course: Course, **given) -> Cohort:
    given.setdefault("name", f"Cohort {next(_numbers)}")
    return Cohort.objects.create(course=course, **given)


def enrol(user: User, cohort: Cohort, role=Enrolment.Role.STUDENT) -> Enrolment:
    return Enrolment.objects.create(user=user, cohort=cohort, role=role)


def make_question(section: Section, *, right: str = "b", **given) -> Question:
    """A single-choice question with the options a, b and c; `right` is the key."""
    number = next(_numbers)
    defaults = {"key": f"q-{number}", "use": Question.Use.QUIZ}
    question = Question.objects.create(
        course=section.course, section=section, **defaults | given
    )
    question.current = QuestionVersion.objects.create(
        question=question,
        number=1,
        type="single",
        title=f"Question {number}",
        presented={
            "stem": "<p>Which?</p>",
            "options": [
                {"id": key, "html": f"<p>Option {key}</p>"} for key in ("a", "b", "c")
            ],
        },
        answer_key={
            "right": right,
            "feedback": {key: f"<p>Why {key}.</p>" for key in ("a", "b", "c")},
            "misconceptions": {} if right == "a" else {"a": "some-belief"},
            "rule": "<p>The rule.</p>",
        },
        content_hash="0" * 64,
    )
    question.save(update_fields=["current"])
    return question


def make_quiz(section: Section, *, questions: int = 3, **given) -> Quiz:
    given.setdefault("title", f"Quiz of {section.title}")
    quiz = Quiz.objects.create(course=section.course, section=section, **given)
    for position in range(1, questions + 1):
        QuizQuestion.objects.create(
            quiz=quiz, question=make_question(section), position=position
        )
    return quiz


def make_attempt(user: User, section: Section, *, questions: int = 3) -> Attempt:
    """An open attempt of `user` at a new quiz of `section`."""
    return start_attempt(quiz=make_quiz(section, questions=questions), user=user)


def make_term(course: Course, **given) -> Term:
    number = next(_numbers)
    defaults = {
        "slug": f"term-{number}",
        "name": f"Term {number}",
        "html": "What it means.",
        "position": course.terms.count() + 1,
    }
    return Term.objects.create(course=course, **defaults | given)


def make_line(course: Course, **given) -> Activity:
    """A line with the services ec2 and s3 and three duties; each sentence of `why`
    names its duty and service."""
    answers = {
        "data": {"ec2": "customer", "s3": "customer"},
        "guest-os": {"ec2": "customer", "s3": "provider"},
        "training": {"ec2": "shared", "s3": "shared"},
    }
    data = {
        "intro": "Place each duty.",
        "service": [
            {"key": "ec2", "name": "Amazon EC2"},
            {"key": "s3", "name": "Amazon S3"},
        ],
        "duty": [
            {
                "key": key,
                "text": f"Duty {key}",
                "answer": answer,
                "why": {service: f"Why {key} on {service}." for service in answer},
            }
            for key, answer in answers.items()
        ],
    }
    defaults = {"kind": "line", "key": "line", "title": "Where is the line?"}
    return Activity.objects.create(course=course, data=data, **defaults | given)


def make_image(course: Course, **given) -> Image:
    data = given.get("data", b"\x89PNG not really")
    defaults = {
        "path": f"images/picture-{next(_numbers)}.png",
        "sha256": sha256(data).hexdigest(),
        "media_type": "image/png",
        "data": data,
    }
    return Image.objects.create(course=course, **defaults | given)
