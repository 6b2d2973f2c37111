"""GroupStream: a consumer group's records, waited for and closed: all of a RecordStream but the I/O."""

import logging
import math
import os
import secrets
import socket
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import partial
from signal import Signals
from typing import Any, Generic, TypeVar

import redis
import redis.asyncio

from khabar.broker.caller import Caller, address_of
from khabar.broker.forks import Forks, abandon
from khabar.broker.patience import CONSUMER
from khabar.broker.plan import Plan
from khabar.broker.url import hide_password
from khabar.consuming.delivery import Delivery, Unreadable
from khabar.consuming.reader import GroupReader
from khabar.errors import BrokerUnavailable
from khabar.keys.names import DEFAULT_PREFIX, Names

log = logging.getLogger(__name__)

NAME = "khabar-consumer"
TAKE_OVER_AFTER_S = 60.0  # a consumer that has not acknowledged for this long is taken for dead
READ_BLOCK_MS = 2_000  # below the client's socket timeout
CLOSING_S = 5.0  # for which acknowledge() still waits for a broker that is unreachable, once the stream is closed
LOOP_BLOCK_MS = 250  # what close() waits for at most; four questions a second cost the broker nothing
# No other consumer of the group can handle the records that one consumer holds, but each read is a write for the broker. With
# `appendfsync always` on two busy cores: 1.8 ms a record at 4, 0.5 ms at 16, 0.13 ms at 100; acknowledging one by one takes 3 ms.
PREFETCH = 16

ClientT = TypeVar("ClientT", redis.Redis, redis.asyncio.Redis)


