"""What an instructor's own course claims about policies is evaluated at import."""

import pytest

from courseware import course_pages, vault
from courseware.problems import VaultProblems
from tests.courseware.small_course import ONE, small_course

PATH = "1-first/01-one.md"
LINE = {text: number for number, text in enumerate(ONE.split("\n"), start=1)}


def problems(*changes: tuple[str, str]) -> list[tuple[int, str]]:
    text = ONE
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    try:
        vault.read(small_course({PATH: text}), outside=course_pages.outside())
    except VaultProblems as error:
        here = [one for one in error.problems if one.path == PATH]
        return [(one.line, one.message) for one in here or error.problems]
    return []


def test_true_claims_are_taken():
    assert problems() == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            [("decision: allow", "decision: explicit_deny")],
            "the policies above decide allow (step identity), not explicit_deny",
        ),
        (
            [("step: identity", "step: session")],
            "the decision falls at the step identity, not session",
        ),
        (
            [
                ("decision: allow", "decision: implicit_deny"),
                ("action: s3:GetObject", "action: s3:PutObject"),
            ],
            'the statement "Read" does not apply to this request',
        ),
    ],
)
def test_a_claim_that_is_contradicted_is_refused_where_it_stands(changes, message):
    assert problems(*changes) == [(LINE["```decision"], message)]


def test_a_policy_that_is_refused_is_told_once_at_its_own_line():
    """The decision below it cannot be judged and says nothing."""
    [(line, message)] = problems(('"Effect": "Allow"', '"Effect": "Permit"'))
    assert ONE.split("\n")[line - 1].lstrip().startswith('{"Sid": "Read"')
    assert "Permit" in message


def test_a_request_that_cannot_be_evaluated_is_refused():
    [(line, message)] = problems(("principal: user/ana", "principal: group/readers"))
    assert line == LINE["```decision"]
    assert message
