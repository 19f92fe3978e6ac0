"""Values of a request to try, made from what policies say: those that would meet a
condition, and near ones that would not. Which of them matter is found by trying.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from policies_lab.iam import ContextValue, ElementCheck, formats
from policies_lab.iam.conditions import Family, parse_operator

MOST_LISTED = 4
# Ranges that are kept for documentation: one is seldom inside a policy's own.
_ADDRESSES = ("198.51.100.7", "203.0.113.7", "192.0.2.7")
_WRITTEN_DATE = "%Y-%m-%dT%H:%M:%SZ"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_NANO = formats.instant("1970-01-01") or 0
_DAY = timedelta(days=1)
_STAND_IN = "example"


def values_for(test: ElementCheck) -> Iterator[ContextValue | None]:
    """Values for the key of a test, first those that its policy names; None: absent."""
    operator = parse_operator(test.operator or "")
    if operator is None:
        return
    if operator.family is Family.NULL:
        yield from ("1", None)
        return
    listed = [text for text in written(test)[:MOST_LISTED] if text]
    for text in listed:
        for value in _READ.get(operator.family, _plain)(text):
            yield (value,) if operator.quantifier else value


def written(check: ElementCheck) -> list[str]:
    """The values of a policy with the request's own put in for variables; one whose
    variable has no value is left out."""
    return [text for text in check.expanded or check.policy_values if text is not None]


def filled(pattern: str) -> str:
    """One text that fits a pattern."""
    return pattern.replace("*", _STAND_IN).replace("?", "x")


def _plain(text: str) -> Iterator[str]:
    yield text


def _patterns(text: str) -> Iterator[str]:
    yield filled(text)


def _booleans(text: str) -> Iterator[str]:
    yes = formats.boolean(text) is not False
    yield from ("true", "false") if yes else ("false", "true")


def _numbers(text: str) -> Iterator[str]:
    number = formats.number(text)
    if number is None or len(text) > 20:
        return
    for near in (number, number - 1, number + Decimal(1)):
        yield format(near, "f")


def _dates(text: str) -> Iterator[str]:
    instant = formats.instant(text)
    yield text
    if instant is None:
        return
    for step in (-_DAY, _DAY):
        try:
            seconds = (instant - _EPOCH_NANO) // 10**9
            near = _EPOCH + timedelta(seconds=seconds) + step
        except OverflowError:
            continue
        yield near.strftime(_WRITTEN_DATE)


def _addresses(text: str) -> Iterator[str]:
    network = formats.network(text)
    if network is None:
        return
    single = network.num_addresses == 1
    yield str(network.network_address if single else network.network_address + 1)
    outside = (a for a in _ADDRESSES if formats.address(a) not in network)
    yield from list(outside)[:1]


_READ = {
    Family.LIKE: _patterns,
    Family.ARN: _patterns,
    Family.BOOLEAN: _booleans,
    Family.NUMBER: _numbers,
    Family.DATE: _dates,
    Family.ADDRESS: _addresses,
}
