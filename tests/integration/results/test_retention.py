"""Nothing that somebody may still need is trimmed."""

from collections.abc import Iterator

import pytest
import redis

from contracts.names import Names
from tests.broker import Broker
from worker.broker.connection import connect
from worker.results.retention import Retention

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


def test_a_broker_near_its_memory_limit_stops_the_reading(client: redis.Redis, retention: Retention) -> None:
    """Better to stop early than to be refused in mid-work."""
    client.config_set("maxmemory", client.info("memory")["used_memory"])
    assert "maxmemory" in (retention.full() or "")
