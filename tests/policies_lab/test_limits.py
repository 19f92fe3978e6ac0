"""How much one visitor may ask for: counted, refused in time, and nothing lost."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from config.addresses import network_of
from policies_lab import limits
from policies_lab.limits import Buckets, Door, TooMany
from tests.policies_lab.conftest import EVALUATE, HTMX, Bench
from tests.policies_lab.pages import fields, read


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def goes(buckets, visitor="a") -> int:
    """How many goes are granted until one is refused."""
    for count in range(1_000):
        try:
            buckets.take(visitor)
        except TooMany:
            return count
    raise AssertionError("never refused")


def test_a_bucket_is_emptied_and_refills_with_time():
    clock = Clock()
    buckets = Buckets(6, 2, clock)
    assert goes(buckets) == 6
    clock.now += 1.5
    assert goes(buckets) == 3
    clock.now += 3_600
    assert goes(buckets) == 6


def test_a_refusal_says_in_whole_seconds_when_to_come_back():
    clock = Clock()
    buckets = Buckets(1, 0.25, clock)
    buckets.take("a")
    with pytest.raises(TooMany) as refused:
        buckets.take("a")
    assert refused.value.retry_after == 4
    clock.now += 4
    buckets.take("a")


def test_visitors_have_buckets_of_their_own():
    buckets = Buckets(2, 1, Clock())
    assert goes(buckets, "a") == 2
    assert goes(buckets, "b") == 2


def test_who_has_not_come_for_longest_is_forgotten(monkeypatch):
    monkeypatch.setattr(limits, "MOST_BUCKETS", 3)
    buckets = Buckets(1, 1, Clock())
    for visitor in "abcd":
        buckets.take(visitor)
    assert len(buckets._levels) == 3
    buckets.take("a")
    with pytest.raises(TooMany):
        buckets.take("d")


def test_a_guests_share_is_divided_among_the_workers(settings):
    assert limits.guests.goes == limits.GUEST_GOES / settings.WORKERS
    assert limits.guests.refill == limits.GUEST_REFILL / settings.WORKERS
    assert (limits.members.goes, limits.members.refill) == (20, 3)


def test_guests_are_let_in_one_at_a_time_and_few_may_wait():
    door = Door(wait=5, waiting=2)
    inside, most, refused = 0, 0, 0
    count = threading.Lock()
    begin = threading.Barrier(12)

    def come(_):
        nonlocal inside, most, refused
        begin.wait()
        try:
            with door.passage():
                with count:
                    inside += 1
                    most = max(most, inside)
                threading.Event().wait(0.05)
                with count:
                    inside -= 1
        except TooMany:
            with count:
                refused += 1

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(come, range(12)))
    assert most == 1
    assert refused >= 12 - 5  # at most five can have come through in turn
    assert refused < 12


def test_nobody_waits_long_and_the_door_opens_again_after_an_error():
    door = Door(wait=0.01)
    with door.passage(), pytest.raises(TooMany), door.passage():
        pass
    with pytest.raises(ZeroDivisionError), door.passage():
        raise ZeroDivisionError
    with door.passage():
        pass


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("203.0.113.7:555", "203.0.113.7"),
        ("[2001:db8:1:2::1]:443", "2001:db8:1:2::"),
        ("[2001:db8:1:2::1]", "2001:db8:1:2::"),
        ("[fe80::1%eth0]:443", "fe80::"),
        ("[]:443", "::"),
        ("203.0.113.7:555:1", "::"),
        ("", "::"),
        ("x" * 5_000, "::"),
    ],
)
def test_one_household_is_one_visitor(address, network):
    assert network_of(address) == network


# --- at the bench ------------------------------------------------------------------


@pytest.fixture
def slow_refill(monkeypatch):
    """Buckets that hardly refill, so that slow machines count as fast ones do."""
    monkeypatch.setattr(limits.guests, "refill", 0.01)
    monkeypatch.setattr(limits.members, "refill", 0.01)


def test_a_flood_of_a_guest_is_refused_and_the_text_is_kept(bench, slow_refill):
    bench.fill(policy_0_document="what I typed", place="identity")
    answers = [bench.evaluate() for _ in range(int(limits.guests.goes) + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {422}
    last = answers[-1]
    assert last.status_code == 429
    assert int(last["Retry-After"]) >= 1
    page = read(last)
    assert "That was a lot at once" in page.one(id="verdict").text
    assert fields(page) == bench.fields
    # Not even read: a refused visitor must cost little.
    assert page.all("ul", look="problems") == []


def test_a_refusal_for_htmx_is_the_piece(bench, slow_refill):
    for _ in range(int(limits.guests.goes)):
        bench.evaluate()
    refused = bench.evaluate(**HTMX)
    assert refused.status_code == 429
    assert "<html" not in refused.content.decode()
    assert fields(read(refused))["policy-0-document"]


def test_one_address_cannot_use_up_the_goes_of_another(client, bench, slow_refill):
    for _ in range(int(limits.guests.goes) + 1):
        bench.evaluate()
    other = client.post(EVALUATE, bench.fields, REMOTE_ADDR="198.51.100.77")
    assert other.status_code == 200


def test_imports_and_predictions_take_goes_too(client, bench, slow_refill):
    for _ in range(int(limits.guests.goes)):
        client.post("/lab/", bench.fields | {"change": "import"})
    refused = client.post("/lab/", bench.fields | {"change": "add_policy"})
    assert refused.status_code == 429
    assert fields(read(refused)) == bench.fields
    assert bench.evaluate().status_code == 429
    said = {"predicted": "allow", "certainty": "1"}
    refused = client.post("/lab/scenarios/first-allow/", said)
    assert refused.status_code == 429
    assert refused["Retry-After"]
    page = read(refused)
    assert "commit again" in page.text
    chosen = [r["value"] for r in page.all("input", type="radio") if r.has("checked")]
    assert chosen == ["allow", "1"]
    assert "ReadReports allows" not in page.text


def test_looking_costs_no_goes(client, slow_refill):
    for _ in range(int(limits.guests.goes) + 5):
        assert client.get("/lab/").status_code == 200


def test_a_learner_has_a_bucket_of_their_own(ben, cleo, signed_in, slow_refill):
    bench = Bench(signed_in(ben))
    statuses = [bench.evaluate().status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]
    assert Bench(signed_in(cleo)).evaluate().status_code == 200


def test_a_busy_worker_refuses_a_guest_and_serves_a_learner(
    bench, ben, signed_in, monkeypatch
):
    monkeypatch.setattr(limits, "door", Door(wait=0.01))
    with limits.door.passage():
        assert bench.evaluate().status_code == 429
        assert Bench(signed_in(ben)).evaluate().status_code == 200
    assert bench.evaluate().status_code == 200
