"""Every code of the engine has its sentence."""

import re
import tomllib
from pathlib import Path

import pytest

from policies_lab import iam, wording
from policies_lab.iam import DecidingStep, Decision, Problem
from tests.iam.cases import problems

SOURCES = "\n".join(
    path.read_text(encoding="utf-8") for path in Path(iam.__file__).parent.glob("*.py")
)
TABLE = tomllib.loads(
    Path(wording.__file__).with_name("wording.toml").read_text(encoding="utf-8")
)


def codes_in_the_engine():
    """Codes are the words that problems are made with."""
    calls = (
        r"(?:Problem|add|fail|expected|_refuse)\(\s*(?:code\s*,\s*)?\"([a-z0-9_]+)\""
    )
    assigned = r"(?:code|_CODES|Family\.\w+)\s*[:=]\s*\"([a-z0-9_]+)\""
    either = r"code = \"[a-z_]+\" if [^\n]+ else \"([a-z_]+)\""
    texts = TABLE["types"]
    found = {
        code
        for pattern in (calls, assigned, either)
        for code in re.findall(pattern, SOURCES)
    }
    return found - set(texts) - {"Condition"}


def test_every_code_has_a_sentence():
    missing = codes_in_the_engine() - set(TABLE["problems"])
    assert missing == set()


def test_every_sentence_is_of_a_code_that_exists():
    unused = {code for code in TABLE["problems"] if f'"{code}"' not in SOURCES}
    assert unused == set()


@pytest.mark.parametrize("code", TABLE["problems"])
def test_sentences_are_sentences(code):
    sentence = TABLE["problems"][code]
    assert sentence.endswith(".")
    assert "!" not in sentence


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (
            '{"Statement": {"Effect": "alow", "Action": "*", "Resource": "*"}}',
            "The Effect has to be exactly Allow or Deny, not alow. Did you mean Allow?",
        ),
        (
            '{"Statement": [5]}',
            "An object in braces has to stand here, not a number.",
        ),
        (
            '{"Statement": {"Effect": "Deny", "Action": "get", "Resource": "*"}}',
            "get is not an action. Write service:Action, or * for all.",
        ),
        (
            '{"Statement": {"Effect": "Deny", "Action": "", "Resource": "*"}}',
            "An empty text is not an action. Write service:Action, or * for all.",
        ),
        (
            '{"Statement": {"Effect": "", "Action": "*", "Resource": "*"}}',
            "The Effect has to be exactly Allow or Deny, not an empty text.",
        ),
        (
            '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "${a"},'
            '"Version": "2012-10-17"}',
            "The policy variable in ${a is malformed. Write ${key} or "
            "${key, 'default'}.",
        ),
        ("[", "The text ends before the [ of line 1, column 1, is closed."),
    ],
)
def test_a_problem_in_words(document, sentence):
    assert wording.problem_sentence(problems(document)[0]) == sentence


def test_braces_in_a_policy_are_no_placeholders():
    problem = Problem("invalid_action", "", facts={"found": "{0.__class__}"})
    assert wording.problem_sentence(problem).startswith("{0.__class__} is not")


IMPOSSIBLE = {
    (Decision.EXPLICIT_DENY, DecidingStep.IDENTITY_AND_RESOURCE),
    (Decision.EXPLICIT_DENY, DecidingStep.ROOT_USER),
    (Decision.EXPLICIT_DENY, DecidingStep.NONE_NEEDED),
    (Decision.IMPLICIT_DENY, DecidingStep.RCP),
    (Decision.IMPLICIT_DENY, DecidingStep.IDENTITY_AND_RESOURCE),
    (Decision.IMPLICIT_DENY, DecidingStep.NONE_NEEDED),
    *(
        (Decision.ALLOW, step)
        for step in DecidingStep
        if step.value in {"rcp", "scp", "vpce", "boundary", "session"}
    ),
    # Neither settings nor lists hold a Deny.
    (Decision.ALLOW, DecidingStep.BLOCK_PUBLIC_ACCESS),
    (Decision.EXPLICIT_DENY, DecidingStep.BLOCK_PUBLIC_ACCESS),
    (Decision.EXPLICIT_DENY, DecidingStep.ACL),
    (Decision.EXPLICIT_DENY, DecidingStep.IDENTITY_AND_ACL),
    (Decision.IMPLICIT_DENY, DecidingStep.IDENTITY_AND_ACL),
}


@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize("step", DecidingStep)
def test_every_outcome_has_a_sentence(decision, step):
    if (decision, step) not in IMPOSSIBLE:
        assert wording.outcome_sentence(decision, step).endswith(".")
