"""Time limits around one article, so that a slow one costs its batch fellows nothing. Main thread only."""

import faulthandler
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from worker.errors import ArticleTimedOut

CPU_KILL = signal.SIGPROF  # a process that dies of it ran over its CPU time; nothing else sends it
# Where the alarm has had its chance. CPU time first, so that a loop is known for one; on a busy machine it takes longer to spend.
HARD_CPU, HARD_WALL = 1.25, 4.0
LARGE_BYTES = 200_000  # 60 average articles; one of 1 MiB then has five times the limit, and takes 0.6 to 1.5 s


def limit_s(timeout_s: float, article_bytes: int) -> float:
    """Return the seconds that an article of this size may take: `timeout_s` up to LARGE_BYTES, in proportion beyond."""
    return timeout_s * max(1.0, article_bytes / LARGE_BYTES)


class TimeLimits:
    """Three limits for each article: an alarm that Python code obeys, and two for code that never returns to Python.

    A loop in C runs over its CPU time, and the kernel ends the process. Whatever waits in C without using CPU is ended by
    faulthandler's thread, which writes where it hung to standard error. Only extraction is limited, not the wait for a broker
    that is away: an outage is no article's fault.
    """

    def __init__(self) -> None:
        self._armed_until_s = 0.0

    @contextmanager
    def article(self, seconds: float) -> Iterator[None]:
        """Raise ArticleTimedOut in the body after so many seconds; end the process if that has no effect."""

        def ring(_number: int, _frame: FrameType | None) -> None:
            raise ArticleTimedOut(f"ran longer than {seconds:g} s")

        self._arm(seconds)
        before = signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_PROF, HARD_CPU * seconds)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGALRM, before)

    def batch_over(self) -> None:
        """No article runs now."""
        faulthandler.cancel_dump_traceback_later()
        self._armed_until_s = 0.0

    def _arm(self, seconds: float) -> None:
        # Arming starts a thread, 45 us; a whole batch takes 25 ms, so most are armed once.
        now = time.monotonic()
        if now + HARD_WALL / 2 * seconds > self._armed_until_s:
            faulthandler.dump_traceback_later(HARD_WALL * seconds, exit=True)
            self._armed_until_s = now + HARD_WALL * seconds
