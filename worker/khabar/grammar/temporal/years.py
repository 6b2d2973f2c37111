"""Years: عام 2012, سنة 1970م, 1436هـ, العام الماضي, 2015 - 2020م; and the year after a month or a quarter."""

import re
from dataclasses import dataclass, replace
from typing import Final

from khabar.grammar.temporal.calendar_dates import CalendarDate
from khabar.grammar.temporal.context import Meaning
from khabar.grammar.temporal.meanings import Between, Fixed
from khabar.grammar.temporal.phrases import Phrases, columns, words
from khabar.grammar.temporal.reader import Expression, Reader
from khabar.grammar.temporal.relative import Shifted
from khabar.grammar.temporal.words import (
    POINTERS,
    SAME,
    TIME_PREPOSITIONS,
    TWICE,
    relation_at,
    unit_at,
)

ERAS: Final = Phrases(columns("eras"), conjunctions=("",), prepositions=("",))
BEFORE_CHRIST: Final = Phrases(dict.fromkeys(words("before_christ"), True), conjunctions=("",), prepositions=("",))
_YEAR_KINDS: Final = words("year_kinds")
SCHOOL_YEARS: Final = words("school_year_kinds")
_YEAR_HEADS: Final = words("year_heads")
_AFTER_YEAR: Final = words("after_year")
_MEASURES: Final = words("measures")
_NO_YEAR_BEFORE: Final = words("no_year_before")
# Units for which "the last one" names a period; "the last day" does not mean yesterday.
PERIODS: Final = frozenset({"W", "M", "Y", "DE", "CE"})
_DEFINITE: Final = ("ال", "وال", "فال", "بال", "كال", "لل", "ولل")
_PAIR: Final = re.compile(r"(\d{4})/(\d{4}|\d{2})")
_CORRESPONDING: Final = "الموافق"
_MAX_DASHES: Final = 4
_LONGEST_SPAN: Final = 100
_DASHES: Final = frozenset("-–—/")

# Without a mark or عام before it, a number is only a year if it is in this range.
_BARE_YEARS: Final = range(1900, 2051)
_UNMARKED_HIJRI: Final = range(1343, 1450)
# These round numbers before a noun are counts, even after a preposition.
_ROUND: Final = (1900, 2000)
_COMPARATIVES: Final = words("comparatives")
_FIRST_YEAR: Final = 1000
_LAST_YEAR: Final = 2100
# Years of two digits, which are in the last century: عام 73.
_SHORT_YEARS: Final = range(30, 100)
_TWENTIETH: Final = 1900


@dataclass(frozen=True, slots=True)
class Year:
    """The number of a year: its last token, its meaning, and whether it has a mark of its era."""

    last: int
    meaning: Meaning
    is_marked: bool = False


def era_at(reader: Reader, index: int) -> tuple[str, int] | None:
    """Return the calendar of a mark at token `index`, and the mark's last token; None without a mark."""
    match = ERAS.match(reader.at, index)
    return (match.value, match.last) if match else None


def year_number(reader: Reader, index: int, *, is_announced: bool = False) -> Year | None:
    """Return the year that begins at a token, with its mark: 2015م, 1436 هجرية, 300 قبل الميلاد, ألفين وعشرة.

    Args:
        reader: the tokens.
        index: the token.
        is_announced: whether a word such as عام is before it, so that it may have fewer digits.
    """
    value, last = _number(reader, index)
    if value is None:
        return None
    before_christ = BEFORE_CHRIST.match(reader.at, last + 1)
    if before_christ:
        return Year(before_christ.last, Fixed(f"BC{value:04}"), is_marked=True)
    is_long = _FIRST_YEAR <= value <= _LAST_YEAR
    era = era_at(reader, last + 1)
    if era and (is_long or is_announced) and not _is_metres(reader, last + 1, value):
        return Year(era[1], CalendarDate(era[0], year=value), is_marked=True)
    if is_announced and value in _SHORT_YEARS:
        return Year(last, CalendarDate("g", year=_TWENTIETH + value))
    return Year(last, CalendarDate("h" if value in _UNMARKED_HIJRI else "g", year=value)) if is_long else None


def _is_metres(reader: Reader, mark: int, value: int) -> bool:
    """Whether 1500 م is a length in metres: م does not touch the number, and the number is not a year of our time."""
    return reader.at(mark) == "م" and value not in _BARE_YEARS and not reader.touches(mark)


