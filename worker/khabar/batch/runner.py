"""One batch in a worker: begin, run each article, publish what came out, put back what failed."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from khabar.batch.helpers import Helpers
from khabar.batch.time_limit import TimeLimits
from khabar.errors import ArticleTimedOut, Code, TransientError
from khabar.keys.names import Lane
from khabar.ledger.entries import Begun, Failure
from khabar.ledger.lease import Lease
from khabar.ledger.worker_side import LedgerHolder
from khabar.limits import limit_s
from khabar.pipeline.extract import describe
from khabar.results.outcome import Outcome
from khabar.results.publisher import ResultPublisher

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BatchRunner:
    """Runs batches in one worker process.

    Attributes:
        process: a begun entry -> its outcome; raises for an attempt that failed.
        article_timeout_s: seconds for an article of ordinary size; a large one has more in proportion.
        helpers: the processes that the pipelines work with; None where all is done in this one.
    """

    holder: LedgerHolder
    publisher: ResultPublisher
    process: Callable[[Begun], Outcome]
    lease_s: float
    article_timeout_s: float
    helpers: Helpers | None = None
    _limits: TimeLimits = field(default_factory=TimeLimits)

    def run(self, lane: Lane, ids: list[str]) -> None:
        """Run the entries that are still to be run; every one of them ends settled or in the retry set.

        Raises:
            TransientError: the helpers do not start; what was not begun stays in the ledger and comes again after its lease.
        """
        while ids:
            if self.helpers is not None:
                self.helpers.ready()  # before an attempt is counted: that Java does not start is no article's fault
            begun, ids = self.holder.begin(lane, ids)
            if begun:
                self._run(lane, begun)

    def _run(self, lane: Lane, begun: list[Begun]) -> None:
        outcomes: list[Outcome] = []
        started_s = time.thread_time()
        with Lease(self.holder, lane, [entry.id for entry in begun], lease_s=self.lease_s):
            failed: list[tuple[str, Failure]] = []
            unprepared = self._prepare(begun) if self.helpers is not None else None
            for entry in begun:
                result = unprepared or self._attempt(entry)
                if isinstance(result, Outcome):
                    outcomes.append(result)
                else:
                    failed.append((entry.id, result))
            self._limits.batch_over()
            for entry_id, failure in failed:
                self.holder.fail(lane, [entry_id], failure)
            process_cpu_s = time.thread_time() - started_s
            settled = self.publisher.publish(outcomes, process_cpu_s=process_cpu_s)
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
            # What fails here fails in its own attempt too, and is reported there.
            with (
                suppress(Exception, ArticleTimedOut),
                self._limits.article(limit_s(self.article_timeout_s, len(entry.article or b""))),
            ):
                words.update(self.helpers.words(entry))
        self._limits.batch_over()  # the engine has a time limit of its own
        try:
            self.helpers.prepare(words)
        except TransientError as error:
            reason = f"{describe(error)}; {len(begun)} articles are tried again, each alone"
            log.warning(reason, extra={"action": "batch_unprepared", "articles": len(begun), "error": str(error)[:200]})
            return Failure(Code.EXTRACTION_FAILED, f"{type(error).__name__}: {str(error)[:150]}", "engine")
        return None

    def _attempt(self, entry: Begun) -> Outcome | Failure:
        try:
            with self._limits.article(limit_s(self.article_timeout_s, len(entry.article or b""))):
                return self.process(entry)
        except ArticleTimedOut as error:
            failure = Failure(Code.TIMED_OUT, str(error), "pipeline")
        except MemoryError as error:
            failure = Failure(Code.OUT_OF_MEMORY, describe(error), "pipeline")
        except Exception as error:  # whatever it was, its fellows go on, and the ledger decides how often it is tried
            failure = Failure(Code.EXTRACTION_FAILED, describe(error), "pipeline")
        log.warning(
            failure.reason,
            extra={"action": "attempt_failed", "lane": entry.lane, "entry": entry.id, "attempt": entry.attempt},
        )
        return failure
