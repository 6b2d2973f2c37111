"""Read an hour of the clock, and the part of the day, the day and the time zone after it."""

import re
from dataclasses import dataclass, replace
from typing import Final

from khabar.grammar.surface import surfaces
from khabar.grammar.temporal.context import Meaning
from khabar.grammar.temporal.days import day, day_part
from khabar.grammar.temporal.hours import HOURS, MINUTES, NOON, Hour
from khabar.grammar.temporal.meanings import Timed
from khabar.grammar.temporal.phrases import Phrases, columns
from khabar.grammar.temporal.reader import Reader
from khabar.grammar.temporal.words import unit_at
from khabar.lexicons import entries

DIGITS: Final = re.compile(r"(\d{1,2})(?:([:.,])(\d{2}))?")
# One o'clock is الواحدة, not الأولى; only the definite forms count.
ONE_O_CLOCK: Final = {form: one for form, one in surfaces({"واحدة": 1}).items() if one.is_definite}
ADVERBS: Final = Phrases(columns("clock_adverbs"), conjunctions=("",), prepositions=("",))
# م and ص are also 'metres' and 'page', so they count only after hours with minutes, or with الساعة before the hour.
LETTERS: Final = frozenset("صم")
_HOURS_SHORT: Final = "سا"
_MINUTES_SHORT: Final = ("د", "دقيقة", "دقيقه", "دقائق")
_FRACTIONS: Final = Phrases({phrase: int(minutes) for phrase, minutes in columns("clock_fractions").items()})
_ZONES: Final = Phrases(dict.fromkeys(entries("temporal/zones"), True), conjunctions=("",), prepositions=("",))


@dataclass(frozen=True, slots=True)
class Written:
    """An hour, its last token, and whether it has minutes, a colon before them, and is written in words."""

    hour: Hour
    last: int
    has_minutes: bool = False
    has_colon: bool = False
    is_word: bool = False


@dataclass(frozen=True, slots=True)
class DayPart:
    """The part of the day after an hour, the day if one is named, and the last token of both."""

    part: str | None
    owner: Meaning | None
    last: int


def bracketed(reader: Reader, index: int) -> Written | None:
    """Read (11:59), (20:30 ت غ)."""
    written = hour_at(reader, index + 1)
    if written is None:
        return None
    zone = _ZONES.match(reader.at, written.last + 1)
    last = (zone.last if zone else written.last) + 1
    return replace(written, last=last) if reader.at(last) == ")" else None


def hour_at(reader: Reader, index: int) -> Written | None:
    """Read an hour in digits or in words, with its minutes: 16:00, 9, الثالثة والنصف, الثانية إلا ربعا, السادسة و20 دقيقة."""
    token = reader.at(index)
    digits = DIGITS.fullmatch(token) if len(token) <= 5 else None
    if digits:
        number, minute = int(digits[1]), int(digits[3] or 0)
        if number > HOURS or minute >= MINUTES:
            return None
        # 08, 08:30 and 10:30 are hours of the 24-hour clock; 10 and 8:30 may be of either clock.
        is_24 = digits[1][0] == "0" or (digits[3] is not None and number not in range(1, 10))
        hour = Hour(number, minute, is_24=is_24, in_digits=digits[3] is not None)
        return _with_minutes(reader, Written(hour, index, digits[3] is not None, digits[2] == ":"))
    ordinal = reader.ordinal(index)
    if ordinal and ordinal.is_definite and ordinal.value <= NOON:
        return _with_minutes(reader, Written(Hour(ordinal.value, 0), ordinal.last, is_word=True))
    return _with_minutes(reader, Written(Hour(1, 0), index, is_word=True)) if token in ONE_O_CLOCK else None


def _with_minutes(reader: Reader, written: Written) -> Written:
    """Add والنصف, إلا ربعا, و20 دقيقة."""
    if written.has_minutes:
        return written
    fraction = _FRACTIONS.match(reader.at, written.last + 1)
    if fraction:
        total = (written.hour.number * MINUTES + fraction.value) % (HOURS * MINUTES)
        # For a quarter to one, hour 0 is written as 12, which may be in either half of the day.
        number = total // MINUTES or (NOON if written.hour.number <= NOON else 0)
        return replace(written, hour=Hour(number, total % MINUTES), last=fraction.last, has_minutes=True)
    if reader.at(written.last + 1) == _HOURS_SHORT:
        return _with_short_minutes(reader, replace(written, last=written.last + 1))
    start = written.last + 2 if reader.at(written.last + 1) == "و" else written.last + 1
    numeral = reader.numeral(start)
    if numeral and numeral.proclitic == "و" and isinstance(numeral.value, int) and 0 < numeral.value < MINUTES:
        unit = unit_at(reader, numeral.last + 1)
        if unit and unit.value.code == "MIN":
            hour = replace(written.hour, minute=numeral.value)
            return replace(written, hour=hour, last=numeral.last + 1, has_minutes=True)
    return written


def _with_short_minutes(reader: Reader, written: Written) -> Written:
    """Add the minutes after سا, as in Algerian newspapers: 07 سا 46 د, 10 سا و 44 دقيقة."""
    start = written.last + 2 if reader.at(written.last + 1) == "و" else written.last + 1
    minute = reader.integer(start)
    if minute is None or minute >= MINUTES or reader.at(start + 1) not in _MINUTES_SHORT:
        return written
    hour = replace(written.hour, minute=minute)
    return replace(written, hour=hour, last=start + 1, has_minutes=True)


def part_of_day(reader: Reader, written: Written, *, has_head: bool) -> DayPart:
    """Return the part of the day, and the day, after an hour."""
    start = written.last + 1
    inside = start + 1 if reader.at(start) == "من" else start
    part = day_part(reader, inside)
    if part and not part.proclitic and isinstance(part.meaning, Timed):
        return DayPart(part.meaning.time, part.meaning.day, part.last)
    adverb = ADVERBS.match(reader.at, inside)
    if adverb and reader.at(inside) in LETTERS and not (written.has_minutes or has_head):
        adverb = None
    if adverb is None:
        named = day(reader, inside) if has_head and inside > start else None
        is_day = named is not None and named.type == "DATE"
        return DayPart(None, named.meaning, named.last) if named and is_day else DayPart(None, None, written.last)
    following = adverb.last + 1
    named = day(reader, following + (reader.at(following) == "من"))
    if named and named.type == "DATE" and not named.proclitic:
        return DayPart(adverb.value, named.meaning, named.last)
    return DayPart(adverb.value, None, adverb.last)


def gloss(reader: Reader, last: int) -> int:
    """Return the last token after adding a time zone (ت غ), or the time in another zone in brackets: (05:00 ت غ)."""
    zone = _ZONES.match(reader.at, last + 1)
    if zone:
        last = zone.last
    if reader.at(last + 1) == "(" and DIGITS.fullmatch(reader.at(last + 2)[:6]):
        inner = _ZONES.match(reader.at, last + 3)
        if inner and reader.at(inner.last + 1) == ")":
            return inner.last + 1
    return last
