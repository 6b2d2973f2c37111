"""Counted lengths of time: 12 يوما, ثلاثة أشهر ونصف, يومين, نصف ساعة, الأيام الأربعة; durations and distances use them."""

from dataclasses import dataclass
from typing import Final

from khabar.grammar.surface import surfaces
from khabar.grammar.temporal.days import WEEKDAYS
from khabar.grammar.temporal.months import MONTHS
from khabar.grammar.temporal.phrases import columns, words
from khabar.grammar.temporal.reader import Reader
from khabar.grammar.temporal.words import RELATIONS, Unit, relation_at, unit_at

_WEEKDAYS: Final = frozenset(WEEKDAYS)
PARTS: Final = surfaces({word: float(share) for word, share in columns("duration_parts").items()}, with_article=False)
_OWNERS: Final = words("unit_owners")
_NOT_TIME: Final = words("not_time")
CLOCK_UNITS: Final = {"H": "H", "MIN": "M", "SEC": "S"}
LARGE: Final = {"DE": 10, "CE": 100}
# Unit -> the smaller unit in which a half of it is written, and the number of smaller units in one.
_SMALLER: Final = {
    "H": ("MIN", 60),
    "MIN": ("SEC", 60),
    "Y": ("M", 12),
    "DE": ("Y", 10),
    "CE": ("Y", 100),
    "D": ("H", 24),
}
_GENERAL: Final = ("لعامين", "لعامان")  # also the dual of "general"
_ONE: Final = words("one_words")
_LEAST_YEAR: Final = 1000
_ORDER: Final = ("Y", "M", "W", "D", "H", "MIN", "SEC")

Amount = int | float


@dataclass(frozen=True, slots=True)
class Length:
    """A counted length of time: its tokens, its unit, the count (None if vague), and counts of smaller units."""

    first: int
    last: int
    proclitic: int
    unit: str
    count: Amount | None
    rest: tuple[tuple[str, Amount], ...] = ()
    is_definite: bool = False

    @property
    def value(self) -> str:
        """The TIMEX3 value."""
        return timex_period(((self.unit, self.count), *self.rest))


def timex_period(parts: tuple[tuple[str, Amount | None], ...]) -> str:
    """Return the TIMEX3 value of (unit, count) pairs, the larger unit first; the count None becomes X."""
    totals: dict[str, Amount | None] = {}
    for unit, count in parts:
        known = "Y" if unit in LARGE else unit
        amount = None if count is None else count * LARGE.get(unit, 1)
        before = totals.get(known, 0)
        totals[known] = None if amount is None or before is None else before + amount
    days = times = ""
    for unit, count in totals.items():
        number = "X" if count is None else f"{count:g}" if count % 1 else f"{int(count)}"
        if unit in CLOCK_UNITS:
            times += number + CLOCK_UNITS[unit]
        else:
            days += number + unit
    return f"P{days}T{times}" if times else f"P{days}"


def length(reader: Reader, index: int) -> Length | None:
    """Read a counted length: 12 يوما, ثلاثة أشهر ونصف, بضعة أسابيع, يومين, نصف ساعة, الأيام الأربعة."""
    found = counted(reader, index) or dual(reader, index) or _part_of_one(reader, index) or _numbered(reader, index)
    if found:
        return with_rest(reader, found)
    one = _one(reader, index)
    found = with_rest(reader, one) if one else None
    return found if found and found.rest else None


def _is_time(reader: Reader, after: int) -> bool:
    return reader.folded(after) not in _NOT_TIME


def counted(reader: Reader, index: int) -> Length | None:
    """Read a number before its unit: 12 يوما, الأربعة أيام."""
    numeral = reader.numeral(index)
    if numeral is None:
        return None
    unit = unit_at(reader, numeral.last + 1)
    if unit is None or unit.proclitic or not _is_time(reader, numeral.last + 2):
        return None
    if numeral.value == 1 and not numeral.is_digits:
        return None  # واحد follows its noun
    if unit.value.code == "Y" and unit.value.number == 1 and (reader.integer(numeral.last + 2) or 0) > _LEAST_YEAR:
        return None  # killed 12 in the year 2014
    if unit.is_definite and not (numeral.is_definite and unit.value.number == 0):
        return None
    is_head = unit.value.code == "D" and unit.value.number == 1 and reader.at(numeral.last + 2) in _WEEKDAYS
    if unit.value.number == 2 or is_head:
        return None  # فاز 3-2 يوم الجمعة
    first, proclitic = index, reader.proclitic_of(numeral)
    if numeral.is_digits:
        first, proclitic = reader.article(index)
    return Length(first, numeral.last + 1, proclitic, unit.value.code, numeral.value, is_definite=numeral.is_definite)


