"""Calendar dates: the choice of a year if none is named, and conversion from Hijri to Gregorian."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from khabar.grammar.temporal import calendar
from khabar.grammar.temporal.context import (
    UNRESOLVED,
    Context,
    Meaning,
    Point,
    Resolved,
    point_of,
    resolved_point,
)

# Factor for days ahead of the anchor: a date without a year may be past or future, but reports look back twice as often.
_AHEAD_PENALTY: Final = 2
# Factor for days behind the anchor beside a verb in the future: then a date is only past if it is a few weeks old at most.
_BEHIND_PENALTY: Final = 8
# Dates farther from the anchor than this need a year in the text.
_YEAR_DAYS: Final = 366
# In ديسمبر 2026 ... ويناير, a month more than this many months earlier belongs to the next year.
_FAR_BACK: Final = 6
# Relations that may refer to the date that the text named last.
_BESIDE: Final = (None, "following", "previous")


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """A date of a calendar, with the parts that the text gives.

    Attributes:
        calendar: 'g' for Gregorian, 'h' for Hijri.
        year, month, day: None for parts that are not named.
        relation: for a date without a year: past, next, ...; since: at or before the anchor; unknown: not the nearest year.
        of: the year (or, for only a day, the month) as a reference: من العام الماضي, من الشهر المقبل.
        weekday: ISO number of the weekday beside it.
        hijri: the same date in the Hijri calendar, if the text gives both.
    """

    calendar: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    relation: str | None = None
    of: Meaning | None = None
    weekday: int | None = None
    hijri: "CalendarDate | None" = None

    @property
    def has_year(self) -> bool:
        """Whether the text tells its year, also by a relation or a reference."""
        return self.year is not None or self.relation is not None or self.of is not None

    def resolve(self, context: Context) -> Resolved:
        """Return its Gregorian value; if no year is named, with the year nearest to the anchor."""
        if self.hijri is not None:
            twin = self.hijri.resolve(context)
            resolved = replace(self, hijri=None).resolve(context)
            return replace(resolved, hijri=twin.hijri) if resolved.value else twin
        if self.of is not None and (self.calendar == "g" or not self.month):
            owner = self.of.resolve(context).point
            if owner is None:
                return UNRESOLVED
            return replace(self, of=None, year=owner.year, month=self.month or owner.month).resolve(context)
        if self.calendar == "h":
            return _resolve_hijri(self, context)
        if self.year is not None:
            return _gregorian(self.year, self.month, self.day)
        return _nearest_gregorian(self, context)


def interval_of(resolved: Resolved) -> calendar.Interval | None:
    """Return the first and last day of a resolved month; None for anything else."""
    point = resolved.point
    if point is not None:
        first = calendar.day(point.year, point.month, 1) if point.month and not point.day else None
        following = calendar.day(*calendar.add_months(point.year, point.month or 1, 1), 1)
        last = calendar.add_days(following, -1) if following else None
        return (first, last) if first and last else None
    if resolved.hijri is None or resolved.value is None or "/" not in resolved.value:
        return None
    ends = resolved.value.split("/")
    return date.fromisoformat(ends[0]), date.fromisoformat(ends[1])


def first_day(resolved: Resolved) -> date | None:
    """Return the resolved day, or the first day of the resolved month; None for anything else."""
    point = resolved.point
    if point is not None:
        return calendar.day(point.year, point.month, point.day or 1) if point.month else None
    return date.fromisoformat(resolved.value.split("/")[0]) if resolved.hijri and resolved.value else None


def _gregorian(year: int, month: int | None, number: int | None) -> Resolved:
    if not calendar.is_year(year) or (number and not (month and calendar.day(year, month, number))):
        return UNRESOLVED
    return resolved_point(Point(year, month, number))


def _nearest_gregorian(meaning: CalendarDate, context: Context) -> Resolved:
    anchor = context.anchor
    if meaning.month is None or meaning.relation == "unknown":
        return UNRESOLVED
    told = year_beside(meaning, context)
    if told is not None:
        return _gregorian(told, meaning.month, meaning.day)
    if anchor is None:
        part = f"-{meaning.day:02}" if meaning.day else ""
        return UNRESOLVED if meaning.relation else Resolved(f"XXXX-{meaning.month:02}{part}")
    candidates: list[tuple[int, date]] = []
    base = anchor if meaning.day else anchor.replace(day=1)
    for year in range(anchor.year - 1, anchor.year + 2):
        first = calendar.day(year, meaning.month, meaning.day or 1)
        if first and abs((first - base).days) <= _YEAR_DAYS:
            candidates.append(((first - base).days, first))
    chosen = _choose(candidates, meaning, context)
    return _gregorian(chosen.year, meaning.month, meaning.day) if chosen else UNRESOLVED


def _choose(candidates: list[tuple[int, date]], meaning: CalendarDate, context: Context) -> date | None:
    """Return the best of the candidates, which are (days from the anchor, first day) for each possible year."""
    if meaning.weekday is not None:
        # If no year fits the weekday, the text has an error. Hijri days may differ by one, by the sighting of the moon.
        slack = 1 if meaning.calendar == "h" else 0
        fits = [(days, first) for days, first in candidates if _weekdays_apart(first, meaning.weekday) <= slack]
        candidates = fits if fits or meaning.relation is None else candidates
    relation = meaning.relation
    if relation in ("past", "previous"):
        fitting = [(-days, first) for days, first in candidates if days < 0]
    elif relation == "since":
        fitting = [(-days, first) for days, first in candidates if days <= 0]
    elif relation in ("next", "following"):
        fitting = [(days, first) for days, first in candidates if days > 0]
    else:
        behind, ahead = (_BEHIND_PENALTY, 1) if context.looks_ahead else (1, _AHEAD_PENALTY)
        fitting = [(-days * behind if days < 0 else days * ahead, first) for days, first in candidates]
    return min(fitting)[1] if fitting else None


def _weekdays_apart(day: date, weekday: int) -> int:
    away = (day.isoweekday() - weekday) % calendar.DAYS_OF_WEEK
    return min(away, calendar.DAYS_OF_WEEK - away)


def _resolve_hijri(meaning: CalendarDate, context: Context) -> Resolved:
    if meaning.year is None:
        year = year_beside(meaning, context) or _nearest_hijri_year(meaning, context)
        return _resolve_hijri(replace(meaning, year=year), context) if year else UNRESOLVED
    year, month, number = meaning.year, meaning.month, meaning.day
    hijri = "-".join((f"{year:04}", *(f"{part:02}" for part in (month, number) if part)))
    if month and number:
        converted = calendar.hijri_day(year, month, number)
        return Resolved(converted.isoformat(), hijri, point_of(converted)) if converted else Resolved(None, hijri)
    interval = calendar.hijri_interval(year, month)
    return Resolved(f"{interval[0]}/{interval[1]}" if interval else None, hijri)


def _nearest_hijri_year(meaning: CalendarDate, context: Context) -> int | None:
    anchor = context.anchor
    today = calendar.to_hijri(anchor) if anchor else None
    if anchor is None or today is None or meaning.month is None:
        return None
    years: dict[date, int] = {}
    candidates: list[tuple[int, date]] = []
    base = anchor if meaning.day else calendar.hijri_day(today[0], today[1], 1)
    for year in range(today[0] - 1, today[0] + 2):
        first = calendar.hijri_day(year, meaning.month, meaning.day or 1)
        if first and base and abs((first - base).days) <= _YEAR_DAYS:
            years[first] = year
            candidates.append(((first - base).days, first))
    chosen = _choose(candidates, meaning, context)
    return years[chosen] if chosen else None


def year_beside(meaning: CalendarDate, context: Context) -> int | None:
    """Return the year of a date without one, from a date with a year before it: مارس 2027 والإعادة في أبريل.

    If that date is more than a year from the anchor, the year is the same, or the next one if the month is much earlier
    (ديسمبر 2014 ... ويناير). Otherwise it is the year in which the date is nearest to both.
    """
    told, month = context.dated, meaning.month
    if told is None or month is None or meaning.of is not None or meaning.relation not in _BESIDE:
        return None
    there = calendar.to_hijri(told) if meaning.calendar == "h" else (told.year, told.month, told.day)
    if there is None:
        return None
    if meaning.relation == "following":
        return there[0] + (month <= there[1])
    if meaning.relation == "previous":
        return there[0] - (month >= there[1])
    anchor = context.anchor
    if anchor and abs((told - anchor).days) <= _YEAR_DAYS:
        # Reports that name a past date continue with a future one half as often as with a past one.
        penalty = 1 if context.looks_ahead or told > anchor else _AHEAD_PENALTY
        days = [(year, _first(meaning, year)) for year in range(there[0] - 1, there[0] + 2)]
        away = [
            (abs((day - told).days) + (anchor - day if day < anchor else penalty * (day - anchor)).days, year)
            for year, day in days
            if day
        ]
        year = min(away)[1] if away else there[0]
    elif meaning.calendar != context.dated_calendar:
        return None
    else:
        year = there[0] + (there[1] - month > _FAR_BACK)
    return year if _may_be(_first(meaning, year), meaning, context) else None


def _first(meaning: CalendarDate, year: int) -> date | None:
    first = calendar.hijri_day if meaning.calendar == "h" else calendar.day
    return first(year, meaning.month or 1, meaning.day or 1)


def _may_be(day: date | None, meaning: CalendarDate, context: Context) -> bool:
    """Whether weekday and tense allow this day; otherwise the date is of another year."""
    if day is None or (meaning.weekday is not None and _weekdays_apart(day, meaning.weekday) > 1):
        return False
    anchor = context.anchor.replace(day=1) if context.anchor and not meaning.day else context.anchor
    return anchor is None or not ((context.looks_ahead and day < anchor) or (context.looks_back and day > anchor))
