"""Clock times: الساعة الثالثة والنصف عصرا, 9:18م, 11:00 ت غ, الثامنة من مساء غد, منتصف ليل أمس."""

import re
from dataclasses import dataclass, replace
from typing import Final

from khabar.grammar.temporal.context import Meaning
from khabar.grammar.temporal.days import day, day_part
from khabar.grammar.temporal.meanings import Timed
from khabar.grammar.temporal.phrases import Phrases, columns
from khabar.grammar.temporal.reader import Expression, Reader
from khabar.grammar.temporal.words import unit_at
from khabar.lexicons import entries

_NOON: Final = 12
_HOURS: Final = 24
_MINUTES: Final = 60
_FIRST_NIGHT_HOUR: Final = 6
_DIGITS: Final = re.compile(r"(\d{1,2})(?:[:.,](\d{2}))?")
ONE_O_CLOCK: Final = frozenset({"الواحدة", "الواحده"})
_FRACTIONS: Final = Phrases({phrase: int(minutes) for phrase, minutes in columns("clock_fractions").items()})
_ADVERBS: Final = Phrases(columns("clock_adverbs"), conjunctions=("",), prepositions=("",))
_ZONES: Final = Phrases(dict.fromkeys(entries("temporal/zones"), True), conjunctions=("",), prepositions=("",))
NAMES: Final = Phrases(columns("clock_names"))
# م and ص are also metres and page: only after hours with minutes, or after الساعة.
_LETTERS: Final = frozenset("صم")


@dataclass(frozen=True, slots=True)
class _Hour:
    hour: int
    minute: int
    last: int
    has_minutes: bool


def clock(reader: Reader, index: int) -> Expression | None:
    """Read a clock time; without الساعة only where a part of the day or a time zone follows."""
    fixed = NAMES.match(reader.at, index)
    if fixed:
        last = _gloss(reader, fixed.last)
        return Expression(index, last, len(fixed.proclitic), "TIME", Timed(fixed.value))
    unit = unit_at(reader, index)
    has_head = unit is not None and unit.value.code == "H" and unit.value.number == 1 and unit.is_definite
    start = index + 1 if has_head else index
    if has_head and reader.at(start) in (":", "ال"):
        start += 1
    if not has_head and reader.at(start) == "الأولى":
        return None  # الساعات الأولى من الصباح; one o'clock is الواحدة
    hour = _bracketed(reader, start) if has_head and reader.at(start) == "(" else _hour(reader, start)
    if hour is None or (hour.hour == _HOURS and hour.minute):
        return None
    part, owner, last = _part_of_day(reader, hour, has_head=has_head)
    glossed = _gloss(reader, last)
    if not has_head and part is None and glossed == last:
        return None
    ordinal = reader.ordinal(index)
    if unit and has_head:
        first, proclitic = index, len(unit.proclitic)
    elif ordinal:
        first, proclitic = index, len(ordinal.proclitic)
    else:
        first, proclitic = reader.article(index)
    return Expression(first, glossed, proclitic, "TIME", Timed(_time(hour, part), owner))


def _bracketed(reader: Reader, index: int) -> _Hour | None:
    """Read (11:59), (20:30 ت غ)."""
    hour = _hour(reader, index + 1)
    if hour is None:
        return None
    zone = _ZONES.match(reader.at, hour.last + 1)
    last = (zone.last if zone else hour.last) + 1
    return replace(hour, last=last) if reader.at(last) == ")" else None


def _hour(reader: Reader, index: int) -> _Hour | None:
    token = reader.at(index)
    digits = _DIGITS.fullmatch(token) if len(token) <= 5 else None
    if digits:
        hour, minute, last = int(digits[1]), int(digits[2] or 0), index
        has_minutes = digits[2] is not None
    else:
        ordinal = reader.ordinal(index)
        if ordinal and ordinal.is_definite and ordinal.value <= _NOON:
            hour, last = ordinal.value, ordinal.last
        elif token in ONE_O_CLOCK:
            hour, last = 1, index
        else:
            return None
        minute, has_minutes = 0, False
    if hour > _HOURS or minute >= _MINUTES:
        return None
    return _with_minutes(reader, _Hour(hour, minute, last, has_minutes))


def _with_minutes(reader: Reader, hour: _Hour) -> _Hour:
    """Add والنصف, إلا ربعا, و20 دقيقة."""
    if hour.has_minutes:
        return hour
    fraction = _FRACTIONS.match(reader.at, hour.last + 1)
    if fraction:
        total = hour.hour * _MINUTES + fraction.value
        return _Hour(total // _MINUTES, total % _MINUTES, fraction.last, has_minutes=True)
    start = hour.last + 2 if reader.at(hour.last + 1) == "و" else hour.last + 1
    numeral = reader.numeral(start)
    if numeral and numeral.proclitic == "و" and isinstance(numeral.value, int) and 0 < numeral.value < _MINUTES:
        unit = unit_at(reader, numeral.last + 1)
        if unit and unit.value.code == "MIN":
            return _Hour(hour.hour, numeral.value, numeral.last + 1, has_minutes=True)
    return hour


def _part_of_day(reader: Reader, hour: _Hour, *, has_head: bool) -> tuple[str | None, Meaning | None, int]:
    """Return the part of the day, the day where one is named, and the last token."""
    start = hour.last + 1
    inside = start + 1 if reader.at(start) == "من" else start
    part = day_part(reader, inside)
    if part and not part.proclitic and isinstance(part.meaning, Timed):
        return part.meaning.time, part.meaning.day, part.last
    adverb = _ADVERBS.match(reader.at, inside)
    if adverb and reader.at(inside) in _LETTERS and not (hour.has_minutes or has_head):
        adverb = None
    if adverb is None:
        named = day(reader, inside) if has_head and inside > start else None
        return (None, named.meaning, named.last) if named and named.type == "DATE" else (None, None, hour.last)
    following = adverb.last + 1
    named = day(reader, following + (reader.at(following) == "من"))
    if named and named.type == "DATE" and not named.proclitic:
        return adverb.value, named.meaning, named.last
    return adverb.value, None, adverb.last


def _gloss(reader: Reader, last: int) -> int:
    """Return the last token with a zone (ت غ) or a bracketed time in another zone: (05:00 ت غ)."""
    zone = _ZONES.match(reader.at, last + 1)
    if zone:
        last = zone.last
    if reader.at(last + 1) == "(" and _DIGITS.fullmatch(reader.at(last + 2)[:6]):
        inner = _ZONES.match(reader.at, last + 3)
        if inner and reader.at(inner.last + 1) == ")":
            return inner.last + 1
    return last


def _time(hour: _Hour, part: str | None) -> str:
    """Return the time of 24 hours."""
    number = hour.hour
    if part in ("TEV", "TAF", "T12:00", "TNI"):
        is_late = part != "TNI" or number >= _FIRST_NIGHT_HOUR
        if number < _NOON and is_late:
            number += _NOON
        elif number == _NOON and part in ("TEV", "TNI"):
            number = _HOURS if hour.minute == 0 else 0
    elif part == "TMO" and number == _NOON:
        number = 0
    return f"T{number:02}:{hour.minute:02}"
