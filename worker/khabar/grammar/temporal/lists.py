"""Neighbouring dates: a year or a relation that one of them names also counts for the other."""

from dataclasses import replace
from typing import Final

from khabar.grammar.temporal.calendar_dates import CalendarDate
from khabar.grammar.temporal.context import Meaning
from khabar.grammar.temporal.meanings import Timed
from khabar.grammar.temporal.reader import Expression
from khabar.grammar.temporal.weekdays import NamedDay, Weekday
from khabar.lexicons import entries

_CONNECTORS: Final = frozenset(entries("temporal/range_connectors"))
_MAX_GAP: Final = 2
_DUAL_ENDINGS: Final = ("ين", "ان")


def with_shared_words(form: list[str], found: list[Expression]) -> list[Expression]:
    """Return the expressions, with years and relations taken from their neighbours, from the last to the first.

    In من 14 يونيو إلى 15 يوليو 2018 both dates share the year, in يومي السبت والأحد المقبلين both days share the relation.
    In الأربعاء والخميس the second day follows the first.
    """
    for place in range(len(found) - 2, -1, -1):
        first, second = found[place], found[place + 1]
        one, two = first.meaning, second.meaning
        if isinstance(one, CalendarDate) and isinstance(two, CalendarDate):
            gap = form[first.last + 1 : second.first]
            if 0 < len(gap) <= _MAX_GAP and all(word in _CONNECTORS for word in gap) and _is_earlier(one, two):
                found[place] = replace(first, meaning=replace(one, year=two.year, relation=two.relation, of=two.of))
        elif isinstance(two, Weekday) and second.first == first.last + 1:
            if two.relation is None and _weekday(one) == (two.number - 2) % 7 + 1:
                found[place + 1] = replace(second, meaning=replace(two, relation="sequel"))
            elif isinstance(one, Weekday) and not one.relation and form[second.last].endswith(_DUAL_ENDINGS):
                found[place] = replace(first, meaning=replace(one, relation=two.relation))
    return found


def _is_earlier(one: CalendarDate, two: CalendarDate) -> bool:
    """Whether the first date can be in the year that only the second names."""
    if one.has_year or not two.has_year or one.calendar != two.calendar:
        return False
    return one.month is not None and two.month is not None and one.month <= two.month


def _weekday(meaning: Meaning) -> int | None:
    if isinstance(meaning, Timed) and meaning.day:
        return _weekday(meaning.day)
    if isinstance(meaning, NamedDay):
        return meaning.weekday
    return meaning.number if isinstance(meaning, Weekday) else None
