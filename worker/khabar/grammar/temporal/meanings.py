"""Fixed values, and meanings that contain others: parts of a year, times of a day, intervals, weeks of a month."""

from dataclasses import dataclass
from typing import Final

from khabar.grammar.temporal import calendar
from khabar.grammar.temporal.context import (
    UNRESOLVED,
    Context,
    Meaning,
    Point,
    Resolved,
    point_of,
)
from khabar.grammar.temporal.hours import Hour


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value that no context changes: P3M, PRESENT_REF, XXXX-WXX-5."""

    value: str | None

    def resolve(self, context: Context) -> Resolved:  # noqa: ARG002
        """Return the value."""
        return Resolved(self.value)


# The month in which each part of a year begins; winter belongs to the year of its January.
_BEGINS: Final = {"Q1": 1, "Q2": 4, "Q3": 7, "Q4": 10, "H1": 1, "H2": 7, "SP": 3, "SU": 6, "FA": 9, "WI": 1}
_FAR_MONTHS: Final = 5


@dataclass(frozen=True, slots=True)
class YearPart:
    """A quarter, half or season of a year: Q2, H1, SU.

    Attributes:
        code: its code in the value.
        year: the year; None for the one nearest to the anchor.
        relation: past, next and so on, for a season without a year.
    """

    code: str
    year: Meaning | None = None
    relation: str | None = None

    def resolve(self, context: Context) -> Resolved:
        """Return its value."""
        if self.year is not None:
            owner = self.year.resolve(context).point
            year = owner.year if owner else None
        else:
            year = self._nearest_year(context)
        if year is None:
            return UNRESOLVED
        quarter = int(self.code[1]) if self.code[0] == "Q" else None
        return Resolved(f"{year:04}-{self.code}", point=Point(year, quarter=quarter))

    def _nearest_year(self, context: Context) -> int | None:
        anchor = context.anchor
        if anchor is None:
            return None
        begins = _BEGINS[self.code]
        has_begun = anchor.month >= begins
        if self.relation in ("past", "previous"):
            return anchor.year if anchor.month > begins + 2 else anchor.year - 1
        if self.relation in ("next", "following"):
            return anchor.year if not has_begun else anchor.year + 1
        is_far = begins - anchor.month > _FAR_MONTHS and not context.looks_ahead
        return anchor.year - 1 if is_far else anchor.year


@dataclass(frozen=True, slots=True)
class Timed:
    """A time of a day, such as T21:18 or TMO. Without a day, it is on the day that the text named last, or on the anchor.

    Attributes:
        time: None if the half of the day is unknown.
        day: the day; None if none is named.
        hour: for a clock time, the hour in the text; words beside it may tell the half of the day.
    """

    time: str | None
    day: Meaning | None = None
    hour: Hour | None = None

    def resolve(self, context: Context) -> Resolved:
        """Return day and time."""
        if self.day is not None:
            point = self.day.resolve(context).point
        elif context.day:
            point = context.day
        else:
            point = point_of(context.anchor) if context.anchor else None
        if point is None and self.day is None and self.hour:
            return Resolved(self.time)
        if point is None or not point.day:
            return UNRESOLVED
        return Resolved(f"{point.value}{self.time}" if self.time else None, point=point)


@dataclass(frozen=True, slots=True)
class Between:
    """An interval of which both ends are named: 2015 - 2020."""

    first: Meaning
    last: Meaning

    def resolve(self, context: Context) -> Resolved:
        """Return first/last."""
        first, last = self.first.resolve(context), self.last.resolve(context)
        if first.value is None or last.value is None:
            return UNRESOLVED
        # A Hijri year is an interval itself.
        value = f"{first.value.split('/')[0]}/{last.value.split('/')[-1]}"
        hijri = f"{first.hijri}/{last.hijri}" if first.hijri and last.hijri else None
        return Resolved(value, hijri)


@dataclass(frozen=True, slots=True)
class WeekOfMonth:
    """The first (0) to fourth (3) or the last (-1) week of a month, as an ISO week."""

    number: int
    month: Meaning

    def resolve(self, context: Context) -> Resolved:
        """Return the ISO week with the fourth day of that week, or with the last day of the month."""
        point = self.month.resolve(context).point
        if point is None or not point.month:
            return UNRESOLVED
        first = calendar.day(point.year, point.month, 1)
        following = calendar.add_months(point.year, point.month, 1)
        last = calendar.day(*following, 1)
        if first is None or last is None:
            return UNRESOLVED
        inside = calendar.add_days(last, -1) if self.number < 0 else calendar.add_days(first, 7 * self.number + 3)
        return Resolved(calendar.iso_week(inside)) if inside else UNRESOLVED
