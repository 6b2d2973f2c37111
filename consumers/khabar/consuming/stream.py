"""RecordStream: read records as a consumer group, acknowledge what is safe downstream, take over from dead consumers."""

import logging
import os
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from khabar.broker import connection
from khabar.broker.patience import CONSUMER
from khabar.broker.replies import text
from khabar.consuming.registry import register
from khabar.keys.names import DEFAULT_PREFIX, DEFAULT_REDIS_URL, EVENT_FIELD, Names
from khabar.messages.envelope import Envelope, open_event

log = logging.getLogger(__name__)

TAKE_OVER_AFTER_S = 60.0  # a consumer that has not acknowledged for this long is taken for dead
BLOCK_MS = 2_000  # below the client's socket timeout
START = "0-0"


def connect(
    url: str = DEFAULT_REDIS_URL, *, name: str = "khabar-consumer", outage_s: float = CONSUMER.outage_s
) -> "Redis":
    """Return a client for a RecordStream, which waits outages out and follows a failover.

    Args:
        url: redis://, rediss://, unix:// or sentinel://.
        name: shown by the broker's CLIENT LIST.
        outage_s: seconds for which a call goes on trying.

    Raises:
        UnusableUrl: the URL is not valid.
    """
    return connection.connect(url, replace(CONSUMER, outage_s=outage_s), name=name)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event as the stream delivered it.

    Attributes:
        id: entry id in the stream; what is acknowledged.
    """

    id: str
    event: Envelope


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An entry of the stream that is no event, or one of a later version.

    Attributes:
        id: entry id in the stream.
        fields: what it holds, as the client answers it.
        error: why it cannot be read.
    """

    id: str
    fields: dict[Any, Any]
    error: str


class RecordStream:
    """A consumer group's view of the records.

    Registering the group makes the promise hold for it: nothing that it has not acknowledged is trimmed.

    Each record is delivered at least once: what a consumer did not acknowledge is delivered again, to another of the group
    after `take_over_after_s`, or at once to the same consumer when it starts again under the same name. So acknowledge only
    what is safe downstream, and let a repetition do no harm there: `delivery.event.id` is the same for the same outcome,
    whoever delivers it and however often (a unique key, or an upsert, is enough).

    An entry that cannot be read is logged (action `unreadable_event`) and not delivered; the others are. It stays
    unacknowledged, for it may be of a later version that this consumer learns to read, and so trimming waits for it;
    `on_unreadable` decides otherwise.

    Args:
        group: name of the consumer group, one for each downstream service.
        consumer: name of this process within the group, never of two at the same time; host and process id if not given.
        prefix: begins every key in the broker.
        take_over_after_s: seconds without an acknowledgement after which a consumer's records go to another; above the longest
            time that handling one `read` takes, or records are handled twice.
        on_unreadable: puts an unreadable entry somewhere safe; when it returns, the entry is acknowledged.

    Raises:
        GroupDetached: the group was taken out; `khabar groups attach` puts it back.
    """

    def __init__(
        self,
        client: "Redis",
        group: str,
        *,
        consumer: str | None = None,
        prefix: str = DEFAULT_PREFIX,
        take_over_after_s: float = TAKE_OVER_AFTER_S,
        on_unreadable: Callable[[Unreadable], None] | None = None,
    ) -> None:
        self._client = client
        self._names = Names(prefix)
        self._stream = self._names.records
        self._group = group
        self._consumer = consumer or f"{socket.gethostname()}:{os.getpid()}"
        self._take_over_after_s = take_over_after_s
        self._on_unreadable = on_unreadable
        self._next_take_over = 0.0
        self._own: str | None = START  # how far what this name held at the start has been delivered again; None: all
        register(client, self._names, group)

    def read(self, count: int = 100, *, wait: bool = False) -> list[Delivery]:
        """Return up to `count` records that nobody of the group has acknowledged.

        Args:
            count: most records at once.
            wait: wait up to two seconds for the first one.

        Raises:
            GroupDetached: the group was taken out meanwhile.
        """
        try:
            return self._own_again(count) or self._take_over(count) or self._new(count, wait=wait)
        except ResponseError as error:
            if not str(error).startswith(("NOGROUP", "UNBLOCKED")):
                raise
            # Taken out: register says so. Or the broker has lost its data: begin at the beginning.
            register(self._client, self._names, self._group)
            return []

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Say that these are safe downstream; they are never delivered to this group again."""
        if deliveries:
            self._client.xack(self._stream, self._group, *(delivery.id for delivery in deliveries))

    def _own_again(self, count: int) -> list[Delivery]:
        """Return what this name was given in an earlier life and did not acknowledge."""
        while self._own is not None:
            entries = self._read_group(self._own, count)
            self._own = text(entries[-1][0]) if entries else None
            if deliveries := self._deliveries(entries):
                return deliveries
        return []

    def _take_over(self, count: int) -> list[Delivery]:
        if time.monotonic() < self._next_take_over:
            return []
        reply: Any = self._client.xautoclaim(
            self._stream, self._group, self._consumer, int(self._take_over_after_s * 1000), START, count=count
        )
        entries = reply[1]
        if not entries:
            self._next_take_over = time.monotonic() + self._take_over_after_s / 4
        return self._deliveries(entries)

    def _new(self, count: int, *, wait: bool) -> list[Delivery]:
        return self._deliveries(self._read_group(">", count, block=BLOCK_MS if wait else None))

    def _read_group(self, after: str, count: int, block: int | None = None) -> list[Any]:
        reply: Any = self._client.xreadgroup(
            self._group, self._consumer, {self._stream: after}, count=count, block=block
        )
        return [entry for _, entries in reply or [] for entry in entries]

    def _deliveries(self, entries: Sequence[Any]) -> list[Delivery]:
        deliveries, unreadable = _open(entries)
        for entry in unreadable:
            log.error(
                "record %s cannot be read: %s",
                entry.id,
                entry.error,
                extra={"action": "unreadable_event", "entry": entry.id},
            )
            if self._on_unreadable:
                self._on_unreadable(entry)
                self._client.xack(self._stream, self._group, entry.id)
        return deliveries


def browse(client: "Redis", *, stream: str, after: str = START, wait: bool = False, count: int = 100) -> list[Delivery]:
    """Read a stream without a group: nothing is remembered, nothing acknowledged; what cannot be read is left out.

    Args:
        stream: the records or the dead letters.
        after: id of the last entry seen.
        wait: wait up to two seconds for the next entry.
        count: most entries at once.
    """
    while True:
        reply: Any = client.xread({stream: after}, count=count, block=BLOCK_MS if wait else None)
        entries = [entry for _, found in reply or [] for entry in found]
        deliveries, _ = _open(entries)
        if deliveries or not entries:
            return deliveries
        after = text(entries[-1][0])  # an empty list would mean the end


def _open(entries: Sequence[Any]) -> tuple[list[Delivery], list[Unreadable]]:
    deliveries, unreadable = [], []
    for entry, fields in entries:
        if not fields:  # deleted by hand while it was pending
            continue
        event = fields.get(EVENT_FIELD.encode(), fields.get(EVENT_FIELD))  # a client may answer in text
        try:
            deliveries.append(Delivery(text(entry), open_event(event or b"")))
        except ValueError as error:
            unreadable.append(Unreadable(text(entry), fields, type(error).__name__))
    return deliveries, unreadable
