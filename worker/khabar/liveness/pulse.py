"""The signs of life that a process leaves in the broker."""

import logging
import socket
import threading
import time
from contextlib import suppress

from redis import Redis
from redis.exceptions import RedisError

from khabar.broker.connection import connect
from khabar.broker.patience import PULSE
from khabar.broker.scripts import load_script
from khabar.broker.wording import describe_failure
from khabar.keys.names import Names
from khabar.liveness.processes import Role, read_processes

log = logging.getLogger(__name__)

BEAT_EVERY_S = 2.0  # of a process that shows life from a thread; a third of processes.ALIVE_S
PROGRESS_EVERY_S = (
    1.0  # a child tells of its progress no more often: a batch takes 0.06 s, the question is one of minutes
)
FORGET_AFTER_S = 3_600.0  # a process that was silent for so long is no news any more


def open_pulse(url: str, names: Names, role: Role, pid: int) -> "Pulse":
    """Return the pulse of a process of this host, on a connection of its own.

    Args:
        pid: the process, or the parent of this one where a worker's child shows that its worker makes progress.
    """
    client = connect(url, PULSE, name=f"pulse:{role}:{pid}")
    return Pulse(client, names, role=role, me=f"{socket.gethostname()}:{pid}")


class Pulse:
    """Shows that one process lives and makes progress. An outage is nobody's error here: signs are left out until it is over.

    Args:
        client: with a short timeout and no retries, and nobody else's.
        me: host:pid.
    """

    def __init__(self, client: "Redis", names: Names, *, role: Role, me: str) -> None:
        self._client = client
        self._names = names
        self._field = f"{role}:{me}"
        self._beat_script = load_script(client, __package__, "beat")
        self._next_progress = 0.0
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Show life for the first time; what an earlier process of the same id has left is forgotten."""
        self._try("start")

    def live(self, *, queue_is_busy: bool | None = None, reading_stopped: str | None = None) -> None:
        """Show life.

        Args:
            queue_is_busy: whether the queue held batches at every look since the last sign; None from who does not look.
            reading_stopped: why nothing more is read from the ledger; None where it is.
        """
        self._try("life", queue_is_busy, reading_stopped)

    def progress(self) -> None:
        """Show that a batch came to its end."""
        now = time.monotonic()
        if now >= self._next_progress:
            self._next_progress = now + PROGRESS_EVERY_S
            self._try("progress")

    def beat(self) -> None:
        """Show life, and let the caller know where that fails.

        Raises:
            redis.RedisError: the broker does not answer, or takes no writes.
        """
        self._beat("life")

    def keep_beating(self) -> None:
        """Show life from a thread until `end`."""
        self.start()

        def beat() -> None:
            while not self._over.wait(BEAT_EVERY_S):
                self.live()

        self._thread = threading.Thread(target=beat, name="pulse", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """This process stops in order: nobody should miss it."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(3 * PULSE.answer_s)  # or its last sign could come after this
        with suppress(RedisError):
            self._client.hdel(self._names.alive, self._field)

    def sweep(self) -> None:
        """Forget processes that have been silent for an hour."""
        with suppress(RedisError):
            self._sweep()

    def _sweep(self) -> None:
        old = [
            str(process) for process in read_processes(self._client, self._names) if process.silent_s > FORGET_AFTER_S
        ]
        if old:
            self._client.hdel(self._names.alive, *old)

    def _try(self, what: str, queue_is_busy: bool | None = None, reading_stopped: str | None = None) -> None:
        try:
            self._beat(what, queue_is_busy, reading_stopped)
        except RedisError as error:
            log.debug("no sign of life left", extra={"action": "pulse_missed", "error": describe_failure(error)})

    def _beat(self, what: str, queue_is_busy: bool | None = None, reading_stopped: str | None = None) -> None:
        busy = "" if queue_is_busy is None else str(int(queue_is_busy))
        self._beat_script(keys=[self._names.alive], args=[self._field, what, busy, reading_stopped or ""])
