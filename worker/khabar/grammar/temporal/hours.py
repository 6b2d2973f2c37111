"""Hours of a clock, and the half of the day to which they belong, if the text tells it."""

from dataclasses import dataclass, replace
from typing import Final

NOON: Final = 12
HOURS: Final = 24
MINUTES: Final = 60
_FIRST_NIGHT_HOUR: Final = 6
_LAST_MORNING_HOURS: Final = (10, 11)  # الحادية عشرة ظهرا
_UNKNOWN: Final = -1


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour in the text.

    Attributes:
        number: 0 to 24.
        minute: 0 to 59.
        part: the part of the day in the text, as in the lexicon of clock adverbs; None if it has none.
        is_24: whether it is written on the 24-hour clock; a part of the day counts more than this.
        in_digits: whether it is written in digits with minutes.
    """

    number: int
    minute: int
    part: str | None = None
    is_24: bool = False
    in_digits: bool = False

    @property
    def is_told(self) -> bool:
        """Whether the text tells the half of the day."""
        return self.part is not None or self.is_24 or self.number > NOON

    @property
    def time(self) -> str | None:
        """The time on the 24-hour clock, such as T15:30; None if the half of the day is unknown."""
        total = self.total
        return None if total == _UNKNOWN else f"T{total // MINUTES:02}:{total % MINUTES:02}"

    @property
    def total(self) -> int:
        """Minutes since the day began, 1440 for midnight at its end; -1 if the half of the day is unknown."""
        if not self.is_told:
            return _UNKNOWN
        number = self.number
        if number > NOON or self.part is None:
            pass  # on the 24-hour clock
        elif number == NOON:
            if self.part in ("TEV", "TNI", "T24:00"):
                number = 0 if self.minute else HOURS
            elif self.part in ("TMO", "AM"):
                number = 0
        elif self._is_late:
            number += NOON
        return number * MINUTES + self.minute

    @property
    def _is_late(self) -> bool:
        if self.part in ("TNI", "T24:00"):
            return self.number >= _FIRST_NIGHT_HOUR
        if self.part == "T12:00":
            return self.number not in _LAST_MORNING_HOURS
        return self.part in ("TEV", "TAF", "PM")

    def before(self, end: "Hour") -> "Hour":
        """Return the hour with its half of the day, as the beginning of a range up to `end`: من الثالثة إلى الخامسة مساء."""
        if self.is_told or not end.is_told:
            return self
        if self.in_digits and end.is_24 and end.part is None:
            return replace(self, is_24=True)
        is_morning = self.number % NOON * MINUTES + self.minute < end.total <= self._in_the_evening
        return replace(self, part="AM" if is_morning else "PM")

    def after(self, start: "Hour", *, is_range: bool) -> "Hour":
        """Return the hour with its half of the day, as the end of a range from `start`, or as a later hour in the sentence."""
        if self.is_told or not start.is_told:
            return self
        if self.in_digits and start.is_24 and start.part is None:
            return replace(self, is_24=True)
        morning = self.number % NOON * MINUTES + self.minute
        if morning > start.total:
            return replace(self, part="AM")
        if self._in_the_evening > start.total and (is_range or start.total >= NOON * MINUTES):
            return replace(self, part="PM")
        return replace(self, part="AM") if is_range else self

    @property
    def _in_the_evening(self) -> int:
        return (self.number % NOON + NOON) * MINUTES + self.minute
