"""The day in a page's address: /2018/12/27/…, /2015/20150725/lp6.htm, /1436/10/09/…, a slug that ends in 2018-12-27."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from khabar.grammar.temporal import calendar

_DAY: Final = r"((?:19|20|14)\d\d){0}(\d\d?){0}(\d\d?)"
_RUN: Final = r"((?:19|20|14)\d\d)(\d\d)(\d\d)"
_FOLDERS: Final = re.compile(rf"/{_DAY.format('/')}(?=/|$)", re.ASCII)
_SEGMENT: Final = re.compile(rf"/(?:{_RUN}|{_DAY.format('[-_.]')})(?=/|\.\w|$)", re.ASCII)
_SLUG: Final = re.compile(rf"(?<![^-_/.])(?:{_RUN}|{_DAY.format('-')})(?![^-_/.])", re.ASCII)
_VALUE: Final = re.compile(rf"{_RUN}|{_DAY.format('[-/]')}", re.ASCII)
# Years of pages on the web, in both calendars.
_GREGORIAN: Final = range(1994, 2101)
_HIJRI: Final = range(1414, 1501)
_LONGEST: Final = 2_048  # characters; longer addresses are not those of a page


@dataclass(frozen=True, slots=True)
class UrlDate:
    """A day in an address.

    Attributes:
        day: the Gregorian day.
        is_folder: whether it has its own parts of the path. In a slug, it may be the day of the event.
    """

    day: date
    is_folder: bool


def url_date(url: str | None) -> UrlDate | None:
    """Return the day in an address; None if it has none or several."""
    if not url or len(url) > _LONGEST:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    days = _days(_FOLDERS, parts.path) | _days(_SEGMENT, parts.path)
    for name, value in parse_qsl(parts.query):
        if name.lower() == "date" and _VALUE.fullmatch(value):
            days |= _days(_VALUE, value)
    is_folder = bool(days)
    days = days or _days(_SLUG, parts.path)
    return UrlDate(days.pop(), is_folder) if len(days) == 1 else None


def _days(pattern: re.Pattern[str], text: str) -> set[date]:
    found = (_day(*(int(part) for part in match.groups() if part)) for match in pattern.finditer(text))
    return {day for day in found if day is not None}


def _day(year: int, month: int, number: int) -> date | None:
    if year in _HIJRI:
        return calendar.hijri_day(year, month, number)
    return calendar.day(year, month, number) if year in _GREGORIAN else None
