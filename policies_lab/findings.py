"""The linter's findings in sentences, as lines for a terminal and as JSON."""

from typing import NamedTuple

from policies_lab.iam import Problem
from policies_lab.iam.linting import Finding, table
from policies_lab.wording import fill, problem_sentence


class Words(NamedTuple):
    """What is said of a finding: the sentence, what to do, and where it is taught
    (`lesson#heading`, empty where no lesson of the built-in course does)."""

    sentence: str
    remedy: str
    lesson: str


def words(finding: Finding) -> Words:
    """Return a finding in words.

    Plain text: what a policy's author wrote stands in it and has to be escaped.
    """
    entry = table()[finding.id]
    facts = {"detail": _detail(finding), **finding.facts}
    special = facts.get("variant") or facts.get("problem", "")
    chosen = {**entry, **entry.get("variants", {}).get(special, {})}
    remedy = chosen["remedy"]
    if facts.get("guess"):
        remedy = chosen.get("guess", remedy)
    return Words(
        sentence=fill(chosen["sentence"], facts),
        remedy=remedy.format_map(facts),
        lesson=chosen.get("lesson", ""),
    )


def _detail(finding: Finding) -> str:
    """What the parser's own sentence is, where the finding is a problem of its."""
    facts = dict(finding.facts)
    code = facts.pop("problem", "")
    if not code:
        return ""
    return problem_sentence(Problem(code, finding.path, finding.span, facts))


def as_line(finding: Finding) -> str:
    """Write a finding as `line:column: class id: sentence Remedy`."""
    said, place = words(finding), finding.span
    told = f"{said.sentence} {said.remedy}".rstrip()
    return f"{place.line}:{place.column}: {finding.klass} {finding.id}: {told}"


def as_json(finding: Finding) -> dict[str, str | int]:
    """Write a finding as the member of a list of JSON objects."""
    said = words(finding)
    return {
        "id": finding.id,
        "class": finding.klass.value,
        "line": finding.span.line,
        "column": finding.span.column,
        "path": finding.path,
        "message": said.sentence,
        "remedy": said.remedy,
    }
