"""Days: اليوم (الأربعاء), يوم الخميس الماضي, الأحد 12 يوليو, الخميس 22 شوال 1436هـ الموافق 7 أغسطس 2015م, صباح أمس."""

from dataclasses import dataclass, replace
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.temporal.calendar_dates import CalendarDate
from khabar.grammar.temporal.context import Meaning
from khabar.grammar.temporal.meanings import Between, Timed
from khabar.grammar.temporal.months import day_of_month
from khabar.grammar.temporal.nth_weekdays import counted_weekday, is_counted
from khabar.grammar.temporal.numeric import numeric_date
from khabar.grammar.temporal.persons import is_surname
from khabar.grammar.temporal.phrases import Phrases, columns, words
from khabar.grammar.temporal.reader import Expression, Reader
from khabar.grammar.temporal.relative import Shifted
from khabar.grammar.temporal.weekdays import NamedDay, Weekday
from khabar.grammar.temporal.words import POINTERS, SAME, TWICE, relation_at, unit_at
from khabar.lexicons import entries

DEICTICS: Final = Phrases(
    {phrase: int(days) for phrase, days in columns("deictic_days").items()},
    without=entries("temporal/deictic_lookalikes"),
)
WEEKDAYS: Final = Phrases({name: int(number) for name, number in columns("weekdays").items()})
DAY_PARTS: Final = Phrases(columns("day_parts"))
DEFINITE_PARTS: Final = Phrases({f"ال{part}": value for part, value in columns("day_parts").items() if " " not in part})
DAY_ADVERBS: Final = Phrases(columns("day_adverbs"), conjunctions=("",), prepositions=("",))
_CORRESPONDENCES: Final = Phrases(
    dict.fromkeys(words("correspondences"), True), conjunctions=("", "و"), prepositions=("",)
)
_NOTES: Final = Phrases(dict.fromkeys(words("calendar_notes"), True), conjunctions=("",), prepositions=("",))
_TEENS: Final = frozenset(map(fold, ("عشر", "عشرة")))
_WEEKDAY_BLOCKERS: Final = words("weekday_blockers")
_TODAY_BEFORE: Final = words("today_before")
_TODAY_AFTER: Final = words("today_after")
_YESTERDAY_AFTER: Final = words("yesterday_after")
_TODAY: Final = frozenset({"اليوم", "واليوم", "فاليوم", "لليوم"})
_QUOTES: Final = frozenset('"«»“”')
_WEEKDAY_RELATIONS: Final = frozenset({"past", "next", "following", "previous"})
_NIGHTS: Final = ("TNI", "T24:00")
_MAX_APPOSED: Final = 4


@dataclass(frozen=True, slots=True)
class _Part:
    """One of several names of the same day in a row: اليوم, الأربعاء, 5 مارس."""

    kind: str  # deictic, weekday, counted, g, h
    first: int
    last: int
    proclitic: int
    meaning: Meaning


def day(reader: Reader, index: int) -> Expression | None:
    """Read a day with its other names after it (اليوم الأربعاء); with an adverb such as صباحا it is a time."""
    part = _part(reader, index)
    if part is None:
        return None
    parts = [part]
    last = part.last
    while len(parts) < _MAX_APPOSED and (following := _apposed(reader, last + 1, parts)):
        part, last = following
        parts.append(part)
    meaning = _merge(parts)
    adverb = DAY_ADVERBS.match(reader.at, last + 1)
    if adverb:
        return Expression(parts[0].first, adverb.last, parts[0].proclitic, "TIME", Timed(adverb.value, meaning))
    return Expression(parts[0].first, last, parts[0].proclitic, "DATE", meaning)


def _part(reader: Reader, index: int) -> _Part | None:
    return _deictic(reader, index) or _weekday(reader, index) or _date(reader, index)


def _deictic(reader: Reader, index: int) -> _Part | None:
    match = DEICTICS.match(reader.at, index)
    if match is None or (reader.at(index) in _TODAY and match.last == index and not _is_today(reader, index)):
        return None
    if reader.folded(match.last + 1) in _YESTERDAY_AFTER:
        return None
    return _Part("deictic", index, match.last, len(match.proclitic), Shifted("D", "now", match.value))


