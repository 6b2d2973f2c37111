"""RecordStream: read records as a consumer group, acknowledge what is safe downstream, take over from dead consumers."""

from collections.abc import Iterable
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from redis import Redis

from khabar.broker import connection
from khabar.broker.patience import CONSUMER, PRODUCER
from khabar.broker.plan import carry_out
from khabar.consuming.delivery import START, Delivery, entries_of, last_id, open_entries
from khabar.consuming.group import NAME, READ_BLOCK_MS, GroupStream
from khabar.consuming.signals import stopped_by
from khabar.keys.names import DEFAULT_REDIS_URL


def connect(url: str = DEFAULT_REDIS_URL, *, name: str = NAME, outage_s: float = CONSUMER.outage_s) -> "Redis":
    """Return a client for a RecordStream, which waits outages out and follows a failover.

    Args:
        url: redis://, rediss://, unix:// or sentinel://.
        name: shown by the broker's CLIENT LIST.
        outage_s: seconds for which a call keeps trying.

    Raises:
        UnusableUrl: the URL is not valid.
    """
    return connection.connect(url, replace(CONSUMER, outage_s=outage_s), name=name)


class RecordStream(GroupStream[Redis]):
    """A consumer group's view of the records.

    The stream registers the group. From then on no record is trimmed before the group has acknowledged it.

        with RecordStream("redis://127.0.0.1:6390/0", group="monitor") as stream:
            for delivery in stream:  # waits without limit
                ...
                stream.acknowledge(delivery)

    Each record is delivered at least once. A record that a consumer did not acknowledge is delivered again: to another
    consumer of the group after `take_over_after_s`, or at once to the same consumer when it starts again under the same name.
    So acknowledge a record only when it is safe downstream, and make repetitions harmless there. `delivery.event.id` is the
    same for the same outcome in every delivery, so a unique key or an upsert is enough.

    The loop waits without limit for records, and for a broker that is unreachable. The log says when the broker was lost
    (action `broker_away`) and when it is back (`broker_back`). The loop ends after close(). It raises errors that waiting does
    not solve: BrokerRefused for a wrong password or missing rights, GroupDetached. Ctrl-C raises KeyboardInterrupt as usual,
    and loses nothing.

    The loop reads up to `prefetch` records at once. It asks the broker again about records that it has held for half of
    `take_over_after_s` without giving them out. It drops those that another consumer has taken over, and keeps the others from
    being taken over.

    An entry that cannot be read is logged (action `unreadable_event`) and not delivered; the others are delivered. It stays
    unacknowledged, because it may be of a later version that this consumer learns to read. So trimming waits for it, unless
    `on_unreadable` decides differently.

    Use it from one thread at a time; only close() may be called from another.
    """

    def read(self, count: int = 100, *, wait: bool = False) -> list[Delivery]:
        """Return up to `count` records that nobody of the group has acknowledged.

        Args:
            count: most records at once.
            wait: wait up to two seconds for the first one.

        Raises:
            GroupDetached: the group was taken out meanwhile.
            BrokerUnavailable, BrokerRefused: with a URL; a client of the caller's raises its own errors.
        """
        return self.read_within(count, READ_BLOCK_MS if wait else None)

    def read_within(self, count: int, block_ms: int | None) -> list[Delivery]:
        """Read as `read` does, and wait for the first record as long as is said; None: not at all."""
        self._enter_process()
        return carry_out(self._read(count, block_ms=block_ms), self._client)

    def next_within(self, block_ms: int | None) -> Delivery | None:
        """Return the loop's next record where there is one so soon; None: without waiting."""
        self._enter_process()
        return carry_out(self._next_within(block_ms), self._client)

    def acknowledge(self, deliveries: Delivery | Iterable[Delivery]) -> None:
        """Say that one delivery or several are safe downstream; they are never delivered to this group again.

        With a URL it waits for a broker that is unreachable without limit; for five seconds once the stream is closed.

        Raises:
            BrokerUnavailable, BrokerRefused: with a URL; a client of the caller's raises its own errors.
        """
        self._enter_process()
        carry_out(self._acknowledge(deliveries), self._client)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Delivery:
        self._enter_process()
        delivery = carry_out(self._next(), self._client)
        if delivery is None:
            raise StopIteration
        return delivery

    def __enter__(self) -> Self:
        self._signals.enter_context(stopped_by(self._stop_on, self.close))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        self._signals.close()
        self._enter_process()
        if self._url is not None:
            self._client.close()

    @staticmethod
    def _connect(url: str) -> Redis:
        return connection.connect(url, PRODUCER, name=NAME)

    def _begin(self) -> None:
        carry_out(self._register(), self._client)


def browse(client: "Redis", *, stream: str, after: str = START, wait: bool = False, count: int = 100) -> list[Delivery]:
    """Read a stream without a group: nothing is remembered, nothing acknowledged; what cannot be read is left out.

    Args:
        stream: the records or the dead letters.
        after: id of the last entry seen.
        wait: wait up to two seconds for the next entry.
        count: most entries at once.
    """
    while True:
        reply: Any = client.xread({stream: after}, count=count, block=READ_BLOCK_MS if wait else None)
        entries = entries_of(reply)
        deliveries, _ = open_entries(entries)
        if deliveries or not entries:
            return deliveries
        after = last_id(entries)  # an empty list would mean the end
