"""The context against which a meaning is resolved, and the result."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from khabar.grammar.temporal import calendar


@dataclass(frozen=True, slots=True)
class Point:
    """A Gregorian year, quarter, month or day; finer fields are None if unknown."""

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
        """The day; None if it is not one."""
        return calendar.day(self.year, self.month, self.day) if self.month and self.day else None


def point_of(day: date) -> Point:
    """Return a day as a point."""
    return Point(day.year, day.month, day.day)


@dataclass(slots=True)
class Context:
    """The context in which a meaning is resolved.

    Attributes:
        anchor: the article's day; None if unknown.
        focus: the last point that the text named; None before the first.
        is_explicit: whether the focus was named as a calendar date, not as a deictic such as أمس.
        is_near: whether the current sentence named the focus.
        sentence: index of the sentence that named the focus.
        programme: index of the last sentence that named a day by more than its weekday.
        day: the last day that the text named.
        is_programme: whether `programme` is at most a few sentences back.
        dated: the last date with a year: the day, or the first day of the month. None before the first such date, in another
            paragraph, and after a deictic or a weekday.
        dated_at: index of that date's first token.
        dated_calendar: calendar of that date, g or h.
        looks_ahead: whether the words around the expression are about the future.
        looks_back: whether the words before the expression are about the past.
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
    """The result: a value, None if it cannot be decided, and the point to which later expressions may refer."""

    value: str | None
    hijri: str | None = None
    point: Point | None = None


UNRESOLVED: Final = Resolved(None)


def resolved_point(point: Point) -> Resolved:
    """Return the result for a point; unresolved if the calendar does not have its year."""
    return Resolved(point.value, point=point) if calendar.is_year(point.year) else UNRESOLVED


class Meaning(Protocol):
    """The meaning of an expression, before it is resolved."""

    def resolve(self, context: Context) -> Resolved:
        """Return its value in this context."""
        ...
