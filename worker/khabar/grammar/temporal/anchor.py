"""The temporal anchor: the day on which an article was written, decided from all evidence."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from khabar.grammar.page.boilerplate import boilerplate
from khabar.grammar.temporal import calendar
from khabar.grammar.temporal.evidence import Evidence, Source, dates, of_producer, stamps, weekdays
from khabar.grammar.temporal.grammar import expressions
from khabar.grammar.temporal.reader import Expression
from khabar.text.document import Document

SCRAPED_LATER: Final = "scraped_later_than_text"  # the quality flag

# Order of trust if sources differ. A date beside اليوم in the text comes first: it says what اليوم means there.
_TRUST: Final[tuple[Source, ...]] = ("text", "dateline", "published_at", "url", "scraped_at")
# Order in which a source is named if several give the same day.
_NAMED: Final[tuple[Source, ...]] = ("published_at", "text", "url", "dateline", "scraped_at")
_WEEK: Final = calendar.DAYS_OF_WEEK
_LATE_DAYS: Final = (
    1  # published at most this long after the day in its address: after midnight; later: published again
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """The article's day.

    Attributes:
        day: the day against which relative dates are resolved.
        source: where the day is from; scraped_at only if there is no other source.
        agrees: whether no evidence points to another day; a later day of scraping does not count as another.
        is_scraped_later: whether the article was scraped on a later day.
    """

    day: date
    source: Source
    agrees: bool
    is_scraped_later: bool


def story_expressions(document: Document) -> list[Expression]:
    """Return the temporal expressions of the story, without the boilerplate; call it through `document.once`."""
    rest = boilerplate(document)
    starts = document.tokens.start
    return [expression for expression in document.once(expressions) if not rest.covers(starts[expression.first])]


def anchor(document: Document) -> Anchor | None:
    """Return the article's day; None if there is no evidence of it; call it through `document.once`."""
    found = document.once(story_expressions)
    sent = of_producer(document)
    near = _first(sent)
    told = dates(document, found, near.day if near else None)
    stamped = stamps(document, document.once(expressions), near.day if near else None)
    return decide([*told, *stamped, *sent], weekdays(document, found))


def decide(evidence: Sequence[Evidence], votes: Sequence[int]) -> Anchor | None:
    """Weigh the evidence.

    Args:
        evidence: all evidence for the day, in any order.
        votes: the article's weekday, according to each deictic with a weekday beside it (أمس السبت), in text order.

    Returns:
        The day. The weekday chooses among the days of the evidence. If none fits, the most trusted one is moved to the nearest
        day with that weekday, mostly backwards and by less than a week.
    """
    evidence = _possible(evidence)
    base = _first(evidence)
    if base is None:
        return None
    told = [each for each in evidence if each.source != "scraped_at"]
    day = base.day
    if votes and not (base.source == "text" and base.is_sure):
        day = _fitting(_in_order(evidence), _majority(votes, base), base)
    witnesses = [each.source for each in told if each.fits(day)]
    if votes and day.isoweekday() in votes:
        witnesses.append("text")
    scraped = next((each.day for each in evidence if each.source == "scraped_at"), None)
    return Anchor(
        day,
        min(witnesses, key=_NAMED.index, default="scraped_at"),
        agrees=all(each.fits(day) or not each.is_sure for each in told)
        and all(vote == day.isoweekday() for vote in votes),
        is_scraped_later=bool(witnesses) and scraped is not None and scraped > day,
    )


def _possible(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the evidence without days from text or address that are later than when the article could be read."""
    seen = {each.source: each.day for each in evidence if each.source in ("scraped_at", "published_at")}
    limit = seen.get("scraped_at") or seen.get("published_at")
    return [each for each in evidence if limit is None or each.source in seen or (each.day - limit).days <= 1]


def _in_order(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Return the evidence, the most trusted first.

    A page published long after the day in its address was published again, so the day in its address is the right one.
    """
    found = sorted(evidence, key=_rank)
    published = next((each for each in found if each.source == "published_at"), None)
    url = next((each for each in found if each.source == "url"), None)
    if published and url and url.is_sure and (published.day - url.day).days > _LATE_DAYS:
        found.remove(url)
        found.insert(found.index(published), url)
    return [each for each in found if each.is_sure or _is_near(each.day, published.day if published else None)]


def _rank(evidence: Evidence) -> tuple[bool, bool, int]:
    return evidence.source == "scraped_at", not evidence.is_sure, _TRUST.index(evidence.source)


def _is_near(day: date, published: date | None) -> bool:
    """Whether a day that may only be the story's subject is near enough to publication to be the article's day."""
    return published is None or -1 <= (published - day).days <= _WEEK


def _first(evidence: Iterable[Evidence]) -> Evidence | None:
    return next(iter(_in_order(evidence)), None)


def _majority(votes: Sequence[int], base: Evidence) -> int:
    """Return the most frequent weekday; if several are equally frequent, the one nearest to the best evidence."""
    counts = Counter(votes)
    return min(counts, key=lambda vote: (-counts[vote], abs((_nearest(base, vote) - base.day).days)))


def _fitting(evidence: Sequence[Evidence], weekday: int, base: Evidence) -> date:
    """Return the day with this weekday: one in the evidence, within a week of the best, otherwise the nearest."""
    for each in evidence:
        for day in (each.day, *sorted(each.also)):
            if day.isoweekday() == weekday and abs((day - base.day).days) < _WEEK and each.source != "scraped_at":
                return day
    return _nearest(base, weekday)


def _nearest(base: Evidence, weekday: int) -> date:
    """Return the nearest day with a weekday, at or before the day of the evidence.

    If only the day after it has the weekday, within a day of it, that day is returned: the time of publication may be in another
    zone, or the article in tomorrow's newspaper, which is on the web in the evening. An article scraped by day is then six days
    old instead.
    """
    back = (base.day.isoweekday() - weekday) % _WEEK
    is_tomorrow = back == _WEEK - 1 and (base.source != "scraped_at" or base.is_evening)
    return calendar.add_days(base.day, 1 if is_tomorrow else -back) or base.day
