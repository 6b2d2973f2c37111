"""Ledger to Celery: reads a few batches ahead of the workers, takes over what was lost, rejects what fails every time.

Any number may run; none holds anything that another could not take over. `python -m worker dispatch` runs one.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator

from redis import Redis
from redis.exceptions import RedisError

from contracts.names import Names
from worker.ledger.entries import Batch
from worker.ledger.queue_side import LedgerQueue
from worker.retention.house import House
from worker.settings import Settings

log = logging.getLogger(__name__)

IDLE_WAIT_MS = 1_000  # longest wait for an article; a stop is noticed after it
FULL_WAIT_S = 0.02  # between looks at a full queue: half the time in which a child empties a batch
OUTAGE_WAIT_S = 0.5


class Dispatcher:
    """One dispatcher.

    Args:
        send: sends a batch to the workers.
        reject: ends the entries of a batch that has used up its attempts.
    """

    def __init__(
        self,
        client: "Redis",
        names: Names,
        queue: LedgerQueue,
        house: House,
        *,
        send: Callable[[Batch], None],
        reject: Callable[[Batch], None],
        settings: Settings,
    ) -> None:
        self._client = client
        self._names = names
        self._queue = queue
        self._house = house
        self._send = send
        self._reject = reject
        self._settings = settings
        self._next_take_over = 0.0
        self._next_trim = 0.0
        self._full: str | None = None

    def run(self, stop: threading.Event) -> None:
        """Dispatch until `stop` is set; an outage of the broker is waited through."""
        ready = False
        while not stop.is_set():
            try:
                if not ready:
                    self._queue.ensure_groups()
                    ready = True
                if not self.step():
                    stop.wait(FULL_WAIT_S)
            except RedisError as error:
                # A broker that was restarted without its data has no groups either: begin at the beginning.
                ready = False
                log.warning(
                    "broker unavailable, waiting", extra={"action": "dispatch_waits", "error": repr(error)[:200]}
                )
                stop.wait(OUTAGE_WAIT_S)

    def step(self) -> bool:
        """Send what there is room for; wait for an article where there is none. False where the queue has no room."""
        self._keep_house()
        room = self._settings.lead_batches - self._client.llen(self._names.queue)
        if room <= 0:
            return False
        sent = 0
        for batch in self._unfinished(room):
            self._dispatch(batch)
            sent += 1
        if self._full:
            return sent > 0
        while sent < room and (new := self._queue.new(self._settings.batch_articles)):
            self._send(new)
            sent += 1
        if not sent:
            for batch in self._queue.wait(self._settings.batch_articles, timeout_ms=IDLE_WAIT_MS):
                self._send(batch)
        return True

    def _unfinished(self, room: int) -> Iterator[Batch]:
        yield from self._queue.due(room)
        now = time.monotonic()
        if now >= self._next_take_over:
            # Four looks a lease: what was lost is under way again at most a quarter later.
            self._next_take_over = now + self._settings.lease_s / 4
            together = self._settings.batch_articles
            yield from self._queue.lost(room * together, together=together)

    def _dispatch(self, batch: Batch) -> None:
        if batch.attempts >= self._settings.max_attempts:
            self._reject(batch)
        else:
            self._send(batch)

    def _keep_house(self) -> None:
        now = time.monotonic()
        if now < self._next_trim:
            return
        self._next_trim = now + 1.0
        self._house.keep()
        full = self._house.full()
        if full and full != self._full:
            log.warning("reading stops: %s", full, extra={"action": "backpressure"})
        self._full = full
