"""The clock time that a date in words tells, with the half of the day and the zone."""

from datetime import date, datetime, time, timedelta, timezone
from typing import Final

from khabar.messages import date_words as lex
from khabar.messages.stamp_cursor import Cursor, Unreadable

_DATE_MARKS: Final = ("/", "-", ".", "\\", ":")
_NOON: Final = 12
_MINUTES: Final = 60
_MICRO_DIGITS: Final = 6
_LONGEST_OFFSET_H: Final = 14
_ABBREVIATION: Final = range(3, 6)  # letters
_NOON_HOURS: Final = {11: 11, 12: 12, 1: 13, 2: 14, 3: 15, 13: 13, 14: 14, 15: 15}
_NIGHT_HOURS: Final = {hour: hour if hour >= _NOON else hour + _NOON for hour in (*range(7, 12), *range(18, 24))}


class Clock:
    """The time of day read so far; `readers` as of `Days`.

    Attributes:
        mark_is_doubtful: whether a م before the time may be the year's mark or the hour's: 2026 م 8:30.
    """

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._time: time | None = None
        self._half: str | None = None
        self._zone: timedelta | None = None
        self._has_zone = False
        self.mark_is_doubtful = False
        self.readers = (self._read_clock, self._read_half, self._read_zone)

    def on(self, day: date) -> datetime:
        """Return the day with the time that was read; without a time, midnight.

        Raises:
            Unreadable: the half of the day does not fit the hour, or may be meant and may be not.
        """
        if self._half and self._time is None:
            raise Unreadable
        clock = self._time or time()
        if self._half:
            clock = clock.replace(hour=_hour(clock.hour, self._half))
        elif self.mark_is_doubtful and clock.hour <= _NOON:
            raise Unreadable
        return datetime.combine(day, clock, timezone(self._zone) if self._zone is not None else None)

    def _read_clock(self) -> bool:
        """Read 8:30, 08:30:00.123, 20h30, and 8 or 8.30 where a half of the day follows."""
        hour, minute = self._cursor.number(0, 1, 2), self._cursor.number(2, 2)
        if hour is None:
            return False
        is_dotted = self._cursor.at(1) == "." and self._cursor.phrase(lex.HALVES, 3) is not None
        if minute is not None and (self._cursor.at(1) in (":", "h") or is_dotted):
            ahead, second, micro = 3, 0, 0
            if self._cursor.at(3) == ":":
                found = self._cursor.number(4, 2)
                if found is None:
                    raise Unreadable
                ahead, second = 5, found
                if self._cursor.at(5) in (".", ",") and self._cursor.is_glued(6) and self._cursor.at(6).isdecimal():
                    ahead, micro = 7, int(self._cursor.at(6)[:_MICRO_DIGITS].ljust(_MICRO_DIGITS, "0"))
        elif hour <= _NOON and self._cursor.phrase(lex.HALVES, 1):
            ahead, minute, second, micro = 1, 0, 0, 0
        else:
            return False
        if self._time is not None:
            raise Unreadable
        self._time = time(hour, minute, second, micro)
        return self._cursor.take(ahead)

    def _read_half(self) -> bool:
        found = self._cursor.phrase(lex.HALVES)
        if found is None:
            return False
        # A letter alone belongs to the time before it: م 16 سبتمبر is nothing.
        is_after_time = self._time is not None and self._cursor.at(-1).isdecimal()
        if self._half or (len(self._cursor.at()) == 1 and not is_after_time):
            raise Unreadable
        self._half = found[0]
        return self._cursor.take(found[1])

    def _read_zone(self) -> bool:
        """Read Z, GMT, UTC+3, +03:00, EET, بتوقيت مكة; an abbreviation that is not known takes its place without an offset."""
        word = self._cursor.at().lower()
        if self._time is None:
            return False
        place = self._cursor.phrase(lex.PLACES, 1) if word in lex.PLACE_HEADS else None
        if place is not None:
            return self._set_zone(place[0], place[1])
        if word in lex.UNIVERSAL:
            offset = self._offset(1, digits=(1, 2, 4))
            return self._set_zone(*(offset or (timedelta(0), 1)))
        if word == "z" and self._cursor.is_glued(0):
            return self._set_zone(timedelta(0), 1)
        if offset := self._offset(0, digits=(2, 4)):
            return self._set_zone(*offset)
        if word in lex.ZONES:
            return self._set_zone(lex.ZONES[word], 1)
        token = self._cursor.at()
        if token.isascii() and token.isupper() and len(token) in _ABBREVIATION:
            return self._set_zone(None, 1)
        return False

    def _offset(self, ahead: int, *, digits: tuple[int, ...]) -> tuple[timedelta, int] | None:
        sign, hours = self._cursor.at(ahead), self._cursor.at(ahead + 1)
        if (
            sign not in ("+", "-")
            or not self._cursor.is_glued(ahead + 1)
            or not hours.isdecimal()
            or len(hours) not in digits
        ):
            return None
        last, minutes = ahead + 2, 0
        if len(hours) == 4:
            hour, minutes = int(hours[:2]), int(hours[2:])
        else:
            hour = int(hours)
            colon = self._cursor.number(ahead + 3, 2) if self._cursor.at(last) == ":" else None
            if colon is not None:
                minutes, last = colon, ahead + 4
        if self._cursor.is_glued(last) and self._cursor.at(last) in _DATE_MARKS:
            return None  # 08:30 -16-9-2026
        if hour > _LONGEST_OFFSET_H or minutes >= _MINUTES:
            raise Unreadable
        size = timedelta(hours=hour, minutes=minutes)
        return (-size if sign == "-" else size), last

    def _set_zone(self, offset: timedelta | None, ahead: int) -> bool:
        """Take a zone over; +0300 AST names it twice, +0300 UTC contradicts itself."""
        if self._has_zone and offset is not None and self._zone not in (None, offset):
            raise Unreadable
        self._zone, self._has_zone = self._zone if offset is None else offset, True
        self._cursor.take(ahead)
        if self._zone is not None and self._cursor.at() in ("(", "["):
            # Skip a second name of the offset: (Arabian Standard Time), [Asia/Riyadh].
            if self._cursor.last not in (")", "]"):
                raise Unreadable
            self._cursor.take_all()
        return True


def _hour(hour: int, half: str) -> int:
    """Return the hour of 24.

    Raises:
        Unreadable: the half of the day does not fit it, or does not tell it.
    """
    if half == "noon":
        found = _NOON_HOURS.get(hour)
    elif half == "night":
        found = _NIGHT_HOURS.get(hour)
    elif half == "am":
        found = hour % _NOON if hour <= _NOON else None
    else:
        found = None if hour == 0 else hour if hour >= _NOON else hour + _NOON
    if found is None:
        raise Unreadable
    return found
