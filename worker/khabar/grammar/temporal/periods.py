"""Periods: الأسبوع الماضي, هذا العام, الربع الثاني من 2015, صيف 2014, موسم 2015-2016, الثمانينات, القرن الثامن عشر."""

from typing import Final

from khabar.grammar.surface import surfaces
from khabar.grammar.temporal.context import Meaning
from khabar.grammar.temporal.meanings import Fixed, YearPart
from khabar.grammar.temporal.phrases import columns, words
from khabar.grammar.temporal.reader import Expression, Reader
from khabar.grammar.temporal.relative import SameMonth, Shifted
from khabar.grammar.temporal.words import POINTERS, SAME, relation_at, unit_at
from khabar.grammar.temporal.years import BEFORE_CHRIST, reference, year_after, year_phrase, years

SEASONS: Final = surfaces(columns("seasons"))
DECADES: Final = surfaces({word: int(year) for word, year in columns("decades").items()})
CYCLES: Final = surfaces(dict.fromkeys(words("cycles"), "S"))
SEASON_HEADS: Final = surfaces(dict.fromkeys(words("season_heads"), ""), with_article=False)
_BEFORE_HALF: Final = words("before_half")
_OF_AGE: Final = words("of_age")
_CYCLE_KINDS: Final = words("season_kinds")
QUARTERS: Final = surfaces(columns("year_parts"))
# Words that mean a part of a year only if the year follows.
_WITH_YEAR: Final = tuple(words("year_parts_with_year"))
_QUARTERS_OF_YEAR: Final = 4
_HALVES_OF_YEAR: Final = 2
_DECADES_OF_CENTURY: Final = 10
# Without a named century, the name of a decade means one of the 20th century.
_CENTURY: Final = 19
_SAME_MONTH: Final = Shifted("M", "same")
_CENTURIES: Final = (Shifted("CE", "past"), Shifted("CE", "now"))


def period(reader: Reader, index: int) -> Expression | None:
    """Read a period with a relation: الأسبوع الماضي, هذا العام, الشهر نفسه."""
    found = reference(reader, index)
    if found is None:
        return None
    meaning, last, proclitic = found
    year = year_after(reader, last + 1) if meaning == _SAME_MONTH else None
    if year:
        return Expression(index, year[1], proclitic, "DATE", SameMonth(year[0]))
    return Expression(index, last, proclitic, "DATE", meaning)


def quarter(reader: Reader, index: int) -> Expression | None:
    """Read a quarter or half of a year: الربع الثاني من عام 2015, النصف الأول, الربع السابق."""
    head = QUARTERS.get(reader.at(index))
    if head is None or not head.is_definite:
        return None
    proclitic = len(head.proclitic)
    ordinal = reader.ordinal(index + 1)
    relation = relation_at(reader, index + 1)
    parts = _QUARTERS_OF_YEAR if head.value == "Q" else _HALVES_OF_YEAR
    if relation == "last":
        number, last = parts, index + 1
    elif ordinal and ordinal.is_definite and not ordinal.proclitic and ordinal.value <= parts:
        number, last = ordinal.value, ordinal.last
    elif relation and head.value == "Q":
        return Expression(index, index + 1, proclitic, "DATE", Shifted("Q", relation))
    else:
        return None
    year = year_after(reader, last + 1)
    relation = relation_at(reader, last + 1)
    meaning: Meaning | None = None
    if year:
        meaning, last = year
    elif reader.at(last + 1) == "من" or _needs_year(reader, index, head.value):
        return None  # of a match, of a century
    elif relation in ("past", "next", "previous"):
        last += 1
    else:
        relation = None
    code = f"{head.value}{number}"
    return Expression(index, last, proclitic, "DATE", YearPart(code, meaning, None if year else relation))


def _needs_year(reader: Reader, index: int, part: str) -> bool:
    """Whether the word may be a part of something else and so needs a year: matches have halves, books have chapters."""
    is_business = reader.folded(index - 1) in _BEFORE_HALF
    return reader.at(index).endswith(_WITH_YEAR) or (part == "H" and not is_business)


def season(reader: Reader, index: int) -> Expression | None:
    """Read a season of the year: صيف 2014, خريف عام 2008, الصيف الماضي, فصل الصيف."""
    first = index
    pointer = POINTERS.get(reader.at(index))
    head = SEASON_HEADS.get(reader.at(index)) or (pointer if pointer and pointer.value not in SAME else None)
    if head:
        index += 1
    word = SEASONS.get(reader.at(index))
    if word is None or (head and word.proclitic):
        return None
    proclitic = len(head.proclitic if head else word.proclitic)
    year = year_after(reader, index + 1)
    relation = relation_at(reader, index + 1)
    if year:
        return Expression(first, year[1], proclitic, "DATE", YearPart(word.value, year[0]))
    if not word.is_definite:
        return None
    if relation in ("past", "next", "previous", "now"):
        return Expression(first, index + 1, proclitic, "DATE", YearPart(word.value, None, relation))
    return Expression(first, index, proclitic, "DATE", YearPart(word.value)) if head else None


