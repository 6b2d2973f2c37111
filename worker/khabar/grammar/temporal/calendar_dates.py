"""Dates of a calendar: the year where none is named, and Hijri to Gregorian."""

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

# A bare month or day lies ahead as readily as behind; reports look back twice as often as forward.
_AHEAD_PENALTY: Final = 2
# Beside a verb in the future only a date of the last weeks lies behind.
_BEHIND_PENALTY: Final = 8


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """A date of a calendar, as much of it as is said.

    Attributes:
        calendar: 'g' for Gregorian, 'h' for Hijri.
        year, month, day: as far as they are named.
        relation: of a date without a year: past, next, ...; since: at or before the anchor; unknown: not the nearest year.
        of: the year (or, for a day alone, the month) as a reference: من العام الماضي, من الشهر المقبل.
        weekday: ISO number of the weekday said beside it.
        hijri: the same date in the other calendar, where the text gives both.
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
        """Whether something names its year."""
        return self.year is not None or self.relation is not None or self.of is not None

    def resolve(self, context: Context) -> Resolved:
        """Return its Gregorian value; the year nearest to the anchor where none is named."""
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


def _gregorian(year: int, month: int | None, number: int | None) -> Resolved:
    if not calendar.is_year(year) or (number and not (month and calendar.day(year, month, number))):
        return UNRESOLVED
    return resolved_point(Point(year, month, number))


def _nearest_gregorian(meaning: CalendarDate, context: Context) -> Resolved:
    anchor = context.anchor
    if anchor is None or meaning.month is None or meaning.relation == "unknown":
        return UNRESOLVED
    candidates: list[tuple[int, date]] = []
    for year in range(anchor.year - 4, anchor.year + 5):
        first = calendar.day(year, meaning.month, meaning.day or 1)
        if first is None:
            continue
        base = anchor if meaning.day else anchor.replace(day=1)
        candidates.append(((first - base).days, first))
    chosen = _choose(candidates, meaning, context)
    return _gregorian(chosen.year, meaning.month, meaning.day) if chosen else UNRESOLVED


def _choose(candidates: list[tuple[int, date]], meaning: CalendarDate, context: Context) -> date | None:
    """Return the candidate that fits best: (days from the anchor, first day) of each possible year."""
    if meaning.weekday is not None:
        candidates = [
            (days, first) for days, first in candidates if first.isoweekday() == meaning.weekday
        ] or candidates
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
    if not fitting and meaning.weekday is not None:
        fitting = [(abs(days), first) for days, first in candidates]
    return min(fitting)[1] if fitting else None


def _resolve_hijri(meaning: CalendarDate, context: Context) -> Resolved:
    if meaning.year is None:
        year = _nearest_hijri_year(meaning, context)
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
    for year in range(today[0] - 2, today[0] + 3):
        first = calendar.hijri_day(year, meaning.month, meaning.day or 1)
        base = anchor if meaning.day else calendar.hijri_day(today[0], today[1], 1)
        if first and base:
            years[first] = year
            candidates.append(((first - base).days, first))
    chosen = _choose(candidates, meaning, context)
    return years[chosen] if chosen else None
