"""A worker's signs of life: its Celery parent lives, its children bring batches to their end; and none outlives its parent."""

import os
from typing import Any

from celery.signals import task_failure, task_success, worker_init, worker_process_init, worker_ready, worker_shutdown

from khabar.liveness.processes import Role
from khabar.liveness.pulse import Pulse, open_pulse
from khabar.settings import Settings


class Heartbeat:
    """Shows life from a thread of the parent, for its event loop blocks in an outage; and progress from whoever ends a batch."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._parent = 0
        self._pulse: Pulse | None = None
        self._inherited: Pulse | None = None

    def register(self) -> None:
        """Connect to Celery's signals."""
        worker_init.connect(self.remember_parent, weak=False)
        worker_ready.connect(self.start, weak=False)
        worker_shutdown.connect(self.end, weak=False)
        worker_process_init.connect(self.start_child, weak=False)
        task_success.connect(self.batch_ended, weak=False)
        task_failure.connect(self.batch_lost, weak=False)

    def remember_parent(self, **_: Any) -> None:
        """In the parent, before it forks."""
        self._parent = os.getpid()

    def start(self, **_: Any) -> None:
        """In the parent, when it consumes; its first children are forked by then, without this thread."""
        self._pulse = self._open()
        self._pulse.keep_beating()

    def end(self, **_: Any) -> None:
        """In the parent, at its end."""
        if self._pulse is not None:
            self._pulse.end()

    def start_child(self, **_: Any) -> None:
        """In a child: end if the parent died before Celery had asked the kernel to kill the child with it."""
        if self._parent not in (0, os.getppid()):
            os._exit(1)
        self._parent = os.getppid()  # where children are not forked, as on macOS, nothing was remembered
        self._inherited = self._pulse  # kept and never closed: the parent's thread may have held its locks at the fork
        self._pulse = self._open()

    def batch_ended(self, **_: Any) -> None:
        """In a child, also while an article of a batch is at work."""
        if self._pulse is not None:
            self._pulse.progress()

    def batch_lost(self, **_: Any) -> None:
        """In the parent, when a child was lost or ran out of time at its batch: batches are taken, which is the question."""
        if self._pulse is not None and os.getpid() == self._parent:
            self._pulse.progress()

    def _open(self) -> Pulse:
        return open_pulse(self._settings.redis_url, self._settings.names, Role.WORKER, self._parent)
