"""Months and days in them: أيلول/سبتمبر 2013, 12 يوليو (تموز) الماضي, الثاني والخامس من الشهر المقبل, 15 شوال 1436هـ."""

from dataclasses import dataclass, replace
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.surface import surfaces
from khabar.grammar.temporal.calendar_dates import CalendarDate
from khabar.grammar.temporal.context import Meaning
from khabar.grammar.temporal.meanings import Between, Fixed, WeekOfMonth
from khabar.grammar.temporal.persons import PERSON_NAMES
from khabar.grammar.temporal.phrases import Phrases, columns, words
from khabar.grammar.temporal.reader import NO_TIME, DayNumber, Expression, Reader
from khabar.grammar.temporal.relative import Shifted
from khabar.grammar.temporal.words import TIME_PREPOSITIONS, is_after_preposition, relation_at, unit_at
from khabar.grammar.temporal.years import reference, year_after
from khabar.lexicons import entries

_EDGES: Final = frozenset(map(fold, columns("edges")))
_SINCE: Final = words("since")
_EVENT_HEADS: Final = words("event_heads")
_NAMED_AFTER: Final = frozenset(surfaces(dict.fromkeys(entries("temporal/date_names"), True), with_article=False))
_EVENT_YEARS: Final = {
    (int(day), int(month)): int(year) for day, month, year in map(str.split, entries("temporal/event_years"))
}
# Relations that mean a month without naming it, after the number of a day: 25 الجاري.
_MONTHLESS: Final = frozenset({"now", "next", "past"})
_DAY_PREPOSITIONS: Final = words("day_prepositions")
_LINKS: Final = frozenset(entries("temporal/links"))
_MAX_LINKED_DAYS: Final = 6  # الأول والثاني والثالث ... من مايو
_OPENING: Final = frozenset('"«“‘(')
_REACH: Final = (
    3  # tokens from a number back to the word before it; an article and a quotation mark may come in between
)
_GLOSS_MARKS: Final = frozenset("/(-–")
_DATE_MARKS: Final = frozenset("/-–")
_DASHES: Final = frozenset("-–")


@dataclass(frozen=True, slots=True)
class _Month:
    calendar: str
    number: int
    strength: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A month with its gloss: its tokens, and whether its name surely means a month."""

    month: _Month
    first: int
    last: int
    proclitic: str
    is_sure: bool


def _months() -> dict[str, _Month]:
    rows = (line.split("\t") for line in entries("temporal/months"))
    months = {name: _Month(calendar, int(number), strength) for name, calendar, number, strength in rows}
    return months | {name: _Month("h", int(number), "strong") for name, number in columns("holy_months").items()}


MONTHS: Final = Phrases(_months(), without=entries("temporal/month_lookalikes"))
# Strength of a name that is also a person's name or another word -> the prepositions after which it means a month.
_PREPOSITIONS: Final = {
    "weak": TIME_PREPOSITIONS | _EDGES,
    "strict": words("strict_prepositions") | _EDGES,
}
_HEADS: Final = frozenset(MONTHS)


def _month_name(reader: Reader, index: int) -> _Found | None:
    """Read a month's name with its second name after it: آب (أغسطس), تموز/يوليو."""
    match = MONTHS.match(reader.at, index)
    if match is None:
        return None
    last, is_sure = match.last, match.value.strength == "strong"
    mark = reader.at(last + 1)
    gloss_first = last + 2 if mark in _GLOSS_MARKS else last + 1
    if mark:
        gloss = MONTHS.match(reader.at, gloss_first)
        if gloss and (gloss.value.calendar, gloss.value.number) == (match.value.calendar, match.value.number):
            is_sure, last = True, gloss.last
            last += mark == "(" and reader.at(last + 1) == ")"
    return _Found(match.value, index, last, match.proclitic, is_sure)


def _named_month(reader: Reader, index: int) -> _Found | None:
    """Read a month's name, with or without شهر before it, which is then in the span."""
    unit = unit_at(reader, index)
    if unit is None or unit.value.code != "M" or unit.is_definite:
        return _month_name(reader, index)
    found = _month_name(reader, index + 1) if unit.value.number else None
    if found is None or found.proclitic:
        return None
    return replace(found, first=index, proclitic=unit.proclitic, is_sure=True)


