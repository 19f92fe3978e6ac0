"""Whose request it is, as far as the network tells."""

from django.conf import settings


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
