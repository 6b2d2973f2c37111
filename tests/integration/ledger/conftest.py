"""Both sides of one ledger, on both brokers."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import redis

from khabar.broker.connection import connect
from khabar.counting import Measure
from khabar.keys.names import ARTICLE_FIELD, GROUP, Lane, Names
from khabar.ledger.entries import Batch, Failure
from khabar.ledger.queue_side import LedgerQueue
from khabar.ledger.worker_side import LedgerHolder
from tests.broker import Broker
from tests.leases import LEASE_S, end_leases
from tests.waiting import wait_until

FAILURE = Failure("extraction_failed", "KeyError in somewhere:1", "somewhere:1")


@dataclass
class Ledger:
    """Both sides of one ledger."""

    client: redis.Redis
    names: Names
    queue: LedgerQueue
    worker: LedgerHolder
    other_worker: LedgerHolder

    def add(self, *articles: str, lane: Lane = Lane.LIVE) -> list[str]:
        return [self.client.xadd(self.names.ledger(lane), {ARTICLE_FIELD: article}).decode() for article in articles]

    def lost(self) -> list[Batch]:
        return list(self.queue.lost(100, together=32))

    def lost_after_lease(self) -> list[Batch]:
        end_leases(self.client, self.names)
        return wait_until(self.lost)


@pytest.fixture
def ledger(any_broker: Broker) -> Iterator[Ledger]:
    client, names = connect(any_broker.url), Names("test:")
    queue = LedgerQueue(client, names, me="d1", lease_s=LEASE_S, lead_batches=8)
    queue.ensure_groups()
    workers = [LedgerHolder(client, names, me=name, retry_base_s=0.001) for name in ("w1", "w2")]
    yield Ledger(client, names, queue, *workers)
    client.close()


def settle(ledger: Ledger, entry: str) -> None:
    """End an entry as the settle script does."""
    ledger.client.xack(ledger.names.ledger(Lane.LIVE), GROUP, entry)
    ledger.client.xdel(ledger.names.ledger(Lane.LIVE), entry)


def counted(ledger: Ledger, *measures: Measure) -> dict[str, int]:
    """Return the counters of these measures."""
    fields = {field.decode(): int(count) for field, count in ledger.client.hgetall(ledger.names.counters).items()}
    return {field: count for field, count in fields.items() if field.partition("|")[0] in measures}
