"""What instructors see: their cohorts, who has done what, what is believed."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import escape

from courseware import beliefs, cohort_report
from courseware.activities import record_prediction, record_result
from courseware.misconceptions import misconceptions
from courseware.models import Cohort, Completion, Enrolment, Question, Result
from courseware.progress import mark_read
from courseware.quizzes import save_answer, start_attempt, submit_attempt
from tests import factories

CODE = "aws-patches-guest-os"
OTHER_CODE = "shared-means-jointly"


@pytest.fixture
def lessons(course):
    section = factories.make_section(course, slug="who", title="Who secures what")
    factories.make_quiz(section, title="Where the line runs")
    return [factories.make_lesson(section), factories.make_lesson(section)]


@pytest.fixture
def page(cohort, signed_in):
    """page(user): the cohort as user sees it."""
    return lambda user: signed_in(user).get(cohort.get_absolute_url()).content.decode()


@pytest.fixture
def stranger(course):
    """An instructor of another cohort of the same course."""
    person = factories.make_person("stan")
    factories.enrol(person, factories.make_cohort(course), Enrolment.Role.INSTRUCTOR)
    return person


def person_page(cohort, user):
    return f"{cohort.get_absolute_url()}people/{user.pk}/"


def answer_wrong(user, quiz, code):
    """Hand in an attempt whose first answer fits the misconception `code`."""
    for question in quiz.questions.all():
        version = question.current
        version.answer_key |= {"misconceptions": {"a": code}}
        version.save()
    attempt = start_attempt(quiz=quiz, user=user)
    save_answer(attempt=attempt, position=1, raw="a", revision=0)
    return submit_attempt(attempt=attempt)


# --- who may --------------------------------------------------------------------


def test_cohorts_are_listed_to_who_teaches_them(signed_in, ada, ben, cohort):
    other = factories.make_cohort(cohort.course, name="Of somebody else")
    html = signed_in(ada).get("/teach/").content.decode()

    assert f'href="{cohort.get_absolute_url()}">Autumn</a>' in html
    assert "1 student, 0 active" in html
    assert other.name not in html


def test_assistants_teach_too(signed_in, cleo, cohort):
    factories.enrol(cleo, cohort, Enrolment.Role.ASSISTANT)

    assert "Autumn" in signed_in(cleo).get("/teach/").content.decode()
    assert signed_in(cleo).get(cohort.get_absolute_url()).status_code == 200


def test_an_administrator_sees_every_cohort(signed_in, root, ben, cohort):
    factories.make_cohort(cohort.course, name="Another")
    html = signed_in(root).get("/teach/").content.decode()

    assert "Autumn" in html
    assert "Another" in html
    assert signed_in(root).get(person_page(cohort, ben)).status_code == 200


def test_a_student_teaches_nothing(signed_in, ben):
    html = signed_in(ben).get("/teach/").content.decode()
    assert "You teach no cohort" in html
    assert "Autumn" not in html


def test_without_any_cohort_an_administrator_is_told_how_to_begin(signed_in, root):
    html = signed_in(root).get("/teach/").content.decode()
    assert 'href="/admin/courseware/cohort/add/"' in html


@pytest.mark.parametrize("who", ["ben", "cleo", "stranger"])
def test_others_find_nothing(who, request, signed_in, cohort, ben):
    client = signed_in(request.getfixturevalue(who))

    assert client.get(cohort.get_absolute_url()).status_code == 404
    assert client.get(person_page(cohort, ben)).status_code == 404


def test_guests_have_to_sign_in(client, cohort, ben):
    for address in ("/teach/", cohort.get_absolute_url(), person_page(cohort, ben)):
        response = client.get(address)
        assert response.status_code == 302
        assert response.url.startswith("/accounts/login/")


def test_a_student_of_another_cohort_is_not_found(signed_in, ada, cohort, cleo):
    other = factories.make_cohort(cohort.course)
    factories.enrol(cleo, other)

    assert signed_in(ada).get(person_page(cohort, cleo)).status_code == 404
    assert signed_in(ada).get(person_page(other, cleo)).status_code == 404


def test_who_teaches_is_no_student(signed_in, ada, cohort):
    assert signed_in(ada).get(person_page(cohort, ada)).status_code == 404


@pytest.mark.parametrize("number", [0, 999_999, 2**63])
def test_what_is_not_there_is_not_found(signed_in, ada, number):
    client = signed_in(ada)
    assert client.get(f"/teach/cohorts/{number}/").status_code == 404
    assert client.get(f"/teach/cohorts/1/people/{number}/").status_code == 404


def test_nothing_can_be_posted(signed_in, ada, ben, cohort):
    client = signed_in(ada)
    for address in ("/teach/", cohort.get_absolute_url(), person_page(cohort, ben)):
        assert client.post(address).status_code == 405


# --- a cohort -------------------------------------------------------------------


def test_who_has_done_what(page, ada, ben, course, lessons):
    mark_read(user=ben, lesson=lessons[0], read=True)
    answer_wrong(ben, course.quizzes.get(), CODE)
    html = page(ada)
    row = re.search(r'<th scope="row"[^>]*><a[^>]*>Ben Berg</a>.*?</tr>', html, re.S)[0]

    assert "1 of 2" in row
    assert "0 of 3" in row
    assert 'data-label="Quiz: Where the line runs"' in row
    assert "<time" in row


def test_the_table_stays_a_table_when_it_is_shown_as_cards(page, ada, ben, lessons):
    html = page(ada)
    table = html[html.index("Who has done what") :]

    for role in ("table", "row", "rowheader", "columnheader", "cell"):
        assert f'role="{role}"' in table
    headings = re.findall(r"<th scope=\"col\"[^>]*>(?:<abbr[^>]*>)?([^<]+)<", table)
    cells = re.findall(r"<(?:td|th scope=\"row\")", table.split("<tbody")[1])
    assert len(headings) == len(cells) == 4


def test_who_did_nothing_is_there_too(page, ada, ben, lessons):
    html = page(ada)
    assert "0 of 2" in html
    assert html.count("not yet") == 2


def test_students_stand_in_the_order_of_a_register(cohort, ben):
    for username, first, last in [
        ("zed", "Zed", "adams"),
        ("carl", "", ""),
        ("anna", "Anna", "Berg"),
    ]:
        person = factories.make_person(username, first_name=first, last_name=last)
        factories.enrol(person, cohort)
    names = [student.user.username for student in cohort_report.report(cohort).students]

    assert names == ["zed", "anna", "ben", "carl"]


def test_progress_by_section(cohort, ben, cleo, course, lessons):
    factories.enrol(cleo, cohort)
    factories.enrol(factories.make_person("dora"), cohort)
    for lesson in lessons:
        mark_read(user=ben, lesson=lesson, read=True)
    submit_attempt(attempt=start_attempt(quiz=course.quizzes.get(), user=ben))
    mark_read(user=cleo, lesson=lessons[0], read=True)
    report = cohort_report.report(cohort)
    [row] = report.sections

    assert (row.finished, row.under_way, row.not_begun) == (1, 1, 1)
    assert report.finished == 1
    assert report.percent == 100 * 4 // 9


def test_who_was_active_lately_is_counted(cohort, ben, cleo, lessons):
    factories.enrol(cleo, cohort)
    mark_read(user=ben, lesson=lessons[0], read=True)
    mark_read(user=cleo, lesson=lessons[0], read=True)
    long_ago = timezone.now() - timedelta(days=8)
    Completion.objects.filter(user=cleo).update(completed_at=long_ago)

    assert cohort_report.report(cohort).active == 1
    [row] = cohort_report.overview([cohort])
    assert (row.students, row.active) == (2, 1)


def test_every_kind_of_trace_counts_as_activity(ben, cleo, course, lessons):
    assert cohort_report.last_activity([ben.pk], course) == {}
    attempt = start_attempt(quiz=course.quizzes.get(), user=ben)
    started = cohort_report.last_activity([ben.pk, cleo.pk], course)
    assert started == {ben.pk: attempt.started_at}

    saved = save_answer(attempt=attempt, position=1, raw="a", revision=0)
    assert cohort_report.last_activity([ben.pk], course)[ben.pk] == saved.saved_at
    result = record_result(user=ben, kind="check", key="cloud/x", score=1)
    assert cohort_report.last_activity([ben.pk], course)[ben.pk] == result.recorded_at
    record_prediction(
        user=cleo, key="x", predicted="allow", decided="allow", deciding_step="identity"
    )
    assert cleo.pk in cohort_report.last_activity([ben.pk, cleo.pk], course)


def test_the_code_to_join_is_shown_while_it_works(page, ada, cohort):
    assert cohort.join_code in page(ada)
    Cohort.objects.update(joinable=False)
    assert cohort.join_code not in page(ada)


def test_an_empty_cohort_says_how_it_fills(page, ada, cohort):
    html = page(ada)
    assert "No students yet" in html
    assert f"<strong>{cohort.join_code}</strong>" in html


# --- what is believed -----------------------------------------------------------


def held(user, course):
    return {
        one.misconception.code: one.times
        for one in beliefs.beliefs_of([user.pk], course)[user.pk]
    }


def test_beliefs_come_from_quizzes_activities_and_the_lab(ben, course, lessons):
    answer_wrong(ben, course.quizzes.get(), CODE)
    detail = {"misconceptions": [CODE]}
    record_result(user=ben, kind="check", key="cloud/x", score=0, detail=detail)
    record_result(user=ben, kind="scenario", key="y", score=0, detail=detail)
    record_prediction(
        user=ben,
        key="z",
        predicted="allow",
        decided="explicit_deny",
        deciding_step="identity",
        misconceptions=[CODE, OTHER_CODE],
    )

    assert held(ben, course) == {CODE: 4, OTHER_CODE: 1}


def test_answers_that_were_not_handed_in_say_nothing_yet(ben, course, lessons):
    quiz = course.quizzes.get()
    answer_wrong(ben, quiz, CODE)
    attempt = start_attempt(quiz=quiz, user=ben)
    save_answer(attempt=attempt, position=1, raw="a", revision=0)

    assert held(ben, course) == {CODE: 1}


def test_right_answers_and_unknown_codes_say_nothing(ben, course, lessons):
    attempt = start_attempt(quiz=course.quizzes.get(), user=ben)
    save_answer(attempt=attempt, position=1, raw="b", revision=0)
    save_answer(attempt=attempt, position=2, raw="a", revision=0)
    submit_attempt(attempt=attempt)

    assert held(ben, course) == {}


def test_checks_of_another_course_say_nothing_here(ben, course):
    detail = {"misconceptions": [CODE]}
    record_result(user=ben, kind="check", key="cloudy/x", score=0, detail=detail)
    record_result(user=ben, kind="line", key="other/x", score=0, detail=detail)

    assert held(ben, course) == {}


def test_what_most_believe_stands_first(page, ada, ben, cleo, cohort, course, lessons):
    factories.enrol(cleo, cohort)
    for user, codes in [(ben, [CODE, OTHER_CODE]), (cleo, [CODE])]:
        for _twice in range(2):
            record_result(
                user=user,
                kind="scenario",
                key="x",
                score=0,
                detail={"misconceptions": codes},
            )
    html = page(ada)
    rows = cohort_report.report(cohort).beliefs

    assert [(row.misconception.code, row.students, row.percent) for row in rows] == [
        (CODE, 2, 100),
        (OTHER_CODE, 1, 50),
    ]
    assert escape(misconceptions()[CODE].belief) in html
    assert "2 of 2 students." in html


def test_a_belief_leads_to_the_lesson_that_mends_it(ben, cohort, course, lessons):
    record_result(
        user=ben, kind="scenario", key="x", score=0, detail={"misconceptions": [CODE]}
    )
    assert cohort_report.report(cohort).beliefs[0].url == ""

    taught = misconceptions()[CODE]
    factories.make_lesson(lessons[0].section, slug=taught.lesson)
    [row] = cohort_report.report(cohort).beliefs
    assert row.url == f"/courses/cloud/lessons/{taught.lesson}/#{taught.heading}"


def test_without_wrong_answers_it_says_so(page, ada, ben, lessons):
    assert "No wrong answer has fitted a known misconception so far." in page(ada)


# --- one student ----------------------------------------------------------------


def test_one_student_in_detail(signed_in, ada, ben, cohort, course, lessons):
    check = factories.make_question(
        lessons[0].section, key="chk-one", use=Question.Use.CHECK
    )
    mark_read(user=ben, lesson=lessons[0], read=True)
    answer_wrong(ben, course.quizzes.get(), CODE)
    record_result(user=ben, kind="check", key="cloud/chk-one", score=0.5)
    html = signed_in(ada).get(person_page(cohort, ben)).content.decode()

    assert "<h1>Ben Berg</h1>" in html
    assert "67 %" in html
    assert "2 of 3" in html
    assert html.count("not read") == 1
    assert "0 of 3" in html
    assert escape(misconceptions()[CODE].belief) in html
    assert escape(misconceptions()[CODE].correction) in html
    assert check.current.title in html
    assert "50 %" in html


def test_a_student_who_did_nothing(signed_in, ada, ben, cohort, lessons):
    html = signed_in(ada).get(person_page(cohort, ben)).content.decode()

    assert "0 %" in html
    assert "Nothing has been finished yet." in html


def test_results_of_others_are_not_mixed_in(signed_in, ada, ben, cleo, cohort, lessons):
    Result.objects.create(user=cleo, kind="check", key="cloud/of-cleo", score=1)
    html = signed_in(ada).get(person_page(cohort, ben)).content.decode()

    assert "of-cleo" not in html


@pytest.fixture
def elsewhere(ben, lessons):
    """What ben does in a course that ada does not teach."""
    course = factories.make_course(slug="cloudy", title="Cloudy")
    section = factories.make_section(course)
    factories.enrol(ben, factories.make_cohort(course, name="Elsewhere"))
    mark_read(user=ben, lesson=factories.make_lesson(section), read=True)
    quiz = factories.make_quiz(section, title="A quiz of another course")
    attempt = start_attempt(quiz=quiz, user=ben)
    save_answer(attempt=attempt, position=1, raw="a", revision=0)
    submit_attempt(attempt=attempt)
    record_result(user=ben, kind="check", key="cloudy/chk-there", score=1)
    record_result(user=ben, kind="line", key="cloudy/line-there", score=1)
    return course


def test_results_in_other_courses_are_not_shown(
    signed_in, ada, ben, cohort, course, elsewhere
):
    record_result(user=ben, kind="check", key="cloud/chk-here", score=1)
    html = signed_in(ada).get(person_page(cohort, ben)).content.decode()

    assert "chk-here" in html
    for title in ("chk-there", "line-there", elsewhere.quizzes.get().title):
        assert title not in html, title


def test_work_in_other_courses_is_no_activity_in_this_one(
    signed_in, ada, ben, cohort, course, elsewhere
):
    assert cohort_report.last_activity([ben.pk], course) == {}
    assert ben.pk in cohort_report.last_activity([ben.pk], elsewhere)
    html = signed_in(ada).get(person_page(cohort, ben)).content.decode()
    assert "not yet" in html
    assert cohort_report.report(cohort).active == 0
    rows = cohort_report.overview(Cohort.objects.order_by("name"))
    assert [(row.cohort.name, row.active) for row in rows] == [
        ("Autumn", 0),
        ("Elsewhere", 1),
    ]


def test_the_lab_belongs_to_every_course(signed_in, ada, ben, cohort, lessons):
    record_result(user=ben, kind="scenario", key="of-the-lab", score=1)
    html = signed_in(ada).get(person_page(cohort, ben)).content.decode()

    assert "of-the-lab" in html
    assert ben.pk in cohort_report.last_activity([ben.pk], cohort.course)


@pytest.mark.parametrize("key", ["cloud/a b", "cloud/", "cloud/x/y"])
def test_a_result_with_an_odd_key_does_not_break_the_page(
    signed_in, ada, ben, cohort, key
):
    record_result(user=ben, kind="check", key=key, score=0.667)
    response = signed_in(ada).get(person_page(cohort, ben))
    assert response.status_code == 200
    html = response.content.decode()
    assert "Check in a lesson · <time" in html
    assert "<b>67 %</b>" in html
