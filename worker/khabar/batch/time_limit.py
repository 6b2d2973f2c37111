"""Time limits around one article, so that a slow one costs its batch fellows nothing. Main thread only."""

import faulthandler
import math
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from khabar.errors import ArticleTimedOut
from khabar.limits import HARD

TIMED_OUT = signal.SIGPROF  # a process that dies of it ran over a hard limit; nothing else sends it
# Where nothing else has worked; far above HARD, so that a busy machine keeps the order.
LAST = 4.0
LOOK_EVERY_S = 0.25


class TimeLimits:
    """An alarm that Python code obeys, and three limits for code that does not return to Python. Those end the process.

    | what hangs | ended by |
    |---|---|
    | a loop in C that holds the interpreter's lock | the kernel, at its CPU time |
    | a wait in C that has let go of the lock | a thread |
    | a wait in C that holds the lock | faulthandler's thread, which writes to standard error where it hung |

    Only extraction is limited, not the wait for a broker that is away: an outage is no article's fault.
    """

    def __init__(self) -> None:
        self._end_at = math.inf
        self._armed_until = 0.0
        self._thread: threading.Thread | None = None

    @contextmanager
    def article(self, seconds: float) -> Iterator[None]:
        """Raise ArticleTimedOut in the body after so many seconds; end the process if that has no effect."""
        has_rung = False

        def ring(_number: int, _frame: FrameType | None) -> None:
            nonlocal has_rung
            has_rung = True
            raise ArticleTimedOut(f"ran longer than {seconds:g} s")

        self._arm(seconds)
        before = signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_PROF, HARD * seconds)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        except Exception as error:
            if has_rung:  # inside a callback of a library, which has made an error of its own of it
                raise ArticleTimedOut(f"ran longer than {seconds:g} s") from error
            raise
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGALRM, before)
            self._end_at = math.inf

    def batch_over(self) -> None:
        """No article runs now."""
        faulthandler.cancel_dump_traceback_later()
        self._armed_until = 0.0

    def _arm(self, seconds: float) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, name="time limit", daemon=True)
            self._thread.start()
        now = time.monotonic()
        self._end_at = now + HARD * seconds
        # Arming starts a thread, 45 us; a whole batch takes 25 ms, so most are armed once.
        if now + LAST / 2 * seconds > self._armed_until:
            faulthandler.dump_traceback_later(LAST * seconds, exit=True)
            self._armed_until = now + LAST * seconds

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_EVERY_S)
            if time.monotonic() > self._end_at:
                os.kill(os.getpid(), TIMED_OUT)
