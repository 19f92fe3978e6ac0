"""How far somebody is, and where they go on."""

from decimal import Decimal

import pytest

from courseware.models import Attempt, Completion
from courseware.outline import outline
from courseware.progress import courses_begun, mark_read, progress_of
from courseware.quizzes import start_attempt, submit_attempt
from tests import factories


@pytest.fixture
def lessons(course):
    """Two sections: two lessons and a quiz, then one lesson."""
    first = factories.make_section(course, title="First")
    second = factories.make_section(course, title="Second")
    found = [
        factories.make_lesson(first),
        factories.make_lesson(first),
        factories.make_lesson(second),
    ]
    factories.make_quiz(first)
    return found


def progress(user, course):
    [found] = progress_of(user, [course])
    return found


def hand_in(user, quiz):
    return submit_attempt(attempt=start_attempt(quiz=quiz, user=user))


def test_nothing_done_begins_with_the_first_lesson(ben, course, lessons):
    found = progress(ben, course)

    assert (found.done, found.total, found.percent) == (0, 4, 0)
    assert found.next_step == lessons[0]
    assert not found.complete


def test_lessons_come_before_the_quiz_of_their_section(ben, course, lessons):
    mark_read(user=ben, lesson=lessons[0], read=True)
    mark_read(user=ben, lesson=lessons[1], read=True)
    found = progress(ben, course)

    assert found.next_is_quiz
    assert found.next_part.section.title == "First"
    assert found.percent == 50


def test_a_lesson_left_out_is_where_one_goes_on(ben, course, lessons):
    mark_read(user=ben, lesson=lessons[1], read=True)
    mark_read(user=ben, lesson=lessons[2], read=True)

    assert progress(ben, course).next_step == lessons[0]


def test_an_open_attempt_does_not_finish_a_quiz(ben, course, lessons):
    [quiz] = course.quizzes.all()
    for lesson in lessons:
        mark_read(user=ben, lesson=lesson, read=True)
    start_attempt(quiz=quiz, user=ben)
    found = progress(ben, course)

    assert found.percent == 75
    assert found.next_step == quiz
    assert found.parts[0].quiz_record.under_way


def test_the_bar_reaches_the_end(ben, course, lessons):
    for lesson in lessons:
        mark_read(user=ben, lesson=lesson, read=True)
    hand_in(ben, course.quizzes.get())
    found = progress(ben, course)

    assert found.percent == 100
    assert found.complete
    assert found.next_step is None
    assert all(part.complete for part in found.parts)


def test_what_was_retired_counts_neither_way(ben, course, lessons):
    mark_read(user=ben, lesson=lessons[0], read=True)
    for gone in lessons[:2]:
        gone.retired = True
        gone.save()
    course.quizzes.update(retired=True)
    found = progress(ben, course)

    assert (found.done, found.total) == (0, 1)
    mark_read(user=ben, lesson=lessons[2], read=True)
    assert progress(ben, course).percent == 100


def test_a_retired_section_takes_its_lessons_with_it(ben, course, lessons):
    section = lessons[0].section
    section.retired = True
    section.save()

    assert [part.section.title for part in outline(course).parts] == ["Second"]
    assert progress(ben, course).total == 1


def test_a_quiz_that_nobody_could_hand_in_is_no_step(ben, course, lessons):
    factories.make_quiz(lessons[2].section, questions=0)

    assert progress(ben, course).total == 4


def test_the_best_attempt_is_the_one_with_the_largest_share(ben, course, lessons):
    quiz = course.quizzes.get()
    for score, out_of in [(4, 6), (3, 4), (1, 4)]:
        attempt = hand_in(ben, quiz)
        Attempt.objects.filter(pk=attempt.pk).update(
            score=Decimal(score), out_of=out_of
        )
    record = progress(ben, course).parts[0].quiz_record

    assert (record.score, record.out_of, record.percent) == (3, 4, 75)
    assert record.handed_in == 3


def test_what_others_did_is_not_mine(ben, cleo, course, lessons):
    mark_read(user=cleo, lesson=lessons[0], read=True)
    hand_in(cleo, course.quizzes.get())

    assert progress(ben, course).done == 0


def test_marking_twice_changes_nothing_and_can_be_taken_back(ben, lessons):
    mark_read(user=ben, lesson=lessons[0], read=True)
    mark_read(user=ben, lesson=lessons[0], read=True)
    assert Completion.objects.filter(user=ben).count() == 1

    mark_read(user=ben, lesson=lessons[0], read=False)
    mark_read(user=ben, lesson=lessons[0], read=False)
    assert not Completion.objects.filter(user=ben).exists()


def test_neighbours_are_found_across_sections(course, lessons):
    found = outline(course)

    assert found.around(lessons[0]) == (None, lessons[1])
    assert found.around(lessons[1]) == (lessons[0], lessons[2])
    assert found.around(lessons[2]) == (lessons[1], None)


def test_an_empty_course_is_neither_begun_nor_complete(ben, course):
    found = progress(ben, course)

    assert (found.total, found.percent, found.next_step) == (0, 0, None)
    assert not found.complete


def test_courses_begun_are_those_with_a_trace(ben, course, lessons):
    other = factories.make_course()
    factories.make_lesson(factories.make_section(other))
    assert courses_begun(ben) == []

    mark_read(user=ben, lesson=lessons[0], read=True)
    mark_read(user=ben, lesson=lessons[1], read=True)
    start_attempt(quiz=course.quizzes.get(), user=ben)
    assert courses_begun(ben) == [course]


def test_addresses_in_an_outline_cost_no_query(course, lessons, queries_of):
    found = outline(course)

    def touch():
        for part in found.parts:
            for step in part.steps:
                step.get_absolute_url()
                assert step.section.title

    assert queries_of(touch) == 0
