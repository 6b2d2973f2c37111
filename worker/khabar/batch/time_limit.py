"""Time limits around one article, so that a slow one costs its batch fellows nothing. Main thread only."""

import faulthandler
import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from khabar.batch.runqueue import RunQueue
from khabar.errors import ArticleTimedOut
from khabar.limits import HARD, WALL_FACTOR

TIMED_OUT = signal.SIGPROF  # a process that dies of it ran over a hard limit; nothing else sends it
LOOK_EVERY_S = 0.25
# A look that comes later than this found the process stopped, frozen or starved: that is no wait of the article's.
LONGEST_LOOK_S = 1.0
LAST = 2.0  # times the wall limit: where nothing else has worked
WORK_S = 0.001  # processor time since the last look that shows that an article makes progress; a look itself takes a tenth of it


class Starved(ArticleTimedOut):
    """The machine had no time for the article: what it used was within its limits."""


@dataclass(slots=True)
class _Article:
    """The article that runs now.

    Attributes:
        began_s, used_s: the wall clock and the processor time of this process at its start.
        waited_s: seconds so far in which it neither worked nor waited for a processor.
        error: what it is to be ended with; None while it is within its limits.
        has_rung: whether that was raised.
    """

    processor_s: float
    wait_s: float
    wall_s: float
    began_s: float
    used_s: float
    waited_s: float = 0.0
    error: ArticleTimedOut | None = None
    has_rung: bool = False


class TimeLimits:
    """Limits an article's time, above all its processor time.

    An alarm stops Python code. Code that ignores the alarm is ended with its process:

    | the article | alarm | the process is ended |
    |---|---|---|
    | uses its processor time | at the limit | by the kernel, at 1.25 times the limit |
    | waits for something else than a processor | at the limit | by a thread, at 1.25 times the limit |
    | waits in C with the interpreter's lock | none | by faulthandler's thread, at 1.25 to 2 times the wall limit |
    | gets no time from the machine | at the wall limit, as Starved | never |

    Only extraction is limited, not the wait for an unreachable broker, because no article causes an outage.

    Args:
        on_work: called from a thread, several times a second, while an article uses the processor.
    """

    def __init__(self, on_work: Callable[[], object] | None = None) -> None:
        self._on_work = on_work
        self._article: _Article | None = None
        self._armed_until = 0.0
        self._thread: threading.Thread | None = None

    @contextmanager
    def article(
        self, processor_s: float, *, wait_s: float | None = None, wall_s: float | None = None
    ) -> Iterator[None]:
        """Raise ArticleTimedOut in the body when it is over a limit; end the process if that has no effect.

        Args:
            processor_s: seconds of processor time.
            wait_s: seconds in which it neither works nor waits for a processor; as many if not given.
            wall_s: seconds by the clock on the wall, after which it is Starved; thirty times as many if not given.
        """
        wait_s = processor_s if wait_s is None else wait_s
        wall_s = WALL_FACTOR * processor_s if wall_s is None else wall_s
        running = _Article(processor_s, wait_s, wall_s, time.monotonic(), time.process_time())
        self._arm(wall_s)
        self._article = running
        signal.setitimer(signal.ITIMER_PROF, HARD * processor_s)
        signal.setitimer(signal.ITIMER_VIRTUAL, processor_s)
        try:
            yield
        except Exception as error:
            if (
                running.has_rung and running.error
            ):  # in a callback of a library, which has made an error of its own of it
                raise type(running.error)(*running.error.args) from error
            raise
        finally:
            self._article = None
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.setitimer(signal.ITIMER_PROF, 0)

    def batch_over(self) -> None:
        """No article runs now."""
        faulthandler.cancel_dump_traceback_later()
        self._armed_until = 0.0

    def _arm(self, wall_s: float) -> None:
        if self._thread is None:
            self._main = threading.get_ident()
            self._queue = RunQueue(threading.get_native_id())
            # Once and for good: an alarm may come late, when its article has ended, and would else end the process.
            signal.signal(signal.SIGVTALRM, self._ring)
            signal.signal(signal.SIGALRM, self._ring)
            self._thread = threading.Thread(target=self._watch, name="time limit", daemon=True)
            self._thread.start()
        now = time.monotonic()
        # Arming starts a thread, 45 us; a batch of the fast recognizer's takes 25 ms, so most are armed once.
        if now + HARD * wall_s > self._armed_until:
            faulthandler.dump_traceback_later(LAST * wall_s, exit=True)
            self._armed_until = now + LAST * wall_s

    def _ring(self, number: int, _frame: FrameType | None) -> None:
        article = self._article
        if article is None:
            return
        if number == signal.SIGVTALRM:
            article.error = _over(article.processor_s)
        if article.error is not None:
            article.has_rung = True
            raise article.error

    def _watch(self) -> None:
        article: _Article | None = None
        looked_s = used_s = queued_s = 0.0
        faults = 0
        while True:
            time.sleep(LOOK_EVERY_S)
            now_s, now_used_s, now_queued_s = time.monotonic(), time.process_time(), self._queue.waited_s()
            now_faults = resource.getrusage(resource.RUSAGE_SELF).ru_majflt
            before, article = article, self._article
            if article is not None:
                # Otherwise do not count a wait: the article began after the last look and has waited little, or it waits for
                # memory that the machine had swapped to disk.
                if article is before and now_faults == faults:
                    passed_s = min(now_s - looked_s, LONGEST_LOOK_S)
                    article.waited_s += max(0.0, passed_s - (now_used_s - used_s) - (now_queued_s - queued_s))
                self._judge(article, now_s, now_used_s)
                if self._on_work is not None and now_used_s - used_s > WORK_S:
                    self._on_work()
            looked_s, used_s, queued_s, faults = now_s, now_used_s, now_queued_s, now_faults

    def _judge(self, article: _Article, now_s: float, used_s: float) -> None:
        # Without the kernel's account a wait looks the same as starvation, and the wall limit holds for both.
        wait_s = article.wait_s if self._queue.is_kept else article.wall_s
        if article.error is not None and article.waited_s > HARD * wait_s:  # the alarm of an earlier look had no effect
            os.kill(os.getpid(), TIMED_OUT)
        elif used_s - article.used_s > article.processor_s:
            article.error = _over(article.processor_s)
        elif article.waited_s > wait_s:
            article.error = ArticleTimedOut(f"waited longer than {wait_s:g} s")
        elif now_s - article.began_s > article.wall_s:
            article.error = Starved(f"had {used_s - article.used_s:.3g} s of processor time in {article.wall_s:g} s")
        if article.error is not None and not article.has_rung:
            signal.pthread_kill(self._main, signal.SIGALRM)


def _over(processor_s: float) -> ArticleTimedOut:
    return ArticleTimedOut(f"ran longer than {processor_s:g} s")
