"""Entries that have used up their attempts: out of the ledger, onto the dead letters, with what they died of."""

import logging
from collections.abc import Mapping
from typing import Any

import orjson
from redis import Redis

from khabar.errors import Code, RejectedArticle
from khabar.keys.names import ARTICLE_FIELD, Lane, Names
from khabar.ledger.entries import Batch
from khabar.messages.article import Article, parse_article
from khabar.results.outcome import OutcomeIds, rejected
from khabar.results.publisher import ResultPublisher

log = logging.getLogger(__name__)

# Where nobody was left to say what happened: the whole worker died each time.
UNKNOWN = {"code": Code.WORKER_LOST, "reason": "its worker was lost without a word", "place": "worker"}


class ExhaustedRejecter:
    """Ends the entries of a batch as dead letters."""

    def __init__(
        self,
        client: "Redis",
        names: Names,
        publisher: ResultPublisher,
        *,
        versions: Mapping[Lane, str],
        max_bytes: int,
    ) -> None:
        self._client = client
        self._names = names
        self._publisher = publisher
        self._ids = OutcomeIds(versions)
        self._max_bytes = max_bytes

    def __call__(self, batch: Batch) -> None:
        """Reject every entry of the batch with the code, reason and place of its last attempt."""
        for entry in batch.ids:
            original = self._original(batch, entry)
            failure = UNKNOWN | orjson.loads(self._client.hget(self._names.failures, f"{batch.lane} {entry}") or b"{}")
            reason = f"{failure['reason']}; tried {batch.attempts} times"
            error = RejectedArticle(Code(failure["code"]), field=None, reason=reason, place=failure["place"])
            outcome = rejected(
                batch.lane,
                entry,
                original,
                error,
                article=self._read(original),
                attempts=batch.attempts,
                ids=self._ids,
            )
            self._publisher.publish([outcome])
            log.warning(
                reason, extra={"action": "article_given_up", "lane": batch.lane, "entry": entry, "code": error.code}
            )

    def _original(self, batch: Batch, entry: str) -> bytes:
        entries: Any = self._client.xrange(self._names.ledger(batch.lane), min=entry, max=entry)
        article: bytes = entries[0][1].get(ARTICLE_FIELD.encode(), b"") if entries else b""
        return article

    def _read(self, original: bytes) -> Article | None:
        try:
            return parse_article(original, max_bytes=self._max_bytes)
        except RejectedArticle:
            return None
