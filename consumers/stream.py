"""RecordStream: read records as a consumer group, acknowledge what is safe downstream, take over from dead consumers."""

import os
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from broker import connection
from contracts.envelope import Envelope, open_event
from contracts.names import DEFAULT_PREFIX, DEFAULT_REDIS_URL, EVENT_FIELD, Names

TAKE_OVER_AFTER_S = 60.0  # a consumer that has not acknowledged for this long is taken for dead
BLOCK_MS = 2_000  # below the client's socket timeout
START = "0-0"
OUTAGE_S = 60.0  # a failover takes seconds, a host that is started again a minute


def connect(url: str = DEFAULT_REDIS_URL, *, name: str = "khabar-consumer", outage_s: float = OUTAGE_S) -> "Redis":
    """Return a client for a RecordStream, which waits outages out and follows a failover.

    Args:
        url: redis://, rediss://, unix:// or sentinel://.
        name: shown by the broker's CLIENT LIST.
        outage_s: seconds for which a call goes on trying.

    Raises:
        ValueError: the URL is none.
    """
    return connection.connect(url, name=name, outage_s=outage_s)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event as the stream delivered it.

    Attributes:
        id: entry id in the stream; what is acknowledged.
    """

    id: str
    event: Envelope


class RecordStream:
    """A consumer group's view of the records.

    Registering the group makes the promise hold for it: nothing that it has not acknowledged is trimmed. It is for the
    consumer to acknowledge only after the record is safe; what it did not acknowledge is delivered again.

    Args:
        group: name of the consumer group, one for each downstream service.
        consumer: name of this process within the group; host and process id if not given.
        prefix: begins every key in the broker.
    """

    def __init__(
        self, client: "Redis", group: str, *, consumer: str | None = None, prefix: str = DEFAULT_PREFIX
    ) -> None:
        self._client = client
        self._stream = Names(prefix).records
        self._group = group
        self._consumer = consumer or f"{socket.gethostname()}:{os.getpid()}"
        self._next_take_over = 0.0
        try:
            client.xgroup_create(self._stream, group, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    def read(self, count: int = 100, *, wait: bool = False) -> list[Delivery]:
        """Return up to `count` records that nobody of the group has acknowledged.

        Args:
            count: most records at once.
            wait: wait up to two seconds for the first one.
        """
        if taken := self._take_over(count):
            return taken
        reply: Any = self._client.xreadgroup(
            self._group, self._consumer, {self._stream: ">"}, count=count, block=BLOCK_MS if wait else None
        )
        return [delivery for _, entries in reply or [] for delivery in _deliveries(entries)]

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Say that these are safe downstream; they are never delivered to this group again."""
        if deliveries:
            self._client.xack(self._stream, self._group, *(delivery.id for delivery in deliveries))

    def _take_over(self, count: int) -> list[Delivery]:
        if time.monotonic() < self._next_take_over:
            return []
        reply: Any = self._client.xautoclaim(
            self._stream, self._group, self._consumer, int(TAKE_OVER_AFTER_S * 1000), START, count=count
        )
        entries = reply[1]
        if not entries:
            self._next_take_over = time.monotonic() + TAKE_OVER_AFTER_S / 4
        return list(_deliveries(entries))


def browse(client: "Redis", *, stream: str, after: str = START, wait: bool = False, count: int = 100) -> list[Delivery]:
    """Read a stream without a group: nothing is remembered, nothing acknowledged.

    Args:
        stream: the records or the dead letters.
        after: id of the last entry seen.
        wait: wait up to two seconds for the next entry.
        count: most entries at once.
    """
    reply: Any = client.xread({stream: after}, count=count, block=BLOCK_MS if wait else None)
    return [delivery for _, entries in reply or [] for delivery in _deliveries(entries)]


def _deliveries(entries: Sequence[tuple[bytes, dict[bytes, bytes]]]) -> Iterator[Delivery]:
    for entry, fields in entries:
        if fields:  # an entry that was trimmed while it was pending has none
            yield Delivery(entry.decode(), open_event(fields[EVENT_FIELD.encode()]))
