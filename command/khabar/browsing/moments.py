"""When an article was, as seconds, and as the key by which the index keeps the newest first."""

import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zlib import crc32

from khabar.messages.dates import read_date

NUMBERS: Final = 20  # bits of a key below the seconds, for articles of one second


def seconds_of(record: Mapping[str, Any]) -> int:
    """Return when an article was published, else scraped, as Unix time; 0 where neither is known.

    A time to come is now: one wrong year must not stay above all news.
    """
    article = record["article"]
    for field in ("published_at", "scraped_at"):
        if (moment := read_date(article.get(field))) is not None:
            at = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return int(min(max(at.timestamp(), 0), time.time()))
    return 0


def id_at(seconds: int, article: str) -> int:
    """Return the key of an article; its last bits are of its id, so that few articles of one second have one key."""
    return seconds << NUMBERS | crc32(article.encode(errors="replace")) & (1 << NUMBERS - 1) - 1


def moment_of(id: int) -> datetime | None:
    """Return the time that a key tells, None where it was not known."""
    return datetime.fromtimestamp(id >> NUMBERS, UTC) if id >> NUMBERS else None


def ids_of_day(day: str) -> tuple[int, int] | None:
    """Return the range of keys [first, end) of a day such as 2026-08-14; None if the text is no date."""
    try:
        begin = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
    except ValueError:
        return None
    first, end = (max(0, int(moment.timestamp())) for moment in (begin, begin + timedelta(days=1)))
    return first << NUMBERS, end << NUMBERS
