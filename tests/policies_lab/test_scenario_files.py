"""Files of ready scenarios: every problem is named with its file and its key."""

import pytest

from policies_lab import scenarios
from policies_lab.activity import check_scenarios
from policies_lab.scenarios import FOLDER, ScenarioFileError, read_file

GOOD = (FOLDER / "mfa-bool-trap.toml").read_text(encoding="utf-8")


@pytest.fixture
def problems(tmp_path):
    """problems(old, new) -> what is wrong with the good file once that is changed."""

    def change(old: str, new: str) -> list[str]:
        assert old in GOOD
        path = tmp_path / "changed.toml"
        path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(ScenarioFileError) as refused:
            read_file(path)
        return refused.value.problems

    return change


def test_the_good_file_is_read(tmp_path):
    path = tmp_path / "copy.toml"
    path.write_text(GOOD, encoding="utf-8")
    ready = read_file(path)
    assert ready.key == ready.bench.scenario == "copy"
    assert ready.choices == {"aws:MultiFactorAuthPresent": ("true", "false")}
    assert ready.section_title == "Securing a new account"


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('title = "The MFA trap"', "", "changed.toml: title: must be"),
        ("order = 310", 'order = "310"', "changed.toml: order: must be"),
        ("order = 310", "order = true", "changed.toml: order: must be"),
        ("[[saved]]", "[[save]]", "changed.toml: save: is not known here"),
        ('type = "user"', 'type = "group"', "principal.type: must be one of"),
        ('account = "1111', 'account = "2222', "principal.account: is not the account"),
        ('attached = "identity"', 'attached = "scp"', "policy[0].level: must be"),
        ('attached = "identity"', 'attached = "user"', "policy[0].attached: must be"),
        ('name = "StopWithMfa"', "nam = 1", "policy[0].nam: is not known here"),
        ('values = ["true", "false"]', "values = [1]", "context_choice[0].values"),
        ('"203.0.113.7"', "7", "request.context.aws:SourceIp: must be a string"),
        ('decision = "allow"', 'decision = "yes"', "saved[0].decision: must be one of"),
        ("because = ", "why = ", "reveal.because: must be"),
        ("explicit_deny = [", "deny = [", "reveal.misconceptions.deny: is not known"),
        ("explicit_deny = [", "allow = [", "reveal.misconceptions.allow: is the right"),
        ('"absent-counts', '1, "absent-counts', "misconceptions.explicit_deny: must"),
        ("[reveal.misconceptions]", "[[reveal.misconceptions]]", "must be a table"),
        ('"Effect": "Deny"', '"Effect": "Denny"', "changed.toml: request: policies"),
        ('"203.0.113.7"', '"nowhere"', "changed.toml: request: context.aws:SourceIp"),
        ("[reveal]", "[reveal", "changed.toml: "),
    ],
)
def test_a_problem_names_the_file_and_the_key(problems, old, new, place):
    found = problems(old, new)
    assert any(place in problem for problem in found), found
    assert all(problem.startswith("changed.toml: ") for problem in found)


def test_all_problems_of_a_file_are_named_at_once(problems):
    found = problems('title = "The MFA trap"\nstory', "stories")
    named = "\n".join(found)
    for key in ("title: must be", "story: must be", "stories: is not known"):
        assert key in named


def test_a_spare_document_has_to_be_readable_too(tmp_path):
    path = tmp_path / "changed.toml"
    spare = '\n[[spare]]\nname = "Odd"\nattached = "identity"\ndocument = "{}"\n'
    path.write_text(GOOD.replace("\n[[saved]]", spare + "\n[[saved]]", 1), "utf-8")
    with pytest.raises(ScenarioFileError, match=r"changed\.toml: spare Odd: "):
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