def _number(reader: Reader, index: int) -> tuple[int | None, int]:
    value, numeral = reader.integer(index), reader.numeral(index)
    if value is not None:
        is_scaled = numeral is not None and numeral.last > index
        return (None if is_scaled else value or None), index
    if numeral and not numeral.is_digits and isinstance(numeral.value, int) and not numeral.is_definite:
        return (numeral.value if _FIRST_YEAR <= numeral.value <= _BARE_YEARS[-1] else None), numeral.last
    return None, index


def years(reader: Reader, index: int, *, is_announced: bool = False) -> Year | None:
    """Return a year, or an interval of two years: 2014/2015, 2015 - 2020م; arguments as for `year_number`."""
    token = reader.at(index)
    pair = _PAIR.fullmatch(token) if len(token) > 4 else None
    if pair:
        first, second = pair[1], pair[2] if len(pair[2]) == 4 else pair[1][:2] + pair[2]
        if int(second) <= int(first) or int(first) < _FIRST_YEAR:
            return None
        era = era_at(reader, index + 1)
        return _two(int(first), int(second), era[0] if era else None, era[1] if era else index)
    year = year_number(reader, index, is_announced=is_announced)
    if year is None or not isinstance(year.meaning, CalendarDate):
        return year
    second = _second_year(reader, year.last + 1)
    if second is None or not isinstance(second.meaning, CalendarDate):
        return year
    one, two = year.meaning, second.meaning
    if (one.calendar, two.calendar) == ("h", "g"):
        return Year(second.last, replace(two, hijri=one), is_marked=True)
    if (one.year or 0) < (two.year or 0) < (one.year or 0) + _LONGEST_SPAN:
        return _two(one.year or 0, two.year or 0, two.calendar, second.last)
    return year


def _second_year(reader: Reader, index: int) -> Year | None:
    """Return the year after a dash, or after الموافق."""
    following = index
    while reader.at(following) in _DASHES and following < index + _MAX_DASHES:
        following += 1
    if reader.at(index) == _CORRESPONDING:
        following = index + 1
    second = year_number(reader, following) if following > index else None
    return second if second and reader.at(second.last + 1) not in _DASHES else None


def _two(first: int, second: int, calendar: str | None, last: int) -> Year:
    kind = calendar or ("h" if first in _UNMARKED_HIJRI else "g")
    return Year(last, Between(CalendarDate(kind, year=first), CalendarDate(kind, year=second)), calendar is not None)


def year_phrase(reader: Reader, index: int) -> Expression | None:
    """Read عام 2012, العام الدراسي 1436-1437هـ, سنة 1970م, عامي 2011."""
    unit = unit_at(reader, index)
    if unit is None or unit.value.code != "Y":
        return None
    number = index + 1
    while reader.folded(number) in _YEAR_KINDS and number < index + 3:
        number += 1
    year = years(reader, number, is_announced=True)
    if year is None:
        return None
    return Expression(index, year.last, len(unit.proclitic), "DATE", year.meaning)


def bare_year(reader: Reader, index: int) -> Expression | None:
    """Read a number that is a year although no word says so: منذ 1991, مونديال 2018."""
    year = years(reader, index)
    if year is None:
        return None
    if not year.is_marked and not _is_bare_year(reader, index, year):
        return None
    return Expression(index, year.last, 0, "DATE", year.meaning)


def _is_bare_year(reader: Reader, index: int, year: Year) -> bool:
    """Whether a number without any mark is a year of our time, not a count."""
    meaning = year.meaning
    first = meaning.first if isinstance(meaning, Between) else meaning
    if not isinstance(first, CalendarDate) or first.year not in _BARE_YEARS:
        return False
    if isinstance(meaning, CalendarDate) and reader.integer(index) is None:
        return False  # in words
    before, after = reader.folded(index - 1), reader.at(year.last + 1)
    if before == "من" and reader.folded(index - 2) in _COMPARATIVES:
        return False
    is_counted = reader.folded(year.last + 1) in _MEASURES or after in ("%", "*", "×") or after[:1].isdigit()
    if is_counted or before in _NO_YEAR_BEFORE:
        return False
    # A number before a noun counts it; before a verb, a particle or punctuation it is a year.
    return not _counts(reader, year.last + 1, "" if first.year in _ROUND else before)


