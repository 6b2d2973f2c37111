"""The verdict on one item: read, extracted, or refused. The command, the worker and the library all ask here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from khabar.errors import RejectedArticle
from khabar.messages.article import Article, parse_article
from khabar.messages.record import Record
from khabar.pipeline.laps import Laps


@dataclass(frozen=True, slots=True)
class Extracted:
    """An article and its record."""

    article: Article
    record: Record


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an item can never have a record.

    Attributes:
        article: the item as read; None where it could not be.
    """

    article: Article | None
    error: RejectedArticle


Verdict = Extracted | Refusal


def judge(
    item: Article | bytes | str | Mapping[str, Any],
    pipeline: Callable[..., Record],
    *,
    max_bytes: int,
    laps: Laps | None = None,
) -> Verdict:
    """Read an item and extract its record.

    Args:
        item: JSON, a mapping that could be JSON, or an article that has been read already.
        pipeline: an article, and laps where they are given -> its record.
        max_bytes: the most that the JSON may have.
        laps: is told the end of each step.

    Raises:
        Exception: extraction failed; another attempt may not.
    """
    article = item if isinstance(item, Article) else None
    try:
        if not isinstance(item, Article):
            article = item = parse_article(item, max_bytes=max_bytes)
        if laps is None:
            return Extracted(item, pipeline(item))
        laps.lap("read")
        return Extracted(item, pipeline(item, laps))
    except RejectedArticle as error:
        return Refusal(article, error)
