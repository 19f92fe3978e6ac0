"""Numbers, instants, addresses and bytes: what is read, what is not, and nothing
raises."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies_lab.iam import formats


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", "0"),
        ("-1", "-1"),
        ("+1.50", "1.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("9" * 308, "9" * 308),
        ("9" * 309, None),
        ("", None),
        (".", None),
        ("-", None),
        ("1e3", None),
        ("1_000", None),
        ("1,000", None),
        (" 1", None),
        ("1\n", None),
        ("\u0661", None),
        ("nan", None),
        ("Infinity", None),
        ("0x10", None),
    ],
)
def test_number(text, expected):
    assert formats.number(text) == (None if expected is None else Decimal(expected))


def nanoseconds(*moment):
    start = datetime(1, 1, 1, tzinfo=UTC)
    since = datetime(*moment, tzinfo=UTC) - start + timedelta(days=1)
    return since // timedelta(microseconds=1) * 1000


LAST = nanoseconds(9999, 12, 31, 23, 59, 59)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31", nanoseconds(2026, 1, 31)),
        ("2024-02-29", nanoseconds(2024, 2, 29)),
        ("2026-01-31T10:00Z", nanoseconds(2026, 1, 31, 10)),
        ("2026-01-31T10:20:30Z", nanoseconds(2026, 1, 31, 10, 20, 30)),
        ("2026-01-31T10:20:30.5Z", nanoseconds(2026, 1, 31, 10, 20, 30, 500_000)),
        ("2026-01-31T10:20:30.000000001Z", nanoseconds(2026, 1, 31, 10, 20, 30) + 1),
        ("2026-01-31T10:00:00+02:30", nanoseconds(2026, 1, 31, 7, 30)),
        ("2026-01-31T10:00:00-02:30", nanoseconds(2026, 1, 31, 12, 30)),
        ("2026-01-31T23:59:59+14:00", nanoseconds(2026, 1, 31, 9, 59, 59)),
        (
            "9999-12-31T23:59:59-14:00",
            nanoseconds(9999, 12, 31, 23, 59, 59) + 50400 * 10**9,
        ),
        ("0001-01-01T00:00:00+14:00", nanoseconds(1, 1, 1) - 50400 * 10**9),
        ("0", nanoseconds(1970, 1, 1)),
        ("1767225600", nanoseconds(2026, 1, 1)),
        ("2026", nanoseconds(1970, 1, 1, 0, 33, 46)),
        ("9" * 12, nanoseconds(1970, 1, 1) + int("9" * 12) * 10**9),
        ("9" * 13, None),
        ("-1", None),
        ("2026-1-31", None),
        ("2026-01", None),
        ("2026-13-01", None),
        ("2026-02-29", None),
        ("0000-01-01", None),
        ("2026-01-31T10Z", None),
        ("2026-01-31T10:00", None),
        ("2026-01-31T10:00:00", None),
        ("2026-01-31T24:00Z", None),
        ("2026-01-31T10:60Z", None),
        ("2026-01-31T10:00:60Z", None),
        ("2026-01-31T10:00:00.Z", None),
        ("2026-01-31T10:00:00.0000000001Z", None),
        ("2026-01-31T10:00+14:01", None),
        ("2026-01-31T10:00+15:00", None),
        ("2026-01-31T10:00+02:60", None),
        ("2026-01-31T10:00+0200", None),
        ("2026-01-31 10:00Z", None),
        ("2026-01-31t10:00z", None),
        ("2026-W05-6", None),
        ("2026-01-31\n", None),
        ("\u0662026-01-31", None),
        ("", None),
    ],
)
def test_instant(text, expected):
    assert formats.instant(text) == expected


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-14 * 60, 14 * 60))
def test_every_moment_is_read(moment, minutes):
    hours, rest = divmod(abs(minutes), 60)
    offset = f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
    local = moment.replace(tzinfo=None).isoformat(timespec="microseconds")
    found = formats.instant(local + offset)
    expected = nanoseconds(*moment.timetuple()[:6], moment.microsecond)
    assert found == expected - minutes * 60 * 10**9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31T10:00", True),
        ("2026-01-31T10:00:00.5", True),
        ("2026-01-31T10:00Z", False),
        ("2026-01-31", False),
        ("2026-01-31T", False),
        ("tomorrow", False),
    ],
)
def test_time_without_zone(text, expected):
    assert formats.has_time_without_zone(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.1", "10.0.0.1/32"),
        ("10.0.0.1/8", "10.0.0.0/8"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("::ffff:10.0.0.1", "10.0.0.1/32"),
        ("::ffff:a00:0/104", "10.0.0.0/8"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("::/0", "::/0"),
        ("::ffff:0:0/95", "::fffe:0:0/95"),
        ("", None),
        ("10.0.0", None),
        ("10.0.0.256", None),
        ("010.0.0.1", None),
        ("10.0.0.0/33", None),
        ("10.0.0.0/", None),
        ("10.0.0.0/0.0.0.255", None),
        ("10.0.0.0/-1", None),
        ("10.0.0.1\n", None),
        (" 10.0.0.1", None),
        ("fe80::1%eth0", None),
        ("1" * 46, None),
        ("\u0661.1.1.1", None),
    ],
)
def test_network(text, expected):
    assert formats.network(text) == (None if expected is None else ip_network(expected))


def test_an_address_is_no_range():
    assert formats.address("10.0.0.1") == ip_address("10.0.0.1")
    assert formats.address("::ffff:10.0.0.1") == ip_address("10.0.0.1")
    assert formats.address("10.0.0.1/32") is None
    assert formats.address("nowhere") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", True),
        ("FALSE", False),
        ("True", True),
        ("yes", None),
        ("1", None),
        ("true ", None),
        ("\u212a", None),
        ("", None),
    ],
)
def test_boolean(text, expected):
    assert formats.boolean(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("QQ==", b"A"),
        ("QUI=", b"AB"),
        ("QUJD", b"ABC"),
        ("", b""),
        ("QQ", None),
        ("QQ=", None),
        ("Q===", None),
        ("QQ==\n", None),
        ("QQ==QQ==", None),
        ("-_-_", None),
        ("\u0661QQ=", None),
    ],
)
def test_binary(text, expected):
    assert formats.binary(text) == expected


READERS = [
    formats.number,
    formats.instant,
    formats.network,
    formats.address,
    formats.boolean,
    formats.binary,
    formats.has_time_without_zone,
]


@given(st.text() | st.text("0123456789-:TZ+./aefx=", max_size=40))
def test_nothing_raises(text):
    for read in READERS:
        read(text)
