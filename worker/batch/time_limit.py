"""A time limit around one article, so that a slow one costs its batch fellows nothing."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from worker.errors import ArticleTimedOut


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise ArticleTimedOut in the body after so many seconds of wall clock. Main thread only.

    A loop inside C code that never returns to Python is not stopped by this: Celery's hard limit on the batch is for that.
    """

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise ArticleTimedOut(f"ran longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
