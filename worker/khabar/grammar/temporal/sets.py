"""Recurrence: كل يوم, كل ثلاثة أشهر, أيام الجمع, التقرير السنوي."""

from typing import Final

from khabar.grammar.surface import surfaces
from khabar.grammar.temporal.days import DAY_PARTS, WEEKDAYS
from khabar.grammar.temporal.lengths import length
from khabar.grammar.temporal.meanings import Fixed
from khabar.grammar.temporal.phrases import Phrases, columns, words
from khabar.grammar.temporal.reader import Expression, Reader
from khabar.grammar.temporal.words import unit_at
from khabar.lexicons import entries

_WISHES: Final = frozenset(entries("temporal/wishes"))
EVERY: Final = surfaces({"كل": "كل"}, with_article=False)
ADJECTIVES: Final = surfaces(columns("set_adjectives"))
_MEASURED: Final = words("measured_by_time")
PARTS_OF_YEAR: Final = surfaces(columns("parts_of_year"))
_WEEKDAY_PLURALS: Final = Phrases(
    {name: int(number) for name, number in columns("weekday_sets").items()}, conjunctions=("",), prepositions=("",)
)
_INDEFINITE_WEEKDAYS: Final = {name.removeprefix("ال"): int(number) for name, number in columns("weekdays").items()}


def every(reader: Reader, index: int) -> Expression | None:
    """Read كل with a unit, a counted length, a weekday or a part of the day."""
    head = EVERY.get(reader.at(index))
    if head is None:
        return None
    if reader.folded(index + 2).startswith("و") and reader.at(index + 3) in _WISHES:
        return None  # كل عام وأنتم بخير
    value, last = _recurring(reader, index + 1)
    return Expression(index, last, len(head.proclitic), "SET", Fixed(value)) if value else None


def _recurring(reader: Reader, index: int) -> tuple[str | None, int]:
    counted = length(reader, index)
    if counted and counted.count is not None and not counted.proclitic:
        return counted.value, counted.last
    unit = unit_at(reader, index)
    start = index
    if unit and unit.value.number == 1 and not unit.is_definite and not unit.proclitic:
        start = index + 1
        if unit.value.code != "D" or reader.at(start) not in _INDEFINITE_WEEKDAYS:
            prefix = "PT1" if unit.value.code in ("H", "MIN", "SEC") else "P1"
            code = {"MIN": "M", "SEC": "S", "DE": "0Y", "CE": "00Y"}.get(unit.value.code, unit.value.code)
            return f"{prefix}{code}", index
    if reader.at(start) in _INDEFINITE_WEEKDAYS and (
        start > index or reader.at(start) not in ("أحد", "اثنين", "إثنين")
    ):
        return f"XXXX-WXX-{_INDEFINITE_WEEKDAYS[reader.at(start)]}", start
    part = DAY_PARTS.match(reader.at, index)
    return (f"XXXX-XX-XX{part.value}", part.last) if part and not part.proclitic else (None, index)


def weekday_set(reader: Reader, index: int) -> Expression | None:
    """Read أيام before recurring weekdays: أيام الجمع, كل أيام السبت."""
    unit = unit_at(reader, index)
    if unit is None or unit.value.code != "D" or unit.value.number != 0 or unit.is_definite:
        return None
    plural = _WEEKDAY_PLURALS.match(reader.at, index + 1)
    if plural is None:
        return None
    return Expression(index, plural.last, len(unit.proclitic), "SET", Fixed(f"XXXX-WXX-{plural.value}"))


def part_of_year(reader: Reader, index: int) -> Expression | None:
    """Read ربع سنوي, النصف سنوية."""
    head, word = PARTS_OF_YEAR.get(reader.at(index)), ADJECTIVES.get(reader.at(index + 1))
    if head is None or word is None or word.value != "P1Y" or word.proclitic:
        return None
    return Expression(index, index + 1, len(head.proclitic), "SET", Fixed(head.value))


def adjective(reader: Reader, index: int) -> Expression | None:
    """Read an adjective of recurrence: الأسبوعية, سنوي."""
    word = ADJECTIVES.get(reader.at(index))
    if word is None or word.proclitic not in ("", "و"):
        return None
    is_dual = reader.at(index).endswith("ي") and not word.is_definite
    if is_dual and (WEEKDAYS.match(reader.at, index + 1) or reader.integer(index + 1)):
        return None  # يومي السبت والأحد, يومي 12 و13
    if not word.is_definite and reader.folded(index - 1) in _MEASURED:
        return None  # راتب سنوي, زيادة سنوية
    return Expression(index, index, len(word.proclitic), "SET", Fixed(word.value))
