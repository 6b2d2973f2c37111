"""The whole grammar of time: the parsers to try at each token, and the expressions of a document in text order."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from khabar.grammar.numbers import ordinals
from khabar.grammar.temporal import (
    away,
    clock,
    days,
    durations,
    festivals,
    lengths,
    months,
    nth_weekdays,
    periods,
    sets,
    written_hours,
    years,
)
from khabar.grammar.temporal.calendar_dates import CalendarDate
from khabar.grammar.temporal.clock_lists import with_shared_times
from khabar.grammar.temporal.lists import with_shared_words
from khabar.grammar.temporal.meanings import Fixed
from khabar.grammar.temporal.phrases import Phrases, columns, words
from khabar.grammar.temporal.reader import DAY_NAMES, NO_TIME, Expression, Reader
from khabar.grammar.temporal.relative import Shifted
from khabar.grammar.temporal.words import POINTERS, UNITS, relation_at, unit_at
from khabar.lexicons import entries
from khabar.text.document import Document

Parser = Callable[[Reader, int], Expression | None]


def _fixed_values() -> dict[str, tuple[str, str, str]]:
    rows = (line.split("\t") for line in entries("temporal/fixed"))
    return {phrase: (kind, value, doubts) for phrase, kind, value, doubts in rows}


_FIXED: Final = Phrases(_fixed_values())
_EDGES: Final = Phrases(columns("edges"))
_DURING: Final = words("during")
_SHORT: Final = 3
_GLYPHS: Final = frozenset({("«", "»"), ('"', '"'), ("“", "”"), ("”", "“"), ("„", "“")})
_NAMED_DAYS: Final = frozenset(days.WEEKDAYS) | frozenset(days.DEICTICS)


def _fixed(reader: Reader, index: int) -> Expression | None:
    """Read a phrase that always has the same value: حاليا, الفترة الماضية, سنويا."""
    match = _FIXED.match(reader.at, index)
    if match is None:
        return None
    kind, value, doubt = match.value
    if "من" in doubt and (reader.at(match.last + 1) in ("من", "خلال") or reader.at(match.last + 1) in _NAMED_DAYS):
        return None  # 'in a later hour of yesterday', where yesterday is the date; 'near to', which does not mean soon
    if "any" in doubt and reader.folded(index - 1) == "اي":
        return None  # أخطر من أي وقت مضى
    before = reader.at(index - 1)
    if "adjective" in doubt and not match.proclitic and before.endswith("ا") and len(before) > _SHORT:
        return None  # فيلما سابقا
    return Expression(index, match.last, len(match.proclitic), kind, Fixed(value))


def _is_a_name_in_glyphs(form: Sequence[str], expression: Expression) -> bool:
    """Whether it is only a month between quotation glyphs: «فبراير» is a newspaper."""
    first, last = expression.first, expression.last
    if first != last or not first or last + 1 >= len(form) or not isinstance(expression.meaning, CalendarDate):
        return False
    if expression.meaning.month is None or expression.meaning.has_year:
        return False
    return (form[first - 1], form[last + 1]) in _GLYPHS


def _edge(reader: Reader, index: int) -> Expression | None:
    """Read the beginning, middle or end of a date: مطلع الأسبوع, نهاية شهر يوليو الماضي, أواخر القرن الثامن عشر."""
    match = _EDGES.match(reader.at, index)
    if match is None:
        return None
    inner = _parse(reader, match.last + 1, _AFTER_EDGE) or _bare_period(reader, match.last + 1)
    if inner is None or inner.proclitic or inner.type != "DATE" or inner.mod:
        return None
    return replace(inner, first=index, proclitic=len(match.proclitic), mod=match.value)


def _bare_period(reader: Reader, index: int) -> Expression | None:
    """Read only العام, الشهر, الأسبوع, الموسم: after an edge such as مطلع they mean the current ones."""
    cycle = periods.CYCLES.get(reader.at(index))
    if cycle and cycle.is_definite:
        return Expression(index, index, len(cycle.proclitic), "DATE", Shifted("S", "new"))
    unit = unit_at(reader, index)
    if unit is None or not unit.is_definite or unit.value.number != 1 or unit.value.code not in years.PERIODS:
        return None
    if relation_at(reader, index + 1):
        return None
    if unit.value.code == "Y" and reader.folded(index + 1) in years.SCHOOL_YEARS:
        return Expression(index, index + 1, len(unit.proclitic), "DATE", Shifted("S", "new"))
    return Expression(index, index, len(unit.proclitic), "DATE", Shifted(unit.value.code, "now"))


def _during(reader: Reader, index: int) -> Expression | None:
    """Read خلال الشهر, خلال العام: the month that the text is about, otherwise the current one."""
    if reader.folded(index - 1) not in _DURING or reader.at(index + 1).startswith("ال") or reader.ordinal(index + 1):
        return None
    unit = unit_at(reader, index)
    if unit is None or not unit.is_definite or unit.value.number != 1 or unit.value.code not in ("M", "Y"):
        return None
    return Expression(index, index, len(unit.proclitic), "DATE", Shifted(unit.value.code, "this"))


def _approximate(reader: Reader, index: int) -> Expression | None:
    """Read نحو, أكثر من ... before a duration, a clock time or a year."""
    match = away.APPROXIMATORS.match(reader.at, index)
    if match is None:
        return None
    inner = _parse(reader, match.last + 1, _AFTER_APPROXIMATOR)
    if inner is None or inner.first != match.last + 1 or inner.proclitic or inner.mod or inner.type == "SET":
        return _one_unit(reader, index)
    return replace(inner, first=index, proclitic=len(match.proclitic), mod=match.value)


def _one_unit(reader: Reader, index: int) -> Expression | None:
    """Read أكثر من شهر: a single unit, which is a duration only after an approximator."""
    match = away.APPROXIMATORS.match(reader.at, index)
    found = lengths.one_or_some(reader, match.last + 1) if match else None
    if match is None or found is None or found.count is None:
        return None
    counted = lengths.with_rest(reader, found)
    return Expression(index, counted.last, len(match.proclitic), "DURATION", Fixed(counted.value), match.value)


def _triggers(parsers: Iterable[tuple[Parser, Iterable[str]]]) -> dict[str, tuple[Parser, ...]]:
    """Return form -> parsers to try at it, in the given order."""
    table: dict[str, tuple[Parser, ...]] = {}
    for parser, forms in parsers:
        for form in forms:
            table[form] = (*table.get(form, ()), parser)
    return table


def _forms(*tables: Iterable[str]) -> list[str]:
    return [form for table in tables for form in table]


# Parsers to try at a number; the first that finds an expression wins.
_NUMBER: Final[tuple[Parser, ...]] = (months.dated_name, clock.clock, days.day, durations.duration, years.bare_year)
_DAY_FORMS: Final = _forms(
    days.DEICTICS, days.WEEKDAYS, (form for form, unit in UNITS.items() if unit.value.code == "D")
)

_TRIGGERS: Final = _triggers(
    (
        (_fixed, _FIXED),
        (_edge, _EDGES),
        (days.day_part, _forms(days.DAY_PARTS, days.DEFINITE_PARTS, POINTERS)),
        (clock.clock, _forms(clock.NAMES, (form for form, unit in UNITS.items() if unit.value.code == "H"))),
        (months.dated_name, _forms(ordinals.FORMS, DAY_NAMES)),
        (nth_weekdays.numbered_weekday, _forms(ordinals.FORMS, nth_weekdays.LAST_FORMS)),
        (festivals.festival_day, _forms(festivals.NAMED_DAYS, ordinals.FORMS)),
        (clock.clock, _forms(ordinals.FORMS, written_hours.ONE_O_CLOCK)),
        (days.day, _forms(_DAY_FORMS, ordinals.FORMS, DAY_NAMES)),
        (away.away, away.BEFORE_AFTER),
        (_approximate, away.APPROXIMATORS),
        (sets.every, sets.EVERY),
        (sets.weekday_set, UNITS),
        (months.week_of_month, UNITS),
        (years.year_phrase, UNITS),
        (months.month, _forms(UNITS, months.MONTHS)),
        (periods.period, _forms(UNITS, POINTERS)),
        (periods.numbered_decade, (form for form, unit in UNITS.items() if unit.value.code == "DE")),
        (periods.century, UNITS),
        (_during, UNITS),
        (periods.quarter, periods.QUARTERS),
        (periods.season, _forms(periods.SEASONS, POINTERS, periods.SEASON_HEADS)),
        (periods.cycle, _forms(periods.CYCLES, POINTERS)),
        (periods.decade, periods.DECADES),
        (durations.duration, _forms(UNITS, lengths.PARTS)),
        (sets.part_of_year, sets.PARTS_OF_YEAR),
        (sets.adjective, sets.ADJECTIVES),
    )
)
_AFTER_EDGE: Final = frozenset(
    {
        days.day,
        months.month,
        years.year_phrase,
        years.bare_year,
        periods.period,
        periods.century,
        periods.quarter,
        periods.season,
        periods.cycle,
        periods.decade,
        periods.numbered_decade,
    }
)
_AFTER_APPROXIMATOR: Final = frozenset({clock.clock, durations.duration, years.year_phrase})


def _parse(reader: Reader, index: int, allowed: frozenset[Parser] | None = None) -> Expression | None:
    """Return the expression of the first parser that finds one at a token; None if none does."""
    parsers = _TRIGGERS.get(reader.at(index), ())
    if reader.is_number(index):
        parsers = (*parsers, *_NUMBER)
    for parser in parsers:
        if (allowed is None or parser in allowed) and (found := parser(reader, index)):
            return found
    return None


def expressions(document: Document) -> list[Expression]:
    """Return the temporal expressions of a document in text order, without overlaps."""
    form = document.tokens.form
    reader = Reader(document)
    triggers = _TRIGGERS
    # Digits are recognized by comparing the first character, which is fast.
    starts = [index for index, token in enumerate(form) if token in triggers or "0" <= token < ":"]
    numbers = [index for index in reader.numeral_starts if form[index] not in triggers and not "0" <= form[index] < ":"]
    if numbers:
        starts = sorted(starts + numbers)
    bounds = document.sentences.first_token
    found: list[Expression] = []
    sentence, last = 0, -1
    for index in starts:
        if index <= last:
            continue
        while bounds[sentence + 1] <= index:
            sentence += 1
        reader.enter(bounds[sentence], bounds[sentence + 1])
        expression = _parse(reader, index)
        if expression and expression.first > last:
            if expression.type != NO_TIME and not _is_a_name_in_glyphs(form, expression):
                found.append(expression)
            last = expression.last
    return with_shared_times(form, with_shared_words(form, found), document.sentences.of_token)
