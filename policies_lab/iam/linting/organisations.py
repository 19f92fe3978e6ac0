"""Service and resource control policies, and permissions boundaries: what their own
rules add to the grammar ("SCP syntax" and "RCP syntax", AWS Organizations)."""

from policies_lab.iam.documents import Effect, Policy, PolicyType, fold
from policies_lab.iam.jsontext import shown
from policies_lab.iam.linting.context import Lint
from policies_lab.iam.linting.findings import FindingClass
from policies_lab.iam.linting.patterns import (
    can_meet,
    has_wildcard,
    is_every_action,
    is_everything,
)
from policies_lab.iam.linting.reading import Item, View
from policies_lab.iam.organisations import RCP_FREE_ACTIONS, RCP_SERVICES


def check(lint: Lint) -> None:
    """Check what is particular to the type of the document."""
    if lint.is_a(PolicyType.SCP):
        for view in lint.statements:
            _check_language(lint, view)
    elif lint.is_a(PolicyType.RCP):
        for view in lint.statements:
            if view.denies:
                for item in lint.sound(view.listed_actions):
                    _check_reach(lint, item)
    elif lint.is_a(PolicyType.BOUNDARY) and lint.options.alongside is not None:
        _check_boundary(lint, lint.options.alongside)


def _check_language(lint: Lint, view: View) -> None:
    """Report what service control policies could not say before 19 September 2025."""
    klass = FindingClass.SUGGESTION
    if lint.options.scp_language == "classic":
        klass = FindingClass.ERROR
    for what, item in _beyond_classic(view):
        variant = "classic" if klass is FindingClass.ERROR else ""
        place = (item.path, item.span)
        lint.add_as(klass, "scp-classic-language", *place, what=what, variant=variant)


def _beyond_classic(view: View) -> list[tuple[str, Item]]:
    found: list[tuple[str, Item]] = []
    action, resource = view.action, view.resource
    if action is not None and action.negated and view.allows:
        found.append(("Allow with NotAction", Item("", action.path, action.span)))
    if resource is not None and resource.negated:
        found.append(("NotResource", Item("", resource.path, resource.span)))
    elif resource is not None and view.allows:
        named = (i for i in resource.items if not is_everything(i.text))
        found += [("Allow with a Resource other than *", item) for item in named][:1]
    if view.tests and view.allows:
        first = view.tests[0]
        found.append(("Allow with Condition", Item("", first.path, first.span)))
    for item in action.items if action else ():
        if has_wildcard(item.text.partition(":")[2].rstrip("*")):
            found.append(("a wildcard inside an action's name", item))
    return found


def _check_reach(lint: Lint, item: Item) -> None:
    """Report actions that no resource control policy reaches."""
    prefix = fold(item.text.partition(":")[0])
    if is_every_action(item.text):
        lint.at("rcp-unsupported-action", item, variant="everything")
    elif has_wildcard(prefix) or prefix not in RCP_SERVICES:
        lint.at("rcp-unsupported-action", item, prefix=shown(prefix))
    elif fold(item.text) in RCP_FREE_ACTIONS:
        lint.at("rcp-unsupported-action", item, variant="free")


def _check_boundary(lint: Lint, alongside: tuple[Policy, ...]) -> None:
    """Report what a boundary permits and no identity policy grants."""
    granting = [
        statement
        for policy in alongside
        for statement in policy.statements
        if statement.effect is Effect.ALLOW
    ]
    if any(statement.action.negated for statement in granting):
        return
    granted = [text for s in granting for text in s.action.texts]
    for view in lint.statements:
        for item in view.listed_actions if view.allows else ():
            affordable = lint.work.spend(len(granted))
            if affordable and not any(can_meet(text, item.text) for text in granted):
                lint.at("boundary-grants-only", item)
