"""One ledger entry to its outcome: validate, extract, wrap."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from khabar.keys.names import Lane
from khabar.ledger.entries import Begun
from khabar.messages.envelope import EventType, event_bytes
from khabar.pipeline.assemble import record_bytes
from khabar.pipeline.pipeline import Pipeline
from khabar.pipeline.verdict import Refusal, judge
from khabar.results.outcome import Outcome, OutcomeIds, OutcomeName, rejected, wrong_entry


@dataclass(frozen=True)
class ArticleProcessor:
    """Begun ledger entries -> outcomes, with each lane's pipeline."""

    pipelines: Mapping[Lane, Pipeline]
    max_bytes: int

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
        original = begun.article or b""
        verdict = judge(original, self.pipelines[begun.lane], max_bytes=self.max_bytes)
        if isinstance(verdict, Refusal):
            return rejected(
                begun.lane,
                begun.id,
                original,
                verdict.error,
                article=verdict.article,
                attempts=begun.attempt,
                ids=self._ids,
            )
        article = verdict.article
        own, better = self._ids(begun.lane, article)
        event = event_bytes(EventType.RECORD, record_bytes(verdict.record), event_id=own, subject=article.id)
        return Outcome(begun.lane, begun.id, OutcomeName.RECORD, own, event, better)
