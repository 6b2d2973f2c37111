"""One batch in a worker: begin, run each article, publish what came out, put back what failed."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from contracts.names import Lane
from worker.batch.time_limit import TimeLimits, limit_s
from worker.errors import ArticleTimedOut, Code
from worker.ledger.entries import Begun, Failure
from worker.ledger.lease import Lease
from worker.ledger.worker_side import LedgerHolder
from worker.pipeline.extract import describe
from worker.results.outcome import Outcome
from worker.results.publisher import ResultPublisher

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BatchRunner:
    """Runs batches in one worker process.

    Attributes:
        process: a begun entry -> its outcome; raises for an attempt that failed.
        article_timeout_s: seconds for an article of ordinary size; a large one has more in proportion.
    """

    holder: LedgerHolder
    publisher: ResultPublisher
    process: Callable[[Begun], Outcome]
    lease_s: float
    article_timeout_s: float
    _limits: TimeLimits = field(default_factory=TimeLimits)

    def run(self, lane: Lane, ids: list[str]) -> None:
        """Run the entries that are still to be run; every one of them ends settled or in the retry set."""
        while ids:
            begun, ids = self.holder.begin(lane, ids)
            if begun:
                self._run(lane, begun)

    def _run(self, lane: Lane, begun: list[Begun]) -> None:
        outcomes: list[Outcome] = []
        started_s = time.thread_time()
        with Lease(self.holder, lane, [entry.id for entry in begun], lease_s=self.lease_s):
            failed: list[tuple[str, Failure]] = []
            for entry in begun:
                result = self._attempt(entry)
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
