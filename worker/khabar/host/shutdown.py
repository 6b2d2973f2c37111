"""A stop has an end: Celery alone waits for running batches without limit, and one that waits for its broker has that long."""

import logging
import os
import threading
from typing import Any

from celery.signals import worker_shutting_down

SOFT_STOP_S = 5.0  # for running batches to end: an ordinary one takes 0.06 s, the largest article up to 5.6
# SIGQUIT is sent in a hurry. Celery sleeps all of this time, whether its batches have ended or not.
QUICK_STOP_S = 3.0
COLD_STOP_S = 0.5  # for what comes after them

log = logging.getLogger(__name__)


def limit_shutdown() -> None:
    """Limit how long a worker's parent runs after it was asked to stop; its children end with it.

    Entries that the children held are taken over from the ledger after their lease.
    """
    worker_shutting_down.connect(_start_clock, weak=False)


def _start_clock(how: str, **_: Any) -> None:
    # Celery sends this at the start of a warm shutdown (SIGTERM), and of a cold one (SIGQUIT) when its soft part is over.
    seconds = SOFT_STOP_S if how == "Warm" else COLD_STOP_S
    clock = threading.Timer(seconds, _end, args=[how])
    clock.daemon = True
    clock.start()


def _end(how: str) -> None:
    log.warning("batches still run and are left to their lease", extra={"action": "stopped_in_mid_work", "how": how})
    os._exit(1)  # the kernel ends the children with their parent
