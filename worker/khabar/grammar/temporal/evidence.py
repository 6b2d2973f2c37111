"""Evidence for the day on which an article was written: its text, its address, and the fields of its producer."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Final, Literal, TypeGuard

from khabar.grammar.folding import fold
from khabar.grammar.page.boilerplate import boilerplate
from khabar.grammar.speech.glyphs import Quoted
from khabar.grammar.speech.glyphs import quoted as quotations
from khabar.grammar.temporal import calendar
from khabar.grammar.temporal.calendar_dates import CalendarDate
from khabar.grammar.temporal.context import Context, Meaning
from khabar.grammar.temporal.datelines import dateline, has_place
from khabar.grammar.temporal.days import DEICTICS
from khabar.grammar.temporal.meanings import Timed
from khabar.grammar.temporal.phrases import words
from khabar.grammar.temporal.reader import Expression
from khabar.grammar.temporal.relative import Shifted
from khabar.grammar.temporal.url_dates import url_date
from khabar.grammar.temporal.weekdays import NamedDay
from khabar.text.document import Document

Source = Literal["published_at", "text", "url", "dateline", "scraped_at"]

# Time zones from Morocco to the Gulf. In some of them it may already be the next day of the one in UTC.
_ZONES: Final = [timezone(timedelta(hours=hours)) for hours in range(5)]
# Tokens that may come between a deictic and the date of the same day: أمس (الخميس 5 مارس 2020), اليوم، 5 مارس 2020.
_BETWEEN: Final = frozenset("(،,-–/") | words("correspondences")
_COMMAS: Final = frozenset("،,")
_ANNIVERSARIES: Final = words("anniversaries")
_MAX_BETWEEN: Final = 2  # tokens
_EVENING_H: Final = 18  # from this hour on, a newspaper's site has the next day's articles


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence for the article's day.

    Attributes:
        day: the day.
        source: where it was found.
        also: other days that it may mean, because a time in UTC belongs to two days in different countries.
        is_evening: whether it is a time so late that the article may be dated the next day.
        is_sure: whether it is almost certainly the article's day. A day in a slug, or at the beginning of a text without the
            place of a dateline, may be the day of the event. A stamp on the page may be the time of a change.
    """

    day: date
    source: Source
    also: frozenset[date] = frozenset()
    is_evening: bool = False
    is_sure: bool = True

    def fits(self, day: date) -> bool:
        """Whether it may mean this day."""
        return day == self.day or day in self.also


def of_producer(document: Document) -> list[Evidence]:
    """Return the evidence from the producer's fields: the times of publication and scraping, and the day in the address."""
    article = document.article
    found = []
    if article.published_at is not None:
        found.append(_moment(article.published_at, "published_at"))
    told = url_date(article.url)
    if told is not None:
        found.append(Evidence(told.day, "url", is_sure=told.is_folder))
    if article.scraped_at is not None:
        found.append(_moment(article.scraped_at, "scraped_at"))
    return found


def _moment(at: datetime, source: Source) -> Evidence:
    is_universal = at.utcoffset() == timedelta(0) and at.time() != at.min.time()
    also = frozenset(at.astimezone(zone).date() for zone in _ZONES) if is_universal else frozenset()
    return Evidence(at.date(), source, also, is_evening=at.hour >= _EVENING_H)


def weekdays(document: Document, found: Sequence[Expression]) -> list[int]:
    """Return the article's weekday (ISO: Monday is 1), from each deictic with a weekday beside it, in text order.

    A quotation may have been said on another day. Its deictics only count if the rest of the text has none and the producer sent
    no time of publication.
    """
    narrated: list[int] = []
    quoted: list[int] = []
    for expression in found:
        day = _inner(expression)
        if isinstance(day, NamedDay) and day.weekday is not None and isinstance(day.day, Shifted):
            vote = (day.weekday - day.day.offset - 1) % calendar.DAYS_OF_WEEK + 1
            (quoted if _is_quoted(document, expression) else narrated).append(vote)
    return narrated or ([] if document.article.published_at else quoted)


def _is_quoted(document: Document, expression: Expression) -> bool:
    stretches = quotations(document)
    index = bisect_right(stretches, expression.first, key=_first_token) - 1
    return index >= 0 and stretches[index].is_closed and expression.last <= stretches[index].last


def _first_token(stretch: Quoted) -> int:
    return stretch.first


