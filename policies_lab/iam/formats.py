"""Numbers, instants, addresses and bytes as condition values are written.

Python's own readers are too kind (`int("1_000")`, Arabic digits, `fe80::1%eth0`), so
each text passes an ASCII pattern first. Every function returns None for a text that
is not of its form; none raises.
"""

import base64
import binascii
import ipaddress
import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_DIGITS = 308

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_EPOCH = re.compile(r"[0-9]{1,12}")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_ADDRESS = re.compile(r"[0-9A-Fa-f:.]{2,45}(?:/[0-9]{1,3})?")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_NANO = 10**9


@lru_cache(maxsize=256)
def number(text: str) -> Decimal | None:
    """Read an integer or decimal with an optional sign."""
    if len(text) > MAX_DIGITS or not _NUMBER.fullmatch(text):
        return None
    return Decimal(text)


def has_time_without_zone(text: str) -> bool:
    """Whether the text is a date and time that lacks its offset from UTC."""
    day = _DAY.match(text)
    time = _TIME.fullmatch(text, day.end()) if day else None
    return time is not None and time[5] is None


@lru_cache(maxsize=256)
def instant(text: str) -> int | None:
    """Read a date as nanoseconds since year 1, in UTC.

    Takes the W3C profile of ISO 8601 with whole days or a time with its offset, or
    digits alone: seconds since 1970. Integers cannot overflow, as `datetime` does
    for the last day of year 9999 west of Greenwich.
    """
    if _EPOCH.fullmatch(text):
        return (date(1970, 1, 1).toordinal() * 86400 + int(text)) * _NANO
    day = _DAY.match(text)
    if day is None:
        return None
    try:
        seconds = date(int(day[1]), int(day[2]), int(day[3])).toordinal() * 86400
    except ValueError:
        return None
    if day.end() == len(text):
        return seconds * _NANO
    time = _TIME.fullmatch(text, day.end())
    if time is None or time[5] is None:
        return None
    hour, minute, second = int(time[1]), int(time[2]), int(time[3] or 0)
    offset = 0 if time[5] == "Z" else _minutes(time[5])
    if hour > 23 or minute > 59 or second > 59 or offset is None:
        return None
    seconds += hour * 3600 + minute * 60 + second - offset * 60
    return seconds * _NANO + int((time[4] or "").ljust(9, "0"))


def _minutes(offset: str) -> int | None:
    """Read an offset from UTC; none is further from it than fourteen hours."""
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    total = hours * 60 + minutes
    if minutes > 59 or total > 14 * 60:
        return None
    return -total if offset[0] == "-" else total


@lru_cache(maxsize=256)
def network(text: str) -> Network | None:
    """Read an address or CIDR range; host bits are masked.

    An IPv4 address written in IPv6 (`::ffff:10.0.0.1`) is the IPv4 address: otherwise
    a Deny on an IPv4 range could be dodged by another way of writing.
    """
    if not _ADDRESS.fullmatch(text):
        return None
    try:
        found = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Network) and found.subnet_of(_MAPPED):
        low = int(found.network_address) & 0xFFFFFFFF
        return ipaddress.IPv4Network((low, found.prefixlen - 96))
    return found


@lru_cache(maxsize=256)
def address(text: str) -> Address | None:
    """Read a single address, an IPv4 one also when it is written in IPv6."""
    found = None if "/" in text else network(text)
    return found.network_address if found else None


def boolean(text: str) -> bool | None:
    """Read true or false, in any case."""
    return {"true": True, "false": False}.get(text.lower()) if text.isascii() else None


def binary(text: str) -> bytes | None:
    """Read base64 with its padding."""
    if not _BASE64.fullmatch(text):
        return None
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
