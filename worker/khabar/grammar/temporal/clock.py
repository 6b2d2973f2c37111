"""Clock times: الساعة الثالثة والنصف عصرا, 9:18م, 11:00 ت غ, الثامنة من مساء غد, منتصف ليل أمس, عند 16:00."""

from dataclasses import replace
from typing import Final

from khabar.grammar.temporal.days import day
from khabar.grammar.temporal.hours import HOURS
from khabar.grammar.temporal.meanings import Timed
from khabar.grammar.temporal.phrases import Phrases, columns, words
from khabar.grammar.temporal.reader import Expression, Reader
from khabar.grammar.temporal.words import unit_at
from khabar.grammar.temporal.written_hours import (
    ADVERBS,
    DIGITS,
    LETTERS,
    ONE_O_CLOCK,
    Written,
    bracketed,
    gloss,
    hour_at,
    part_of_day,
)
from khabar.lexicons import entries

_LOCAL_ZONES: Final = frozenset(entries("temporal/local_zones"))
NAMES: Final = Phrases(columns("clock_names"))
# Words before digits with a colon, and before hours in words, that make them a time.
_BEFOREDIGITS: Final = words("clock_prepositions")
_BEFORE_WORDS: Final = words("clock_heads")
_RANGE: Final = frozenset(entries("temporal/clock_links"))
_AGES: Final = words("of_age")
_COUNTED: Final = frozenset({"MIN", "SEC", "H"})
_DASHES: Final = frozenset("-–/")
_REACH: Final = 6


def clock(reader: Reader, index: int) -> Expression | None:
    """Read a clock time; without الساعة only if words beside it show that it is one."""
    fixed = NAMES.match(reader.at, index)
    if fixed:
        last = gloss(reader, fixed.last)
        return Expression(index, last, len(fixed.proclitic), "TIME", Timed(fixed.value))
    unit = unit_at(reader, index)
    has_head = unit is not None and unit.value.code == "H" and unit.value.number == 1 and unit.is_definite
    start = index + 1 if has_head else index
    if has_head and reader.at(start) in (":", "ال"):
        start += 1
    written = bracketed(reader, start) if has_head and reader.at(start) == "(" else hour_at(reader, start)
    if written is None or (written.hour.number == HOURS and written.hour.minute):
        return None
    if not has_head and (_counts_other(reader, start, written) or _is_score(reader, start, written)):
        return None
    part = part_of_day(reader, written, has_head=has_head)
    glossed = gloss(reader, part.last)
    has_zone = glossed > part.last
    if not (has_head or part.part or has_zone or _may_be_announced(reader, index, written)):
        return None
    if unit and has_head:
        first, proclitic = index, len(unit.proclitic)
    elif written.is_word:
        word = ONE_O_CLOCK.get(reader.at(index)) or reader.ordinal(index)
        first, proclitic = index, len(word.proclitic) if word else 0
    else:
        first, proclitic = reader.article(index)
    if not (has_head or part.part or has_zone or _is_announced(reader, first, written)):
        return None
    hour = replace(written.hour, part=part.part)
    if has_zone and written.has_minutes and not written.is_word and not part.part:
        hour = replace(hour, is_24=True)  # beside a time zone, agencies write hours of the 24-hour clock
    named = day(reader, glossed + 1) if has_zone and part.owner is None else None
    if named and named.type == "DATE" and not named.proclitic:
        return Expression(first, named.last, proclitic, "TIME", Timed(hour.time, named.meaning, hour))
    last = glossed
    minutes = unit_at(reader, last + 1) if written.has_colon and has_head else None
    if minutes and minutes.value.code == "MIN" and not minutes.proclitic:
        last += 1  # الساعة 6:22 دقيقة
    return Expression(first, last, proclitic, "TIME", Timed(hour.time, part.owner, hour))


def _counts_other(reader: Reader, index: int, written: Written) -> bool:
    """Whether an ordinal belongs to another noun: الساعات الأولى من الصباح (one o'clock is الواحدة), اليوم الثالث مساء."""
    return written.is_word and not reader.at(index).endswith(("ة", "ه"))


def _is_score(reader: Reader, index: int, written: Written) -> bool:
    """Whether a number after another one and a dash is a score: فاز 2-1 مساء أمس."""
    if written.has_minutes or written.is_word or reader.at(index - 1) not in _DASHES:
        return False
    return reader.integer(index - 2) is not None and reader.folded(index - 3) not in _BEFOREDIGITS


def _may_be_announced(reader: Reader, index: int, written: Written) -> bool:
    """Whether the words beside a number must be examined; a fast test, because most numbers count something."""
    if written.is_word or written.has_minutes or reader.at(index - 1) in _RANGE:
        return True
    word = reader.at(written.last + 1)
    return word in _RANGE or word in _LOCAL_ZONES or word.startswith("وال")


def _is_announced(reader: Reader, first: int, written: Written) -> bool:
    """Whether a word beside an hour makes it a time, without الساعة and without a part of the day."""
    following = written.last + 1
    if reader.at(following) in _LOCAL_ZONES:
        return True
    unit = unit_at(reader, following)
    if (unit and unit.value.code in _COUNTED) or reader.at(following) == "%":
        return False
    if reader.at(following) == "من" and reader.folded(following + 1) in _AGES:
        return False
    before = reader.folded(first - 1)
    is_governed = before in _BEFOREDIGITS or before[1:] in _BEFOREDIGITS
    if written.has_colon or (written.is_word and written.has_minutes):
        return is_governed or _continues(reader, first - 1)
    if written.is_word and (before in _BEFORE_WORDS or before[1:] in _BEFORE_WORDS):
        return True
    end = _range_end(reader, following) if is_governed else None
    return end is not None or (not written.has_minutes and _continues(reader, first - 1, strictly=True))


def _range_end(reader: Reader, index: int) -> Written | None:
    """Return the hour at the end of a range, if it has a part of the day: (من 5) إلى 9 مساء, (بين الخامسة) والسابعة مساء."""
    word = reader.at(index)
    start = index + 1 if word in _RANGE else index if word.startswith("وال") else 0
    while start and reader.at(start) in ("ال", "الساعة"):
        start += 1
    end = hour_at(reader, start) if start else None
    if end is None:
        return None
    part = part_of_day(reader, end, has_head=False)
    is_told = part.part is not None or reader.at(end.last + 1) in _LOCAL_ZONES
    return end if is_told else None


def _continues(reader: Reader, link: int, *, strictly: bool = False) -> bool:
    """Whether a token links to an earlier time: (14:00) و(16:00), (من الساعة التاسعة) حتى (الحادية عشرة).

    Args:
        reader: the tokens.
        link: the token.
        strictly: whether "and" does not count as a link, and digits with a colon do not count as a time.
    """
    word = reader.at(link)
    if word not in _RANGE or (strictly and word == "و"):
        return False
    if ADVERBS.match(reader.at, link - 1) and reader.at(link - 1) not in LETTERS:
        return True  # (من الثامنة صباحا) حتى الثانية
    for index in range(link - 1, link - _REACH, -1):
        token = reader.at(index)
        unit = unit_at(reader, index)
        if unit and unit.value.code == "H" and unit.is_definite:
            return True
        if not strictly and ":" in token and DIGITS.fullmatch(token[:6]):
            return True
    return False
