"""Weekdays counted in a month: الاثنين الأول من أكتوبر, الجمعة الأخيرة من رمضان, أول خميس من الشهر المقبل."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from khabar.grammar.surface import surfaces
from khabar.grammar.temporal import calendar
from khabar.grammar.temporal.calendar_dates import interval_of
from khabar.grammar.temporal.context import UNRESOLVED, Context, Meaning, Resolved, point_of
from khabar.grammar.temporal.meanings import Fixed
from khabar.grammar.temporal.months import month_reference
from khabar.grammar.temporal.phrases import columns, words
from khabar.grammar.temporal.reader import Expression, Reader
from khabar.grammar.temporal.words import unit_at

_LAST: Final = -1
_MOST: Final = 5
_FINAL: Final = words("last_words")
LAST_FORMS: Final = surfaces({"آخر": _LAST}, with_article=False)
_NAMES: Final = surfaces(
    {name.removeprefix("ال"): int(number) for name, number in columns("weekdays").items()},
    conjunctions=("",),
    prepositions=("",),
    with_article=False,
)
_OF_MONTH: Final = frozenset({"من", "في"})
_EVERY: Final = "كل"


@dataclass(frozen=True, slots=True)
class NthWeekday:
    """The first (1) to fifth or the last (-1) such weekday of a month.

    Attributes:
        number: 1 to 5, or -1 for the last.
        weekday: its ISO number.
        month: the month in which it is counted.
        may_be_day: whether the ordinal may also be the number of the day: الخميس الثاني من مايو.
    """

    number: int
    weekday: int
    month: Meaning
    may_be_day: bool = False

    def resolve(self, context: Context) -> Resolved:
        """Return its day; unresolved if the month is unknown or has no such day."""
        month = self.month.resolve(context)
        bounds = interval_of(month)
        found = self._day(*bounds, is_hijri=month.hijri is not None) if bounds else None
        if found is None:
            return UNRESOLVED
        hijri = calendar.to_hijri(found) if month.hijri else None
        return Resolved(
            found.isoformat(), f"{hijri[0]:04}-{hijri[1]:02}-{hijri[2]:02}" if hijri else None, point_of(found)
        )

    def _day(self, first: date, last: date, *, is_hijri: bool) -> date | None:
        if self.number == _LAST:
            return calendar.weekday_before(last, self.weekday, strictly=False)
        numbered = calendar.add_days(first, self.number - 1)
        # The sighting of the moon may differ from the tables by a day.
        slack = 1 if is_hijri else 0
        if self.may_be_day and numbered:
            away = (numbered.isoweekday() - self.weekday) % calendar.DAYS_OF_WEEK
            if min(away, calendar.DAYS_OF_WEEK - away) <= slack:
                return numbered
        found = calendar.weekday_after(first, self.weekday, strictly=False, weeks=self.number - 1)
        return found if found and found <= last else None


def counted_weekday(reader: Reader, index: int, weekday: int) -> tuple[Meaning, int] | None:
    """Read the ordinal and the month after a weekday, from the next token on: (الجمعة) الأخيرة من رمضان.

    Returns:
        (meaning, last token).
    """
    number, last = _number(reader, index)
    owner = _owner(reader, last + 1) if number else None
    if owner is None:
        return None
    month, end = owner
    if isinstance(month, Fixed):
        return month, end
    is_feminine = reader.at(index).endswith(("ة", "ه", "ى"))
    return NthWeekday(number, weekday, month, may_be_day=number != _LAST and not is_feminine), end


def is_counted(reader: Reader, index: int) -> bool:
    """Whether a weekday is counted, but not in one month: الجمعة الأخيرة من العام, الأحد الأول من كل شهر."""
    number, last = _number(reader, index)
    is_feminine = reader.at(index).endswith(("ة", "ه", "ى"))
    return (number > 0 and is_feminine) or (number != 0 and reader.at(last + 1) == "من")


def _number(reader: Reader, index: int) -> tuple[int, int]:
    """Return the number of a definite ordinal after a weekday (0 if there is no ordinal), and its last token."""
    if reader.folded(index) in _FINAL:
        return _LAST, index
    ordinal = reader.ordinal(index)
    if ordinal and ordinal.is_definite and not ordinal.proclitic and ordinal.value <= _MOST:
        return ordinal.value, ordinal.last
    return 0, index


def _owner(reader: Reader, index: int) -> tuple[Meaning, int] | None:
    """Return the month after من, في or a proclitic, and its last token; 'of every year' gives a month without value."""
    start = index + 1 if reader.at(index) in _OF_MONTH else index
    found = month_reference(reader, start)
    if found is None or (start == index and not reader.at(index).startswith(("ل", "ب"))):
        return None
    meaning, last = found
    following = last + 2 if reader.at(last + 1) in _OF_MONTH else last + 1
    return (Fixed(None) if reader.at(following) == _EVERY else meaning), last


def numbered_weekday(reader: Reader, index: int) -> Expression | None:
    """Read a bare ordinal before a weekday of a month: أول اثنين من أكتوبر, آخر جمعة في رمضان, ثالث يوم خميس من مايو."""
    name = index + 1 if reader.at(index + 1) in _NAMES else index + 2
    weekday = _NAMES.get(reader.at(name))
    if weekday is None:
        return None
    final, ordinal = LAST_FORMS.get(reader.at(index)), reader.ordinal(index)
    if final:
        number, proclitic = _LAST, final.proclitic
    elif ordinal and not ordinal.is_definite and ordinal.value <= _MOST:
        number, proclitic = ordinal.value, ordinal.proclitic
    else:
        return None
    unit = unit_at(reader, index + 1)
    is_headed = unit is not None and unit.value.code == "D" and unit.value.number == 1
    owner = _owner(reader, name + 1) if name == index + 1 or is_headed else None
    if owner is None:
        return None
    month, end = owner
    meaning = month if isinstance(month, Fixed) else NthWeekday(number, weekday.value, month)
    return Expression(index, end, len(proclitic), "DATE", meaning)
