"""Nothing that somebody may still need is trimmed."""

import contextlib
import threading
from collections.abc import Iterator

import pytest
import redis

from khabar.broker.connection import connect
from khabar.keys.names import ARTICLE_FIELD, Lane, Names
from khabar.retention.trim import Retention
from tests.broker import Broker

NAMES = Names("test:")
MAX_RECORDS = 10


@pytest.fixture
def client(any_broker: Broker) -> Iterator[redis.Redis]:
    client = connect(any_broker.url)
    yield client
    client.close()


@pytest.fixture
def retention(client: redis.Redis) -> Retention:
    return Retention(client, NAMES, max_records=MAX_RECORDS, max_memory_share=0.9)


def fill(client: redis.Redis, stream: str, count: int) -> list[bytes]:
    return [client.xadd(stream, {"n": number}) for number in range(count)]


def ids(client: redis.Redis, stream: str) -> list[bytes]:
    return [entry for entry, _ in client.xrange(stream)]


def test_ids_are_compared_as_numbers(client: redis.Redis, retention: Retention) -> None:
    """As text "9-0" would come after "10-0", and an unread record would go."""
    for number in range(MAX_RECORDS):
        client.xadd(NAMES.records, {"n": number}, id=f"{9 + number}-0")
    client.xgroup_create(NAMES.records, "fast", id="10-0")
    client.xgroup_create(NAMES.records, "slow", id="9-0")
    retention.trim()
    assert client.xlen(NAMES.records) == MAX_RECORDS


def test_records_wait_for_the_slowest_group(client: redis.Redis, retention: Retention) -> None:
    """A group that reads at half speed loses nothing."""
    entries = fill(client, NAMES.records, MAX_RECORDS)
    for group, count in (("fast", 10), ("slow", 4)):
        client.xgroup_create(NAMES.records, group, id="0")
        client.xreadgroup(group, "c", {NAMES.records: ">"}, count=count)
        client.xack(NAMES.records, group, *entries[:count])
    retention.trim()
    assert ids(client, NAMES.records) == entries[3:]  # the last one acknowledged stays as the mark


