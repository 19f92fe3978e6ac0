"""How much work one visitor may ask of the lab.

Counted in this process and never written down: it guards the site, it does not
account. Guests share a small door; a signed-in learner has a bucket of their own.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings

from config.addresses import client_network

# A bucket holds this many goes, and so many come back each second. Every worker
# process counts for itself, so a guest's share is divided among the workers.
GUEST_GOES, GUEST_REFILL = 60, 10
MEMBER_GOES, MEMBER_REFILL = 20, 3

# Guests are evaluated one at a time in each worker. A few may wait at the door,
# and not for long: a queue would take the threads that serve everybody else.
WAIT_SECONDS = 0.5
MOST_WAITING = 2
MOST_BUCKETS = 10_000


class TooMany(Exception):
    """Not now. `retry_after` is in whole seconds, at least 1."""

    def __init__(self, retry_after: float = 1) -> None:
        super().__init__(retry_after)
        self.retry_after = max(1, math.ceil(retry_after))


class Buckets:
    """Token buckets by visitor; who has not come for longest is forgotten first."""

    def __init__(
        self,
        goes: float,
        refill: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.goes = max(1.0, goes)
        self.refill = refill
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, visitor: str) -> None:
        """Use one go, or raise TooMany with the seconds until there is one."""
        with self._lock:
            now = self._clock()
            level, since = self._levels.pop(visitor, (self.goes, now))
            level = min(self.goes, level + (now - since) * self.refill)
            granted = level >= 1
            self._levels[visitor] = (level - 1 if granted else level, now)
            while len(self._levels) > MOST_BUCKETS:
                self._levels.popitem(last=False)
        if not granted:
            raise TooMany((1 - level) / self.refill)

    def clear(self) -> None:
        with self._lock:
            self._levels.clear()


class Door:
    """Lets one through at a time; a few may wait a moment."""

    def __init__(self, wait: float = WAIT_SECONDS, waiting: int = MOST_WAITING):
        self._wait = wait
        self._inside = threading.Lock()
        self._places = threading.BoundedSemaphore(waiting + 1)

    @contextmanager
    def passage(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise TooMany
        try:
            if not self._inside.acquire(timeout=self._wait):
                raise TooMany
            try:
                yield
            finally:
                self._inside.release()
        finally:
            self._places.release()


class Doors:
    """A door for each visitor; it is there only while somebody is at it."""

    def __init__(self) -> None:
        self._doors: dict[str, tuple[Door, int]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def passage(self, visitor: str) -> Iterator[None]:
        with self._lock:
            door, there = self._doors.get(visitor, (Door(), 0))
            self._doors[visitor] = (door, there + 1)
        try:
            with door.passage():
                yield
        finally:
            with self._lock:
                door, there = self._doors.pop(visitor)
                if there > 1:
                    self._doors[visitor] = (door, there - 1)


guests = Buckets(GUEST_GOES / settings.WORKERS, GUEST_REFILL / settings.WORKERS)
members = Buckets(MEMBER_GOES, MEMBER_REFILL)
door = Door()
doors = Doors()


@contextmanager
def turn(request) -> Iterator[None]:
    """The time in which this visitor's policies are read, evaluated and shown.

    Raises TooMany before anything was read. Guests share one door, and a member has
    one: nobody takes all threads of a worker.
    """
    if request.user.is_authenticated:
        person = str(request.user.pk)
        members.take(person)
        with doors.passage(person):
            yield
    else:
        guests.take(client_network(request))
        with door.passage():
            yield
