"""An outcome: the event that ends one ledger entry."""

from dataclasses import dataclass
from enum import StrEnum

from contracts.article import Article
from contracts.envelope import EventType, event_bytes, outcome_id, unreadable_id
from contracts.errors import RejectedArticle
from contracts.names import Lane
from contracts.rejection import make_rejection


class OutcomeName(StrEnum):
    """What became of an article. Exactly one is counted for each ledger entry."""

    RECORD = "record"
    REJECTION = "rejection"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be published for one ledger entry.

    Attributes:
        entry: id in the ledger.
        id: the outcome's own id, equal for the same article, text and pipeline version.
        event: the CloudEvent, JSON, UTF-8.
    """

    lane: Lane
    entry: str
    name: OutcomeName
    id: str
    event: bytes


def rejected(
    lane: Lane,
    entry: str,
    original: bytes,
    error: RejectedArticle,
    *,
    article: Article | None,
    attempts: int,
    version: str,
) -> Outcome:
    """Return the outcome of an entry that cannot become a record.

    Args:
        article: the original as read; None where it could not be.
        version: the pipeline's; a rejection has the same id that the record would have had, so there is only one of them.
    """
    article_id = article.id if article else None
    rejection = make_rejection(error, original, attempts=attempts, article_id=article_id, lane=lane)
    outcome = outcome_id(article.id, article.text, version) if article else unreadable_id(original)
    event = event_bytes(EventType.REJECTION, rejection, event_id=outcome, subject=article_id)
    return Outcome(lane, entry, OutcomeName.REJECTION, outcome, event)