def dual(reader: Reader, index: int) -> Length | None:
    """Read a unit in the dual: يومين, أسبوعان."""
    unit = unit_at(reader, index)
    if unit is None or unit.value.number != 2 or not reader.at(index).endswith(("ان", "ين")):
        return None
    ordinal = reader.ordinal(index + 1)
    # القرنين الرابع والخامس, الدقيقتين 26 و66
    is_ordinal = ordinal is not None and ordinal.is_definite
    is_list = unit.is_definite and (is_ordinal or reader.at(index + 1)[:1].isdigit() or reader.at(index + 1) == "ال")
    is_general = unit.is_definite and reader.at(index).endswith(_GENERAL) and relation_at(reader, index + 1) is None
    if is_list or is_general or not _is_time(reader, index + 1):
        return None  # المفتشين العامين
    return Length(index, index, len(unit.proclitic), unit.value.code, 2, is_definite=unit.is_definite)


def _part_of_one(reader: Reader, index: int) -> Length | None:
    """Read a part of a unit: نصف ساعة, ربع قرن."""
    share = PARTS.get(reader.at(index))
    if share is None:
        return None
    unit = unit_at(reader, index + 1)
    if unit is None or unit.proclitic or unit.value.number != 1 or unit.value.code not in _SMALLER:
        return None
    if unit.is_definite and unit.value.code != "H":
        return None
    code, size = _SMALLER[unit.value.code]
    return Length(index, index + 1, len(share.proclitic), code, share.value * size)


def _numbered(reader: Reader, index: int) -> Length | None:
    """Read a unit before its number, or with واحد: الأيام الأربعة, السنوات العشر, يوما واحدا."""
    unit = unit_at(reader, index)
    if unit is None:
        return None
    word = reader.folded(index + 1)
    if unit.value.number == 1 and not unit.is_definite and word in _ONE:
        return Length(index, index + 1, len(unit.proclitic), unit.value.code, 1)
    if unit.value.number != 0 or not unit.is_definite:
        return None
    start = index + 2 if word == "ال" else index + 1
    numeral = reader.numeral(start)
    if numeral and numeral.is_definite and numeral.proclitic in ("", "ال"):
        return Length(index, numeral.last, len(unit.proclitic), unit.value.code, numeral.value, is_definite=True)
    return None


def with_rest(reader: Reader, found: Length) -> Length:
    """Return the length with an addition after it: ونصف, وربع, ونصف الساعة, و20 دقيقة."""
    word = reader.at(found.last + 1)
    if not word.startswith("و") or found.count is None:
        return found
    share = PARTS.get(word)
    if share is not None and share.proclitic == "و" and found.unit in _SMALLER:
        last = found.last + 1
        again = unit_at(reader, last + 1)
        if again and not again.proclitic:
            if again.value.code != found.unit:
                return found  # وربع قرن is another length
            last += again.value.number == 1
        code, size = _SMALLER[found.unit]
        return _extended(found, last, code, share.value * size)
    start = found.last + 2 if word == "و" else found.last + 1
    more = counted(reader, start) or (dual(reader, start) if word != "و" else None) or _one(reader, start, "و")
    if more is None or more.count is None or more.unit in LARGE or found.unit in LARGE:
        return found
    is_smaller = _ORDER.index(more.unit) > _ORDER.index(found.unit)
    return _extended(found, more.last, more.unit, more.count) if is_smaller else found


def _one(reader: Reader, index: int, proclitic: str | None = None) -> Length | None:
    unit = unit_at(reader, index)
    if unit is None or proclitic not in (None, unit.proclitic) or unit.value.number != 1 or unit.is_definite:
        return None
    if proclitic and reader.at(index + 1) in _WEEKDAYS:
        return None  # كل شهر ويوم الجمعة
    return Length(index, index, len(unit.proclitic), unit.value.code, 1)


def _extended(found: Length, last: int, code: str, count: Amount) -> Length:
    return Length(
        found.first, last, found.proclitic, found.unit, found.count, (*found.rest, (code, count)), found.is_definite
    )


def one_or_some(reader: Reader, index: int) -> Length | None:
    """Read a unit or a plural without a number; the caller has found a word before it that makes it a length."""
    unit = unit_at(reader, index)
    if unit is None or unit.is_definite or unit.proclitic or unit.value.number == 2:
        return None
    if not stands_alone(reader, index, unit.value):
        return None
    return Length(index, index, 0, unit.value.code, unit.value.number or None)


def stands_alone(reader: Reader, index: int, unit: Unit) -> bool:
    """Whether the unit does not begin a date (شهر رمضان, عام 2015) or a genitive (أيام العيد)."""
    following = reader.at(index + 1)
    if (
        _starts_date(reader, index)
        or following[:1].isdigit()
        or reader.numeral(index + 1)
        or reader.folded(index + 1) in _OWNERS
    ):
        return False
    if unit.number == 0 and unit.code in ("MIN", "SEC", "DE", "CE"):
        return not following.startswith("ال") and _is_time(reader, index + 1)
    return not (following.startswith("ال") and RELATIONS.get(following) is None) and _is_time(reader, index + 1)


def _starts_date(reader: Reader, index: int) -> bool:
    """Whether the name of a month follows the unit: بعد شهر رمضان."""
    return MONTHS.match(reader.at, index + 1) is not None
