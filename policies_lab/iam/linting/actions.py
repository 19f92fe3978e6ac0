"""Action and NotAction against the catalogue: services and actions that exist, what
they do, and which ones a pattern means."""

import re

from policies_lab.iam.documents import PolicyType, fold
from policies_lab.iam.jsontext import shown
from policies_lab.iam.linting.catalogue import AccessLevel, Catalogue
from policies_lab.iam.linting.context import Lint
from policies_lab.iam.linting.patterns import has_wildcard, is_every_action
from policies_lab.iam.linting.reading import Item, View
from policies_lab.iam.linting.vocabulary import Vocabulary

_CHANGING = {AccessLevel.WRITE, AccessLevel.TAGGING, AccessLevel.PERMISSIONS}
_READ_ONLY = re.compile(r"(?:read|view|list)[-_ ]?only", re.IGNORECASE)
_NAMED = 3


def check(lint: Lint) -> None:
    """Report services and actions that do not exist, and wildcards for services."""
    for view in lint.statements:
        for item in lint.sound(view.action.items if view.action else ()):
            _check_action(lint, item)


def _check_action(lint: Lint, item: Item) -> None:
    prefix, colon, name = item.text.partition(":")
    if not colon:
        return
    if has_wildcard(prefix):
        lint.at("service-wildcard", item)
    if lint.catalogue is None:
        return
    if has_wildcard(prefix):
        _check_wild_service(lint, lint.catalogue, item, prefix)
    elif fold(prefix) not in lint.catalogue.services():
        guess = lint.catalogue.closest_service(prefix) if lint.guesses.spend() else ""
        lint.at("unknown-service", item, prefix=shown(prefix), guess=guess)
    else:
        meaning = lint.vocabulary.meaning(item.text) if lint.vocabulary else None
        if meaning is not None and not meaning.names:
            guess = ""
            if not has_wildcard(name) and lint.guesses.spend():
                guess = lint.catalogue.closest_action(prefix, name)
            lint.at("unknown-action", item, guess=guess)


def _check_wild_service(
    lint: Lint, catalogue: Catalogue, item: Item, prefix: str
) -> None:
    services, fits = catalogue.services(), lint.matchers.get(fold(prefix))
    if fits is None or not lint.work.spend(len(services)):
        return
    if not any(map(fits, services)):
        lint.at("unknown-service", item, prefix=shown(prefix), guess="")


def check_read_only(lint: Lint) -> None:
    """Report actions that change something under a name that promises they do not."""
    if not lint.is_a(PolicyType.IDENTITY) or lint.vocabulary is None:
        return
    whole = _READ_ONLY.search(lint.options.name)
    for view in lint.statements:
        named = whole or (view.sid and _READ_ONLY.search(view.sid.text))
        if view.allows and named:
            for item in lint.sound(view.listed_actions):
                _check_changes(lint, lint.vocabulary, view, item)


def _check_changes(lint: Lint, vocabulary: Vocabulary, view: View, item: Item) -> None:
    if is_every_action(item.text):
        lint.at("access-level", item, actions="")
        return
    meaning = vocabulary.meaning(item.text)
    if meaning is None:
        return
    changing = sorted(
        f"{meaning.service}:{facts.name}"
        for facts in vocabulary.facts(meaning)
        if facts.level in _CHANGING
    )
    if changing:
        lint.at("access-level", item, actions=some_of(changing))


def some_of(names: list[str]) -> str:
    """Write down the first few of many names."""
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
