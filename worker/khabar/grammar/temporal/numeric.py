"""Dates in digits: 22/07/2015, 2015-07-22, 1436/11/5هـ, 22 - 5 - 1436."""

import re
from typing import Final

from khabar.grammar.temporal import calendar
from khabar.grammar.temporal.calendar_dates import CalendarDate
from khabar.grammar.temporal.reader import Expression, Reader
from khabar.grammar.temporal.years import era_at

_SHAPE: Final = re.compile(r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})")
_SEPARATORS: Final = frozenset("/-–")
_DOTS: Final = 2
_MAX_TOKENS: Final = 5
_HIJRI: Final = range(1300, 1501)
_MARKED_HIJRI: Final = range(1, 1501)
_GREGORIAN: Final = range(1700, 2101)


def numeric_date(reader: Reader, index: int) -> Expression | None:
    """Read a date in digits with its year; spaces around the separators are allowed."""
    token = reader.at(index)
    is_whole = "/" in token or "-" in token or token.count(".") == _DOTS
    if not is_whole and reader.at(index + 1) not in _SEPARATORS:
        return None
    for length in range(_MAX_TOKENS, 0, -1):
        match = _SHAPE.fullmatch("".join(map(reader.at, range(index, index + length))).replace("–", "-"))
        if match and reader.at(index + length - 1):
            return _dated(reader, index, index + length - 1, match)
    return None


def _dated(reader: Reader, first: int, last: int, match: re.Match[str]) -> Expression | None:
    if reader.at(first - 1) in _SEPARATORS or (reader.at(last + 1) in _SEPARATORS and reader.at(last + 2).isdigit()):
        return None
    left, month, right = int(match[1]), int(match[3]), int(match[4])
    year, number = (left, right) if len(match[1]) == 4 else (right, left)
    if max(len(match[1]), len(match[4])) < 4:
        return None
    if month > calendar.MONTHS_OF_YEAR >= number:
        month, number = number, month
    era = era_at(reader, last + 1)
    kind = era[0] if era else "h" if year in _HIJRI else "g"
    years = _GREGORIAN if kind == "g" else _HIJRI if era is None else _MARKED_HIJRI
    if year not in years or not (1 <= month <= 12 and 1 <= number <= 31):
        return None
    meaning = CalendarDate(kind, year=year, month=month, day=number)
    return Expression(first, era[1] if era else last, 0, "DATE", meaning)
