"""Arithmetic of dates: Gregorian, Umm al-Qura, ISO weeks. Dates out of range give None, not an error."""

from datetime import MAXYEAR, date, timedelta
from typing import Final

from hijridate import Gregorian, Hijri

MONTHS_OF_YEAR: Final = 12
DAYS_OF_WEEK: Final = 7
_QUARTER_MONTHS: Final = 3

# The years that can be converted: the Umm al-Qura calendar, and so hijridate, covers 1343 to 1500.
HIJRI_YEARS: Final = range(1343, 1501)

Interval = tuple[date, date]


def day(year: int, month: int, number: int) -> date | None:
    """Return a Gregorian day; None if it does not exist."""
    try:
        return date(year, month, number)
    except ValueError:
        return None


def hijri_day(year: int, month: int, number: int) -> date | None:
    """Return the Gregorian day of a Hijri day."""
    try:
        return date.fromordinal(Hijri(year, month, number).to_gregorian().toordinal())
    except (ValueError, OverflowError):
        return None


def to_hijri(gregorian: date) -> tuple[int, int, int] | None:
    """Return the Hijri (year, month, day) of a Gregorian day."""
    try:
        return Gregorian.fromdate(gregorian).to_hijri().datetuple()
    except OverflowError:
        return None


def hijri_interval(year: int, month: int | None = None) -> Interval | None:
    """Return the first and last Gregorian day of a Hijri year, or of one month of it."""
    first = hijri_day(year, month or 1, 1)
    try:
        length = Hijri(year, month or MONTHS_OF_YEAR, 1).month_length()
    except (ValueError, OverflowError):
        return None
    last = hijri_day(year, month or MONTHS_OF_YEAR, length)
    return (first, last) if first and last else None


def add_days(start: date, days: int) -> date | None:
    """Return the day `days` later."""
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return None


def add_months(year: int, month: int, months: int) -> tuple[int, int]:
    """Return the (year, month) that is `months` later."""
    index = year * MONTHS_OF_YEAR + month - 1 + months
    return index // MONTHS_OF_YEAR, index % MONTHS_OF_YEAR + 1


def add_quarters(year: int, quarter: int, quarters: int) -> tuple[int, int]:
    """Return the (year, quarter) that is `quarters` later."""
    index = year * 4 + quarter - 1 + quarters
    return index // 4, index % 4 + 1


def quarter_of(month: int) -> int:
    """Return the quarter of a month; both are counted from 1."""
    return (month - 1) // _QUARTER_MONTHS + 1


def news_week(anchor: date, weeks: int = 0) -> str | None:
    """Return the ISO week that news of day `anchor` call "this week", or the one `weeks` later.

    The Arab week begins on Sunday, so a Sunday belongs to the ISO week that begins the next day.
    """
    inside = add_days(anchor, DAYS_OF_WEEK * weeks + 1)
    return iso_week(inside) if inside else None


def iso_week(inside: date) -> str:
    """Return the ISO week of a day: 2015-W31."""
    year, week, _ = inside.isocalendar()
    return f"{year:04}-W{week:02}"


def weekday_before(anchor: date, weekday: int, *, strictly: bool, weeks: int = 0) -> date | None:
    """Return the last `weekday` (ISO: Monday is 1) at or before the anchor, or `strictly` before it, `weeks` earlier."""
    back = (anchor.isoweekday() - weekday) % DAYS_OF_WEEK
    return add_days(anchor, -(back or (DAYS_OF_WEEK if strictly else 0)) - DAYS_OF_WEEK * weeks)


def weekday_after(anchor: date, weekday: int, *, strictly: bool, weeks: int = 0) -> date | None:
    """Return the first `weekday` (ISO: Monday is 1) at or after the anchor, or `strictly` after it, `weeks` later."""
    ahead = (weekday - anchor.isoweekday()) % DAYS_OF_WEEK
    return add_days(anchor, (ahead or (DAYS_OF_WEEK if strictly else 0)) + DAYS_OF_WEEK * weeks)


def is_year(year: int) -> bool:
    """Whether the standard library's calendar has the Gregorian year."""
    return 1 <= year <= MAXYEAR
