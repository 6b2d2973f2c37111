"""Entries that have used up their attempts: out of the ledger, onto the dead letters, with what they died of."""

import logging
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import orjson
from redis import Redis
from redis.exceptions import ResponseError

from khabar.errors import Code, RejectedArticle
from khabar.keys.names import ARTICLE_FIELD, Lane, Names
from khabar.keys.unreadable import is_wrong_type, read_or_skip, skip
from khabar.ledger.entries import Batch, Failure
from khabar.messages.article import Article, parse_article
from khabar.results.outcome import Outcome, OutcomeIds, rejected, write_fields
from khabar.results.publisher import ResultPublisher

log = logging.getLogger(__name__)

CODE_CHARS = 40  # of an unknown code, and of a place
REASON_CHARS = 300  # ours have less
# Where nobody was left to say what happened: the whole worker died each time.
UNKNOWN = Failure(Code.WORKER_LOST, "its worker was lost without a word", "worker")


class ExhaustedRejecter:
    """Ends the entries of a batch as dead letters.

    Args:
        versions: gives each lane's pipeline version; called when the first entry is ended, because it may open every model.
    """

    def __init__(
        self,
        client: "Redis",
        names: Names,
        publisher: ResultPublisher,
        *,
        versions: Callable[[], Mapping[Lane, str]],
        max_bytes: int,
    ) -> None:
        self._client = client
        self._names = names
        self._publisher = publisher
        self._versions = versions
        self._max_bytes = max_bytes

    @cached_property
    def _ids(self) -> OutcomeIds:
        return OutcomeIds(self._versions())

    def __call__(self, batch: Batch) -> None:
        """Reject every entry of the batch with the code, reason and place of its last attempt."""
        for entry in batch.ids:
            original = self._original(batch, entry)
            failure = self._failure(f"{batch.lane} {entry}")
            reason = f"{failure.reason}; tried {batch.attempts} times"
            error = RejectedArticle(Code(failure.code), field=None, reason=reason, place=failure.place)
            self._publisher.publish([self._outcome(batch, entry, original, error)])
            log.warning(
                reason, extra={"action": "article_given_up", "lane": batch.lane, "entry": entry, "code": error.code}
            )

    def _outcome(self, batch: Batch, entry: str, original: bytes, error: RejectedArticle) -> Outcome:
        try:
            article = self._read(original)
            return rejected(batch.lane, entry, original, error, article=article, attempts=batch.attempts, ids=self._ids)
        except Exception as cause:
            # The article may fail here as it failed its workers. Then it ends unread, and only its beginning is kept.
            log.warning(
                "a rejection is made without reading its article",
                extra={"action": "rejected_unread", "lane": batch.lane, "entry": entry, "error": type(cause).__name__},
            )
            return rejected(
                batch.lane, entry, original, error, article=None, attempts=batch.attempts, ids=self._ids, is_cut=True
            )

    def _original(self, batch: Batch, entry: str) -> bytes:
        entries: Any = self._client.xrange(self._names.ledger(batch.lane), min=entry, max=entry)
        if not entries:
            return b""
        fields: dict[bytes, bytes] = entries[0][1]
        article = fields.get(ARTICLE_FIELD.encode())
        return write_fields(list(fields.items())) if article is None else article

    def _failure(self, member: str) -> Failure:
        try:
            stored: Any = self._client.hget(self._names.failures, member)
        except ResponseError as error:
            if not is_wrong_type(error):
                raise
            skip(self._names.failures, "it is no hash")
            return UNKNOWN
        return (stored and read_or_skip(self._names.failures, _read_failure, stored)) or UNKNOWN

    def _read(self, original: bytes) -> Article | None:
        try:
            return parse_article(original, max_bytes=self._max_bytes)
        except RejectedArticle:
            return None


def _read_failure(stored: bytes) -> Failure:
    fields = orjson.loads(stored)
    code, reason, place = (_string(fields[name]) for name in ("code", "reason", "place"))
    if code not in list(Code):  # a later version's: consumers of this one know only the codes of its schema
        return Failure(Code.EXTRACTION_FAILED, f"{reason[:REASON_CHARS]} ({code[:CODE_CHARS]})", place[:CODE_CHARS])
    return Failure(code, reason[:REASON_CHARS], place[:CODE_CHARS])


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
