"""The review: own and right answers, reasons, the rule, and what to read again."""

import re

import pytest

from courseware.attempt_review import review_of
from courseware.misconceptions import Misconception, misconceptions
from courseware.models import Lesson, QuestionVersion
from courseware.quizzes import AttemptOpen, save_answer, submit_attempt
from tests import factories

CODE = "aws-patches-guest-os"


@pytest.fixture
def handed_in(attempt):
    """Question 1 right, question 2 wrong by a known belief, question 3 left open."""
    for version in QuestionVersion.objects.all():
        version.answer_key["misconceptions"] = {"a": CODE}
        version.save()
    save_answer(attempt=attempt, position=1, raw="b", revision=0)
    save_answer(attempt=attempt, position=2, raw="a", revision=0)
    return submit_attempt(attempt=attempt)


@pytest.fixture
def page(handed_in, ben, signed_in):
    return signed_in(ben).get(handed_in.get_absolute_url()).content.decode()


def article(page: str, position: int) -> str:
    found = re.search(rf'<article [^>]*id="q{position}".*?</article>', page, re.S)
    return found[0]


def test_it_says_the_score(page):
    assert "<h1>Review: 1 of 3</h1>" in page
    assert (
        "<strong>1</strong> right, <strong>1</strong> wrong, "
        "<strong>1</strong> without an answer." in page
    )


@pytest.mark.parametrize(
    ("position", "icon", "word", "look", "points"),
    [
        (1, "tick", "Right", "reviewed right", "1 of 1 point"),
        (2, "cross", "Wrong", "reviewed wrong", "0 of 1 point"),
        (3, "circle", "No answer", "reviewed open", "0 of 1 point"),
    ],
)
def test_each_question_has_a_word_an_icon_and_a_border(
    page, position, icon, word, look, points
):
    html = article(page, position)

    assert look in html
    assert f'<use href="#{icon}"/></svg>{word}' in html
    assert points in html


def test_verdicts_of_policies_are_not_borrowed(page):
    assert 'class="verdict' not in page


def test_own_and_right_answers_are_told_apart(page):
    html = article(page, 2)
    wrong = re.search(r'<li class="choice wrong">.*?</li>', html, re.S)[0]
    right = re.search(r'<li class="choice right">.*?</li>', html, re.S)[0]

    assert "Option a" in wrong
    assert "your answer" in wrong
    assert "Option b" in right
    assert "right answer" in right
    assert "your answer" not in right
    assert len(re.findall('<li class="choice">', html)) == 1


def test_every_option_has_its_reason_and_the_question_its_rule(page):
    html = article(page, 3)

    for option in "abc":
        assert f"<p>Why {option}.</p>" in html
    assert "<h3>The rule</h3><p>The rule.</p>" in html


def test_options_stand_in_the_order_of_the_attempt(attempt, ben, signed_in):
    client = signed_in(ben)
    asked = client.get(attempt.get_absolute_url()).content.decode()
    submit_attempt(attempt=attempt)
    page = client.get(attempt.get_absolute_url()).content.decode()

    for n in (1, 2, 3):
        shown = re.findall(rf'name="answer-{n}" value="(\w)"', asked)
        assert re.findall(r"<p>Option (\w)</p>", article(page, n)) == shown


def test_a_wrong_answer_leads_to_where_the_rule_is_taught(
    handed_in, section, ben, signed_in
):
    belief = misconceptions()[CODE]
    contents = [{"id": belief.heading, "text": "Half a patch", "level": 2}]
    lesson = factories.make_lesson(section, slug=belief.lesson, contents=contents)
    page = signed_in(ben).get(handed_in.get_absolute_url()).content.decode()

    html = article(page, 2)
    assert belief.belief in html
    assert f'href="{lesson.get_absolute_url()}#{belief.heading}"' in html
    assert "Read it again: Half a patch" in html
    assert page.count(f'{lesson.get_absolute_url()}#{belief.heading}"') == 2
    assert belief.belief not in article(page, 1)


def test_without_that_lesson_there_is_no_link(page):
    assert misconceptions()[CODE].correction.split("'")[0] in article(page, 2)
    assert "Read it again" not in page


def test_a_retired_lesson_is_not_linked(handed_in, section):
    factories.make_lesson(section, slug=misconceptions()[CODE].lesson, retired=True)

    assert [[one.url for one in place] for place in review_of(handed_in).rereads] == [
        [""]
    ]


def test_the_lesson_is_named_where_its_heading_is_gone(handed_in, section):
    factories.make_lesson(section, slug=misconceptions()[CODE].lesson, title="Who?")

    assert [place[0].place for place in review_of(handed_in).rereads] == ["Who?"]


def test_beliefs_taught_at_one_place_stand_together(handed_in):
    """Both codes are taught under the same heading; one is chosen twice."""
    codes = [CODE, "fixes-arrive-by-themselves"]
    for answer, code in zip(handed_in.answers.all(), [*codes, CODE], strict=True):
        answer.response = "a"
        answer.mark = 0
        answer.save()
        answer.version.answer_key["misconceptions"] = {"a": code}
        answer.version.save()

    (place,) = review_of(handed_in).rereads
    assert [one.misconception.code for one in place] == codes


def test_the_code_of_a_belief_is_never_shown(page):
    assert CODE not in page
    assert "@m." not in page


def test_a_belief_that_the_catalogue_lost_is_left_out(attempt):
    """The factory's own code is in no catalogue."""
    save_answer(attempt=attempt, position=1, raw="a", revision=0)

    assert review_of(submit_attempt(attempt=attempt)).rereads == []


def test_an_open_attempt_has_no_review(attempt):
    with pytest.raises(AttemptOpen):
        review_of(attempt)


@pytest.mark.parametrize("who", ["cleo", "ada", "root"])
def test_nobody_else_sees_it(handed_in, signed_in, request, who):
    client = signed_in(request.getfixturevalue(who))

    assert client.get(handed_in.get_absolute_url()).status_code == 404


def test_a_belief_knows_its_address():
    belief = Misconception("code", "belief", "rule", "who-secures-what", "half-a-patch")

    assert (
        belief.url("cloud") == "/courses/cloud/lessons/who-secures-what/#half-a-patch"
    )


def test_it_costs_the_same_however_many_questions_there_are(
    course, ben, signed_in, queries_of
):
    client = signed_in(ben)

    def cost(questions: int) -> int:
        section = factories.make_section(course)
        attempt = factories.make_attempt(ben, section, questions=questions)
        for position in range(1, questions + 1):
            save_answer(attempt=attempt, position=position, raw="a", revision=0)
        submit_attempt(attempt=attempt)
        return queries_of(lambda: client.get(attempt.get_absolute_url()))

    assert cost(2) == cost(20)
    assert not Lesson.objects.exists()
