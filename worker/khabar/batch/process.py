"""One ledger entry to its outcome: validate, extract, wrap."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from khabar.counting import Measure, Tally
from khabar.keys.names import Lane
from khabar.ledger.entries import Begun
from khabar.messages.envelope import EventType, event_bytes
from khabar.pipeline.assemble import record_bytes
from khabar.pipeline.laps import Laps
from khabar.pipeline.pipeline import Pipeline
from khabar.pipeline.verdict import Refusal, judge
from khabar.results.outcome import Outcome, OutcomeIds, OutcomeName, rejected, wrong_entry
from khabar.tracing import Attributes, start


@dataclass(frozen=True)
class ArticleProcessor:
    """Begun ledger entries -> outcomes, with each lane's pipeline.

    Attributes:
        tally: is told what each step took, also of an attempt that fails.
    """

    pipelines: Mapping[Lane, Pipeline]
    max_bytes: int
    tally: Tally = field(default_factory=Tally)

    @cached_property
    def _ids(self) -> OutcomeIds:
        return OutcomeIds({lane: pipeline.version for lane, pipeline in self.pipelines.items()})

    def __call__(self, begun: Begun) -> Outcome:
        """Return the record of an entry, or the rejection of one that can never have a record.

        Raises:
            Exception: this attempt failed; another may not.
        """
        if begun.wrong_fields is not None:
            return wrong_entry(
                begun.lane, begun.id, begun.wrong_fields, attempts=begun.attempt, max_bytes=self.max_bytes
            )
        laps = Laps()
        about: Attributes = {
            "messaging.system": "redis",
            "messaging.operation.type": "process",
            "messaging.message.id": begun.id,
            "khabar.lane": begun.lane.value,
            "khabar.attempt": begun.attempt,
        }
        span = start(f"process {begun.lane}", "CONSUMER", about, parent=begun.traceparent)
        try:
            outcome = self._outcome(begun, laps, span.traceparent)
            span.end({"khabar.outcome": outcome.name.value, "khabar.code": outcome.code})
            return outcome
        except BaseException as error:  # the time limit of an article is not an Exception
            span.fail(type(error).__name__)
            span.end()
            raise
        finally:
            for lap in laps.taken:
                self.tally.observe(Measure.STEP_US, lap.processor_s * 1e6, begun.lane, lap.step, lap.layer)
                span.step(lap.layer or lap.step, lap.started_ns, lap.ended_ns)

    def _outcome(self, begun: Begun, laps: Laps, traceparent: str) -> Outcome:
        original = begun.article or b""
        verdict = judge(original, self.pipelines[begun.lane], max_bytes=self.max_bytes, laps=laps)
        if isinstance(verdict, Refusal):
            return rejected(
                begun.lane,
                begun.id,
                original,
                verdict.error,
                article=verdict.article,
                attempts=begun.attempt,
                ids=self._ids,
                traceparent=traceparent,
            )
        article = verdict.article
        own, better = self._ids(begun.lane, article)
        event = event_bytes(
            EventType.RECORD, record_bytes(verdict.record), event_id=own, subject=article.id, traceparent=traceparent
        )
        laps.lap("write")
        return Outcome(begun.lane, begun.id, OutcomeName.RECORD, own, event, better, traceparent=traceparent)
