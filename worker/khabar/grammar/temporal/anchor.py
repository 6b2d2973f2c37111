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

# Whom to believe first where evidence differs. A date beside اليوم is what the text's own اليوم means.
_TRUST: Final[tuple[Source, ...]] = ("text", "dateline", "published_at", "url", "scraped_at")
# Whom to name where several tell the same day.
_NAMED: Final[tuple[Source, ...]] = ("published_at", "text", "url", "dateline", "scraped_at")
_WEEK: Final = calendar.DAYS_OF_WEEK
_LATE_DAYS: Final = 1  # published so long after the day in its address: right after midnight; beyond, once more


@dataclass(frozen=True, slots=True)
class Anchor:
    """The article's day.

    Attributes:
        day: what relative dates are resolved against.
        source: what tells it; scraped_at only where nothing else does.
        agrees: whether no evidence tells another day; that it was scraped later is no conflict.
        is_scraped_later: whether it was scraped on a later day.
    """

    day: date
    source: Source
    agrees: bool
    is_scraped_later: bool


def story_expressions(document: Document) -> list[Expression]:
    """Return the temporal expressions of the story, what is no story left out; ask by `document.once`."""
    rest = boilerplate(document)
    starts = document.tokens.start
    return [expression for expression in document.once(expressions) if not rest.covers(starts[expression.first])]


def anchor(document: Document) -> Anchor | None:
    """Return the article's day, None where nothing tells it; ask by `document.once`."""
    found = document.once(story_expressions)
    sent = of_producer(document)
    near = _first(sent)
    told = dates(document, found, near.day if near else None)
    stamped = stamps(document, document.once(expressions), near.day if near else None)
    return decide([*told, *stamped, *sent], weekdays(document, found))


def decide(evidence: Sequence[Evidence], votes: Sequence[int]) -> Anchor | None:
    """Weigh the evidence.

    Args:
        evidence: days that something tells, in any order.
        votes: the article's weekday by each deictic with a weekday beside it, in text order.

    Returns:
        The day. Weekdays choose among the days of the evidence, and else move the best of them to the nearest day that
        fits: mostly at or before it, within a week.
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
    """Return the evidence without days of the text or address that lie ahead of when the article was there to be read."""
    seen = {each.source: each.day for each in evidence if each.source in ("scraped_at", "published_at")}
    limit = seen.get("scraped_at") or seen.get("published_at")
    return [each for each in evidence if limit is None or each.source in seen or (each.day - limit).days <= 1]


def _in_order(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Return the evidence, the most trusted first.

    A page that was published long after the day in its address was published once more: its address is older and right.
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
    """Whether a day that the story may be about can be the article's."""
    return published is None or -1 <= (published - day).days <= _WEEK


def _first(evidence: Iterable[Evidence]) -> Evidence | None:
    return next(iter(_in_order(evidence)), None)


def _majority(votes: Sequence[int], base: Evidence) -> int:
    """Return the weekday that most name; of several the one nearest to the evidence."""
    counts = Counter(votes)
    return min(counts, key=lambda vote: (-counts[vote], abs((_nearest(base, vote) - base.day).days)))


def _fitting(evidence: Sequence[Evidence], weekday: int, base: Evidence) -> date:
    """Return the day of this weekday: one that some evidence tells, within a week of the best, else the nearest."""
    for each in evidence:
        for day in (each.day, *sorted(each.also)):
            if day.isoweekday() == weekday and abs((day - base.day).days) < _WEEK and each.source != "scraped_at":
                return day
    return _nearest(base, weekday)


def _nearest(base: Evidence, weekday: int) -> date:
    """Return the nearest day of a weekday at or before a day.

    It is the day after only where that is nearer and likely: a moment of publication in another zone, or tomorrow's paper, which
    is on the web in the evening. What was scraped by day is rather six days old.
    """
    back = (base.day.isoweekday() - weekday) % _WEEK
    is_tomorrow = back == _WEEK - 1 and (base.source != "scraped_at" or base.is_evening)
    return calendar.add_days(base.day, 1 if is_tomorrow else -back) or base.day
