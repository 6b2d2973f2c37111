"""Durations: a counted length, a range of two, a unit or a plural after a preposition, or past and coming years and days."""

from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.numbers.numerals import Numeral
from khabar.grammar.temporal.lengths import (
    Length,
    counted,
    dual,
    length,
    stands_alone,
    timex_period,
)
from khabar.grammar.temporal.meanings import Fixed
from khabar.grammar.temporal.phrases import columns, words
from khabar.grammar.temporal.reader import Expression, Reader
from khabar.grammar.temporal.words import (
    DURATION_PREPOSITIONS,
    TIME_PREPOSITIONS,
    is_after_preposition,
    relation_at,
    unit_at,
)

APPROXIMATORS_AFTER: Final = columns("approximators_after")
VAGUE_ADJECTIVES: Final = words("vague_adjectives")
_ALTERNATIVES: Final = words("range_links") - {"و", "-"}
_RANGE: Final = words("range_links")
# After these, عقد means ten years; after other words, such as خلال, it may also be a contract.
_ONE_DECADE: Final = words("decade_prepositions")
# Before عقد, these words show that it is a time: منذ عقد, نحو عقد.
_ABOUT: Final = {fold(phrase) for phrase, mod in columns("approximators").items() if mod == "APPROX"} | {"من"}
_MOST_DECADES: Final = 10
_FAR: Final = frozenset({"past", "next", "previous", "following", "last"})


def duration(reader: Reader, index: int) -> Expression | None:
    """Read a duration: a counted length, a range of two, or a unit or a plural without a number after a preposition."""
    ranged = _range(reader, index)
    if ranged:
        return ranged
    found = length(reader, index) or _bare(reader, index) or _vague(reader, index)
    if found is None or (found.unit == "DE" and not _is_decade(reader, found)):
        return None
    last = found.last
    while found.count is None and reader.folded(last + 1) in VAGUE_ADJECTIVES and last < found.last + 2:
        last += 1
    if relation_at(reader, last + 1) not in (None, "same", "new", "now"):
        last += 1
    mod = APPROXIMATORS_AFTER.get(reader.folded(last + 1))
    return Expression(found.first, last + bool(mod), found.proclitic, "DURATION", Fixed(found.value), mod)


def _is_decade(reader: Reader, found: Length) -> bool:
    """Whether عقد means ten years, not a contract."""
    before = found.first - 1
    if found.count is not None and found.count > _MOST_DECADES:
        return False
    if found.is_definite and relation_at(reader, found.last) in _FAR:
        return True
    approximated = reader.folded(before) in _ABOUT
    prepositions = _ONE_DECADE if found.count == 1 else TIME_PREPOSITIONS | DURATION_PREPOSITIONS
    governed = is_after_preposition(reader, found.first, "", prepositions)
    is_related = relation_at(reader, found.last + 1) in _FAR
    return approximated or governed or is_related or reader.folded(found.last + 2) == "الزمن"


def _range(reader: Reader, index: int) -> Expression | None:
    """Read 16 إلى 24 عاما, 3-5 سنوات, يوم أو يومين: one span; the unit of the second end counts for both."""
    first = reader.numeral(index)
    if first is None:
        return _one_or_two(reader, index)
    if first.value is None:
        return None
    link = first.last + 1
    if unit_at(reader, link):
        link += 1
    if reader.folded(link) not in _RANGE or (reader.at(link) == "و" and not _is_between(reader, index, link, first)):
        return None
    second = counted(reader, link + 1) or dual(reader, link + 1)
    if second is None or second.count is None or second.proclitic:
        return None
    if second.unit == "DE" and not _is_decade(reader, second):
        return None
    unit = unit_at(reader, first.last + 1) if link > first.last + 1 else None
    code = unit.value.code if unit else second.unit
    proclitic = reader.proclitic_of(first)
    value = f"{timex_period(((code, first.value),))}/{second.value}"
    return Expression(index, second.last, proclitic, "DURATION", Fixed(value))


def _is_between(reader: Reader, index: int, link: int, first: Numeral) -> bool:
    """Whether و links the ends of a range: بين 18 و25 عاما; otherwise it adds or lists numbers."""
    return link == first.last + 1 and reader.folded(index - 1).endswith("بين")


def _one_or_two(reader: Reader, index: int) -> Expression | None:
    """Read a unit and its dual: شهر أو شهرين, ساعة إلى ساعتين."""
    one, two = unit_at(reader, index), unit_at(reader, index + 2)
    if one is None or two is None or one.is_definite or two.is_definite or one.value.code != two.value.code:
        return None
    if (one.value.number, two.value.number) != (1, 2) or two.proclitic or reader.folded(index + 1) not in _ALTERNATIVES:
        return None
    value = f"{timex_period(((one.value.code, 1),))}/{timex_period(((one.value.code, 2),))}"
    return Expression(index, index + 2, len(one.proclitic), "DURATION", Fixed(value))


def _bare(reader: Reader, index: int) -> Length | None:
    """Read one unit or a plural without a number: خلال أسبوع, منذ سنوات, لأشهر."""
    unit = unit_at(reader, index)
    if unit is None or unit.is_definite or unit.value.number == 2:
        return None
    governed = is_after_preposition(reader, index, unit.proclitic.replace("ب", ""), DURATION_PREPOSITIONS)
    is_plural = unit.value.number == 0
    has_adjective = is_plural and reader.folded(index + 1) in VAGUE_ADJECTIVES
    is_accusative = is_plural and reader.at(index).endswith("ا")  # عمل شهورا
    if not (has_adjective or ((governed or is_accusative) and stands_alone(reader, index, unit.value))):
        return None
    if unit.value.number == 1 and unit.proclitic:
        return None
    return Length(index, index, len(unit.proclitic), unit.value.code, unit.value.number or None)


def _vague(reader: Reader, index: int) -> Length | None:
    """Read a definite plural with a word for past or coming: السنوات القليلة الماضية, الأيام المقبلة."""
    unit = unit_at(reader, index)
    if unit is None or not unit.is_definite or unit.value.number != 0:
        return None
    last = index
    while reader.folded(last + 1) in VAGUE_ADJECTIVES and last < index + 2:
        last += 1
    if relation_at(reader, last + 1) not in _FAR:
        return None
    return Length(index, last + 1, len(unit.proclitic), unit.value.code, None, is_definite=True)
