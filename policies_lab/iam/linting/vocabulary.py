"""Which actions of a catalogue a pattern means, looked up once and within bounds."""

from collections.abc import Iterator
from dataclasses import dataclass

from policies_lab.iam.documents import fold
from policies_lab.iam.linting.catalogue import ActionFacts, Catalogue
from policies_lab.iam.linting.patterns import has_wildcard, matcher


class Budget:
    """Bounds work that a hostile document could make endless: what it does not pay for
    is left out, so that a finding may be missed but none is ever wrong."""

    def __init__(self, amount: int) -> None:
        self.left = amount

    def spend(self, amount: int = 1) -> bool:
        """Take from the budget; False when it does not reach."""
        if amount > self.left:
            return False
        self.left -= amount
        return True


@dataclass(frozen=True, slots=True)
class Meaning:
    """The actions of one service that a pattern means; `names` are folded."""

    service: str
    names: tuple[str, ...]


class Vocabulary:
    """Looks patterns up in a catalogue, each one once, within a budget."""

    def __init__(self, catalogue: Catalogue, work: Budget, patterns: Budget) -> None:
        self._catalogue = catalogue
        self._work = work
        self._patterns = patterns
        self._meanings: dict[str, Meaning | None] = {}

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
        simple = name.find("*") == len(name) - 1 and "?" not in name
        if not self._work.spend(len(names)) or not (simple or self._patterns.spend()):
            return None
        fits = matcher(name)
        return Meaning(service, tuple(known for known in names if fits(known)))

    def facts(self, meaning: Meaning) -> Iterator[ActionFacts]:
        """Yield what is known of each action that is meant."""
        for name in meaning.names:
            if found := self._catalogue.action(meaning.service, name):
                yield found
