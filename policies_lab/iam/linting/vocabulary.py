"""Which actions of a catalogue a pattern means, looked up once and within bounds."""

from collections.abc import Iterator
from dataclasses import dataclass

from policies_lab.iam.documents import fold
from policies_lab.iam.linting.catalogue import ActionFacts, Catalogue
from policies_lab.iam.linting.patterns import Budget, Matchers, has_wildcard


@dataclass(frozen=True, slots=True)
class Meaning:
    """The actions of one service that a pattern means; `names` are folded."""

    service: str
    names: tuple[str, ...]


class Vocabulary:
    """Looks patterns up in a catalogue, each one once, within a budget."""

    def __init__(self, catalogue: Catalogue, work: Budget, matchers: Matchers) -> None:
        self._catalogue = catalogue
        self._work = work
        self._matchers = matchers
        self._meanings: dict[str, Meaning | None] = {}
        self._keys: dict[tuple[str, tuple[str, ...], str], bool] = {}

    def meaning(self, text: str) -> Meaning | None:
        """Return what a pattern means; None where that was not looked up: its prefix
        holds a wildcard or is unknown, or the budget is spent."""
        key = fold(text)
        if key not in self._meanings:
            self._meanings[key] = self._look_up(key)
        return self._meanings[key]

    def _look_up(self, text: str) -> Meaning | None:
        service, colon, name = text.partition(":")
        if not colon or has_wildcard(service):
            return None
        if service not in self._catalogue.services():
            return None
        names = self._catalogue.action_names(service)
        if not has_wildcard(name):
            return Meaning(service, (name,) if name in names else ())
        fits = self._matchers.get(name)
        if fits is None or not self._work.spend(len(names) * name.count("*")):
            return None
        return Meaning(service, tuple(known for known in names if fits(known)))

    def facts(self, meaning: Meaning) -> Iterator[ActionFacts]:
        """Yield what is known of each action that is meant."""
        for name in meaning.names:
            if found := self._catalogue.action(meaning.service, name):
                yield found

    def has_key(self, meaning: Meaning, key: str) -> bool:
        """Whether one of the actions, or a resource that it works on, comes with a
        condition key; yes when it is too much work to say."""
        asked = (meaning.service, meaning.names, key)
        if asked not in self._keys:
            affordable = self._work.spend(len(meaning.names))
            self._keys[asked] = not affordable or any(
                fold(key) in self._keys_of(meaning.service, facts)
                for facts in self.facts(meaning)
            )
        return self._keys[asked]

    def _keys_of(self, service: str, facts: ActionFacts) -> Iterator[str]:
        types = self._catalogue.resource_types(service)
        named = (types[name] for name in facts.resource_types if name in types)
        lists = (facts.condition_keys, *(type_.condition_keys for type_ in named))
        return (fold(key) for keys in lists for key in keys)
