"""Days of festivals: أول أيام عيد الفطر المبارك, ثاني أيام عيد الأضحى, يوم عرفة."""

from typing import Final

from khabar.grammar.temporal.calendar_dates import CalendarDate
from khabar.grammar.temporal.phrases import Phrases
from khabar.grammar.temporal.reader import Expression, Reader
from khabar.grammar.temporal.words import relation_at, unit_at
from khabar.lexicons import entries

_MAX_DAY: Final = 4


def _festivals() -> dict[str, tuple[int, int]]:
    rows = (line.split("\t") for line in entries("temporal/festivals"))
    return {name: (int(month), int(day)) for name, month, day in rows}


_NAMES: Final = Phrases(_festivals())
NAMED_DAYS: Final = Phrases({name: day for name, day in _festivals().items() if name.startswith("يوم")})


def festival_day(reader: Reader, index: int) -> Expression | None:
    """Read an ordinal with أيام and a festival, or a festival of a single day."""
    named = NAMED_DAYS.match(reader.at, index)
    if named:
        month, number = named.value
        return Expression(index, named.last, len(named.proclitic), "DATE", CalendarDate("h", month=month, day=number))
    ordinal = reader.ordinal(index)
    if ordinal is None or ordinal.is_definite or ordinal.value > _MAX_DAY:
        return None
    unit = unit_at(reader, ordinal.last + 1)
    if unit is None or unit.value.code != "D" or unit.value.number != 0 or unit.proclitic:
        return None
    festival = _NAMES.match(reader.at, ordinal.last + 2)
    if festival is None or festival.proclitic:
        return None
    month, number = festival.value
    relation = relation_at(reader, festival.last + 1)
    is_told = relation in ("past", "next")
    day = CalendarDate("h", month=month, day=number + ordinal.value - 1, relation=relation if is_told else None)
    return Expression(index, festival.last + is_told, len(ordinal.proclitic), "DATE", day)