def test_acknowledged_records_stay_while_there_is_room(client: redis.Redis, retention: Retention) -> None:
    """So that a person may look back."""
    entries = fill(client, NAMES.records, MAX_RECORDS // 2)
    client.xgroup_create(NAMES.records, "g", id="$")
    retention.trim()
    assert ids(client, NAMES.records) == entries


def test_records_that_no_group_reads_stop_the_reading_and_are_kept(client: redis.Redis, retention: Retention) -> None:
    """Dropping them in silence would break the promise."""
    assert retention.full() is None
    entries = fill(client, NAMES.records, MAX_RECORDS)
    retention.trim()
    assert ids(client, NAMES.records) == entries
    assert "khabar records --group" in (retention.full() or "")


def test_records_that_fill_the_memory_stop_the_reading(client: redis.Redis, retention: Retention) -> None:
    """Reading on would make more of them."""
    for number in range(MAX_RECORDS // 2):
        client.xadd(NAMES.records, {"n": number, "event": "x" * 1_000_000})
    client.config_set("maxmemory", client.info("memory")["used_memory"])
    assert "maxmemory" in (retention.full() or "")


def test_a_ledger_that_fills_the_memory_does_not_stop_the_reading(client: redis.Redis, retention: Retention) -> None:
    """Reading and settling are all that empties it."""
    for _ in range(10):
        client.xadd(NAMES.ledger(Lane.LIVE), {ARTICLE_FIELD: "x" * 1_000_000})
    client.config_set("maxmemory", client.info("memory")["used_memory"] // 2)
    assert retention.full() is None


@pytest.mark.parametrize("share", [0.8, 0.5])
def test_acknowledged_records_go_at_once_where_memory_is_short(
    client: redis.Redis, retention: Retention, share: float
) -> None:
    """Looking back is a luxury then; also just below the share at which producers wait: they waited for what nobody did."""
    entries = fill(client, NAMES.records, MAX_RECORDS // 2)
    client.xgroup_create(NAMES.records, "g", id=entries[-1])
    client.config_set("maxmemory", int(client.info("memory")["used_memory"] / share))
    retention.trim()
    assert ids(client, NAMES.records) == entries[-1:]


def test_the_one_who_is_waited_for_is_named(client: redis.Redis, retention: Retention) -> None:
    """An operator need not look for the group that holds everything up."""
    entries = fill(client, NAMES.records, MAX_RECORDS)
    client.xgroup_create(NAMES.records, "slow", id="0")
    client.xgroup_create(NAMES.records, "fast", id=entries[-1])
    retention.trim()
    assert "'slow'" in (retention.full() or "")


def test_trimming_works_when_the_broker_is_out_of_memory(client: redis.Redis, retention: Retention) -> None:
    """It is what makes room again."""
    entries = fill(client, NAMES.records, MAX_RECORDS)
    client.xgroup_create(NAMES.records, "g", id=entries[-1])
    client.config_set("maxmemory", 1)
    with pytest.raises(redis.exceptions.OutOfMemoryError):
        client.set("x", "y")
    assert retention.trim().records == MAX_RECORDS - 1
    assert ids(client, NAMES.records) == entries[-1:]


def test_sequence_numbers_are_compared_exactly(client: redis.Redis, retention: Retention) -> None:
    """They have 64 bits; Lua's numbers are exact for 53."""
    near = 2**60
    for number in range(MAX_RECORDS):
        client.xadd(NAMES.records, {"n": number}, id=f"5-{near + number}")
    client.xgroup_create(NAMES.records, "fast", id=f"5-{near + 6}")
    client.xgroup_create(NAMES.records, "slow", id=f"5-{near + 5}")
    assert retention.trim().records == 5
    assert ids(client, NAMES.records)[0] == f"5-{near + 5}".encode()


def test_nothing_that_a_group_is_owed_goes_while_groups_come_and_go(any_broker: Broker) -> None:
    """Two groups at different speed, more that begin in mid-stream, two trimmers without pause: each reads what it is owed."""
    stop = threading.Event()
    trimmed: list[int] = []

    def trim() -> None:
        with contextlib.closing(connect(any_broker.url)) as own:
            trimmer = Retention(own, NAMES, max_records=100, max_memory_share=0.9)
            while not stop.is_set():
                trimmed.append(trimmer.trim().records)

    client = connect(any_broker.url)
    owed: dict[str, list[bytes]] = {"fast": [], "half": []}
    read: dict[str, list[bytes]] = {"fast": [], "half": []}
    for group in owed:
        client.xgroup_create(NAMES.records, group, id="0", mkstream=True)
    trimmers = [threading.Thread(target=trim) for _ in range(2)]
    for thread in trimmers:
        thread.start()
    try:
        for step in range(200):
            added = fill(client, NAMES.records, 20)
            for entries in owed.values():
                entries += added
            if step % 20 == 10:
                with client.pipeline(transaction=True) as pipe:
                    pipe.xgroup_create(NAMES.records, f"late-{step}", id="0")
                    pipe.xrange(NAMES.records)
                    owed[f"late-{step}"] = [entry for entry, _ in pipe.execute()[1]]
                    read[f"late-{step}"] = []
            for group in owed:
                take(client, group, read[group], count=10 if group == "half" else 20)
        for group in owed:
            while take(client, group, read[group], count=100):
                pass
    finally:
        stop.set()
        for thread in trimmers:
            thread.join()
        client.close()
    assert sum(trimmed) > 1_000
    assert read == owed


def take(client: redis.Redis, group: str, into: list[bytes], *, count: int) -> int:
    reply = client.xreadgroup(group, "c", {NAMES.records: ">"}, count=count)
    found = [entry for _, entries in reply for entry, fields in entries]
    if found:
        into += found
        client.xack(NAMES.records, group, *found)
    return len(found)
