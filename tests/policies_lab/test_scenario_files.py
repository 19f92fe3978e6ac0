"""Files of ready scenarios: every problem is named with its file and its line."""

import pytest

from policies_lab import scenarios
from policies_lab.activity import check_scenarios
from policies_lab.scenarios import FOLDER, ScenarioFileError, read_file

GOOD = (FOLDER / "mfa-bool-trap.toml").read_text(encoding="utf-8")


@pytest.fixture
def problems(tmp_path):
    """problems(old, new) -> what is wrong with the good file once that is changed, as
    lines `file:line: what is wrong`."""

    def change(old: str, new: str) -> list[str]:
        assert old in GOOD
        path = tmp_path / "changed.toml"
        path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(ScenarioFileError) as refused:
            read_file(path)
        return [str(problem) for problem in refused.value.problems]

    return change


def line_of(text: str, part: str) -> int:
    """The line on which the first `part` begins, from 1."""
    return text[: text.index(part)].count("\n") + 1


def test_the_good_file_is_read(tmp_path):
    path = tmp_path / "copy.toml"
    path.write_text(GOOD, encoding="utf-8")
    ready = read_file(path)
    assert ready.key == ready.bench.scenario == "copy"
    assert ready.choices == {"aws:MultiFactorAuthPresent": ("true", "false")}
    assert ready.section_title == "Securing a new account"


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ('title = "The MFA trap"', "", "", 'the key "title" is missing'),
        ("order = 310", 'order = "310"', "order =", '"order" is not a whole number'),
        ("order = 310", "order = true", "order =", '"order" is not a whole number'),
        (
            "[[saved]]",
            "[[save]]",
            "[[save]]",
            'unknown key "save"; did you mean "saved',
        ),
        ('type = "user"', 'type = "group"', "type =", '"type" is "group", and not one'),
        (
            'account = "1111',
            'account = "2222',
            "account =",
            "is not the account of the",
        ),
        (
            'attached = "identity"',
            'attached = "scp"',
            "[[policy]]",
            '"level" is missing',
        ),
        ('attached = "identity"', 'attached = "user"', "attached =", "and not one of"),
        ('name = "StopWithMfa"', "nam = 1", "nam =", 'unknown key "nam"'),
        (
            'values = ["true", "false"]',
            "values = [1]",
            "values =",
            "not a list of text",
        ),
        ('"203.0.113.7"', "7", '"aws:SourceIp"', "is not text, or a list of texts"),
        (
            'decision = "allow"',
            'decision = "yes"',
            'decision = "yes"',
            "and not one of",
        ),
        ("because = ", "why = ", "[reveal]", 'the key "because" is missing'),
        ("explicit_deny = [", "deny = [", "deny = [", 'unknown key "deny"'),
        ("explicit_deny = [", "allow = [", "allow = [", "is the right verdict"),
        (
            '"absent-counts',
            '1, "absent-counts',
            "explicit_deny =",
            "not a list of text",
        ),
        (
            "[reveal.misconceptions]",
            "[[reveal.misconceptions]]",
            "[[rev",
            "not a table",
        ),
        ('"Effect": "Deny"', '"Effect": "Denny"', "[request]", "The Effect has to be"),
        (
            '"203.0.113.7"',
            '"nowhere"',
            "[request]",
            "aws:SourceIp: nowhere is not an IP",
        ),
        ("[reveal]", "[reveal", "[reveal", "Expected ']'"),
    ],
)
def test_a_problem_names_the_file_and_the_line(problems, old, new, at, message):
    found = problems(old, new)
    place = f"changed.toml:{line_of(GOOD.replace(old, new, 1), at)}: "
    assert any(one.startswith(place) and message in one for one in found), found
    assert all(one.startswith("changed.toml:") for one in found)


def test_all_problems_of_a_file_are_named_at_once(problems):
    found = problems('title = "The MFA trap"\nstory', "stories")
    named = "\n".join(found)
    for told in ('"title" is missing', '"story" is missing', 'unknown key "stories"'):
        assert told in named


def test_a_spare_document_has_to_be_readable_too(tmp_path):
    path = tmp_path / "changed.toml"
    spare = '\n[[spare]]\nname = "Odd"\nattached = "identity"\ndocument = "{}"\n'
    text = GOOD.replace("\n[[saved]]", spare + "\n[[saved]]", 1)
    path.write_text(text, encoding="utf-8")
    place = rf"changed\.toml:{line_of(text, '[[spare]]')}: .*at least one statement"
    with pytest.raises(ScenarioFileError, match=place):
        read_file(path)


def test_the_check_command_names_every_problem_of_every_file(tmp_path, monkeypatch):
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text('title = "T"', encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(scenarios, "FOLDER", tmp_path)
        scenarios.ready_scenarios.cache_clear()
        found = [error.msg for error in check_scenarios(None)]
    scenarios.ready_scenarios.cache_clear()
    assert {problem.split(":")[0] for problem in found} == {"one.toml", "two.toml"}
    assert check_scenarios(None) == []
