"""One document in, all findings out, in the order of the text."""

from dataclasses import replace
from datetime import UTC, datetime

from policies_lab.iam.documents import Policy, PolicyError, PolicyType, Problem
from policies_lab.iam.jsontext import Node, Source
from policies_lab.iam.linting import (
    actions,
    conditions,
    denies,
    fitting,
    organisations,
    principals,
    redundancy,
    resources,
    security,
    structure,
    trust,
    variables,
)
from policies_lab.iam.linting.catalogue import Catalogue
from policies_lab.iam.linting.context import MAX_PATTERNS, MAX_WORK, Lint, Options
from policies_lab.iam.linting.findings import Finding, FindingClass, table
from policies_lab.iam.linting.patterns import Budget, Matchers
from policies_lab.iam.linting.problems import as_finding
from policies_lab.iam.linting.reading import Document, read_document
from policies_lab.iam.linting.vocabulary import Vocabulary
from policies_lab.iam.parsing import parse_tree, read_tree

_TOO_MUCH = frozenset({"too_many_statements", "too_many_values", "value_too_long"})
_CHECKS = (
    structure.check,
    actions.check,
    actions.check_read_only,
    resources.check,
    fitting.check,
    conditions.check,
    conditions.check_variable_keys,
    variables.check,
    principals.check,
    trust.check,
    security.check,
    denies.check,
    organisations.check,
    redundancy.check,
)
_RANK = {klass: rank for rank, klass in enumerate(FindingClass)}


def lint(
    text_or_policy: str | Policy,
    *,
    kind: PolicyType,
    catalogue: Catalogue | None,
    now: datetime | None = None,
    options: Options | None = None,
) -> tuple[Finding, ...]:
    """Return everything that there is to say about a policy document.

    A document that cannot be parsed has the parser's problems among its findings, and
    the rest of it is looked at as far as it could be read. Without a catalogue nothing
    is said about the existence of services, actions and resource types. `now` is what
    dates are compared with (with a time zone; the present time by default).
    """
    options = options or Options()
    if isinstance(text_or_policy, Policy):
        text = text_or_policy.text
        options = replace(options, name=options.name or text_or_policy.name)
    else:
        text = text_or_policy
    try:
        source, root = read_tree(text)
    except PolicyError as error:
        return _in_order([as_finding(problem) for problem in error.problems])
    problems = _problems(source, root, kind)
    findings = [as_finding(problem) for problem in problems]
    if not any(problem.code in _TOO_MUCH for problem in problems):
        document = read_document(source, root, kind)
        findings += _look(document, catalogue, now, options, problems)
    return _in_order(findings)


def _problems(source: Source, root: Node, kind: PolicyType) -> tuple[Problem, ...]:
    try:
        parse_tree(source, root, kind=kind)
    except PolicyError as error:
        return error.problems
    return ()


def _look(
    document: Document,
    catalogue: Catalogue | None,
    now: datetime | None,
    options: Options,
    problems: tuple[Problem, ...],
) -> list[Finding]:
    work, matchers = Budget(MAX_WORK), Matchers(Budget(MAX_PATTERNS))
    run = Lint(
        document=document,
        catalogue=catalogue,
        now=now or datetime.now(UTC),
        options=options,
        refused=frozenset((p.span.line, p.span.column) for p in problems),
        vocabulary=Vocabulary(catalogue, work, matchers) if catalogue else None,
        work=work,
        matchers=matchers,
    )
    for check in _CHECKS:
        check(run)
    return run.findings


def _in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """Sort by place, the gravest first, and say nothing twice at one place."""
    single = {(f.id, f.path, f.span): f for f in reversed(findings)}

    def place(finding: Finding) -> tuple[int, int, int, str]:
        rank, short = _RANK[finding.klass], table()[finding.id]["short"]
        return finding.span.line, finding.span.column, rank, short

    return tuple(sorted(single.values(), key=place))
