"""Until when a sign-in stays locked after too many failures."""

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off, get_failure_limit
from axes.models import AccessAttempt
from django.utils import timezone


def seconds_locked(request, credentials) -> int:
    """How long this account stays locked for this address; 0 when it is not.

    axes counts failures by account, address and browser, and forgets each count
    an hour after its last failure. The lock ends when enough are forgotten.
    """
    AxesProxyHandler.update_request(request)
    now = timezone.now()
    cool_off = get_cool_off(request)
    counts = AccessAttempt.objects.filter(
        username=credentials["username"],
        ip_address=request.axes_ip_address,
        attempt_time__gte=now - cool_off,
    ).order_by("attempt_time")
    failures = sum(count.failures_since_start for count in counts)
    ends = now
    for count in counts:
        if failures < get_failure_limit(request, credentials):
            break
        failures -= count.failures_since_start
        ends = count.attempt_time + cool_off
    return max(0, int((ends - now).total_seconds()))
