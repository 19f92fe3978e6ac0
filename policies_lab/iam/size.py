"""How much there is in a document, before anything is compiled from it.

Only what bounds the work counts; the bounds themselves are in `work`.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from policies_lab.iam.documents import (
    ConditionTest,
    Element,
    Policies,
    Policy,
    Statement,
)

# A star inside one of the first five fields of an ARN (in a plain reading of the
# text): such patterns are matched by keeping states, character by character.
_CAGED = re.compile(r"(?:[^:]*:){0,4}[^:*]*\*+[^:*]")


class Size(NamedTuple):
    """Statements and tests, what they list (names of actions, patterns of resources,
    values of tests) with its characters, variables and stars (but lone last ones), and
    how many of these are patterns that are costly to make or match."""

    statements: int = 0
    tests: int = 0
    names: int = 0
    patterns: int = 0
    values: int = 0
    chars: int = 0
    variables: int = 0
    stars: int = 0
    searched: int = 0
    caged: int = 0


def added(sizes: Iterable[Size]) -> Size:
    """Add sizes up."""
    columns = [sum(column) for column in zip(Size(), *sizes, strict=True)]
    return Size(*columns)


def _of_texts(
    texts: tuple[str, ...], *, names: int = 0, patterns: int = 0, caged: int = 0
) -> Size:
    chars = variables = stars = searched = 0
    for text in texts:
        chars += len(text)
        variables += text.count("${")
        if text.find("*") < len(text) - 1:
            stars += text.count("*")
        searched += "?" in text
    return Size(
        names=names,
        patterns=patterns,
        chars=chars,
        variables=variables,
        stars=stars,
        searched=searched,
        caged=caged,
    )


def of_element(element: Element) -> Size:
    """Measure an Action or Resource."""
    texts = element.texts
    if "Action" in element.name:
        return _of_texts(texts, names=len(texts))
    caged = sum(_CAGED.match(text) is not None for text in texts)
    return _of_texts(texts, patterns=len(texts), caged=caged)


def of_test(test: ConditionTest) -> Size:
    """Measure one key under one operator. ARNs are compared in six parts."""
    values = len(test.values) * (3 if "Arn" in test.operator else 1)
    return _of_texts(test.texts)._replace(tests=1, values=values)


def of_statement(statement: Statement) -> list[Size]:
    """Measure a statement and the parts that it is made of."""
    found = [Size(statements=1), of_element(statement.action)]
    if statement.resource is not None:
        found.append(of_element(statement.resource))
    found += map(of_test, statement.conditions)
    return found


def of_policy(policy: Policy) -> Size:
    """Measure a document; it is measured once."""
    found = policy.cache.get("size")
    if not isinstance(found, Size):
        found = added(part for s in policy.statements for part in of_statement(s))
        policy.cache["size"] = found
    return found


def of_policies(policies: Policies) -> Size:
    """Measure all documents of a scenario together, once."""
    found = policies.cache.get("size")
    if not isinstance(found, Size):
        single = (policies.resource, policies.boundary, policies.vpce)
        levels = (*policies.scps, *policies.rcps)
        listed = [
            *policies.identity,
            *policies.session,
            *(policy for policy in single if policy is not None),
            *(policy for level in levels for policy in level.policies),
        ]
        found = policies.cache["size"] = added(of_policy(one) for one in listed)
    return found
