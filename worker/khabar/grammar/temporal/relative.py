"""Meanings counted from the anchor or from the last point that the text named: الشهر الماضي, العام ذاته, قبل عام."""

from dataclasses import dataclass, replace
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

_SUMMER: Final = 6  # sports seasons begin in August, so from June on the coming season is meant
_AUTUMN: Final = 9
_DECADE: Final = 10
_CENTURY: Final = 100
# Relations that count from the anchor, and relations that count from the last point that the text named.
_FROM_ANCHOR: Final = {"past": -1, "now": 0, "this": 0, "next": 1, "new": 1}
_FROM_FOCUS: Final = {"previous": -1, "same": 0, "following": 1}


@dataclass(frozen=True, slots=True)
class Shifted:
    """A day, week, month and so on, counted from the anchor or from the focus: أمس, الشهر الماضي, العام ذاته.

    Attributes:
        unit: D, W, M, Y, Q, DE (decade), CE (century), S (sports season).
        relation: past, now, next and new count from the anchor; previous, same and following from the focus. `this` means the
            month that the text is about, otherwise the current one.
        count: number of units, with its sign; None for the number that the relation implies.
    """

    unit: str
    relation: str
    count: int | None = None

    @property
    def offset(self) -> int:
        """Number of units from the base, with its sign."""
        if self.count is not None:
            return self.count
        return _FROM_ANCHOR[self.relation] if self.relation in _FROM_ANCHOR else _FROM_FOCUS[self.relation]

    @property
    def is_from_focus(self) -> bool:
        """Whether it counts from the last point that the text named, not from the anchor."""
        return self.relation in _FROM_FOCUS

    def resolve(self, context: Context) -> Resolved:
        """Return the value; unresolved if its base is unknown."""
        base = self._base(context)
        if base is None:
            return UNRESOLVED
        resolved = shift(base, self.unit, self.offset, relation=self.relation)
        # A period that only serves as a comparison does not become the focus.
        return replace(resolved, point=None) if self.relation == "previous" else resolved

    def _base(self, context: Context) -> Point | None:
        anchor = point_of(context.anchor) if context.anchor else None
        if self.relation == "this" and self.unit == "M" and context.focus and context.focus.month:
            return context.focus
        if self.relation not in _FROM_FOCUS:
            # In a report about the second quarter, "this quarter" means the second.
            is_reported = self.unit == "Q" and self.relation == "now" and context.focus and context.focus.quarter
            return context.focus if is_reported else anchor
        focus = context.focus
        if focus is None or not _holds(focus, self.unit):
            return anchor if self.relation == "previous" else None
        if self.unit == "Y" and self.relation == "previous" and anchor and focus.year >= anchor.year - 1:
            return anchor
        return focus


def _holds(point: Point, unit: str) -> bool:
    """Whether the point is at least as fine as the unit."""
    if unit in ("D", "W"):
        return point.as_date is not None
    if unit == "M":
        return point.month is not None
    return unit != "Q" or point.quarter is not None or point.month is not None


def shift(base: Point, unit: str, count: int, *, relation: str = "") -> Resolved:
    """Return the point `count` units from a point; unresolved if the point is coarser than the unit."""
    if unit in ("D", "W"):
        day = base.as_date
        if day is None:
            return UNRESOLVED
        if unit == "W":
            return Resolved(calendar.news_week(day, count))
        moved = calendar.add_days(day, count)
        return resolved_point(point_of(moved)) if moved else UNRESOLVED
    if unit == "M":
        return _month_away(base, count)
    if unit == "Q":
        quarter = base.quarter or (calendar.quarter_of(base.month) if base.month else None)
        if quarter is None:
            return UNRESOLVED
        year, quarter = calendar.add_quarters(base.year, quarter, count)
        return resolved_point(Point(year, quarter=quarter))
    if unit == "S":
        return _season(base, relation)
    if unit == "Y" and relation == "new" and (base.month or 1) < _SUMMER:
        count = 0  # early in the year, the new year is the current one
    return _year_away(base.year, unit, count)


def _month_away(base: Point, count: int) -> Resolved:
    if base.month is None:
        return UNRESOLVED
    year, month = calendar.add_months(base.year, base.month, count)
    return resolved_point(Point(year, month))


def _year_away(year: int, unit: str, count: int) -> Resolved:
    if unit == "Y":
        return resolved_point(Point(year + count))
    length = _DECADE if unit == "DE" else _CENTURY
    number = year // length + count
    return Resolved(f"{number:0{3 if unit == 'DE' else 2}}") if number > 0 else UNRESOLVED


def _season(base: Point, relation: str) -> Resolved:
    """Return a sports season, such as 2015/2016. It begins in summer; during summer, the coming one is the current one."""
    month = base.month or 1
    first = base.year if month >= _SUMMER else base.year - 1
    is_on = month >= _AUTUMN or month < _SUMMER
    first += {"past": -1, "previous": -1, "next": int(is_on), "following": 1, "new": int(month == _SUMMER - 1)}.get(
        relation, 0
    )
    return Resolved(f"{first}/{first + 1}")


@dataclass(frozen=True, slots=True)
class Away:
    """A point before or after another by a duration: قبل ثلاثة أشهر, بعد عام.

    Attributes:
        unit: as in `Shifted`.
        count: number of units, with its sign.
        is_past: whether it is before.
        has_event: whether the text names the event from which it is counted (بعد عام من ...).
    """

    unit: str
    count: int
    is_past: bool
    has_event: bool

    def resolve(self, context: Context) -> Resolved:
        """Return the point; unresolved if the point from which it is counted is unknown."""
        has_focus = context.is_explicit and (context.is_near or not (self.has_event or context.looks_ahead))
        if not self.has_event and (self.is_past or (context.looks_ahead and not has_focus)):
            base = point_of(context.anchor) if context.anchor else None
        else:
            base = context.focus if has_focus else None
        if base is None or (self.unit != "Y" and not _holds(base, self.unit)):
            return UNRESOLVED
        return shift(base, self.unit, self.count)


@dataclass(frozen=True, slots=True)
class SameMonth:
    """The month that the text is about, in another year: نفس الشهر من العام الماضي."""

    year: Meaning

    def resolve(self, context: Context) -> Resolved:
        """Return the month; it does not become the focus."""
        owner, focus = self.year.resolve(context).point, context.focus
        return Resolved(Point(owner.year, focus.month).value) if owner and focus and focus.month else UNRESOLVED
