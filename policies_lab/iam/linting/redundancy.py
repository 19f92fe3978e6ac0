"""What is said twice, or never counts: the shorter document means the same."""

from collections.abc import Callable, Sequence

from policies_lab.iam.documents import fold
from policies_lab.iam.jsontext import shown
from policies_lab.iam.linting.context import Lint
from policies_lab.iam.linting.patterns import (
    covers_action,
    covers_resource,
    has_wildcard,
)
from policies_lab.iam.linting.reading import Item, View

Covers = Callable[[str, str], bool]


def check(lint: Lint) -> None:
    """Compare the values of each list, and the statements with each other."""
    for view in lint.statements:
        if view.action is not None:
            items = lint.sound(view.action.items)
            _check_list(lint, "redundant-action", items, covers_action, fold)
        if view.resource is not None:
            items = lint.sound(view.resource.items)
            _check_list(lint, "redundant-resource", items, covers_resource, str)
    _check_statements(lint)
    _check_reach(lint)


def _check_list(
    lint: Lint,
    id: str,
    items: Sequence[Item],
    covers: Covers,
    key: Callable[[str], str],
) -> None:
    """Report each value that another one of the list covers."""
    wide = [item for item in items if has_wildcard(item.text)]
    seen: dict[str, Item] = {}
    for item in items:
        twin = seen.setdefault(key(item.text), item)
        if twin is not item:
            lint.at(id, item, by=shown(twin.text), variant="twice")
            continue
        if not lint.work.spend(len(wide)):
            return
        for other in wide:
            if other is item or key(other.text) == key(item.text):
                continue
            if covers(other.text, item.text):
                lint.at(id, item, by=shown(other.text))
                break


def _check_statements(lint: Lint) -> None:
    """Report a statement that says the same as an earlier one."""
    seen: dict[object, View] = {}
    for view in lint.statements:
        first = seen.setdefault(_content(view), view)
        if first is not view:
            facts = {"line": str(first.span.line)}
            lint.add("redundant-statement", view.path, view.span, **facts)


def _content(view: View) -> object:
    """Everything about a statement that counts; the Sid does not."""
    action, resource, callers = view.action, view.resource, view.callers
    return (
        view.effect,
        action and (action.name, frozenset(fold(i.text) for i in action.items)),
        resource and (resource.name, frozenset(i.text for i in resource.items)),
        callers
        and (
            callers.name,
            frozenset((c.type, c.value.text) for c in callers.entries),
        ),
        frozenset(
            (test.name, test.folded, frozenset(i.text for i in test.items))
            for test in view.tests
        ),
    )


def _check_reach(lint: Lint) -> None:
    """Report an Allow that a Deny of the same document takes back whole."""
    denies = [v for v in lint.statements if v.denies and _is_plain(v) and not v.tests]
    for allow in lint.statements:
        if not allow.allows or not _is_plain(allow):
            continue
        for deny in denies:
            cost = (len(allow.listed_actions) or 1) * (len(deny.listed_actions) or 1)
            cost += len(allow.listed_resources) * len(deny.listed_resources)
            if not lint.work.spend(cost):
                return
            if _takes_back(deny, allow):
                facts = {"line": str(deny.span.line)}
                lint.add("unreachable", allow.path, allow.span, **facts)
                break


def _is_plain(view: View) -> bool:
    """Whether the statement has no Not element."""
    elements = (view.action, view.resource, view.callers)
    return view.action is not None and not any(e and e.negated for e in elements)


def _takes_back(deny: View, allow: View) -> bool:
    return (
        _all_covered(deny.listed_actions, allow.listed_actions, covers_action)
        and _all_covered(deny.listed_resources, allow.listed_resources, covers_resource)
        and _callers_covered(deny, allow)
    )


def _all_covered(wide: Sequence[Item], narrow: Sequence[Item], covers: Covers) -> bool:
    return all(any(covers(w.text, n.text) for w in wide) for n in narrow)


def _callers_covered(deny: View, allow: View) -> bool:
    if any(caller.type == "*" for caller in deny.listed_callers):
        return True
    listed = {(c.type, c.value.text) for c in deny.listed_callers}
    return all((c.type, c.value.text) in listed for c in allow.listed_callers)
