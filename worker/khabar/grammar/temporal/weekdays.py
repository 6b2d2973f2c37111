"""Weekdays: the nearest one in the past, unless the text looks ahead."""

from dataclasses import dataclass
from datetime import date

from khabar.grammar.temporal import calendar
from khabar.grammar.temporal.context import (
    UNRESOLVED,
    Context,
    Meaning,
    Resolved,
    point_of,
    resolved_point,
)


@dataclass(frozen=True, slots=True)
class Weekday:
    """A weekday. Without a relation, the nearest one at or before the anchor, or after it if the text looks ahead.

    Attributes:
        number: its ISO number; Monday is 1.
        relation: past, next, previous, following; sequel: the day after the weekday named right before it (الأربعاء والخميس).
        weeks: number of weeks more, for the one after next (بعد المقبل) or before last.
    """

    number: int
    relation: str | None = None
    weeks: int = 0

    def resolve(self, context: Context) -> Resolved:
        """Return its day."""
        anchor = context.anchor
        if self.relation in ("following", "previous", "sequel"):
            anchor = context.day.as_date if context.day else None
        if anchor is None:
            return UNRESOLVED
        if self.relation in ("next", "following", "sequel"):
            day = calendar.weekday_after(anchor, self.number, strictly=True, weeks=self.weeks)
        elif self.relation in ("past", "previous"):
            day = calendar.weekday_before(anchor, self.number, strictly=True, weeks=self.weeks)
        elif context.looks_ahead or self._is_in_coming_days(anchor, context):
            day = calendar.weekday_after(anchor, self.number, strictly=False)
        else:
            day = calendar.weekday_before(anchor, self.number, strictly=False)
        return resolved_point(point_of(day)) if day else UNRESOLVED

    def _is_in_coming_days(self, anchor: date, context: Context) -> bool:
        """Whether the text lists coming days, such as a programme, and no word here is about the past."""
        day = context.day.as_date if context.day and context.is_programme else None
        return day is not None and day > anchor and not context.looks_back


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day counted from the anchor, with another name of it: أمس السبت, اليوم 5 مارس. If both differ, the name is right.

    Attributes:
        day: the day counted from the anchor.
        weekday: ISO number of its weekday; None if the text does not name it.
        date: its day and month without a year; None if the text does not name them.
    """

    day: Meaning
    weekday: int | None
    date: Meaning | None = None

    def resolve(self, context: Context) -> Resolved:
        """Return the day; if the named weekday differs, the nearest such weekday before it."""
        dated = self.date.resolve(context) if self.date else UNRESOLVED
        if dated.value is not None:
            return dated
        resolved = self.day.resolve(context)
        day = resolved.point.as_date if resolved.point else None
        if day is None or self.weekday in (None, day.isoweekday()):
            return resolved
        named = calendar.weekday_before(day, self.weekday, strictly=True)
        return resolved_point(point_of(named)) if named else UNRESOLVED
