"""Every finding has its words, every word a finding, every lesson its heading."""

import re
from pathlib import Path

import pytest

from courseware import vault
from policies_lab.findings import as_json, as_line, words
from policies_lab.iam import Problem, Span, parsing
from policies_lab.iam.linting import (
    Finding,
    FindingClass,
    class_of,
    findings,
    problems,
    table,
)
from policies_lab.wording import table as problem_words

ENGINE = Path(parsing.__file__).parent
LINTER = Path(findings.__file__).parent
COURSE = Path(__file__).parents[2] / "courseware/content/shared-responsibility"
SOURCES = "\n".join(path.read_text() for path in LINTER.glob("*.py"))
# The modules in which documents are read, and codes of problems are written.
READING = ("jsontext", "problems", "parsing", "parsing_conditions")
READERS = (*READING, "parsing_principals", "parsing_targets")


def emitted():
    """The ids that the linter's code makes findings with."""
    calls = r"\b(?:add|at|_check_list)\(\s*(?:lint,\s*)?\"([a-z0-9-]+)\""
    others = r"(?:add_as\([^\"]*|id = |_[A-Z]+ = |\": )\"([a-z0-9-]+)\""
    found = set(re.findall(calls, SOURCES)) | set(re.findall(others, SOURCES))
    returned = re.findall(r"(?:return|\"\)|,) \"([a-z0-9-]+)\"", SOURCES)
    return (found | set(returned)) & set(table())


def test_every_finding_is_found_somewhere():
    assert emitted() == set(table())


def test_every_id_that_the_linter_uses_has_words():
    used = r"\b(?:lint\.add|lint\.at|_check_list)\(\s*(?:lint,\s*)?\"([a-z0-9-]+)\""
    ids = set(re.findall(used, SOURCES)) | set(problems._IDS.values())
    assert ids <= set(table())
    assert len(ids) > 90


def test_every_problem_of_a_document_is_a_finding_of_its_own():
    text = "\n".join((ENGINE / f"{name}.py").read_text() for name in READERS)
    codes = {code for code in problem_words()["problems"] if f'"{code}"' in text}
    strange = {
        code
        for code in codes
        if problems.as_finding(Problem(code, "Statement.Action")).id == "refused"
    }
    assert strange == set()
    assert len(codes) > 50


def test_a_problem_that_nobody_thought_of_is_told_all_the_same():
    problem = Problem("missing_member", "Statement", facts={"name": "x"})
    finding = problems.as_finding(problem)
    assert (finding.id, finding.klass) == ("refused", FindingClass.ERROR)
    assert words(finding).sentence == "x is missing."


@pytest.mark.parametrize("id", table())
def test_words_are_whole(id):
    entry = table()[id]
    assert set(entry) <= {
        "short",
        "class",
        "sentence",
        "remedy",
        "guess",
        "lesson",
        "variants",
    }
    class_of(id)
    for said in (entry, *entry.get("variants", {}).values()):
        for name in {"sentence", "remedy", "guess"} & set(said):
            assert said[name].endswith((".", "{detail}"))
            assert "!" not in said[name]


def test_short_names_are_told_apart_and_say_the_class():
    shorts = [entry["short"] for entry in table().values()]
    assert len(set(shorts)) == len(shorts)
    letters = {"E": "error", "S": "security_warning", "W": "warning", "H": "suggestion"}
    assert all(letters[e["short"][0]] == e["class"] for e in table().values())


def test_every_lesson_is_a_heading_of_the_course():
    course = vault.read(COURSE)
    addresses = {
        f"{lesson.slug}#{heading.id}"
        for lesson in course.lessons
        for heading in lesson.document.headings
    }
    named = {entry["lesson"] for entry in table().values() if "lesson" in entry}
    assert named - addresses == set()
    assert len(named) > 10


FOUND = Finding(
    "unknown-action",
    FindingClass.ERROR,
    "Statement[0].Action",
    Span(5, 17, 5, 31),
    {"found": "s3:ListObjects", "guess": "s3:ListBucket"},
)


def test_a_line_for_people():
    assert as_line(FOUND) == (
        "5:17: error unknown-action: No action is called s3:ListObjects. "
        "Write s3:ListBucket, if that is the action."
    )


def test_an_object_for_programs():
    assert as_json(FOUND) == {
        "id": "unknown-action",
        "class": "error",
        "line": 5,
        "column": 17,
        "path": "Statement[0].Action",
        "message": "No action is called s3:ListObjects.",
        "remedy": "Write s3:ListBucket, if that is the action.",
    }


def test_braces_in_a_policy_are_no_placeholders():
    odd = Finding(
        "unknown-action", FindingClass.ERROR, "", FOUND.span, {"found": "{0.x}"}
    )
    assert words(odd).sentence == "No action is called {0.x}."
