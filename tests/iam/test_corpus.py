"""Every case of the corpus is decided, or refused, as it says."""

import json
from collections import Counter
from functools import cache

import pytest
from django.core.management import call_command

from policies_lab.iam import IamError, decide, evaluate, read_scenario, result
from tests.iam.cases import CORPUS, load_cases
from tests.iam.expand import expanded, files, lines

CASES = dict(load_cases())
BY_ID = {case["id"]: case for case in CASES.values()}
each_file = pytest.mark.parametrize("file", files(), ids=lambda file: file.stem)


@cache
def scenario_of(id):
    """The scenario, read once for all tests. Raises like `read_scenario`."""
    return read_scenario(BY_ID[id])


def answer(take, id):
    """What a scenario's `expected` should say, by one of the two ways to decide."""
    try:
        found = take(scenario_of(id))
    except IamError as error:
        return {"error": error.problems[0].code}
    return {"decision": found.decision, "deciding_step": found.deciding_step}


@each_file
def test_answers(file):
    """The file as a whole, so that a thousand cases are not a thousand tests."""
    wrong = [
        (case["id"], case.get("note"), answers, case["expected"])
        for case in expanded(file)
        if (answers := [answer(decide, case["id"]), answer(evaluate, case["id"])])
        != [case["expected"]] * 2
    ]
    assert wrong == []


def test_a_policy_and_its_text_say_the_same():
    """On the worked cases: they use every member, and reading all twice is slow."""
    for case in expanded(CORPUS / "worked-cases.json"):
        as_text = {**case, "policies": _written(case["policies"])}
        found, expected = (
            result(evaluate(scenario), id=None, with_trace=True)
            for scenario in (read_scenario(as_text), scenario_of(case["id"]))
        )
        assert found == expected, case["id"]


def _written(policies):
    """The policies as canonical text, in which lines and columns stay the same."""

    def text(document):
        return json.dumps(document, indent=2, ensure_ascii=False)

    written = dict(policies)
    for name in ("identity", "session"):
        written[name] = [text(document) for document in policies.get(name) or []]
    for name in ("resource", "boundary", "vpce"):
        if policies.get(name):
            written[name] = text(policies[name])
    for name in ("scps", "rcps"):
        written[name] = [
            {"level": level["level"], "policies": [text(p) for p in level["policies"]]}
            for level in policies.get(name) or []
        ]
    return written


@each_file
def test_the_command_answers_a_whole_file(file, tmp_path, capsys):
    cases = expanded(file)
    scenarios = tmp_path / "scenarios.jsonl"
    scenarios.write_text(lines(file), encoding="utf-8")
    status = 0
    try:
        call_command("evaluate", str(scenarios))
    except SystemExit as stop:
        status = stop.code
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for answered in found:
        if "error" in answered:
            answered["error"] = answered["error"]["code"]
    assert found == [{"id": case["id"], **case["expected"]} for case in cases]
    assert status == any("error" in case["expected"] for case in cases)


# The corpus itself ----------------------------------------------------------------


def test_there_are_many_cases_and_no_id_twice():
    ids = Counter(case["id"] for case in CASES.values())
    assert [id for id, count in ids.items() if count > 1] == []
    assert len(ids) >= 600
    assert sum(path.startswith("worked-cases/") for path in CASES) == 121


def test_every_case_says_why():
    said = Counter(
        (path.split("/")[0], case.get("note") or case.get("why"))
        for path, case in CASES.items()
    )
    assert [note for _, note in said if "." not in (note or "")] == []
    assert [note for note, times in said.items() if times > 1] == []
    wrong = ({"decision", "deciding_step"}, {"error"})
    assert [p for p, c in CASES.items() if set(c["expected"]) not in wrong] == []


def test_every_file_says_what_it_is_about():
    for file in files():
        assert json.loads(file.read_text(encoding="utf-8"))["note"], file.name


def test_no_two_cases_are_the_same():
    """Two cases that differ in nothing but id and note would be one."""
    seen = {}
    for path, case in CASES.items():
        asked = {name: case[name] for name in case if name not in ("id", "note")}
        assert seen.setdefault(json.dumps(asked), path) == path


def test_a_file_that_is_not_read_would_be_missed():
    assert {file.parent for file in files()} == {CORPUS}
    assert {file.stem for file in files()} == {path.split("/")[0] for path in CASES}
