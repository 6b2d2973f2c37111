"""The days that a date in words names: Gregorian, Hijri or both, in digits or by the month's name, and the weekday."""

from datetime import date
from typing import Final

from khabar.messages import date_words as lex
from khabar.messages.stamp_clock import Clock
from khabar.messages.stamp_cursor import Cursor, Unreadable

_DATE_MARKS: Final = ("/", "-", ".", "\\")
_COMMAS: Final = (",", "،")
_MONTHS_OF_YEAR: Final = 12
_YEAR_DIGITS: Final = 4
_HIJRI_YEARS: Final = range(1343, 1501)  # Umm al-Qura as published
_SIGHTING_DAYS: Final = 2  # a Hijri date by sighting may differ from Umm al-Qura by so much
_PIVOT: Final = 50  # RFC 2822: two digits below are of this century


class Days:
    """The days read so far; `readers` each read one part at the cursor and tell whether there was one."""

    def __init__(self, cursor: Cursor, clock: Clock) -> None:
        self._cursor = cursor
        self._clock = clock
        self._dates: dict[str, date] = {}
        self._day_and_month: tuple[int, int] | None = None  # of Sep 16 08:30:00 2026, until its year comes
        self._weekday: int | None = None
        self._has_era = False
        self.readers = (
            self._read_numeric,
            self._read_day_first,
            self._read_month_first,
            self._read_year_first,
            self._read_late_year,
            self._read_weekday,
        )

    @property
    def day(self) -> date:
        """The day that all of them name.

        Raises:
            Unreadable: no day was read, or two parts name different days.
        """
        gregorian, hijri = self._dates.get("g"), self._dates.get("h")
        day = gregorian or hijri
        if day is None or self._day_and_month or self._weekday not in (None, day.isoweekday()):
            raise Unreadable
        if gregorian and hijri and abs((gregorian - hijri).days) > _SIGHTING_DAYS:
            raise Unreadable
        return day

    def _add(self, calendar: str, year: int, month: int, day: int, ahead: int) -> bool:
        """Take a date over, with the mark of its calendar where one follows."""
        era = self._cursor.phrase(lex.ERAS, ahead)
        if era:
            if calendar not in ("?", era[0]):
                raise Unreadable
            if self._cursor.at(ahead) == "م" and not self._cursor.is_glued(ahead) and not self._has_era:
                self._clock.mark_is_doubtful = self._cursor.at(era[1] + 1) == ":"
            calendar, ahead = era
            self._has_era = True
        kind = "g" if calendar == "?" else calendar
        if kind in self._dates:
            raise Unreadable
        self._dates[kind] = _hijri(year, month, day) if kind == "h" else date(year, month, day)
        return self._cursor.take(ahead)

    def _read_numeric(self) -> bool:
        """Read 25/07/2015, 16.09.2026, 2026/09/16, 5/4/1448هـ."""
        mark = self._cursor.at(1)
        left, middle, right = (
            self._cursor.number(0, 1, 2, 4),
            self._cursor.number(2, 1, 2),
            self._cursor.number(4, 1, 2, 4),
        )
        if mark not in _DATE_MARKS or self._cursor.at(3) != mark or left is None or middle is None or right is None:
            return False
        if self._cursor.at(5) == mark and self._cursor.is_glued(5) and self._cursor.is_glued(6):
            raise Unreadable
        lengths = len(self._cursor.at(0)), len(self._cursor.at(4))
        if lengths.count(_YEAR_DIGITS) != 1:
            raise Unreadable  # two digits of a year cannot be told from a day
        year, day = (left, right) if lengths[0] == _YEAR_DIGITS else (right, left)
        if lengths[1] == _YEAR_DIGITS and middle > _MONTHS_OF_YEAR >= day:
            middle, day = day, middle
        return self._add("?", year, middle, day, 5)

    def _read_day_first(self) -> bool:
        """Read 16 أيلول 2026, 16 سبتمبر/أيلول 2026, 16th of September, 2026, 16-Sep-2026."""
        day = self._cursor.number(0, 1, 2)
        if day is None:
            return False
        ahead = 1 + (self._cursor.at(1).lower() in lex.ORDINAL_ENDS)
        found = self._month(self._cursor.after(lex.OF, ahead + (self._cursor.at(ahead) in _DATE_MARKS)))
        if found is None:
            return False
        (calendar, month), ahead = found
        ahead = self._cursor.after(lex.YEAR_HEADS, ahead + (self._cursor.at(ahead) in (*_DATE_MARKS, *_COMMAS)))
        year = self._cursor.number(ahead, 4)
        if year is None:
            year = self._short_year(ahead, month, day)
        return self._add(calendar, year, month, day, ahead + 1)

    def _read_month_first(self) -> bool:
        """Read Sep 16, 2026 and سبتمبر 16, 2026; of Sep 16 08:30:00 2026 the year comes later."""
        found = self._month(0)
        if found is None:
            return False
        (calendar, month), ahead = found
        ahead += self._cursor.at(ahead) in (".", "-")
        day = self._cursor.number(ahead, 1, 2)
        if day is None:
            raise Unreadable
        ahead += 1 + (self._cursor.at(ahead + 1).lower() in lex.ORDINAL_ENDS)
        comma = self._cursor.at(ahead) in (*_COMMAS, "-")
        year = self._cursor.number(ahead + comma, 4)
        if year is not None:
            return self._add(calendar, year, month, day, ahead + comma + 1)
        if calendar != "g" or self._day_and_month:
            raise Unreadable
        self._day_and_month = day, month
        return self._cursor.take(ahead)

    def _read_year_first(self) -> bool:
        """Read 2026 سبتمبر 16, 2026-Sep-16."""
        year = self._cursor.number(0, 4)
        found = self._month(1 + (self._cursor.at(1) in _DATE_MARKS)) if year is not None else None
        if year is None or found is None or self._day_and_month:
            return False
        (calendar, month), ahead = found
        ahead += self._cursor.at(ahead) in _DATE_MARKS
        day = self._cursor.number(ahead, 1, 2)
        if day is None or self._cursor.at(ahead + 1) == ":":
            raise Unreadable
        return self._add(calendar, year, month, day, ahead + 1)

    def _read_late_year(self) -> bool:
        year = self._cursor.number(0, 4)
        if year is None or self._day_and_month is None:
            return False
        day, month = self._day_and_month
        self._day_and_month = None
        return self._add("g", year, month, day, 1)

    def _month(self, ahead: int) -> tuple[tuple[str, int], int] | None:
        """Read a month with its name in another system: سبتمبر/أيلول, أيلول (سبتمبر)."""
        found = self._cursor.phrase(lex.MONTHS, ahead)
        if found is None:
            return None
        month, last = found
        mark = self._cursor.at(last)
        gloss = self._cursor.phrase(lex.MONTHS, last + (mark in ("/", "(", "-")))
        if gloss is None:
            return found
        if gloss[0] != month:
            raise Unreadable
        return month, gloss[1] + (mark == "(" and self._cursor.at(gloss[1]) == ")")

    def _short_year(self, ahead: int, month: int, day: int) -> int:
        """Read the two digits of RFC 822's years, where the weekday proves them."""
        short = self._cursor.number(ahead, 2)
        if short is None or self._weekday is None:
            raise Unreadable
        year = short + (2000 if short < _PIVOT else 1900)
        if date(year, month, day).isoweekday() != self._weekday:
            raise Unreadable
        return year

    def _read_weekday(self) -> bool:
        found = self._cursor.phrase(lex.WEEKDAYS)
        if found is None:
            return False
        if self._weekday is not None:
            raise Unreadable
        self._weekday = found[0]
        return self._cursor.take(found[1])


def _hijri(year: int, month: int, day: int) -> date:
    from hijridate import Hijri  # here: few sites need it, and it takes as long to import as all of dates

    if year not in _HIJRI_YEARS:
        raise Unreadable
    return date.fromordinal(Hijri(year, month, day).to_gregorian().toordinal())
