"""Trying again: a database or service that is unreachable for a minute costs no record, and no restart."""

import logging
import random
import time
from collections.abc import Callable
from typing import Final, TypeVar

from khabar.errors import SinkError

T = TypeVar("T")

PATIENCE_S: Final = 30.0  # below the 60 s after which another consumer takes the records over
FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 5.0

log = logging.getLogger(__name__)


class Unavailable(Exception):
    """The target does not answer, or says that it cannot just now. The message says which.

    Attributes:
        wait_s: how long the target asks to be left alone.
    """

    def __init__(self, reason: str, *, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


def patiently(action: Callable[[], T], *, where: str, patience_s: float) -> T:
    """Call `action` until it does not raise Unavailable.

    Args:
        action: may be repeated without harm.
        where: the target, for the message; without a password.
        patience_s: seconds after which no further attempt begins.

    Raises:
        SinkError: patience is at its end.
    """
    give_up_at = time.monotonic() + patience_s
    pause = FIRST_PAUSE_S
    while True:
        try:
            return action()
        except Unavailable as error:
            wait = max(error.wait_s, pause * random.uniform(0.5, 1.0))  # noqa: S311 (so that consumers do not come back as one)
            if time.monotonic() + wait > give_up_at:
                raise SinkError(
                    f"{where}: {error}, for {patience_s:g} s; start it or correct the target. "
                    "With --group, records that were not acknowledged are delivered again"
                ) from error
            log.warning("%s: %s; trying again", where, error, extra={"action": "sink_away"})
            time.sleep(wait)
            pause = min(2 * pause, LONGEST_PAUSE_S)
