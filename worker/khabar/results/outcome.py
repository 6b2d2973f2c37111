"""An outcome: the event that ends one ledger entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from khabar.errors import RejectedArticle
from khabar.keys.names import Lane
from khabar.messages.article import Article
from khabar.messages.envelope import EventType, event_bytes, outcome_id, unreadable_id
from khabar.messages.rejection import make_rejection


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
        better: id that the live lane's version of the article has, where it is another: once that is out, this is not
            published any more.
    """

    lane: Lane
    entry: str
    name: OutcomeName
    id: str
    event: bytes
    better: str | None = None


@dataclass(frozen=True, slots=True)
class OutcomeIds:
    """Names the outcomes of articles: equal for the same article, text and pipeline version.

    Attributes:
        versions: each lane's pipeline version.
    """

    versions: Mapping[Lane, str]

    def __call__(self, lane: Lane, article: Article) -> tuple[str, str | None]:
        """Return the outcome's id, and that of the live lane's version where it is another."""
        own, live = (outcome_id(article.id, article.text, self.versions[each]) for each in (lane, Lane.LIVE))
        return own, None if own == live else live


def rejected(
    lane: Lane,
    entry: str,
    original: bytes,
    error: RejectedArticle,
    *,
    article: Article | None,
    attempts: int,
    ids: OutcomeIds,
) -> Outcome:
    """Return the outcome of an entry that cannot become a record.

    Args:
        article: the original as read; None where it could not be.
        ids: a rejection has the same id that the record would have had, so there is only one of them.
    """
    article_id = article.id if article else None
    rejection = make_rejection(error, original, attempts=attempts, article_id=article_id, lane=lane)
    own, better = ids(lane, article) if article else (unreadable_id(original), None)
    event = event_bytes(EventType.REJECTION, rejection, event_id=own, subject=article_id)
    return Outcome(lane, entry, OutcomeName.REJECTION, own, event, better)
