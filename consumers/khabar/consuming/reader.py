"""GroupReader: in which order a consumer asks for records, and what an answer means; as plans, without I/O."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from redis.exceptions import ResponseError

from khabar.broker.plan import Plan, Step
from khabar.broker.replies import text
from khabar.consuming.delivery import (
    START,
    Delivery,
    Unreadable,
    before,
    deleted_ids,
    entries_of,
    last_id,
    open_entries,
    place,
)
from khabar.consuming.registry import register
from khabar.keys.names import Names

log = logging.getLogger(__name__)

TAKE_OVER_STEPS = 100  # before new records are asked for; the broker looks at ten times `count` entries in each


class GroupReader:
    """One consumer of one group, between two answers of the broker.

    Attributes:
        has_made_group: whether the group did not exist before.

    Args:
        consumer: name within the group.
        take_over_after_s: seconds without an acknowledgement after which another's records are this one's.
        on_unreadable: puts an unreadable entry aside, before it is acknowledged; may be a coroutine function where the client
            is asynchronous.
    """

    def __init__(
        self,
        names: Names,
        group: str,
        *,
        consumer: str,
        take_over_after_s: float,
        on_unreadable: Callable[[Unreadable], Any] | None,
    ) -> None:
        self._names = names
        self._group = group
        self._consumer = consumer
        self._take_over_after_s = take_over_after_s
        self._on_unreadable = on_unreadable
        self._is_registered = False
        self.has_made_group = False
        self._next_take_over = 0.0
        self._taken_over_to = START  # how far the search for what dead consumers hold has come
        self._own: str | None = START  # from where on what this name holds is delivered again; None: nothing of it
        self._seen = START  # the last entry that has reached us

    def register(self) -> Plan[None]:
        """Make sure that the group is there and known.

        Raises:
            GroupDetached: it was taken out.
        """
        self.has_made_group = (yield from register(self._names, self._group)) or self.has_made_group
        self._is_registered = True

    def begin_life(self, consumer: str) -> None:
        """Continue as another consumer, which holds nothing yet."""
        self._consumer = consumer
        self._own, self._seen = START, START
        self._next_take_over, self._taken_over_to = 0.0, START

    def read(self, count: int, *, block_ms: int | None = None) -> Plan[list[Delivery]]:
        """Return up to `count` records: what this name held before, what dead consumers held, then new ones.

        Args:
            block_ms: how long to wait for a new one.

        Raises:
            GroupDetached: the group was taken out.
        """
        if not self._is_registered:
            yield from self.register()
        try:
            return (
                (yield from self._own_again(count))
                or (yield from self._take_over(count))
                or (yield from self._new(count, block_ms))
            )
        except ResponseError as error:
            yield from self._begin_anew(error)
            return []

    def still_ours(self, held: Sequence[Delivery]) -> Plan[list[Delivery]]:
        """Return those of some deliveries that nobody has taken over, and begin their time again.

        Args:
            held: in the order of their ids.
        """
        ids: set[str] = set()
        after, last = before(held[0].id), place(held[-1].id)
        try:
            # The answers also include records in between that this name holds and that were already given out.
            while entries := (yield from self._read_group(after, len(held))):
                after = last_id(entries)
                ids.update(delivery.id for delivery in open_entries(entries)[0])
                if place(after) >= last:
                    break
        except ResponseError as error:
            yield from self._begin_anew(error)
            return []
        return [delivery for delivery in held if delivery.id in ids]

    def acknowledge(self, ids: Sequence[str]) -> Plan[None]:
        """Acknowledge entries, one at least."""
        yield lambda client: client.xack(self._names.records, self._group, *ids)

    def _own_again(self, count: int) -> Plan[list[Delivery]]:
        """Return what this name was given and did not acknowledge: in an earlier life, or in an answer that was lost."""
        while self._own is not None:
            entries = yield from self._read_group(self._own, count)
            self._own = self._saw(entries) if entries else None
            if deliveries := (yield from self._deliveries(entries)):
                return deliveries
        return []

    def _take_over(self, count: int) -> Plan[list[Delivery]]:
        """Return some of what dead consumers hold; the next call looks behind it, until all that is pending was looked at."""
        if time.monotonic() < self._next_take_over:
            return []
        for _ in range(TAKE_OVER_STEPS):
            # It claims `count` entries at most and looks at ten times as many: all may be of living consumers.
            reply = yield self._claim(self._taken_over_to, count)
            entries = [entry for entry in reply[1] if entry[0] is not None]
            self._taken_over_to = text(reply[0])
            if deleted := [text(entry) for entry in reply[2:3] for entry in entry]:
                _tell_deleted(deleted)  # the broker has taken them off the list of what is pending
            if entries:
                self._saw(entries)
            deliveries = yield from self._deliveries(entries)
            if self._taken_over_to == START:
                self._next_take_over = time.monotonic() + self._take_over_after_s / 4
                return deliveries
            if deliveries:
                return deliveries
        return []

    def _claim(self, after: str, count: int) -> Step:
        idle_ms = int(self._take_over_after_s * 1000)
        return lambda client: client.xautoclaim(
            self._names.records, self._group, self._consumer, idle_ms, after, count=count
        )

    def _new(self, count: int, block_ms: int | None) -> Plan[list[Delivery]]:
        try:
            entries = yield from self._read_group(">", count, block_ms)
        except BaseException:  # a cancellation or Ctrl-C as well
            # The broker may have answered: what was in the answer is under this name, after all that has reached us.
            self._own = self._seen
            raise
        if entries:
            self._saw(entries)
        return (yield from self._deliveries(entries))

    def _read_group(self, after: str, count: int, block_ms: int | None = None) -> Plan[list[Any]]:
        streams = {self._names.records: after}
        reply = yield lambda client: client.xreadgroup(
            self._group, self._consumer, streams, count=count, block=block_ms
        )
        return entries_of(reply)

    def _saw(self, entries: Sequence[Any]) -> str:
        """Note how far the entries reach, and return it."""
        last = last_id(entries)
        self._seen = max(self._seen, last, key=place)
        return last

    def _begin_anew(self, error: ResponseError) -> Plan[None]:
        """Register again where the group is gone: taken out, as register() says, or lost with the broker's data."""
        if not str(error).startswith(("NOGROUP", "UNBLOCKED")):
            raise error
        yield from self.register()
        self._own, self._seen = START, START
        self._taken_over_to = START

    def _deliveries(self, entries: Sequence[Any]) -> Plan[list[Delivery]]:
        if deleted := deleted_ids(entries):
            _tell_deleted(deleted)
            yield from self.acknowledge(deleted)
        deliveries, unreadable = open_entries(entries)
        for entry in unreadable:
            yield from self._put_aside(entry)
        return deliveries

    def _put_aside(self, entry: Unreadable) -> Plan[None]:
        log.error(
            "record %s cannot be read: %s",
            entry.id,
            entry.error,
            extra={"action": "unreadable_event", "entry": entry.id},
        )
        put_aside = self._on_unreadable
        if put_aside:
            yield lambda _: put_aside(entry)  # a step, so that it may be awaited
            yield from self.acknowledge([entry.id])


def _tell_deleted(ids: Sequence[str]) -> None:
    """Log records that were deleted by hand before this group had acknowledged them."""
    log.error(
        "%d records were deleted from the stream before they were acknowledged, the first is %s",
        len(ids),
        ids[0],
        extra={"action": "deleted_unacknowledged", "entries": len(ids)},
    )
