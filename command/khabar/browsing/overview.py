"""Sums over the records of some days: articles, outlets, topics, who is quoted, and the women among them."""

import sqlite3
from dataclasses import dataclass
from typing import Final

from khabar.browsing.moments import NUMBERS

HOUR_S: Final = 3600
DAY_S: Final = 86_400
SHOWN: Final = 12
PERIODS: Final = {"1": "24 hours", "7": "7 days", "30": "30 days", "365": "a year", "all": "all"}
_MOST_BARS: Final = 96


@dataclass(frozen=True, slots=True)
class Overview:
    """Totals of the records of a period.

    Attributes:
        articles: how many.
        step_s: seconds of a bar; times: pairs of Unix time and articles, without gaps.
        outlets, topics: pairs of name and articles. quoted: name, gender and articles, each voice once an article.
        women, men: voices whose gender the text shows. women_by: Unix time, women, men, for each step of a day or more.
    """

    articles: int
    step_s: int
    times: list[tuple[int, int]]
    outlets: list[tuple[str, int]]
    topics: list[tuple[str, str, int]]
    quoted: list[tuple[str, str | None, int]]
    women: int
    men: int
    women_by: list[tuple[int, int, int]]


def overview(connection: sqlite3.Connection, period: str) -> Overview:
    """Return the sums of the last days of what is there, counted back from the newest record.

    Args:
        period: a key of PERIODS.
    """
    [(newest,)] = connection.execute("SELECT max(id) FROM records")
    newest_s = (newest or 0) >> NUMBERS
    begin_s = 0 if period == "all" else max(0, newest_s - int(period) * DAY_S + 1)
    begin = begin_s << NUMBERS
    rows = connection.execute(
        f"SELECT (id >> {NUMBERS}) / {HOUR_S}, count(*) FROM records WHERE id >= ? AND id >= 1 << {NUMBERS} GROUP BY 1",  # noqa: S608
        (begin,),
    ).fetchall()
    step_s = _step((rows[-1][0] - rows[0][0] + 1) * HOUR_S) if rows else HOUR_S
    [(articles,)] = connection.execute("SELECT count(*) FROM records WHERE id >= ?", (begin,))
    outlets = connection.execute(
        "SELECT coalesce(outlet, ''), count(*) FROM records WHERE id >= ? GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?",
        (begin, SHOWN),
    ).fetchall()
    topics = connection.execute(
        "SELECT code, label, count(*) FROM topics WHERE record >= ? GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT ?",
        (begin, SHOWN + 5),
    ).fetchall()
    quoted = connection.execute(
        "SELECT name, gender, count(*) FROM said WHERE record >= ? AND is_named GROUP BY key ORDER BY 3 DESC, key LIMIT ?",
        (begin, SHOWN),
    ).fetchall()
    by = connection.execute(
        f"SELECT (record >> {NUMBERS}) / ?, sum(gender = 'f'), sum(gender = 'm') FROM said "  # noqa: S608
        "WHERE record >= ? AND gender IS NOT NULL GROUP BY 1",
        (max(step_s, DAY_S), begin),
    ).fetchall()
    return Overview(
        articles=articles,
        step_s=step_s,
        times=_without_gaps([(hour * HOUR_S, count) for hour, count in rows], step_s),
        outlets=outlets,
        topics=topics,
        quoted=quoted,
        women=sum(women for _, women, _ in by),
        men=sum(men for _, _, men in by),
        women_by=[(day * max(step_s, DAY_S), women, men) for day, women, men in by],
    )


def _step(length_s: int) -> int:
    """Return seconds of a bar: an hour, a day, or as many days as a year of bars needs."""
    if length_s <= _MOST_BARS * HOUR_S:
        return HOUR_S
    days = -(-length_s // (_MOST_BARS * DAY_S))
    return next((days_ for days_ in (1, 7, 30, 365) if days_ >= days), days) * DAY_S


def _without_gaps(found: list[tuple[int, int]], step_s: int) -> list[tuple[int, int]]:
    counts: dict[int, int] = {}
    for at, count in found:
        counts[at // step_s] = counts.get(at // step_s, 0) + count
    if not counts:
        return []
    return [(step * step_s, counts.get(step, 0)) for step in range(min(counts), max(counts) + 1)]
