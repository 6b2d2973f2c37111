"""Ledger to Celery: reads a few batches ahead of the workers, takes over what was lost, rejects what fails every time.

Any number may run; none holds anything that another could not take over. `python -m khabar.host dispatch` runs one.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator

from redis import Redis
from redis.exceptions import RedisError

from khabar.broker.durability import Finding, Level, check, refusal
from khabar.broker.silence import Silence
from khabar.broker.wording import describe_failure
from khabar.errors import BrokerRefused
from khabar.keys.names import Names
from khabar.ledger.entries import Batch
from khabar.ledger.queue_side import LedgerQueue
from khabar.liveness.pulse import Pulse
from khabar.retention.house import House
from khabar.settings import Settings

log = logging.getLogger(__name__)

IDLE_WAIT_MS = 1_000  # longest wait for an article; a stop is noticed after it
FULL_WAIT_S = 0.02  # between looks at a full queue: half the time in which a child empties a batch
OUTAGE_WAIT_S = 0.5
TAKE_OVER_EVERY_S = 0.5  # what was lost is under way again this much after its lease; a look takes the broker 0.1 ms
SWEEP_EVERY_S = 60.0  # between looks for processes that are long gone


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
        pulse: Pulse,
        send: Callable[[Batch], None],
        reject: Callable[[Batch], None],
        settings: Settings,
    ) -> None:
        self._client = client
        self._names = names
        self._queue = queue
        self._pulse = pulse
        self._house = house
        self.send = send
        self._reject = reject
        self._settings = settings
        self._next_take_over = 0.0
        self._told: list[Finding] = []
        self._silence = Silence(client)
        self._next_trim = 0.0
        self._next_sign = 0.0
        self._next_sweep = 0.0
        self._full: str | None = None
        self._queue_was_empty = True

    def run(self, stop: threading.Event) -> None:
        """Dispatch until `stop` is set; an outage of the broker is waited through.

        Raises:
            BrokerRefused: the broker forgets what it has accepted, and the settings do not accept that.
        """
        ready = False
        self._pulse.start()
        while not stop.is_set():
            try:
                if not ready:
                    self._require_lasting_broker()
                    self._queue.ensure_groups()
                    ready = True
                if not self.step():
                    stop.wait(FULL_WAIT_S)
            except BrokerRefused:
                self._pulse.end()
                raise
            except RedisError as error:
                # A broker that was restarted without its data has no groups either: begin at the beginning.
                ready = False
                self._give_grace()
                log.warning(
                    "broker unavailable, waiting", extra={"action": "dispatch_waits", "error": describe_failure(error)}
                )
                stop.wait(OUTAGE_WAIT_S)
        self._pulse.end()

    def _require_lasting_broker(self) -> None:
        """Look again after each outage: another broker may answer, or the same with other settings."""
        findings = check(self._client)
        for finding in findings:
            if finding not in self._told:
                level = logging.INFO if finding.level is Level.UNKNOWN else logging.WARNING
                log.log(
                    level, "the broker's %s", finding, extra={"action": "broker_forgets", "setting": finding.setting}
                )
        self._told = findings
        if (reason := refusal(findings)) and not self._settings.accept_forgetful_broker:
            raise BrokerRefused(reason)

    def step(self) -> bool:
        """Send as many articles as there is room for; wait for one where none is there. False where the queue has no room."""
        had_room = self._step()
        self._show_life()
        return had_room

    def _step(self) -> bool:
        self._keep_house()
        queued = self._client.llen(self._names.queue)
        self._queue_was_empty |= queued == 0
        room = self._settings.lead_batches - queued
        sent = 0
        for batch in self._unfinished(room):
            self._dispatch(batch)
            sent += 1
        if self._full or room <= 0:
            return sent > 0
        while sent < room and (new := self._queue.new(self._settings.batch_articles)):
            self._dispatch(new)
            sent += 1
        if not sent:
            for batch in self._queue.wait(self._settings.batch_articles, timeout_ms=IDLE_WAIT_MS):
                self._dispatch(batch)
        return True

    def _unfinished(self, room: int) -> Iterator[Batch]:
        """Yield entries that wait for another attempt, and lost entries.

        Lost entries get twice the room of new ones. Sent batch by batch into a full queue, the hundred articles of a lost
        worker host took two seconds more. Without any limit, entries that only wait in the queue for longer than their lease,
        behind slow articles, would be sent again and again.
        """
        if room > 0:
            yield from self._queue.due(room)
        # Measure one gap, not the whole step: on a slow line a step is many round trips, and would always give grace.
        if (
            self._silence.take_longest_s() > self._settings.lease_s / 2 + IDLE_WAIT_MS / 1000
        ):  # it or this process stood still
            self._give_grace()
        now = time.monotonic()
        spare = room + self._settings.lead_batches
        if now >= self._next_take_over and spare > 0:
            self._next_take_over = now + min(TAKE_OVER_EVERY_S, self._settings.lease_s / 4)
            together = self._settings.batch_articles
            yield from self._queue.lost(spare * together, together=together)

    def _give_grace(self) -> None:
        """Take nothing over for a lease: nobody could renew while the broker was away, and most of them live."""
        self._next_take_over = time.monotonic() + self._settings.lease_s

    def _dispatch(self, batch: Batch) -> None:
        try:
            if batch.attempts >= self._settings.max_attempts:
                self._reject(batch)
            else:
                self.send(batch)
        except RedisError:
            raise
        except (
            Exception
        ):  # only this batch failed: those taken over with it must be sent, and it comes again after its lease
            log.exception(
                "a batch was not dispatched",
                extra={"action": "batch_not_dispatched", "lane": batch.lane, "entries": batch.ids[:8]},
            )
        self._silence.hear()  # Celery has a connection of its own

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

    def _show_life(self) -> None:
        """Show a sign of life, only after a whole step: a dispatcher that cannot send shows none, and counts as stuck."""
        now = time.monotonic()
        if now < self._next_sign:
            return
        self._next_sign = now + 1.0
        self._pulse.live(queue_is_busy=not self._queue_was_empty, reading_stopped=self._full)
        self._queue_was_empty = False
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_EVERY_S
            self._pulse.sweep()
