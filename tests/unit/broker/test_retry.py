"""Going on through an outage: until when, and with which pauses."""

from types import SimpleNamespace

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from khabar.broker.retry import FIRST_PAUSE_S, LONGEST_PAUSE_S, OutageRetry, Pauses


def test_a_retry_ends_with_its_time_and_gives_the_error_itself() -> None:
    """Whoever called knows what to say about it."""
    tries: list[Exception] = []

    def fail() -> None:
        raise RedisConnectionError("away")

    with pytest.raises(RedisConnectionError, match="away"):
        OutageRetry(0.2).call_with_retry(fail, tries.append)
    assert len(tries) >= 2


def test_a_retry_of_no_time_is_one_try() -> None:
    """A probe must not wait."""
    tries: list[Exception] = []

    def fail() -> None:
        raise RedisConnectionError("away")

    with pytest.raises(RedisConnectionError):
        OutageRetry(0).call_with_retry(fail, tries.append)
    assert len(tries) == 1


def test_what_does_not_pass_is_raised_at_once() -> None:
    """Its connection is sound and stays open."""
    closed: list[Exception] = []

    def fail() -> None:
        raise RedisError("no outage")

    with pytest.raises(RedisError, match="no outage"):
        OutageRetry(60).call_with_retry(fail, closed.append)
    assert not closed


def test_pauses_grow_to_a_second_and_differ() -> None:
    """A broker that comes back is noticed within a second, and not by all clients at once."""
    pauses = Pauses(3_600, from_now=True)
    asked = [pauses.next_s() or 0 for _ in range(12)]
    assert FIRST_PAUSE_S / 2 <= asked[0] <= FIRST_PAUSE_S
    assert all(LONGEST_PAUSE_S / 2 <= pause <= LONGEST_PAUSE_S for pause in asked[5:])
    assert len(set(asked[5:])) > 1


@pytest.mark.parametrize("from_now", [True, False])
def test_no_time_is_no_pause(from_now: bool) -> None:
    """Whoever sends each call once must not wait."""
    assert Pauses(0, from_now=from_now).next_s() is None


def test_time_may_be_counted_from_the_first_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A producer's call may itself take seconds to fail: its time to go on must not be over by then."""
    now = [100.0]
    monkeypatch.setattr("khabar.broker.retry.time", SimpleNamespace(monotonic=lambda: now[0]))
    early, late = Pauses(7, from_now=True), Pauses(7, from_now=False)
    now[0] += 8
    assert early.next_s() is None
    assert late.next_s() is not None
    now[0] += 7
    assert late.next_s() is None