def dates(document: Document, found: Sequence[Expression], near: date | None) -> Iterator[Evidence]:
    """Return the evidence in the text: dates beside a deictic, and the date of the dateline.

    Args:
        document: has segmented tokens.
        found: its temporal expressions.
        near: the day against which a date without a year is resolved; None leaves such dates out.
    """
    context = Context(near)
    beside = [pair for index in range(len(found)) if (pair := _deictic_beside_date(document, found, index))]
    for dated, offset, meaning in beside:
        day = _day_of(meaning, context)
        written = calendar.add_days(day, -offset) if day else None
        if written is not None and not _is_quoted(document, dated):
            # After a comma, it may also be the date of something else: حدد المجلس أمس، 12 يناير، موعدا.
            yield Evidence(written, "text", is_sure=document.tokens.form[dated.first - 1] not in _COMMAS)
    head = dateline(document, [expression for expression in found if _is_date(expression.meaning)])
    day = _day_of(head.meaning, context) if head else None
    if head and day and all(head is not each for each, _, _ in beside):
        yield Evidence(day, "dateline", is_sure=has_place(document))


def stamps(document: Document, every: Sequence[Expression], near: date | None) -> Iterator[Evidence]:
    """Return the days of the page's stamps: a line with only السبت، 13 يونيو 2026 07:00 م. They may be the days of a change.

    Args:
        document: has segmented tokens.
        every: all temporal expressions, also those outside the story.
        near: the day against which a date without a year is resolved; None leaves such dates out.
    """
    rest, starts, context = boilerplate(document), document.tokens.start, Context(near)
    for expression in every:
        meaning = _inner(expression)
        if _is_date(meaning) and rest.is_stamp(starts[expression.first]):
            day = _day_of(meaning, context)
            if day is not None:
                yield Evidence(day, "text", is_sure=False)


def _day_of(meaning: Meaning, context: Context) -> date | None:
    point = meaning.resolve(context).point
    return point.as_date if point else None


def _inner(expression: Expression) -> Meaning:
    """Return the day of a time of day (صباح أمس الاثنين); for other expressions the meaning itself."""
    meaning = expression.meaning
    return meaning.day or meaning if isinstance(meaning, Timed) else meaning


def _deictic_beside_date(
    document: Document, found: Sequence[Expression], index: int
) -> tuple[Expression, int, CalendarDate] | None:
    """Return (expression, offset of the deictic from the anchor in days, date) for a date beside a deictic; None without one.

    Both are in one expression (اليوم الخميس 5 مارس 2020, أمس (4 مارس)), or the date follows: أمس (الخميس 5 مارس 2020).
    """
    expression, meaning = found[index], _inner(found[index])
    if _is_anniversary(document, expression):
        return None
    if isinstance(meaning, NamedDay) and isinstance(meaning.date, CalendarDate) and isinstance(meaning.day, Shifted):
        return expression, meaning.day.offset, meaning.date
    if not _is_date(meaning) or expression.mod:
        return None
    offset = _deictic_within(document, expression)
    is_behind = index > 0 and _stands_behind(document, found[index - 1], expression)
    if offset is None and is_behind and not _is_anniversary(document, found[index - 1]):
        before = _inner(found[index - 1])
        deictic = before.day if isinstance(before, NamedDay) else before
        offset = (
            deictic.offset
            if isinstance(deictic, Shifted) and (deictic.unit, deictic.relation) == ("D", "now")
            else None
        )
    return None if offset is None else (expression, offset, meaning)


def _is_date(meaning: Meaning) -> TypeGuard[CalendarDate]:
    """Whether it is a day and month, with a year in numbers or without any."""
    if not isinstance(meaning, CalendarDate) or meaning.day is None:
        return False
    return meaning.year is not None or (meaning.month is not None and not meaning.has_year)


def _deictic_within(document: Document, expression: Expression) -> int | None:
    """Return the offset of a deictic in the span. A date with a year is the whole meaning, so only the tokens show it."""
    form = document.tokens.form

    def at(index: int) -> str:
        return form[index] if index <= expression.last else ""

    for index in range(expression.first, expression.last + 1):
        if match := DEICTICS.match(at, index):
            return match.value
    return None


def _is_anniversary(document: Document, expression: Expression) -> bool:
    """Whether it is the same day in another year: في مثل هذا اليوم."""
    form = document.tokens.form
    return any(fold(word) in _ANNIVERSARIES for word in form[max(expression.first - 2, 0) : expression.first])


def _stands_behind(document: Document, first: Expression, second: Expression) -> bool:
    """Whether only punctuation or الموافق separates two expressions of a sentence."""
    if document.sentences.of_token(first.last) != document.sentences.of_token(second.first):
        return False
    between = document.tokens.form[first.last + 1 : second.first]
    return 1 <= len(between) <= _MAX_BETWEEN and all(token in _BETWEEN for token in between)
