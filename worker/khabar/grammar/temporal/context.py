"""What a meaning is resolved against, and what comes of it."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from khabar.grammar.temporal import calendar


@dataclass(frozen=True, slots=True)
class Point:
    """A Gregorian point as far as it is known; the coarser fields first."""

    year: int
    month: int | None = None
    day: int | None = None
    quarter: int | None = None

    @property
    def value(self) -> str:
        """The point as an ISO 8601 value."""
        if self.quarter:
            return f"{self.year:04}-Q{self.quarter}"
        parts = (f"{part:02}" for part in (self.month, self.day) if part)
        return "-".join((f"{self.year:04}", *parts))

    @property
    def as_date(self) -> date | None:
        """The day, where it is one."""
        return calendar.day(self.year, self.month, self.day) if self.month and self.day else None


def point_of(day: date) -> Point:
    """Return a day as a point."""
    return Point(day.year, day.month, day.day)


@dataclass(slots=True)
class Context:
    """What a meaning may be resolved against.

    Attributes:
        anchor: the day of publication; None where nothing tells it.
        focus: the last point that the text named; None before the first.
        is_explicit: whether the focus is a calendar date, not a deictic one.
        sentence: index of the sentence that named the focus. is_near: whether it is the present one.
        day: the last day that the text named.
        programme: index of the sentence that last named a day by more than its weekday. is_programme: whether that is
            a few sentences ago at most.
        dated: the day, or the first of the month, that was the last of which the text told the year; None before the first,
            in another paragraph, and once the text has come back to the day of publication.
        dated_at: index of the first token of its name. dated_calendar: g or h.
        looks_ahead, looks_back: whether the words around the expression speak of the future, or before it of the past.
    """

    anchor: date | None
    focus: Point | None = None
    is_explicit: bool = False
    is_near: bool = False
    sentence: int = -1
    programme: int = -9
    day: Point | None = None
    is_programme: bool = False
    dated: date | None = None
    dated_at: int = -1
    dated_calendar: str = "g"
    looks_ahead: bool = False
    looks_back: bool = False


@dataclass(frozen=True, slots=True)
class Resolved:
    """A value, None where nothing decides it, and the point that later expressions may refer to."""

    value: str | None
    hijri: str | None = None
    point: Point | None = None


UNRESOLVED: Final = Resolved(None)


def resolved_point(point: Point) -> Resolved:
    """Return a point as what an expression is resolved to; unresolved outside the calendar."""
    return Resolved(point.value, point=point) if calendar.is_year(point.year) else UNRESOLVED


class Meaning(Protocol):
    """What an expression means, before it is resolved."""

    def resolve(self, context: Context) -> Resolved:
        """Return its value in this context."""
        ...
