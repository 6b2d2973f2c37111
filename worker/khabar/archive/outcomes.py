"""What an item comes to outside the queue: its line of JSON, under the id that the queue gives."""

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
        id: as the event of the same outcome has it in the queue; 32 hexadecimal digits.
        article_id: None where the item could not be read.
        code: why there is no record; None for a record.
        line: the Record, its outcome_id first, or the Rejection; JSON, UTF-8, without a line end.
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
    """Read and extract one item; nothing that an item holds raises.

    Args:
        item: what was read.
        judge: says what it comes to.
        version: the pipeline's.
        error: why it can be no article, found while reading.

    Raises:
        KhabarError: by no fault of the item's: Farasa's jars do not answer, say.
    """
    try:
        verdict = Refusal(None, error) if error else judge(item)
    except KhabarError:
        raise
    except Exception as cause:  # here there is no second attempt, and the items behind it want their lines
        reason = describe(cause)
        verdict = Refusal(None, RejectedArticle(Code.EXTRACTION_FAILED, field=None, reason=reason, place="pipeline"))
    article = verdict.article
    if isinstance(verdict, Extracted):
        own = outcome_id(verdict.article.id, verdict.article.text, version)
        record = verdict.record.model_copy(update={"outcome_id": own})
        return Outcome(own, verdict.article.id, None, record_bytes(record))
    original = _original(item)
    own = outcome_id(article.id, article.text, version) if article else unreadable_id(original)
    is_cut = error is not None and error.code is Code.TOO_LARGE  # one of too many tokens is whole
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
