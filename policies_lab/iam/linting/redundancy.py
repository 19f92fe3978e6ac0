"""What is said twice, or never counts: the shorter document means the same."""

from collections.abc import Callable, Iterable, Sequence

from policies_lab.iam.documents import fold
from policies_lab.iam.jsontext import shown
from policies_lab.iam.linting.context import Lint
from policies_lab.iam.linting.patterns import Coverage, covering_resources
from policies_lab.iam.linting.reading import Item, View


def check(lint: Lint) -> None:
    """Compare the values of each list, and the statements with each other."""
    for view in lint.statements:
        if view.action is not None:
            items = lint.sound(view.action.items)
            covered = _actions(lint, items)
            _check_list(lint, "redundant-action", items, covered, fold)
        if view.resource is not None:
            items = lint.sound(view.resource.items)
            covered = _resources(lint, items)
            _check_list(lint, "redundant-resource", items, covered, str)
    _check_statements(lint)
    _check_reach(lint)


def _actions(lint: Lint, items: Iterable[Item]) -> Coverage:
    return Coverage((fold(item.text) for item in items), lint.matchers)


def _resources(lint: Lint, items: Iterable[Item]) -> Coverage:
    texts = covering_resources(item.text for item in items)
    return Coverage(texts, lint.matchers)


def _check_list(
    lint: Lint,
    id: str,
    items: Sequence[Item],
    covered: Coverage,
    key: Callable[[str], str],
) -> None:
    """Report each value that another one of the list covers."""
    seen: dict[str, Item] = {}
    for item in items:
        twin = seen.setdefault(key(item.text), item)
        if twin is not item:
            lint.at(id, item, by=shown(twin.text), variant="twice")
        elif lint.work.spend(covered.cost) and (by := covered.by(key(item.text))):
            lint.at(id, item, by=shown(by))


def _check_statements(lint: Lint) -> None:
    """Report a statement that says the same as an earlier one."""
    seen: dict[object, View] = {}
    for view in lint.statements:
        if view.effect is None or view.action is None:
            continue
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
    denies = [
        (view, _actions(lint, view.listed_actions), _resources(lint, _reach(view)))
        for view in lint.statements
        if view.denies and _is_plain(view) and not view.tests
    ]
    for allow in lint.statements if denies else ():
        if not allow.allows or not _is_plain(allow):
            continue
        for deny, actions, resources in denies:
            if _takes_back(lint, deny, allow, actions, resources):
                facts = {"line": str(deny.span.line)}
                lint.add("unreachable", allow.path, allow.span, **facts)
                break


def _is_plain(view: View) -> bool:
    """Whether the statement has no Not element."""
    elements = (view.action, view.resource, view.callers)
    return view.action is not None and not any(e and e.negated for e in elements)


def _reach(view: View) -> tuple[Item, ...]:
    """Return the resources of a statement; in a trust policy, all there is."""
    everything = Item("*", view.path, view.span)
    return view.listed_resources or (everything,)


def _takes_back(
    lint: Lint, deny: View, allow: View, actions: Coverage, resources: Coverage
) -> bool:
    for item in allow.listed_actions:
        if not lint.work.spend(actions.cost) or not actions.has(fold(item.text)):
            return False
    for item in _reach(allow):
        if not lint.work.spend(resources.cost) or not resources.has(item.text):
            return False
    return _callers_covered(deny, allow)


def _callers_covered(deny: View, allow: View) -> bool:
    if any(caller.type == "*" for caller in deny.listed_callers):
        return True
    listed = {(c.type, c.value.text) for c in deny.listed_callers}
    return all((c.type, c.value.text) in listed for c in allow.listed_callers)