class GroupStream(ABC, Generic[ClientT]):
    """The common part of RecordStream and AsyncRecordStream.

    A stream that was made before a fork works in each child, as a consumer of its own. Records that were delivered before the
    fork belong to the parent.
    """

    def __init__(
        self,
        broker: str | ClientT,
        group: str,
        *,
        consumer: str | None = None,
        prefix: str = DEFAULT_PREFIX,
        take_over_after_s: float = TAKE_OVER_AFTER_S,
        prefetch: int = PREFETCH,
        outage_s: float = CONSUMER.outage_s,
        stop_on: Iterable[Signals] = (),
        on_unreadable: Callable[[Unreadable], Any] | None = None,
    ) -> None:
        """Name the group; RecordStream registers it at once, AsyncRecordStream when it is entered or first read.

        Args:
            broker: a redis:// or sentinel:// URL, or a client that stays the caller's; an asynchronous one for the asynchronous
                stream. A client of the caller's waits for the broker by its own rule in read() and acknowledge(), and they
                raise its errors; close() waits for it too.
            group: name of the consumer group, one for each downstream service.
            consumer: name of this process within the group, never of two at the same time. A consumer that starts again under
                its name is given at once what it had not acknowledged. A child of a fork puts its process id behind the name.
                If not given, a name that nobody had before: host, process id and a random part.
            prefix: begins every key in the broker.
            take_over_after_s: seconds without an acknowledgement after which a consumer's records go to another.
                Handling one record should take less than half of it, and handling what one read() gives less than all of it;
                otherwise records are handled twice.
            prefetch: most records that the loop holds and has not given out.
            outage_s: seconds for which the first contact and read() keep trying while the broker is unreachable or in trouble.
            stop_on: signals that close the stream while it is used as a context manager, which must be in the main thread. A
                second one does what it did before. Handlers are put back at the end.
            on_unreadable: puts an unreadable entry somewhere safe; when it returns, the entry is acknowledged.

        Raises:
            BrokerRefused: the URL is not a broker's.
            GroupDetached: the group was taken out; `khabar groups attach` puts it back.
            BrokerUnavailable: no answer to the first contact for `outage_s`.
        """
        self._url = broker if isinstance(broker, str) else None
        self._client: ClientT = self._connect(broker) if isinstance(broker, str) else broker
        address = hide_password(broker) if isinstance(broker, str) else address_of(broker)
        self._stop_on = tuple(stop_on)
        self._signals = ExitStack()
        self._closed_at: float | None = None
        self._prefetch = prefetch
        self._stale_after_s = take_over_after_s / 2
        self._held: deque[Delivery] = deque()
        self._held_since = 0.0
        self._reader = GroupReader(
            Names(prefix),
            group,
            consumer=consumer or _new_name(),
            take_over_after_s=take_over_after_s,
            on_unreadable=on_unreadable,
        )
        said: dict[str, Any] = {"on_outage": _say_away, "on_return": _say_back}
        self._reading = Caller(address, outage_s=outage_s, is_given_up=lambda: self.is_closed, **said)
        self._looping = Caller(address, outage_s=math.inf, is_given_up=lambda: self.is_closed, **said)
        self._acknowledging = Caller(address, outage_s=math.inf, is_given_up=self._is_closed_for_long, **said)
        self._given_name = consumer
        self._forks = Forks()
        self._begin_process()
        self._begin()

    @property
    def has_made_group(self) -> bool:
        """Whether the group did not exist before: from now on records wait for it, until it is detached."""
        return self._reader.has_made_group

    @property
    def holds(self) -> int:
        """How many records the loop has read and not given out."""
        return len(self._held)

    @property
    def is_closed(self) -> bool:
        """Whether close() was called."""
        return self._closed_at is not None

    def close(self) -> None:
        """End the loop. May be called from anywhere: the loop itself, another thread or task, a signal handler.

        The loop ends within a quarter of a second if the broker answers or refuses connections, within eight seconds if it is
        silent. Records that the loop holds and has not given out are delivered again, like all records without acknowledgement.
        acknowledge() still works. The connection closes at the end of the `with` block.
        """
        self._closed_at = self._closed_at or time.monotonic()  # no lock, no wake-up: safe in a signal handler

    @staticmethod
    @abstractmethod
    def _connect(url: str) -> ClientT:
        """Return a client that sends each call once."""

    def _begin(self) -> None:
        """End the construction."""

    def _begin_process(self) -> None:
        """Make what belongs to one process."""

    def _enter_process(self) -> None:
        """In a child of a fork, leave name, deliveries and connection to the parent."""
        if not self._forks.is_new_child():
            return
        abandon(self._client, is_ours=self._url is not None)
        if self._url is not None:
            self._client = self._connect(self._url)
        self._held.clear()
        self._reader.begin_life(f"{self._given_name}:{os.getpid()}" if self._given_name else _new_name())
        self._begin_process()

    def _register(self) -> Plan[None]:
        return self._briefly(self._reader.register)

    def _read(self, count: int, *, block_ms: int | None) -> Plan[list[Delivery]]:
        return self._briefly(lambda: self._reader.read(count, block_ms=block_ms))

    def _acknowledge(self, deliveries: Delivery | Iterable[Delivery]) -> Plan[None]:
        given = [deliveries] if isinstance(deliveries, Delivery) else deliveries
        ids = [delivery.id for delivery in given]
        if not ids:
            return
        if self._url is not None:
            yield from self._acknowledging.call(lambda: self._reader.acknowledge(ids))
        else:
            yield from self._reader.acknowledge(ids)

    def _next(self) -> Plan[Delivery | None]:
        """Wait for the next delivery, without limit and through outages; None once the stream is closed."""
        while not self.is_closed:
            if delivery := (yield from self._next_within(LOOP_BLOCK_MS)):
                return delivery
        return None

    def _next_within(self, block_ms: int | None) -> Plan[Delivery | None]:
        """Wait up to `block_ms` for the next delivery, longer during an outage; None when time is up or the stream is closed."""
        try:
            asked = False
            while not self.is_closed:
                if self._held and time.monotonic() > self._held_since + self._stale_after_s:
                    # A slow consumer: another may take these over while they wait here for their turn.
                    self._hold((yield from self._looping.call(partial(self._reader.still_ours, tuple(self._held)))))
                elif self._held:
                    return self._held.popleft()
                elif asked:
                    break
                else:
                    asked = True
                    read = partial(self._reader.read, self._prefetch, block_ms=block_ms)
                    self._hold((yield from self._looping.call(read)))
        except BrokerUnavailable:
            if not self.is_closed:
                raise
        return None

    def _is_closed_for_long(self) -> bool:
        return self._closed_at is not None and time.monotonic() > self._closed_at + CLOSING_S

    def _hold(self, deliveries: list[Delivery]) -> None:
        self._held, self._held_since = deque(deliveries), time.monotonic()

    def _briefly(self, make: Callable[[], Plan[Any]]) -> Plan[Any]:
        return make() if self._url is None else self._reading.call(make)


def _say_away(sentence: str) -> None:
    log.warning("%s", sentence, extra={"action": "broker_away"})


def _say_back(seconds: float) -> None:
    log.warning("the broker is back after %.1f s", seconds, extra={"action": "broker_back"})


def _new_name() -> str:
    """Name a consumer. Two containers may share host name and process id, and one that is started again has them again."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
