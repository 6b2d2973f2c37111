"""The outcome of one item outside the queue: a line of JSON, with the same outcome id as in the queue."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from khabar.errors import Code, KhabarError, RejectedArticle
from khabar.messages.article import Article
from khabar.messages.envelope import outcome_id, unreadable_id
from khabar.messages.items import original_of
from khabar.messages.rejection import make_rejection
from khabar.pipeline.assemble import record_bytes
from khabar.pipeline.extract import describe
from khabar.pipeline.verdict import Extracted, Refusal, Verdict

Raw = Article | Mapping[str, Any] | bytes | str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A record or a rejection.

    Attributes:
        id: the outcome id, equal to that of the event in the queue; 32 hexadecimal digits.
        article_id: None if the item could not be read.
        code: the reason of a rejection; None for a record.
        line: the Record, beginning with its outcome_id, or the Rejection; JSON in UTF-8, without a line end.
    """

    id: str
    article_id: str | None
    code: Code | None
    line: bytes

    @property
    def is_record(self) -> bool:
        """Whether it is a record."""
        return self.code is None


def outcome_of(
    item: Raw, judge: Callable[[Raw], Verdict], version: str, *, error: RejectedArticle | None = None
) -> Outcome:
    """Read and extract one item; a bad item gives a rejection and raises nothing.

    Args:
        item: the item as read from the input.
        judge: the pipeline's function from an item to a verdict.
        version: the pipeline's version.
        error: the reason, found while reading, why the item cannot be an article.

    Raises:
        KhabarError: the cause is not the item; for example, Farasa's jars do not answer.
    """
    try:
        verdict = Refusal(None, error) if error else judge(item)
    except KhabarError:
        raise
    except Exception as cause:  # here there is no second attempt, and the following items must still be extracted
        reason = describe(cause)
        verdict = Refusal(None, RejectedArticle(Code.EXTRACTION_FAILED, field=None, reason=reason, place="pipeline"))
    article = verdict.article
    if isinstance(verdict, Extracted):
        own = outcome_id(verdict.article.id, verdict.article.text, version)
        record = verdict.record.model_copy(update={"outcome_id": own})
        return Outcome(own, verdict.article.id, None, record_bytes(record))
    original = _original(item)
    own = outcome_id(article.id, article.text, version) if article else unreadable_id(original)
    is_cut = error is not None and error.code is Code.TOO_LARGE  # an article with too many tokens is kept whole
    rejection = make_rejection(verdict.error, original, article_id=article.id if article else None, is_cut=is_cut)
    line = orjson.dumps(rejection.model_dump(mode="json"))
    return Outcome(own, rejection.article_id, verdict.error.code, line)


def _original(item: Raw) -> bytes:
    if isinstance(item, bytes):
        return item
    if isinstance(item, str):
        return item.encode("utf-8", "surrogatepass")
    if isinstance(item, Article):
        return item.model_dump_json().encode()
    return original_of(item)