def _is_today(reader: Reader, index: int) -> bool:
    """Whether اليوم means the day of publication, and not a newspaper, a unit of time or a numbered day."""
    before, after = reader.folded(index - 1), reader.folded(index + 1)
    if before.startswith("لل"):
        before = "ال" + before[2:]  # للمصري اليوم
    if not _TODAY_BEFORE.isdisjoint((before, before[1:])) or after in _TODAY_AFTER or before == "في":
        return False
    is_name = reader.at(index - 1) in _QUOTES and reader.at(index + 1) in _QUOTES
    ordinal = reader.ordinal(index + 1)
    return not is_name and not (ordinal and ordinal.is_definite)


def _weekday(reader: Reader, index: int) -> _Part | None:
    unit = unit_at(reader, index)
    has_head = unit is not None and unit.value.code == "D" and unit.value.number != 0 and not unit.is_definite
    match = WEEKDAYS.match(reader.at, index + has_head)
    if match is None or (has_head and match.proclitic) or reader.folded(index - 1) in _WEEKDAY_BLOCKERS:
        return None
    if reader.folded(match.last + 1) in _TEENS:
        return None  # الأشخاص الأحد عشر
    proclitic = len(unit.proclitic if unit and has_head else match.proclitic)
    if reader.at(match.last + 1).startswith("ال"):
        counted = counted_weekday(reader, match.last + 1, match.value)
        if counted:
            return _Part("counted", index, counted[1], proclitic, counted[0])
        if is_counted(reader, match.last + 1):
            return None
    relation = relation_at(reader, match.last + 1)
    if relation is None and not has_head and not match.proclitic and is_surname(reader, index):
        return None
    last = match.last
    twice = TWICE.get(reader.at(last + 1))
    weeks = 0
    if twice and relation_at(reader, last + 2) == twice:
        relation, last, weeks = twice, last + 2, 1
    elif relation in _WEEKDAY_RELATIONS:
        last += 1
    else:
        relation = None
    return _Part("weekday", index, last, proclitic, Weekday(match.value, relation, weeks))


def _date(reader: Reader, index: int) -> _Part | None:
    unit = unit_at(reader, index)
    has_head = unit is not None and unit.value.code == "D" and unit.value.number != 0 and not unit.is_definite
    number = index + has_head
    if reader.at(number) == "ال":
        number += 1
    found = numeric_date(reader, number) or day_of_month(reader, number)
    if found is None or (has_head and found.proclitic):
        return None
    proclitic = len(unit.proclitic) if unit and has_head else found.proclitic
    kind = found.meaning.calendar if isinstance(found.meaning, CalendarDate) else "g"
    return _Part(kind, index if has_head else found.first, found.last, proclitic, found.meaning)


def _apposed(reader: Reader, index: int, parts: list[_Part]) -> tuple[_Part, int] | None:
    """Return the next name of the same day, if it begins at a token, and its last token, with a closing bracket."""
    kinds = {part.kind for part in parts}
    is_dated = bool(kinds & {"g", "h"})
    note = _NOTES.match(reader.at, index)
    start = note.last + 1 if note and is_dated else index
    joined = _CORRESPONDENCES.match(reader.at, start + 1 if reader.at(start) in ("،", ",") else start)
    if joined:
        start = joined.last + 1
    mark = reader.at(start)
    is_bracketed = mark == "("
    if is_bracketed or (mark in ("،", ",", "-", "/", "=", ":") and (is_dated or joined or mark in "،,-")):
        start += 1
        if is_bracketed and (inner := _CORRESPONDENCES.match(reader.at, start)):
            start, joined = inner.last + 1, inner
    part = _part(reader, start)
    if part is None or part.kind in kinds or (part.proclitic and not joined):
        return None
    if not _may_follow(part, parts, mark, is_joined=joined is not None):
        return None
    if is_bracketed:
        return (part, part.last + 1) if reader.at(part.last + 1) == ")" else None
    return part, part.last


def _may_follow(part: _Part, parts: list[_Part], mark: str, *, is_joined: bool) -> bool:
    """Whether a part can be another name of the same day, not another day."""
    last = parts[-1].kind
    is_plain = part.kind in ("g", "h")
    if isinstance(part.meaning, Between) or isinstance(parts[-1].meaning, Between):
        return False
    if last in ("g", "h"):
        return is_joined or mark == "(" or (is_plain and mark in ("-", "/", "="))
    if mark in ("،", ",", "-") and not is_joined:
        return (is_plain and last == "weekday") or (mark == "-" and (last, part.kind) == ("deictic", "weekday"))
    return part.kind != "deictic" or last != "weekday"


