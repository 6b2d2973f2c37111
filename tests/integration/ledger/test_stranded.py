"""Entries that nobody holds and nobody will read, on both brokers: seen by status, brought back, published once."""

from collections.abc import Iterator

import pytest
import redis

from khabar.broker.connection import connect
from khabar.keys.names import ARTICLE_FIELD, GROUP, Lane, Names
from khabar.ledger.queue_side import LedgerQueue
from khabar.ledger.stranded import PAGE, Stranded
from khabar.ledger.worker_side import LedgerHolder
from khabar.results.outcome import Outcome, OutcomeName
from khabar.results.publisher import ResultPublisher
from khabar.retention.house import House
from khabar.settings import Settings
from khabar.status import LaneState, read_state
from tests.broker import Broker

NAMES = Names("test:")
LEDGER = NAMES.ledger(Lane.LIVE)


@pytest.fixture
def client(any_broker: Broker) -> Iterator[redis.Redis]:
    client = connect(any_broker.url)
    yield client
    client.close()


@pytest.fixture
def queue(client: redis.Redis) -> LedgerQueue:
    return LedgerQueue(client, NAMES, me="d", lease_s=30, lead_batches=1_000)


def add(client: redis.Redis, count: int) -> list[str]:
    return [client.xadd(LEDGER, {ARTICLE_FIELD: "{}"}).decode() for _ in range(count)]


def state(client: redis.Redis) -> LaneState:
    return read_state(client, NAMES, group_dead_s=60).lanes["live"]


def taken_over(queue: LedgerQueue) -> list[str]:
    """Return what the next take-over sends, as entries that never ran."""
    batches = list(queue.lost(1_000, together=1_000))
    assert all(batch.attempts == 0 for batch in batches)
    return [entry for batch in batches for entry in batch.ids]


def deleted_consumer(client: redis.Redis, queue: LedgerQueue) -> list[str]:
    """XGROUP DELCONSUMER by hand, of one that held entries."""
    queue.ensure_groups()
    ids = add(client, PAGE + 5)
    assert queue.new(len(ids))
    client.xgroup_delconsumer(LEDGER, GROUP, "dispatcher:d")
    return ids


def group_at_the_end(client: redis.Redis, queue: LedgerQueue) -> list[str]:
    """A tool has created the group at `$`."""
    ids = add(client, 5)
    client.xgroup_create(LEDGER, GROUP, id="$")
    queue.ensure_groups()
    return ids


def reader_without_acknowledgement(client: redis.Redis, queue: LedgerQueue) -> list[str]:
    """Somebody has looked at the queue in the name of the group."""
    queue.ensure_groups()
    ids = add(client, 5)
    client.xreadgroup(GROUP, "curious", {LEDGER: ">"}, noack=True)
    return ids


@pytest.mark.parametrize("strand", [deleted_consumer, group_at_the_end, reader_without_acknowledgement])
def test_stranded_entries_are_seen_and_brought_back(client: redis.Redis, queue: LedgerQueue, strand) -> None:  # type: ignore[no-untyped-def]
    """257 articles stayed in the ledger for ever, and status said "0 waiting, 0 in work"."""
    ids = strand(client, queue)
    later = add(client, 3)
    assert queue.new(2).ids == later[:2]  # type: ignore[union-attr]
    assert state(client) == LaneState(waiting=1, in_work=2, stranded=len(ids))
    House(client, Settings(prefix=NAMES.prefix)).keep()
    assert state(client) == LaneState(waiting=1, in_work=2 + len(ids), stranded=0)
    assert taken_over(queue) == ids


def test_nothing_is_brought_back_where_nothing_is_stranded(client: redis.Redis, queue: LedgerQueue) -> None:
    """What is in work, settled or ahead of the group is where it belongs, deletions in the middle or not."""
    queue.ensure_groups()
    ids = add(client, 6)
    assert queue.new(4)
    client.xack(LEDGER, GROUP, ids[1])
    client.xdel(LEDGER, ids[1], ids[5])
    stranded = Stranded(client, NAMES, me="t")
    assert (stranded.count(Lane.LIVE), stranded.bring_back(Lane.LIVE)) == (0, 0)
    assert stranded.bring_back(Lane.BACKFILL) == 0
    assert state(client) == LaneState(waiting=1, in_work=3, stranded=0)


def test_what_a_worker_held_when_its_consumer_was_deleted_is_published_once(
    client: redis.Redis, queue: LedgerQueue
) -> None:
    """It comes late and is told so; whoever runs the entry again publishes."""
    queue.ensure_groups()
    [entry] = add(client, 1)
    assert queue.new(1)
    publisher = ResultPublisher(client, NAMES, done_generation_s=86_400)
    outcome = Outcome(Lane.LIVE, entry, OutcomeName.RECORD, "a" * 32, b"{}")
    first, second = (LedgerHolder(client, NAMES, me=name, retry_base_s=1) for name in ("w1", "w2"))
    assert first.begin(Lane.LIVE, [entry])[0]
    client.xgroup_delconsumer(LEDGER, GROUP, "worker:w1")
    assert publisher.publish([outcome]) == ["settled"]
    assert Stranded(client, NAMES, me="t").bring_back(Lane.LIVE) == 1
    assert taken_over(queue) == [entry]
    assert second.begin(Lane.LIVE, [entry])[0]
    assert publisher.publish([outcome]) == ["record"]
    assert (client.xlen(NAMES.records), client.xlen(LEDGER)) == (1, 0)