def month(reader: Reader, index: int) -> Expression | None:
    """Read a month without a day: يوليو, شهر يوليو 2015م, مارس من هذا العام, رمضان الماضي."""
    found = _named_month(reader, index)
    if found is None:
        return None
    base = CalendarDate(found.month.calendar, month=found.month.number)
    meaning, last = _with_year(reader, base, found.last)
    if not meaning.has_year and not found.proclitic and reader.at(found.first - 1) in _NAMED_AFTER:
        return None  # جامعة تشرين
    if not (found.is_sure or meaning.has_year or _is_month(reader, found)):
        return None
    return Expression(found.first, last, len(found.proclitic), "DATE", _of_context(reader, found.first, meaning))


def _of_context(reader: Reader, index: int, date: CalendarDate) -> CalendarDate:
    """Add the year that the word before implies: منذ means the past, ثورة 25 يناير has a fixed year, other events none."""
    if date.has_year:
        return date
    before = index - 2 if reader.folded(index - 1) in _EDGES else index - 1
    if reader.folded(before) in _SINCE:
        return replace(date, relation="since")
    if _bare(reader, index) not in _EVENT_HEADS:
        return date
    return replace(date, year=_EVENT_YEARS.get((date.day or 0, date.month or 0)), relation="unknown")


def _bare(reader: Reader, index: int) -> str:
    """Return the folded word before a token, without its conjunction or preposition."""
    word = reader.folded(index - 1)
    return word if word in _EVENT_HEADS else word[1:]


def dated_name(reader: Reader, index: int) -> Expression | None:
    """Read a name that looks like a date, so that it is not taken for one: كوبري 6 أكتوبر, مدينة السادس من أكتوبر."""
    if _NAMED_AFTER.isdisjoint(map(reader.at, range(index - _REACH, index))):
        return None
    number = reader.day_number(index)
    if number is None or not _names_place(reader, number.first):
        return None
    dated = _month_of(reader, number, number.last + 1)
    return Expression(number.first, dated[1], 0, NO_TIME, Fixed(None)) if dated else None


def _names_place(reader: Reader, index: int) -> bool:
    """Whether a noun for things named after dates is before a token, with or without an opening quotation mark."""
    is_quoted = reader.at(index - 1) in _OPENING
    return reader.at(index - 2 if is_quoted else index - 1) in _NAMED_AFTER


def _is_month(reader: Reader, found: _Found) -> bool:
    """Whether a name that is also a person's name or another word means the month here."""
    prepositions = _PREPOSITIONS.get(found.month.strength)
    if prepositions is None or reader.at(found.last + 1) in PERSON_NAMES:
        return False  # عن رمضان صبحي
    is_next_month = found.proclitic == "و" and reader.at(found.first - 1) in _HEADS
    return is_next_month or is_after_preposition(reader, found.first, found.proclitic, prepositions)


def _with_year(reader: Reader, date: CalendarDate, last: int) -> tuple[CalendarDate, int]:
    """Add a year or a relation after the date: الماضي, 2015, من عام 2015, المقبل من العام الحالي."""
    relation = relation_at(reader, last + 1)
    if relation not in (None, "new", "last") and reader.at(last + 1).startswith(("ال", "نفس", "ذات")):
        date, last = replace(date, relation=relation), last + 1
    year = year_after(reader, last + 2 if date.day and reader.at(last + 1) in _DATE_MARKS else last + 1)
    if year is None:
        return date, last
    meaning, year_last = year
    if isinstance(meaning, CalendarDate):
        if meaning.year is None or (meaning.calendar != date.calendar and date.calendar == "h"):
            return date, last
        return replace(date, year=meaning.year, relation=None), year_last
    return replace(date, of=meaning, relation=None), year_last


def day_of_month(reader: Reader, index: int) -> Expression | None:
    """Read a day with its month: 12 يوليو 2015, الـ12 من الشهر المقبل, 12-15 مايو; the month may follow a later day."""
    if reader.at(index + 1) in _DASHES:
        first, second = reader.day_number(index), reader.day_number(index + 2)
        end = _day_of_month(reader, index + 2, 0) if first and second and first.value < second.value else None
        if first and end and isinstance(end.meaning, CalendarDate):
            both = Between(replace(end.meaning, day=first.value), end.meaning)
            return Expression(first.first, end.last, first.proclitic, "DATE", both)
    return _day_of_month(reader, index, _MAX_LINKED_DAYS)


