"""How often something may be tried."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from courseware.throttling import Limit


@pytest.fixture
def clock(monkeypatch):
    """clock(seconds) moves the time of the limits on."""
    now = [1_000_000.0]
    monkeypatch.setattr("courseware.throttling.time.time", lambda: now[0])

    def forward(seconds):
        now[0] += seconds

    return forward


def test_a_limit_is_spent_after_its_tries_and_for_one_alone(clock):
    limit = Limit("test", times=2, seconds=60)
    for _try in range(2):
        assert not limit.is_spent("one")
        limit.spend("one")
    assert limit.is_spent("one")
    assert not limit.is_spent("two")
    assert not Limit("other", times=2, seconds=60).is_spent("one")


def test_a_limit_begins_anew(clock):
    limit = Limit("test", times=1, seconds=60)
    limit.spend("one")
    assert 0 < limit.seconds_left <= 60
    clock(limit.seconds_left - 1)
    assert limit.is_spent("one")
    clock(1)
    assert not limit.is_spent("one")


def test_tries_at_the_same_time_are_all_counted(clock):
    limit = Limit("test", times=200, seconds=60)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _n: limit.spend("one"), range(199)))
    assert not limit.is_spent("one")
    limit.spend("one")
    assert limit.is_spent("one")


def test_any_text_may_be_limited(clock):
    limit = Limit("test", times=1, seconds=60)
    odd = "with blanks\n\x00 and " + "much text " * 100
    limit.spend(odd)
    assert limit.is_spent(odd)
