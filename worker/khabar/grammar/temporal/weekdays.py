"""Weekdays: the nearest one, unless the text looks ahead."""

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
    """A weekday by its ISO number; without a relation the nearest at or before the anchor, ahead where the text looks so.

    Attributes:
        number: Monday is 1.
        relation: past, next, previous, following; sequel: it follows the weekday named just before it (الأربعاء والخميس).
        weeks: how many weeks more, of the one after next (بعد المقبل) or before last.
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
        """Whether the text has come to days ahead and nothing here looks back: a programme's days."""
        day = context.day.as_date if context.day and context.is_programme else None
        return day is not None and day > anchor and not context.looks_back


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day counted from the anchor with another name of it: أمس السبت, اليوم 5 مارس. A wrong anchor gives way to the name.

    Attributes:
        day: the day counted from the anchor.
        weekday: its ISO number, where the text says it.
        date: its day and month without a year, where the text says them.
    """

    day: Meaning
    weekday: int | None
    date: Meaning | None = None

    def resolve(self, context: Context) -> Resolved:
        """Return the day; where its weekday is another, the nearest such before it."""
        dated = self.date.resolve(context) if self.date else UNRESOLVED
        if dated.value is not None:
            return dated
        resolved = self.day.resolve(context)
        day = resolved.point.as_date if resolved.point else None
        if day is None or self.weekday in (None, day.isoweekday()):
            return resolved
        named = calendar.weekday_before(day, self.weekday, strictly=True)
        return resolved_point(point_of(named)) if named else UNRESOLVED
