"""Neighbouring clock times: if one gives the half of the day, or the day, it also counts for the other."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.temporal.calendar_dates import CalendarDate
from khabar.grammar.temporal.hours import Hour
from khabar.grammar.temporal.meanings import Timed
from khabar.grammar.temporal.phrases import words
from khabar.grammar.temporal.reader import Expression
from khabar.grammar.temporal.relative import Shifted
from khabar.grammar.temporal.weekdays import NamedDay, Weekday

_LINKS: Final = words("clock_links") | {"ال"}
_TO_DAY: Final = words("clock_to_day")
_BETWEEN: Final = words("part_to_clock")
_ZONES: Final = words("local_zones")
_MAX_GAP: Final = 3
_MAX_ZONE: Final = 5  # بتوقيت مكة المكرمة يوم الأحد
_REACH: Final = 24  # tokens: a later hour of the same sentence
# Names of times, such as midnight, as ends of ranges.
_NAMED_HOURS: Final = {"T24:00": Hour(24, 0, is_24=True), "T12:00": Hour(12, 0, is_24=True)}


def with_shared_times(form: list[str], found: list[Expression], sentence: Callable[[int], int]) -> list[Expression]:
    """Return the expressions, where clock times take the half of the day, or the day, from their neighbours.

    In من الثالثة إلى الخامسة مساء both hours are in the afternoon. In فجر اليوم عند الساعة الثالثة the hour is before dawn.

    Args:
        form: the tokens.
        found: the expressions in text order; changed in place.
        sentence: function from a token to its sentence.
    """
    for place in range(len(found) - 2, -1, -1):
        first, second = found[place], found[place + 1]
        if isinstance(first.meaning, Timed) and first.meaning.hour and second.first - first.last <= _MAX_ZONE + 1:
            gap = [fold(word) for word in form[first.last + 1 : second.first]]
            if not gap and second.proclitic:
                gap = [form[second.first][: second.proclitic]]
            before = found[place - 1] if place else None
            is_dated = before is not None and first.first - before.last <= _MAX_GAP and _names_day(before)
            found[place] = _with_next(first, first.meaning, second, gap, is_dated=is_dated)
    for first, (place, second) in zip(found, list(enumerate(found))[1:], strict=False):
        meaning = second.meaning
        if isinstance(meaning, Timed) and meaning.hour and not meaning.hour.is_told:
            gap = [fold(word) for word in form[first.last + 1 : min(second.first, first.last + 2 + _REACH)]]
            if len(gap) <= _REACH and sentence(first.first) == sentence(second.first):
                found[place] = _with_hour(second, meaning, _after(meaning.hour, found[place - 1], gap))
    return found


def _with_hour(expression: Expression, meaning: Timed, hour: Hour) -> Expression:
    return replace(expression, meaning=replace(meaning, time=hour.time, hour=hour))


def _with_next(first: Expression, one: Timed, second: Expression, gap: list[str], *, is_dated: bool) -> Expression:
    """Add the half of the day, from the end of a range, or the day, from the next expression."""
    two, hour = second.meaning, one.hour
    if isinstance(two, Timed):
        end = _hour_of(two)
        if hour and end and gap and len(gap) <= _MAX_GAP and _LINKS.issuperset(gap):
            hour = hour.before(end)
            return replace(first, meaning=Timed(hour.time, one.day or two.day, hour))
        if hour and not hour.is_told and two.hour is None and gap in ([], ["،"], [","]):
            hour = replace(hour, part=two.time)
            return replace(first, meaning=Timed(hour.time, one.day or two.day, hour))
        return first
    if one.day is not None or not _names_day(second):
        return first
    has_zone = bool(gap) and gap[0] in _ZONES
    is_linked = _TO_DAY.issuperset(gap) and len(gap) <= _MAX_GAP
    if (is_linked and ("بتاريخ" in gap or not is_dated)) or (has_zone and not is_dated):
        return replace(first, meaning=replace(one, day=two))
    return first


def _names_day(expression: Expression) -> bool:
    """Whether an expression means a single day."""
    meaning = expression.meaning
    if expression.type != "DATE" or expression.mod:
        return False
    if isinstance(meaning, CalendarDate):
        return meaning.day is not None
    return isinstance(meaning, Weekday | NamedDay) or (isinstance(meaning, Shifted) and meaning.unit == "D")


def _hour_of(meaning: Timed) -> Hour | None:
    return meaning.hour or _NAMED_HOURS.get(meaning.time or "")


def _after(hour: Hour, first: Expression, gap: list[str]) -> Hour:
    """Return an hour with the half of the day from the expression before it."""
    one = first.meaning
    if not isinstance(one, Timed):
        return hour
    is_close = len(gap) <= _MAX_GAP
    if one.hour is None and is_close and one.time and _BETWEEN.issuperset(gap):
        return replace(hour, part=one.time)
    start = _hour_of(one)
    return hour.after(start, is_range=is_close and bool(gap) and _LINKS.issuperset(gap)) if start else hour