def cycle(reader: Reader, index: int) -> Expression | None:
    """Read a sports season: موسم 2015-2016, الموسم الجديد, هذا الموسم."""
    pointer = POINTERS.get(reader.at(index))
    head = CYCLES.get(reader.at(index + 1 if pointer else index))
    if head is None:
        return None
    last = index + 1 if pointer else index
    while reader.folded(last + 1) in _CYCLE_KINDS and last < index + 3:
        last += 1
    found = None if pointer else years(reader, last + 1) or year_phrase(reader, last + 1)
    if found:
        return Expression(index, found.last, len(head.proclitic), "DATE", found.meaning)
    if not head.is_definite:
        return None
    if pointer:
        relation: str | None = "same" if pointer.value in SAME else "now"
    else:
        relation = relation_at(reader, last + 1)
        last += 1
    if relation is None:
        return None
    relation = "past" if relation == "last" else relation
    return Expression(
        index, last, len(pointer.proclitic if pointer else head.proclitic), "DATE", Shifted("S", relation)
    )


def decade(reader: Reader, index: int) -> Expression | None:
    """Read the name of a decade: الثمانينات, ستينيات القرن الماضي."""
    word = DECADES.get(reader.at(index))
    if word is None or (reader.at(index + 1) == "من" and reader.folded(index + 2) in _OF_AGE):
        return None
    owner = _century_of(reader, index + 2 if reader.at(index + 1) == "من" else index + 1)
    if owner:
        value = f"{owner[0]}{word.value // 10}" if owner[0] else None
        return Expression(index, owner[1], len(word.proclitic), "DATE", Fixed(value))
    if not word.is_definite:
        return None
    return Expression(index, index, len(word.proclitic), "DATE", Fixed(f"{_CENTURY}{word.value // 10}"))


def numbered_decade(reader: Reader, index: int) -> Expression | None:
    """Read a decade by its number in its century: العقد الأول من القرن الحادي والعشرين, العقد الأخير من القرن الماضي."""
    unit = unit_at(reader, index)
    if unit is None or unit.value.code != "DE" or unit.value.number != 1 or not unit.is_definite:
        return None
    ordinal = reader.ordinal(index + 1)
    if relation_at(reader, index + 1) == "last":
        number, last = _DECADES_OF_CENTURY, index + 1
    elif ordinal and ordinal.is_definite and ordinal.value <= _DECADES_OF_CENTURY:
        number, last = ordinal.value, ordinal.last
    else:
        return None
    owner = _century_of(reader, last + 2) if reader.at(last + 1) == "من" else None
    if owner is None:
        return None
    value = f"{owner[0]}{number - 1}" if owner[0] else None
    return Expression(index, owner[1], len(unit.proclitic), "DATE", Fixed(value))


def _century_of(reader: Reader, index: int) -> tuple[str | None, int] | None:
    """Return the digits of the century at a token (19 for the twentieth; None if it has none) and its last token."""
    owner = century(reader, index) or period(reader, index)
    if owner is None:
        return None
    if isinstance(owner.meaning, Fixed):
        return owner.meaning.value, owner.last
    if owner.meaning not in _CENTURIES:
        return None
    return str(_CENTURY + (owner.meaning == Shifted("CE", "now"))), owner.last


def century(reader: Reader, index: int) -> Expression | None:
    """Read a century: القرن الثامن عشر, القرن 19 الميلادي, القرن الماضي."""
    unit = unit_at(reader, index)
    if unit is None or unit.value.code != "CE" or not unit.is_definite or unit.value.number != 1:
        return None
    ordinal = reader.ordinal(index + 1)
    number = reader.integer(index + 2 if reader.at(index + 1) == "ال" else index + 1)
    if ordinal and ordinal.is_definite:
        value, last = ordinal.value, ordinal.last
    elif number:
        value, last = number, index + 1 + (reader.at(index + 1) == "ال")
    else:
        return None
    kind = reader.folded(last + 1)
    if kind in ("الميلادي", "الهجري"):
        last += 1
    before_christ = BEFORE_CHRIST.match(reader.at, last + 1)
    if before_christ:
        return Expression(index, before_christ.last, len(unit.proclitic), "DATE", Fixed(None))
    meaning = Fixed(f"{value - 1:02}" if kind != "الهجري" else None)
    return Expression(index, last, len(unit.proclitic), "DATE", meaning)
