"""Whose request it is, as far as the network tells."""

import ipaddress
import re

from django.conf import settings

# Some proxies write the port too: "192.0.2.1:443", "[2001:db8::1]:443".
WITH_PORT = re.compile(
    r"(?:\[(?P<v6>[^\[\]]*)\](?::[0-9]*)?|(?P<v4>[0-9.]+):[0-9]*)", re.A
)


def client_address(request) -> str:
    """The visitor's address as seen by the last proxy that we trust.

    With TRUSTED_HOPS = n the n-th entry from the right of X-Forwarded-For is
    read; what stands further left was written by the visitor and proves nothing.
    """
    hops = settings.TRUSTED_HOPS
    if hops:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(forwarded) >= hops and (address := forwarded[-hops].strip()):
            return address
    return request.META.get("REMOTE_ADDR", "")


def client_network(request) -> str:
    """What a visitor is counted by; see network_of."""
    return network_of(client_address(request))


def network_of(address: str) -> str:
    """The address, or for IPv6 the first of the /64 that one household or host has.

    Always an address, so that it can be stored as one; "::" where none was given.
    """
    try:
        parsed = ipaddress.ip_address(_without_port(address).partition("%")[0])
    except ValueError:
        return "::"
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)


def _without_port(address: str) -> str:
    found = WITH_PORT.fullmatch(address)
    return (found["v6"] or found["v4"] or "") if found else address
