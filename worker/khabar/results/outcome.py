"""An outcome: the event that ends one ledger entry."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import orjson

from khabar.errors import Code, RejectedArticle
from khabar.keys.names import ARTICLE_FIELD, Lane
from khabar.messages.article import Article
from khabar.messages.envelope import EventType, event_bytes, outcome_id, unreadable_id
from khabar.messages.items import show_names
from khabar.messages.rejection import make_rejection


class OutcomeName(StrEnum):
    """The fate of an article. Exactly one is counted for each ledger entry."""

    RECORD = "record"
    REJECTION = "rejection"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result to be published for one ledger entry.

    Attributes:
        entry: id in the ledger.
        id: the outcome's own id, equal for the same article, text and pipeline version.
        event: the CloudEvent, JSON, UTF-8.
        better: id of the article's outcome in the live lane, if it has a different one. Once that is published, this outcome is
            not published any more.
        code: reason of a rejection.
        traceparent: trace context that the event carries on; empty for none.
    """

    lane: Lane
    entry: str
    name: OutcomeName
    id: str
    event: bytes
    better: str | None = None
    code: str = ""
    traceparent: str = ""


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
    is_cut: bool = False,
    traceparent: str = "",
) -> Outcome:
    """Return the outcome of an entry that cannot become a record.

    Args:
        article: the original as read; None where it could not be.
        ids: a rejection has the same id that the record would have had, so there is only one of them.
        is_cut: keep only the beginning of the original.
        traceparent: trace context that the event carries on; empty for none.
    """
    article_id = article.id if article else None
    rejection = make_rejection(error, original, attempts=attempts, article_id=article_id, lane=lane, is_cut=is_cut)
    own, better = ids(lane, article) if article else (unreadable_id(original), None)
    event = event_bytes(EventType.REJECTION, rejection, event_id=own, subject=article_id, traceparent=traceparent)
    return Outcome(lane, entry, OutcomeName.REJECTION, own, event, better, error.code, traceparent)


def wrong_entry(
    lane: Lane, entry: str, fields: Sequence[tuple[bytes, bytes]], *, attempts: int, max_bytes: int
) -> Outcome:
    """Return the outcome of a ledger entry without an article: whoever wrote it has called the field by another name.

    Args:
        fields: names and values of the entry; they are the rejection's original.
        max_bytes: of a larger original only the beginning is kept, as of any that is too large.
    """
    sent = show_names([name.decode("utf-8", "backslashreplace") for name, _ in fields])
    reason = (
        f"the entry has no field of this name, and these: {sent}; add articles with XADD KEY * {ARTICLE_FIELD} JSON"
    )
    error = RejectedArticle(Code.WRONG_ENTRY, field=ARTICLE_FIELD, reason=reason, place="ledger")
    original = write_fields(fields)
    rejection = make_rejection(error, original, attempts=attempts, lane=lane, is_cut=len(original) > max_bytes)
    # The id depends on the entry, not only on its content: two equal entries are two mistakes, and each is reported.
    own = unreadable_id(f"{lane} {entry} ".encode() + original)
    event = event_bytes(EventType.REJECTION, rejection, event_id=own, subject=None)
    return Outcome(lane, entry, OutcomeName.REJECTION, own, event, code=error.code)


def write_fields(fields: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Write an entry's fields as a JSON object, or as pairs where a name occurs twice; what is not UTF-8 as {base64: ...}."""
    names = [name.decode("utf-8", "backslashreplace") for name, _ in fields]
    values = [_plain(value) for _, value in fields]
    if len(set(names)) == len(names):
        return orjson.dumps(dict(zip(names, values, strict=True)))
    return orjson.dumps(list(zip(names, values, strict=True)))


def _plain(value: bytes) -> str | dict[str, str]:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode("ascii")}
