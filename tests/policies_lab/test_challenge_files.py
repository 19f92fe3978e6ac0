"""What a challenge's file must hold, and that the built-in ones hold it."""

import pytest

from courseware.activities import misconception
from policies_lab.challenges import checking, shelf
from policies_lab.challenges.challenge import SECTIONS, Use, length_of
from policies_lab.challenges.proving import read_and_prove
from policies_lab.challenges.reading import ChallengeProblems
from tests.policies_lab.challenges import KEY, text_of

BUILT_IN = sorted(shelf.built_in())


def problems(text: str) -> list[str]:
    with pytest.raises(ChallengeProblems) as caught:
        read_and_prove(text, key="mine", file="mine.toml")
    return [str(problem) for problem in caught.value.problems]


def line_of(text: str, part: str) -> int:
    """The number of the one line that begins with `part`."""
    lines = text.split("\n")
    (found,) = [n for n, line in enumerate(lines, 1) if line.startswith(part)]
    return found


def test_there_are_enough_in_every_section_and_difficulty():
    every = shelf.built_in().values()
    assert len(every) >= 30
    assert {one.section for one in every} == set(SECTIONS)
    for section in SECTIONS:
        assert {one.difficulty for one in every if one.section == section} >= {1, 2}


@pytest.mark.parametrize("key", BUILT_IN)
def test_the_reference_earns_both_stars(key):
    challenge = shelf.built_in()[key]
    outcome = checking.check(challenge, challenge.reference)
    assert [one.asked.title for one in outcome.answered if not one.holds] == []
    assert [noted.finding.id for noted in outcome.unsafe] == []
    assert outcome.stars == 2
    assert outcome.length == length_of(challenge.reference)


@pytest.mark.parametrize("key", BUILT_IN)
def test_every_known_wrong_answer_fails_and_earns_its_hint(key):
    challenge = shelf.built_in()[key]
    assert len(challenge.wrong) >= 2
    for wrong in challenge.wrong:
        texts = checking.completed(challenge, wrong.texts)
        outcome = checking.check(challenge, texts)
        assert outcome.stars < 2, wrong.name
        assert checking.fitting(challenge, outcome).hint == wrong.hint
        assert not wrong.belief or misconception(wrong.belief)


@pytest.mark.parametrize("key", BUILT_IN)
def test_something_is_tried_that_is_not_shown(key):
    challenge = shelf.built_in()[key]
    hidden = [one for one in challenge.requests if one.use is not Use.SHOWN]
    assert hidden
    assert all(one.clue for one in hidden)


@pytest.mark.parametrize("key", BUILT_IN)
def test_the_starting_text_is_no_answer_yet(key):
    challenge = shelf.built_in()[key]
    start = challenge.start
    if not checking.problems_in(challenge, start):
        assert checking.check(challenge, start).stars == 0


def test_what_is_missing_unknown_or_of_another_type_is_told_with_its_line():
    text = text_of()
    wrong = text.replace("difficulty = 1", 'difficulty = "easy"')
    wrong = wrong.replace('track = "Identity', 'trak = "Identity')
    at = line_of(wrong, "difficulty"), line_of(wrong, "trak")
    found = problems(wrong)
    assert f'mine.toml:{at[0]}: "difficulty" is not a whole number' in found
    assert f'mine.toml:{at[1]}: unknown key "trak"; did you mean "track"?' in found
    assert 'mine.toml:1: the key "track" is missing' in found


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("section = ", 'section = "nowhere"\n#', "section", "is not one of"),
        ("order = 210", "order = -1", "order", "between 0 and 99999"),
        ("hints = [", 'hints = ["one"]\nrest = [', "hints", "are not three"),
        ('type = "user"', 'type = "person"', "type", "not one of"),
        ("tags = ", 'accepted = ["no-such"]\ntags = ', "accepted", "no finding"),
        ('belief = "bucket', 'belief = "x-bucket', "belief", "no misconception"),
        ('via = "inline', 'callers = ["eve"]\nvia = "', "callers", 'caller "eve"'),
    ],
)
def test_values_that_name_nothing_are_told_with_their_line(old, new, line, message):
    text = text_of().replace(old, new, 1)
    at = line_of(text, line)
    told = [p for p in problems(text) if p.startswith(f"mine.toml:{at}: ")]
    assert message.split()[-1] in " ".join(told)
    assert any(word in told[0] for word in message.split())


def test_a_document_that_aws_would_not_store_is_told_with_the_line_inside_it():
    text = text_of()
    start = text.index("reference = '''")
    text = text[:start] + text[start:].replace('"Action"', '"Akton"', 1)
    at = line_of(text, '      "Akton"')
    assert any(p.startswith(f"mine.toml:{at}: ReadReports, ") for p in problems(text))


def test_what_is_no_toml_is_told_with_its_line():
    (told,) = problems("title = 1\nstory = \n")
    assert told.startswith("mine.toml:2: ")


def test_a_wrong_answer_for_a_document_that_is_not_there_is_told():
    text = text_of().replace("ReadReports = '''", "ReadReport = '''", 1)
    at = line_of(text, "ReadReport = '''")
    (told,) = problems(text)
    assert told.startswith(f'mine.toml:{at}: no document "ReadReport" may be edited')


def test_a_reference_that_gets_a_decision_wrong_is_refused():
    text = text_of().replace('decision = "implicit_deny"', 'decision = "allow"')
    (told,) = problems(text)
    assert 'the reference answers "Delete a report" with implicit_deny' in told


def test_a_reference_that_lets_through_too_much_is_refused():
    text = text_of().replace(
        "arn:aws:s3:::acme-payroll/2026.csv", "arn:aws:s3:::acme-reports/x"
    )
    assert 'answers "Read from another bucket" with allow' in problems(text)[0]


def test_a_reference_with_a_security_warning_is_refused():
    key = "tls-only-bucket-policy"
    text = text_of("our-key-or-none").replace('accepted = ["http-allowed"]\n', "")
    assert "security warning, http-allowed" in problems(text)[0]
    assert key in BUILT_IN


def test_a_wrong_answer_that_is_right_is_refused():
    text = text_of()
    start = text.index("[[wrong]]")
    good = text[start:].replace(
        '"arn:aws:s3:::acme-reports" }', '"arn:aws:s3:::acme-reports/*" }', 1
    )
    (told,) = problems(text[:start] + good)
    assert "has nothing wrong" in told


def test_two_wrong_answers_that_fail_alike_cannot_earn_two_hints():
    text = text_of()
    again = text[text.index('[[wrong]]\nname = "every S3 action"') :]
    again = again.replace("every S3 action", "another").replace("s3:* is", "All is")
    (told,) = problems(text + "\n" + again)
    assert '"another" goes wrong just as "every S3 action" does' in told


def test_too_many_requests_are_refused():
    text = text_of()
    one = text[text.index("[[beyond]]") : text.index("[[wrong]]")]
    assert "requests, and not 1 to 24" in " ".join(problems(text + "\n" + one * 12))


def test_an_editor_without_a_start_begins_with_an_empty_statement():
    text = text_of()
    start = text.index("start = '''")
    cut = text[:start] + text[text.index("reference = '''") :]
    challenge = read_and_prove(cut, key=KEY, file="x")
    assert '"Effect": ""' in challenge.start[0]
    assert "Principal" not in challenge.start[0]
