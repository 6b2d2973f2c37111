"""MergedStream: the records of several ledgers, read by one consumer group."""

import signal
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from khabar.broker.ledgers import Ledger
from khabar.consuming.delivery import Delivery
from khabar.consuming.group import LOOP_BLOCK_MS, READ_BLOCK_MS
from khabar.consuming.signals import stopped_by
from khabar.consuming.stream import RecordStream


class MergedStream:
    """RecordStreams of several ledgers side by side; each record has the guarantees of RecordStream.

        with MergedStream(ledgers_of("redis://10.0.0.5/0,redis://10.0.0.6/0"), group="monitor") as stream:
            for delivery in stream:  # never ends by itself
                ...
                stream.acknowledge(delivery)

    Records of different ledgers come in no particular order. A ledger that is unreachable stops the reading of all, so that
    nobody mistakes some ledgers' records for the whole.
    """

    def __init__(
        self, ledgers: Sequence[Ledger], group: str, *, stop_on: Iterable[signal.Signals] = (), **options: Any
    ) -> None:
        """Register the group on all ledgers.

        Args:
            ledgers: at least one.
            group: name of the consumer group.
            stop_on: signals that close the stream while it is used as a context manager.
            options: passed to each RecordStream.

        Raises:
            GroupDetached, BrokerRefused, BrokerUnavailable: as RecordStream raises them.
        """
        self._stop_on = tuple(stop_on)
        self._opened = ExitStack()
        self._first = (
            0  # index of the stream that was read first last time; the stream read first is also the one to wait for
        )
        with ExitStack() as opening:
            self._streams = [
                opening.enter_context(RecordStream(each.url, group, prefix=each.prefix, **options)) for each in ledgers
            ]
            self._opened = opening.pop_all()

    @property
    def has_made_group(self) -> bool:
        """Whether the group was new on at least one of the ledgers."""
        return any(stream.has_made_group for stream in self._streams)

    @property
    def is_closed(self) -> bool:
        """Whether close() was called."""
        return any(stream.is_closed for stream in self._streams)

    def read(self, count: int = 100, *, wait: bool = False) -> list[Delivery]:
        """Return up to `count` records that no consumer of the group has acknowledged.

        Args:
            count: most records to return.
            wait: whether to wait up to two seconds for the first record.

        Raises:
            GroupDetached, BrokerUnavailable, BrokerRefused: as RecordStream raises them.
        """
        give_up_at = time.monotonic() + (READ_BLOCK_MS / 1000 if wait else 0)
        while True:
            found: list[Delivery] = []
            order = self._turns()
            for ledger in order:
                if len(found) < count:
                    found += self._read(ledger, count - len(found), None)
            if not found and time.monotonic() < give_up_at and not self.is_closed:
                found = self._read(order[0], count, LOOP_BLOCK_MS)
            if found or time.monotonic() >= give_up_at or self.is_closed:
                return found

    def acknowledge(self, deliveries: Delivery | Iterable[Delivery]) -> None:
        """Tell each ledger that its deliveries are stored downstream and need not be delivered again.

        Raises:
            BrokerUnavailable, BrokerRefused: as RecordStream raises them.
        """
        by_ledger: defaultdict[int, list[Delivery]] = defaultdict(list)
        for delivery in [deliveries] if isinstance(deliveries, Delivery) else deliveries:
            by_ledger[delivery.ledger].append(delivery)
        for ledger, its_own in by_ledger.items():
            self._streams[ledger].acknowledge(its_own)

    def close(self) -> None:
        """End the loop; may be called from any thread and from a signal handler."""
        for stream in self._streams:
            stream.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Delivery:
        while not self.is_closed:
            order = [ledger for ledger, stream in enumerate(self._streams) if stream.holds] or self._turns()
            for ledger in order:
                if delivery := self._streams[ledger].next_within(None):
                    return replace(delivery, ledger=ledger)
            if delivery := self._streams[order[0]].next_within(LOOP_BLOCK_MS):
                return replace(delivery, ledger=order[0])
        raise StopIteration

    def __enter__(self) -> Self:
        self._opened.enter_context(stopped_by(self._stop_on, self.close))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        self._opened.close()

    def _turns(self) -> list[int]:
        """Return the indices of all ledgers, beginning one further each time."""
        count = len(self._streams)
        self._first = (self._first + 1) % count
        return [(self._first + turn) % count for turn in range(count)]

    def _read(self, ledger: int, count: int, block_ms: int | None) -> list[Delivery]:
        return [replace(each, ledger=ledger) for each in self._streams[ledger].read_within(count, block_ms)]