def _day_of_month(reader: Reader, index: int, links: int) -> Expression | None:
    number = reader.day_number(index)
    if number is None:
        return None
    following = number.last + 1
    dated = _month_of(reader, number, following)
    if dated:
        meaning, last = dated
        meaning = _of_context(reader, number.first, meaning)
        return Expression(number.first, last, number.proclitic, "DATE", meaning)
    shared = _next_day(reader, following) if links else None
    if shared is None:
        return None
    linked = _day_of_month(reader, shared, links - 1)
    if linked is None or not isinstance(linked.meaning, CalendarDate) or linked.meaning.day is None:
        return None
    meaning = replace(linked.meaning, day=number.value)
    return Expression(number.first, number.last, number.proclitic, "DATE", meaning)


def _month_of(reader: Reader, number: DayNumber, index: int) -> tuple[CalendarDate, int] | None:
    """Read the month after a day's number."""
    has_of = reader.at(index) in ("من", "/", "-")
    start = index + 1 if has_of else index
    found = _named_month(reader, start)
    if found and not found.proclitic:
        base = CalendarDate(found.month.calendar, month=found.month.number, day=number.value)
        dated, last = _with_year(reader, base, found.last)
        if found.month.strength == "zero" and not (dated.has_year or reader.at(index) == "من"):
            return None  # 2/صفر is a score
        return dated, last
    relation = relation_at(reader, start)
    if relation in _MONTHLESS and reader.at(start).startswith("ال") and _is_day(reader, number, start):
        return CalendarDate("g", day=number.value, of=Shifted("M", relation)), start
    if reader.at(index) != "من":
        return None
    owner = reference(reader, start, "M")
    return (CalendarDate("g", day=number.value, of=owner[0]), owner[1]) if owner else None


def _is_day(reader: Reader, number: DayNumber, relation: int) -> bool:
    """Whether 25 الجاري is a day of this month: it follows a preposition, and no noun follows."""
    word = reader.folded(number.first - 1)
    before = word if word in _DAY_PREPOSITIONS else word[1:]
    is_digits = reader.integer(number.last) is not None
    return is_digits and before in _DAY_PREPOSITIONS and not reader.at(relation + 1).startswith("ال")


def _next_day(reader: Reader, index: int) -> int | None:
    """Return the token of a day's number after a connector: و 12, إلى 12, والثاني عشر; None without one."""
    word = reader.at(index)
    if word in _LINKS and (reader.day_number(index + 1) or reader.at(index + 1) in ("ال", "يوم")):
        following = index + 1
        while reader.at(following) in ("ال", "يوم"):
            following += 1
        return following
    if word[:1] == "و":
        if word == "وال":
            return index + 1
        ordinal = reader.ordinal(index)
        return index if ordinal and ordinal.proclitic == "و" else None
    return None


def week_of_month(reader: Reader, index: int) -> Expression | None:
    """Read الأسبوع الأخير من شهر يوليو, الأسبوع الأول من أغسطس."""
    unit = unit_at(reader, index)
    if unit is None or unit.value.code not in ("W", "D") or not unit.is_definite or unit.value.number == 2:
        return None
    ordinal = reader.ordinal(index + 1)
    is_last = reader.folded(index + 1) in ("الاخير", "الاخيره")
    last = ordinal.last if ordinal and ordinal.is_definite else index + 1 if is_last else None
    if last is None or reader.at(last + 1) != "من":
        return None
    owner = month_reference(reader, last + 2)
    if owner is None:
        return None
    meaning, end = owner
    if unit.value.code == "D":
        if unit.value.number:
            return None
        return Expression(index, end, len(unit.proclitic), "DATE", meaning, "END" if is_last else "START")
    week = WeekOfMonth(-1 if is_last else (ordinal.value if ordinal else 1) - 1, meaning)
    return Expression(index, end, len(unit.proclitic), "DATE", week)


def month_reference(reader: Reader, index: int) -> tuple[Meaning, int] | None:
    """Read a month by its name or by its relation: أكتوبر 2026, شهر رمضان, الشهر المقبل.

    Returns:
        (meaning, last token).
    """
    named = month(reader, index)
    if named:
        return named.meaning, named.last
    owner = reference(reader, index, "M")
    return (owner[0], owner[1]) if owner else None