def _merge(parts: list[_Part]) -> Meaning:
    """Return the meaning of parts that name one day: the full date, otherwise the deictic, otherwise date and weekday."""
    by_kind = {part.kind: part.meaning for part in parts}
    gregorian, hijri, weekday = by_kind.get("g"), by_kind.get("h"), by_kind.get("weekday")
    deictic = by_kind.get("deictic")
    if isinstance(gregorian, CalendarDate) and isinstance(hijri, CalendarDate):
        date: Meaning | None = replace(gregorian, hijri=hijri)
    else:
        date = gregorian or hijri
    if deictic is not None:
        if isinstance(date, CalendarDate) and date.year is not None:
            return date
        number = weekday.number if isinstance(weekday, Weekday) else None
        named = (
            replace(date, weekday=number)
            if isinstance(date, CalendarDate) and date.month and not date.has_year
            else None
        )
        return NamedDay(deictic, number, named) if number or named else deictic
    if isinstance(date, CalendarDate) and isinstance(weekday, Weekday):
        return replace(
            date, weekday=weekday.number, relation=date.relation or (None if date.has_year else weekday.relation)
        )
    return date or weekday or parts[0].meaning


def day_part(reader: Reader, index: int) -> Expression | None:
    """Read a part of a day: صباح اليوم الأحد, مساء أول من أمس, ليل يوم التاسع عشر من يوليو, هذا المساء, الليلة الماضية."""
    pointer = POINTERS.get(reader.at(index))
    if pointer:
        part = DEFINITE_PARTS.match(reader.at, index + 1) if pointer.value not in SAME else None
        tonight = Timed(part.value, Shifted("D", "now", 0)) if part else None
        return Expression(index, index + 1, len(pointer.proclitic), "TIME", tonight) if tonight else None
    match = DAY_PARTS.match(reader.at, index)
    if match is None:
        return _tonight(reader, index)
    inner = day(reader, match.last + 1)
    if inner is None or inner.proclitic or inner.type != "DATE" or isinstance(inner.meaning, Between):
        return None
    last = inner.last
    if match.value in _NIGHTS and isinstance(inner.meaning, Weekday):
        last = _second_day(reader, last, inner.meaning.number)
    elif match.value in _NIGHTS and isinstance(inner.meaning, CalendarDate):
        last = _second_date(reader, last, inner.meaning.day)
    return Expression(index, last, len(match.proclitic), "TIME", Timed(match.value, inner.meaning))


def _second_day(reader: Reader, last: int, weekday: int) -> int:
    """Return the last token of a night, including the day on which it ends: ليل السبت الأحد, ليل السبت - الأحد."""
    start = last + 2 if reader.at(last + 1) in ("-", "/", "–") else last + 1
    following = WEEKDAYS.match(reader.at, start)
    is_next = following is not None and following.value == weekday % 7 + 1 and not following.proclitic
    return following.last if following and is_next else last


def _second_date(reader: Reader, last: int, number: int | None) -> int:
    """Return the last token of a night, including the date on which it ends: ليلة التاسع والعاشر من مايو."""
    following = day_of_month(reader, last + 2 if reader.at(last + 1) == "و" else last + 1) if number else None
    meaning = following.meaning if following else None
    is_next = isinstance(meaning, CalendarDate) and meaning.day == (number or 0) + 1
    return following.last if following and is_next else last


def _tonight(reader: Reader, index: int) -> Expression | None:
    part = DEFINITE_PARTS.match(reader.at, index)
    if part is None or part.value != "TNI" or not reader.at(index).endswith(("ة", "ه")):
        return None
    relation = relation_at(reader, index + 1)
    days = {"past": -1, "next": 1, None: 0}.get(relation)
    if days is None or reader.folded(index - 1) == "في":
        return None
    last = index if relation is None else index + 1
    return Expression(index, last, len(part.proclitic), "TIME", Timed("TNI", Shifted("D", "now", days)))
