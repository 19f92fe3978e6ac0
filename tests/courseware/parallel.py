"""The same thing done by many threads at once, each with its own connection."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection


def at_once(times: int, function: Callable[[], Any]) -> list[Any]:
    """What `function` gave each of `times` threads that began together."""
    barrier = Barrier(times)

    def run():
        try:
            barrier.wait(timeout=30)
            return function()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return [future.result() for future in [pool.submit(run) for _ in range(times)]]
