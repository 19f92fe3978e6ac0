"""A limit on how often something may be tried, kept in the cache.

In-memory caches are one for each process: two workers let through up to twice
the limit. It guards, it does not account.
"""

import hashlib
import time
from dataclasses import dataclass

from django.core.cache import cache


@dataclass(frozen=True)
class Limit:
    """`times` tries in each window of `seconds`, for each `who`."""

    name: str
    times: int
    seconds: int

    def spend(self, who: str) -> None:
        """Count one try of `who`."""
        key = self._key(who)
        if not cache.add(key, 1, self.seconds):
            try:
                cache.incr(key)
            except ValueError:
                # The window ended between the two calls.
                cache.add(key, 1, self.seconds)

    def is_spent(self, who: str) -> bool:
        return cache.get(self._key(who), 0) >= self.times

    @property
    def seconds_left(self) -> int:
        """Until the current window ends."""
        return self.seconds - int(time.time()) % self.seconds

    @property
    def minutes_left(self) -> int:
        """The same in minutes, begun ones counted."""
        return minutes(self.seconds_left)

    def _key(self, who: str) -> str:
        window = int(time.time()) // self.seconds
        digest = hashlib.sha256(who.encode()).hexdigest()[:32]
        return f"limit:{self.name}:{window}:{digest}"


def minutes(seconds: int) -> int:
    return -(-seconds // 60)


def retry_after(response, seconds: int):
    """`response`, with the header that says how long to wait; 0: as it was."""
    if seconds:
        response.headers["Retry-After"] = str(seconds)
    return response
