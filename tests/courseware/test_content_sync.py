"""Taking over a course: once, again, changed, gone and back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courseware import content_sync, course_pages, vault
from courseware.models import (
    Activity,
    Course,
    Image,
    Lesson,
    Question,
    QuestionVersion,
    Quiz,
    Section,
    Term,
)
from courseware.problems import VaultProblems
from courseware.quizzes import save_answer, start_attempt, submit_attempt
from tests import factories
from tests.courseware.small_course import (
    COURSE,
    GLOSSARY,
    ONE,
    QUIZ,
    THREE,
    lesson,
    png,
    small_course,
)

pytestmark = pytest.mark.django_db

OUTSIDE = vault.Outside(figures=["envelope"], kinds=[])
TABLES = [
    *(Course, Section, Lesson, Term, Activity, Image, Question, QuestionVersion, Quiz),
    Quiz.questions.through,
]


def import_small(changes=None, *, check: bool = False):
    course = vault.read(small_course(changes), outside=OUTSIDE)
    return content_sync.sync(course, check=check)


def everything() -> list:
    return [list(table.objects.order_by("pk").values()) for table in TABLES]


def test_a_new_course_is_added():
    report = import_small()
    assert str(report) == "14 added, 0 changed, 0 retired"
    assert (
        report.lines()
        == [
            f"{kind}: {count} added, 0 changed, 0 retired"
            for kind, count in [
                ("courses", 1),
                ("images", 1),
                ("terms", 2),
                ("sections", 2),
                ("lessons", 3),
                ("activities", 1),
                ("questions", 3),
                ("quizzes", 1),
            ]
        ]
        or report.total("added") == 14
    )


def test_rows_are_what_the_files_say():
    import_small()
    course = Course.objects.get()
    assert (course.slug, course.public) == ("small", True)
    one, two, three = Lesson.objects.order_by("section__position", "position")
    assert (one.slug, one.minutes, one.question) == ("one", 5, "Who may read?")
    assert one.section.slug == two.section.slug == "first"
    assert three.section.slug == "second"
    assert [heading["id"] for heading in one.contents] == ["policy", "ends"]
    assert '<a href="/courses/small/lessons/two/#middle">the middle</a>' in one.html
    assert "/courses/small/checks/chk-one/?in=lesson" in one.html
    assert one.source == ONE
    quiz = Quiz.objects.get()
    keys = list(quiz.places.values_list("question__key", flat=True))
    assert (quiz.title, keys) == ("First quiz", ["q-one", "q-two"])
    check = Question.objects.get(key="chk-one")
    assert (check.use, check.current.type) == ("check", "single")
    term = Term.objects.get(slug="group")
    assert term.html == (
        '<p>A list of users. It takes no <a href="/courses/small/glossary/#iam-role">'
        "IAM role</a>.</p>"
    )
    assert Activity.objects.get().data["service"][0]["key"] == "ec2"


def test_importing_again_writes_nothing():
    import_small()
    before = everything()
    with CaptureQueriesContext(connection) as queries:
        report = import_small()
    assert str(report) == "0 added, 0 changed, 0 retired"
    assert report.lines() == []
    assert everything() == before
    for query in queries:
        assert query["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE")), query["sql"]


def test_one_changed_lesson_is_one_change():
    import_small()
    before = dict(Lesson.objects.values_list("slug", "content_hash"))
    course = Course.objects.get()
    report = import_small({"2-second/01-three.md": THREE.replace("left.", "here.")})
    assert str(report) == "0 added, 1 changed, 0 retired"
    after = dict(Lesson.objects.values_list("slug", "content_hash"))
    assert {slug for slug in after if after[slug] != before[slug]} == {"three"}
    again = Course.objects.get()
    assert again.content_hash != course.content_hash
    assert again.imported_at > course.imported_at


def test_a_lesson_changes_with_the_terms_that_it_shows():
    import_small()
    before = Lesson.objects.get(slug="one").content_hash
    report = import_small({"glossary.md": GLOSSARY.replace("An identity", "One")})
    assert str(report) == "0 added, 2 changed, 0 retired"
    assert Lesson.objects.get(slug="one").content_hash != before


def test_what_is_gone_is_retired_and_comes_back():
    import_small()
    before = {
        "lesson": Lesson.objects.get(slug="three").pk,
        "section": Section.objects.get(slug="second").pk,
    }
    one_section = COURSE.partition('[[section]]\nfolder = "2-second"')[0]
    report = import_small({"course.toml": one_section, "2-second/01-three.md": None})
    assert str(report) == "0 added, 0 changed, 2 retired"
    assert Lesson.objects.get(slug="three").retired
    assert Section.objects.get(slug="second").retired
    assert str(import_small()) == "2 added, 0 changed, 0 retired"
    lesson_back = Lesson.objects.get(slug="three")
    assert (lesson_back.pk, lesson_back.retired) == (before["lesson"], False)
    assert Section.objects.get(slug="second", retired=False).pk == before["section"]


def test_a_quiz_that_is_gone_is_retired_with_its_questions():
    import_small()
    without = {
        "1-first/quiz.gift": None,
        "course.toml": COURSE.replace('quiz = "First quiz"\n', ""),
    }
    assert str(import_small(without)) == "0 added, 0 changed, 3 retired"
    assert Quiz.objects.get().retired
    assert set(Question.objects.filter(retired=True).values_list("key", flat=True)) == {
        "q-one",
        "q-two",
    }
    assert str(import_small()) == "3 added, 0 changed, 0 retired"
    assert QuestionVersion.objects.count() == 3


def test_a_changed_question_is_a_new_version():
    import_small()
    question = Question.objects.get(key="q-one")
    first = question.current
    report = import_small({"1-first/quiz.gift": QUIZ.replace("Never. @m", "No. @m")})
    assert str(report) == "0 added, 1 changed, 0 retired"
    question.refresh_from_db()
    assert question.current.number == 2
    assert QuestionVersion.objects.get(pk=first.pk).answer_key == first.answer_key
    # Going back to the first wording is a third version: history stays in order.
    import_small()
    question.refresh_from_db()
    assert question.current.number == 3
    assert question.current.content_hash == first.content_hash


def test_attempts_keep_the_version_that_was_asked():
    import_small()
    ben = factories.make_person("ben")
    attempt = start_attempt(quiz=Quiz.objects.get(), user=ben)
    asked = attempt.answers.get(position=1).version
    right_before = asked.answer_key["right"]
    turned = QUIZ.replace("~Yes, always#Never. @m.group-is-a-principal", "=Yes#Yes.")
    turned = turned.replace("=No#", "~No#")
    import_small({"1-first/quiz.gift": turned})
    save_answer(attempt=attempt, position=1, raw=right_before, revision=0)
    submit_attempt(attempt=attempt)
    answer = attempt.answers.get(position=1)
    assert answer.version == asked
    assert answer.version.answer_key["right"] == right_before
    assert answer.mark == 1


def test_a_question_that_moves_to_another_place():
    import_small()
    first, second = QUIZ.split("\n\n")
    report = import_small({"1-first/quiz.gift": f"{second}\n\n{first}\n"})
    assert str(report) == "0 added, 1 changed, 0 retired"
    keys = list(Quiz.objects.get().places.values_list("question__key", flat=True))
    assert keys == ["q-two", "q-one"]


def test_sections_and_lessons_change_places():
    import_small()
    head, first, second = COURSE.split("[[section]]\n")
    course = f"{head}[[section]]\n{second}\n[[section]]\n{first}"
    report = import_small(
        {
            "course.toml": course,
            "1-first/02-two.md": None,
            "2-second/00-two.md": small_course()["1-first/02-two.md"],
        }
    )
    assert report.total("added") == report.total("retired") == 0
    assert list(Section.objects.values_list("slug", "position")) == [
        ("second", 1),
        ("first", 2),
    ]
    assert list(Lesson.objects.values_list("slug", "section__slug", "position")) == [
        ("two", "second", 1),
        ("three", "second", 2),
        ("one", "first", 1),
    ]


def test_pictures_are_replaced_and_removed():
    import_small()
    assert Image.objects.get().media_type == "image/png"
    assert str(import_small({"images/dot.png": png(2, 2)})) == (
        "0 added, 2 changed, 0 retired"  # the picture, and the lesson that shows it
    )
    image = Image.objects.get()
    assert bytes(image.data) == png(2, 2)
    assert (
        f"/courses/small/images/{image.sha256}.png"
        in Lesson.objects.get(slug="one").html
    )
    without = ONE.replace("![[images/dot.png|A black dot]]", "")
    import_small({"images/dot.png": None, "1-first/01-one.md": without})
    assert not Image.objects.exists()


def test_a_course_can_be_closed_to_guests():
    import_small()
    import_small({"course.toml": COURSE.replace("public = true", "public = false")})
    assert not Course.objects.get().public


def test_check_reports_the_same_and_changes_nothing():
    assert str(import_small(check=True)) == "14 added, 0 changed, 0 retired"
    assert not Course.objects.exists()
    import_small()
    before = everything()
    report = import_small({"2-second/01-three.md": THREE + "\nMore.\n"}, check=True)
    assert str(report) == "0 added, 1 changed, 0 retired"
    assert everything() == before


@pytest.mark.parametrize("broken", ["_lessons", "_questions", "_quizzes", "_places"])
def test_a_late_failure_leaves_everything_as_it_was(monkeypatch, broken):
    import_small()
    before = everything()

    def fail(*given):
        raise RuntimeError("the lights went out")

    monkeypatch.setattr(content_sync._Sync, broken, fail)
    with pytest.raises(RuntimeError):
        import_small({"course.toml": COURSE.replace("A small", "Another small")})
    assert everything() == before


def test_two_courses_do_not_touch_each_other():
    import_small()
    before = everything()
    other = small_course({"course.toml": COURSE.replace('"small"', '"other"')})
    content_sync.sync(vault.read(other, outside=OUTSIDE))
    assert Course.objects.count() == 2
    small = Course.objects.get(slug="small")
    assert (
        list(Lesson.objects.filter(course=small).order_by("pk").values()) == before[2]
    )


def test_a_link_to_another_course_waits_until_it_is_there():
    import_small()
    assert "(module not installed)" in Lesson.objects.get(slug="one").html
    factories.make_course(slug="elsewhere", module="Module 2, Elsewhere")
    assert str(import_small()) == "0 added, 1 changed, 0 retired"
    html = Lesson.objects.get(slug="one").html
    assert '<a href="/courses/elsewhere/">Module 2, Elsewhere: Far away</a>' in html
    factories.make_lesson(
        factories.make_section(Course.objects.get(slug="elsewhere")),
        slug="distance",
        contents=[{"id": "far", "text": "Far away", "level": 2}],
    )
    import_small()
    html = Lesson.objects.get(slug="one").html
    assert '<a href="/courses/elsewhere/lessons/distance/#far">' in html


def test_a_lesson_that_names_a_missing_activity_is_refused():
    text = lesson("![[activity:scenario/nowhere]]", slug="three", title="Three")
    files = small_course({"2-second/01-three.md": text})
    with pytest.raises(VaultProblems) as caught:
        vault.read(files, outside=course_pages.outside())
    assert [one for one in caught.value.problems if one.path.startswith("2-")]
    unchecked = vault.Outside(activity_exists=lambda kind, key: True)
    with pytest.raises(VaultProblems) as caught:
        content_sync.sync(vault.read(files, outside=unchecked))
    [problem] = caught.value.problems
    assert (problem.path, problem.line) == ("2-second/01-three.md", 7)
    assert not Course.objects.exists()