def _counts(reader: Reader, index: int, before: str) -> bool:
    """Whether the word after a number may be the noun that it counts."""
    word = reader.at(index)
    if not ("ء" <= word < "٠"):
        return False
    if before in TIME_PREPOSITIONS or before in _YEAR_HEADS or before.startswith("ال") or before in ("(", "«", '"'):
        return False
    return reader.folded(index) not in _AFTER_YEAR


def reference(reader: Reader, index: int, code: str | None = None) -> tuple[Meaning, int, int] | None:
    """Read a period by its relation to the anchor or the focus: الشهر المقبل, هذا الأسبوع, السنة نفسها, العام الجاري.

    Returns:
        (meaning, last token, number of proclitic letters).
    """
    pointer = POINTERS.get(reader.at(index))
    head = index + 1 if pointer else index
    unit = unit_at(reader, head)
    if unit is None or not unit.is_definite or unit.value.number != 1 or unit.value.code not in PERIODS:
        return None
    if code is not None and unit.value.code != code:
        return None
    kind = reader.folded(head + 1) if unit.value.code == "Y" else ""
    last = head + 1 if kind in _YEAR_KINDS else head
    relation = relation_at(reader, last + 1)
    twice = TWICE.get(reader.at(last + 1))
    if twice and not pointer and relation_at(reader, last + 2) == twice:
        return Shifted(unit.value.code, twice, 2 if twice == "next" else -2), last + 2, len(unit.proclitic)
    if pointer:
        proclitic = len(pointer.proclitic)
        if pointer.value in SAME:
            return Shifted(unit.value.code, "same"), last, proclitic
        last += relation in ("now", "new")
        return _with_number(reader, Shifted(unit.value.code, "now"), last, proclitic)
    if unit.value.code == "DE" and relation == "new":
        return None  # a contract
    if relation in (None, "last") or _is_adjective(reader, head, unit.value.code, relation):
        return None
    if kind in SCHOOL_YEARS:
        return Shifted("S", relation), last + 1, len(unit.proclitic)
    return _with_number(reader, Shifted(unit.value.code, relation), last + 1, len(unit.proclitic))


def _with_number(reader: Reader, meaning: Shifted, last: int, proclitic: int) -> tuple[Meaning, int, int]:
    """Add the number of a year after its relation: العام الماضي 2014م, العام الجاري (2015)."""
    if meaning.unit != "Y":
        return meaning, last, proclitic
    is_bracketed = reader.at(last + 1) == "("
    year = years(reader, last + 2 if is_bracketed else last + 1)
    if year is None or (is_bracketed and reader.at(year.last + 1) != ")"):
        return meaning, last, proclitic
    if not is_bracketed and not year.is_marked and not _is_bare_year(reader, last + 1, year):
        return meaning, last, proclitic
    return year.meaning, year.last + is_bracketed, proclitic


def _is_adjective(reader: Reader, index: int, code: str, relation: str) -> bool:
    """Whether العام means "general" (الأمين العام السابق), not a year."""
    before = reader.at(index - 1)
    is_noun = before.startswith(_DEFINITE) and not before.endswith(("ة", "ات", "ه")) and before != "الى"
    return code == "Y" and relation in ("previous", "now", "new", "same") and is_noun and reader.at(index) == "العام"


def year_after(reader: Reader, index: int) -> tuple[Meaning, int] | None:
    """Read the year that follows a month or a quarter: 2015م, من عام 2015, لعام 2015, من العام الجاري, هذا العام.

    Returns:
        (meaning, last token); the meaning resolves to a year.
    """
    word = reader.at(index)
    if word in ("من", "في", "ل"):
        found = _named_year(reader, index + 1)
        if found or word == "في":
            return found
        if reader.at(index + 1) in ("العام", "السنة"):
            return Shifted("Y", "now"), index + 1
        index += 1
    else:
        found = _named_year(reader, index)
        if found:
            return found
    number = year_number(reader, index + 1 if word in (",", "،") else index)
    return (number.meaning, number.last) if number and isinstance(number.meaning, CalendarDate) else None


def _named_year(reader: Reader, index: int) -> tuple[Meaning, int] | None:
    """Read a year after عام or a similar noun, by its number or its relation."""
    if reader.at(index).startswith(("و", "ف")):
        return None  # والعام المقبل is another year
    phrase = year_phrase(reader, index)
    if phrase:
        return phrase.meaning, phrase.last
    referred = reference(reader, index, "Y")
    return (referred[0], referred[1]) if referred else None
