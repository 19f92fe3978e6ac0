"""Policy variables where they are not replaced, or not under this Version.

A malformed variable is the parser's affair; here are the well-formed ones that stay
plain text ("IAM policy elements: Variables and tags").
"""

import re

from policies_lab.iam.documents import Version
from policies_lab.iam.jsontext import shown
from policies_lab.iam.linting.context import Lint
from policies_lab.iam.linting.reading import Item, View

_VARIABLE = re.compile(r"\$\{[^{}]+\}")


def check(lint: Lint) -> None:
    """Report variables under the old Version, in a principal or early in an ARN."""
    if "${" not in lint.document.source.text and "\\u" not in lint.document.source.text:
        return
    for view in lint.statements:
        if lint.language is Version.V2012:
            _check_places(lint, view)
        else:
            _check_version(lint, view)


def _check_places(lint: Lint, view: View) -> None:
    for caller in view.callers.entries if view.callers else ():
        if "${" in caller.value.text and not lint.is_refused(caller.value.span):
            lint.at("variable-place", caller.value, element="Principal")
    for item in lint.sound(view.resource.items if view.resource else ()):
        pattern = lint.pattern(item.text) if "${" in item.text else None
        if pattern is not None and pattern.early_variable:
            lint.at("variable-place", item, element="the first five fields of an ARN")


def _check_version(lint: Lint, view: View) -> None:
    replaced = list(view.resource.items) if view.resource else []
    for test in view.tests:
        if test.family is not None and test.family.has_variables:
            replaced += test.items
    for item in lint.sound(replaced):
        if found := _variable(item):
            lint.at("variable-version", item, variable=shown(found))


def _variable(item: Item) -> str:
    found = _VARIABLE.search(item.text)
    return found[0] if found else ""
