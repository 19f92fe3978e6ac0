"""No page asks the database more often because there is more to show."""

import pytest

from courseware.activities import record_prediction, record_result
from courseware.models import Question
from courseware.progress import mark_read
from courseware.quizzes import save_answer, start_attempt, submit_attempt
from tests import factories

CODE = "aws-patches-guest-os"


def grow_course(course, sections: int):
    """Sections with three lessons, a quiz, a check and a term each."""
    for _each in range(sections):
        section = factories.make_section(course)
        for _lesson in range(3):
            factories.make_lesson(section)
        factories.make_quiz(section)
        factories.make_question(section, use=Question.Use.CHECK)
        factories.make_term(course)


def do_everything(user, course):
    """Every lesson, every quiz with a wrong answer, every check, the lab."""
    for lesson in course.lessons.all():
        mark_read(user=user, lesson=lesson, read=True)
    for quiz in course.quizzes.all():
        attempt = start_attempt(quiz=quiz, user=user)
        save_answer(attempt=attempt, position=1, raw="a", revision=0)
        submit_attempt(attempt=attempt)
        start_attempt(quiz=quiz, user=user)
    detail = {"misconceptions": [CODE]}
    for check in course.questions.filter(use=Question.Use.CHECK):
        key = f"{course.slug}/{check.key}"
        record_result(user=user, kind="check", key=key, score=0, detail=detail)
    record_prediction(
        user=user,
        key="x",
        predicted="allow",
        decided="implicit_deny",
        deciding_step="identity",
        misconceptions=[CODE],
    )


def enrol_students(cohort, number: int):
    students = []
    for _each in range(number):
        user = factories.make_person(f"student-{cohort.pk}-{cohort.members.count()}")
        factories.enrol(user, cohort)
        students.append(user)
    return students


@pytest.fixture
def growth(queries_of, signed_in):
    """growth(user, address, grow): queries of a page before and after `grow()`."""

    def compare(user, address, grow):
        client = signed_in(user)
        assert client.get(address).status_code == 200
        before = queries_of(lambda: client.get(address))
        grow()
        assert client.get(address).status_code == 200
        return before, queries_of(lambda: client.get(address))

    return compare


@pytest.mark.parametrize("place", ["", "glossary/"])
def test_course_pages(growth, ben, course, place):
    grow_course(course, 2)
    do_everything(ben, course)

    def grow():
        grow_course(course, 6)
        do_everything(ben, course)

    before, after = growth(ben, course.get_absolute_url() + place, grow)
    assert before == after


def test_a_lesson_for_who_is_signed_in(growth, ben, course):
    grow_course(course, 1)
    address = course.lessons.first().get_absolute_url()
    do_everything(ben, course)

    def grow():
        grow_course(course, 6)
        do_everything(ben, course)

    before, after = growth(ben, address, grow)
    assert before == after
    assert after <= 9


def test_the_front_page_and_the_list_of_courses(growth, ben, course):
    grow_course(course, 1)
    factories.make_course(public=True)
    factories.make_course(public=True)

    def grow():
        for _each in range(10):
            grow_course(factories.make_course(public=True), 2)

    before, after = growth(ben, "/courses/", grow)
    assert before == after
    before, after = growth(ben, "/", grow)
    assert before == after


def test_the_desk(growth, ben, course):
    grow_course(course, 1)
    do_everything(ben, course)
    alone = factories.make_course(public=True)
    grow_course(alone, 1)
    do_everything(ben, alone)

    def grow():
        for _each in range(5):
            another = factories.make_course(public=True)
            grow_course(another, 2)
            factories.enrol(ben, factories.make_cohort(another))
            do_everything(ben, another)

    before, after = growth(ben, "/desk/", grow)
    assert before == after


def test_the_cohorts(growth, ada, cohort):
    def grow():
        for _each in range(10):
            another = factories.make_cohort(cohort.course)
            factories.enrol(ada, another, "instructor")
            enrol_students(another, 2)

    enrol_students(cohort, 2)
    before, after = growth(ada, "/teach/", grow)
    assert before == after


def test_a_cohort_of_two_and_of_twenty(growth, ada, course, cohort):
    grow_course(course, 2)
    for user in enrol_students(cohort, 2):
        do_everything(user, course)

    def grow():
        for user in enrol_students(cohort, 18):
            do_everything(user, course)

    before, after = growth(ada, cohort.get_absolute_url(), grow)
    assert before == after
    assert after <= 24


def test_one_student(growth, ada, ben, course, cohort):
    grow_course(course, 1)
    do_everything(ben, course)

    def grow():
        grow_course(course, 5)
        do_everything(ben, course)

    before, after = growth(ada, f"{cohort.get_absolute_url()}people/{ben.pk}/", grow)
    assert before == after


@pytest.mark.parametrize("kind", ["check", "line"])
def test_an_activity(growth, ben, course, kind):
    grow_course(course, 1)
    if kind == "check":
        check = course.questions.get(use=Question.Use.CHECK)
        address = f"{course.get_absolute_url()}checks/{check.key}/"
    else:
        factories.make_line(course)
        address = f"{course.get_absolute_url()}lines/line/"

    def grow():
        for _each in range(10):
            detail = {"service": "ec2", "complete": True, "wrong": []}
            record_result(
                user=ben, kind="line", key="cloud/line", score=1, detail=detail
            )
        grow_course(course, 3)

    before, after = growth(ben, address, grow)
    assert before == after
