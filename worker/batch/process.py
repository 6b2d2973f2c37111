"""One ledger entry to its outcome: validate, extract, wrap."""

from dataclasses import dataclass

from contracts.article import parse_article
from contracts.envelope import EventType, event_bytes, outcome_id
from contracts.errors import RejectedArticle
from worker.ledger.entries import Begun
from worker.pipeline.assemble import record_bytes
from worker.pipeline.pipeline import Pipeline
from worker.results.outcome import Outcome, OutcomeName, rejected


@dataclass(frozen=True)
class ArticleProcessor:
    """Begun ledger entries -> outcomes, with one pipeline."""

    pipeline: Pipeline
    max_bytes: int

    def __call__(self, begun: Begun) -> Outcome:
        """Return the record of an entry, or the rejection of one that can never have a record.

        Raises:
            Exception: this attempt failed; another may not.
        """
        original = begun.article or b""
        article = None
        try:
            article = parse_article(original, max_bytes=self.max_bytes)
            record = self.pipeline(article)
        except RejectedArticle as error:
            return rejected(
                begun.lane,
                begun.id,
                original,
                error,
                article=article,
                attempts=begun.attempt,
                version=self.pipeline.version,
            )
        outcome = outcome_id(article.id, article.text, self.pipeline.version)
        event = event_bytes(EventType.RECORD, record_bytes(record), event_id=outcome, subject=article.id)
        return Outcome(begun.lane, begun.id, OutcomeName.RECORD, outcome, event)
