"""How much of a decision a page shows.

The engine looks at everything; a page of megabytes would help nobody to read it and
would keep the machine from everybody else. What is left out is counted and said.
"""

from math import inf

from django.utils.translation import ngettext

from policies_lab.iam import ElementCheck, StatementTrace

MOST_STATEMENTS = 40
MOST_ELEMENTS = 24
# Of the elements behind the one that failed, which nothing looked at.
MOST_UNSEEN = 6
MOST_VALUES = 20
# Lines of all documents together; each has some, however many there are.
MOST_LINES, FEWEST_LINES = 2_000, 200


def statements(found: tuple[StatementTrace, ...]) -> list[StatementTrace]:
    """At most MOST_STATEMENTS in their order: those that apply before those that got
    furthest, because the answer depends on these."""
    if len(found) <= MOST_STATEMENTS:
        return list(found)
    places = sorted(range(len(found)), key=lambda at: -_reach(found[at]))
    return [found[at] for at in sorted(places[:MOST_STATEMENTS])]


def _reach(statement: StatementTrace) -> float:
    if statement.applies:
        return inf
    return sum(check.matched is True for check in statement.checks)


def elements(checks: tuple[ElementCheck, ...]) -> tuple[ElementCheck, ...]:
    """The elements that get a mark: those that were looked at, always the one that
    failed, and a little of the rest."""
    looked_at = sum(check.matched is not None for check in checks)
    if looked_at <= MOST_ELEMENTS:
        return checks[: looked_at + MOST_UNSEEN]
    failed = (check for check in checks[MOST_ELEMENTS:] if check.matched is False)
    return (*checks[:MOST_ELEMENTS], *failed)


def values(found: tuple[str, ...], hits: tuple[int, ...] = ()) -> tuple[str, ...]:
    """The first values and the first that were met, and how many there are besides."""
    if len(found) <= MOST_VALUES:
        return found
    places = sorted({*range(MOST_VALUES), *hits[:MOST_VALUES]})
    left = len(found) - len(places)
    more = ngettext("and one more", "and %(left)d more", left) % {"left": left}
    return (*(found[at] for at in places), *((more,) if left else ()))


def lines_each(documents: int) -> int:
    """How many lines of each of so many documents are shown."""
    return max(FEWEST_LINES, MOST_LINES // max(1, documents))
