"""One batch in a worker: begin, run each article, publish what came out, put back what failed."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from functools import partial

from redis.exceptions import RedisError

from khabar.batch.helpers import Helpers
from khabar.batch.memory_limit import is_machine_short
from khabar.batch.time_limit import Starved, TimeLimits
from khabar.broker.wording import describe_failure
from khabar.counting import Measure, Tally
from khabar.errors import ArticleTimedOut, Code, TransientError
from khabar.keys.names import Lane
from khabar.ledger.entries import Begun, Failure
from khabar.ledger.lease import Lease
from khabar.ledger.worker_side import LedgerHolder
from khabar.limits import Allowance
from khabar.pipeline.extract import describe
from khabar.results.outcome import Outcome
from khabar.results.publisher import ResultPublisher
from khabar.tracing import start

log = logging.getLogger(__name__)

REFUSED_WAIT_S = 5.0  # between tries where the broker takes neither the outcomes nor the articles back


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why an attempt failed by no fault of the article's; one sentence."""

    reason: str


@dataclass(frozen=True)
class BatchRunner:
    """Runs batches in one worker process.

    Attributes:
        process: a begun entry -> its outcome; raises for an attempt that failed.
        allow: lane and size in bytes -> what an article may take.
        helpers: the processes that the pipelines work with; None where all is done in this one.
        limits: of the articles of this process.
        tally: what this process counts; it goes out with the outcomes.
    """

    holder: LedgerHolder
    publisher: ResultPublisher
    process: Callable[[Begun], Outcome]
    lease_s: float
    allow: Callable[[Lane, int], Allowance]
    helpers: Helpers | None = None
    limits: TimeLimits = field(default_factory=TimeLimits)
    tally: Tally = field(default_factory=Tally)

    def run(self, lane: Lane, ids: list[str]) -> None:
        """Run the entries that are still to be run; every one of them ends settled or in the retry set.

        Raises:
            TransientError: the helpers do not start; what was not begun stays in the ledger and comes again after its lease.
            redis.RedisError: the broker hands nothing out; what was not begun comes again in the same way.
        """
        while ids:
            if self.helpers is not None:
                self.helpers.ready()  # before an attempt is counted: that Java does not start is no article's fault
            asked_at = time.perf_counter()
            begun, ids = self.holder.begin(lane, ids)
            self.tally.observe(Measure.BROKER_US, (time.perf_counter() - asked_at) * 1e6, "begin")
            if begun:
                self.tally.observe(Measure.BATCH_ARTICLES, len(begun), lane)
                self._run(lane, begun)

    def _run(self, lane: Lane, begun: list[Begun]) -> None:
        outcomes: list[Outcome] = []
        started_s = time.thread_time()
        with Lease(self.holder, lane, [entry.id for entry in begun], lease_s=self.lease_s):
            failed: list[tuple[str, Failure]] = []
            excused: list[str] = []
            unprepared = self._prepare(begun) if self.helpers is not None else None
            for entry in begun:
                result = unprepared or self._attempt(entry)
                if isinstance(result, Outcome):
                    outcomes.append(result)
                elif isinstance(result, Failure):
                    failed.append((entry.id, result))
                else:
                    excused.append(entry.id)
            self.limits.batch_over()
            process_cpu_s = time.thread_time() - started_s
            settled = self._publish(lane, outcomes, process_cpu_s)
            for entry_id, failure in failed:
                self._end(lane, [entry_id], partial(self.holder.fail, lane, failure=failure))
            if excused:
                self._end(lane, excused, partial(self.holder.give_back, lane))
        log.info(
            "batch done",
            extra={
                "action": "batch_done",
                "lane": lane,
                "articles": len(begun),
                "outcomes": Counter(settled),
                "process_cpu_s": round(process_cpu_s, 4),
            },
        )

    def _publish(self, lane: Lane, outcomes: list[Outcome], process_cpu_s: float) -> list[str]:
        settled: list[str] = []

        def publish(_: list[str]) -> None:
            asked_at, asked_ns = time.perf_counter(), time.time_ns()
            settled.extend(self.publisher.publish(outcomes, process_cpu_s=process_cpu_s, counts=self.tally.take()))
            self.tally.observe(Measure.BROKER_US, (time.perf_counter() - asked_at) * 1e6, "settle")
            for outcome, name in zip(outcomes, settled, strict=False):
                if outcome.traceparent:
                    what = {"khabar.settled": name}
                    settle = start("settle", "PRODUCER", what, parent=outcome.traceparent, started_ns=asked_ns)
                    settle.end()

        self._end(lane, [outcome.entry for outcome in outcomes], publish)
        return settled

    def _end(self, lane: Lane, ids: list[str], do: Callable[[list[str]], object]) -> None:
        """Tell the broker how entries have ended. Where it refuses, give them back: no article can do anything for it.

        Where it refuses that too, they are held until it does one or the other: without their lease, each time that they are
        taken over would count as an attempt.
        """
        while True:
            try:
                do(ids)
            except RedisError as error:
                log.error(  # no traceback: the place says nothing, the broker's words all
                    "the broker refuses what articles came to; they wait and count no attempt until it is mended",
                    extra={
                        "action": "outcome_refused",
                        "lane": lane,
                        "entries": len(ids),
                        "error": describe_failure(error),
                    },
                )
            else:
                return
            with suppress(RedisError):
                self.holder.give_back(lane, ids)
                return
            time.sleep(REFUSED_WAIT_S)

    def _prepare(self, begun: list[Begun]) -> Failure | None:
        """Ask the engine for the whole batch's words; each article's words are found within that article's time.

        Returns:
            Why no article of the batch can be run now: each is then tried alone, so that one which the engine cannot bear
            does not cost its fellows more than this attempt.
        """
        if self.helpers is None or not self.helpers.wants_words:
            return None
        words: set[str] = set()
        for entry in begun:
            # An article that fails here also fails in its own attempt, and is reported there.
            with suppress(Exception, ArticleTimedOut), self._limited(entry):
                words.update(self.helpers.words(entry))
        self.limits.batch_over()  # the engine has a time limit of its own
        try:
            self.helpers.prepare(words)
        except TransientError as error:
            reason = f"{describe(error)}; {len(begun)} articles are tried again, each alone"
            log.warning(reason, extra={"action": "batch_unprepared", "articles": len(begun), "error": str(error)[:200]})
            return Failure(Code.EXTRACTION_FAILED, f"{type(error).__name__}: {str(error)[:150]}", "engine")
        return None

    def _limited(self, entry: Begun) -> AbstractContextManager[None]:
        may_take = self.allow(entry.lane, len(entry.article or b""))
        return self.limits.article(may_take.processor_s, wait_s=may_take.wait_s, wall_s=may_take.wall_s)

    def _attempt(self, entry: Begun) -> Outcome | Failure | Excuse:
        result: Failure | Excuse
        try:
            with self._limited(entry):
                return self.process(entry)
        except Starved as error:
            result = Excuse(str(error))
        except ArticleTimedOut as error:
            result = Failure(Code.TIMED_OUT, str(error), "pipeline")
        except MemoryError as error:
            result = Failure(Code.OUT_OF_MEMORY, describe(error), "pipeline")
        except Exception as error:  # its fellows continue, and the ledger decides how often it is tried
            result = Failure(Code.EXTRACTION_FAILED, describe(error), "pipeline")
        if isinstance(result, Failure) and result.code == Code.OUT_OF_MEMORY and is_machine_short():
            result = Excuse("the machine has no memory left below the article's limit")
        log.warning(
            result.reason,
            extra={
                "action": "attempt_failed" if isinstance(result, Failure) else "attempt_excused",
                "lane": entry.lane,
                "entry": entry.id,
                "attempt": entry.attempt,
            },
        )
        return result
