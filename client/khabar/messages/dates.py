"""Dates as scrapers write them. A date that cannot be read as a whole is None, never a guess."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from khabar.messages.date_words import AGO, AGO_PAIRS, AGO_UNITS, fold
from khabar.messages.stamps import read_stamp, without_label

_ZERO = datetime(1970, 1, 1).date()  # noqa: DTZ001  # what a database shows for "not known"
# Hijri years without their mark (1447) and the placeholders of databases (0001-01-01) parse as ISO 8601, but mean something else.
FIRST_YEAR, LAST_YEAR = 1800, 2200

MAX_CHARS = 160  # the longest form, a double date with label, weekday, time and بتوقيت مكة المكرمة, has about 110
SECONDS = (10**8, 10**11)  # since 1970: from 1973 on, so that a bare year or count is no date
MILLISECONDS = (10**11, 10**14)

_NUMBER = re.compile(r"\d{9,14}(\.\d+)?", re.ASCII)
_RUN_TOGETHER = re.compile(r"(20\d\d)(\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)?)?", re.ASCII)
# As ISO 8601 has it, so that `fromisoformat`, which takes any character between day and time, reads no +03:00 as a time.
_ISO = re.compile(r"\d{4}-?(?:W\d\d-?\d|\d\d-?\d\d)(?:[Tt ]\d\d.*)?", re.ASCII)
_DAY_AND_ZONE = re.compile(r"(\d{4}-\d\d-\d\d)(Z|\+\d\d:\d\d)", re.ASCII)  # xsd:date
_DAY_AND_MINUS = re.compile(r"\d{4}-\d\d-\d\d-.*", re.ASCII)  # a zone or a time


def read_date(value: Any) -> datetime | None:
    """Read a date in words or digits, seconds or milliseconds since 1970, or a time struct.

    Of a string the whole is read or nothing: ISO 8601, RFC 2822, the forms of JavaScript and Java, `25/07/2015`, and the forms of
    Arabic sites: `نشر في: الأربعاء ١٦ أيلول ٢٠٢٦ - 8:30 م بتوقيت مكة`, Hijri dates too. Day comes before month unless that is
    impossible. A weekday that is not the date's makes it unreadable, and so does a word that is not known.

    A time without a zone stays without one, and one whose abbreviation has several meanings (AST) too: it is the source's local
    time. Numbers and time structs are UTC by definition. A date alone is midnight without a zone.

    Returns:
        The date, or None where the value is no date of the years 1800 to 2200.
    """
    try:
        if isinstance(value, str):
            date = _from_text(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            date = _from_number(value)
        elif isinstance(value, list):
            date = _from_struct(value)
        else:
            return None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    is_known = date is not None and FIRST_YEAR <= date.year <= LAST_YEAR and date.date() != _ZERO
    return date if is_known else None


def read_ago(value: Any, scraped_at: datetime) -> datetime | None:
    """Read منذ 3 ساعات, 20 minutes ago: so long before the article was scraped.

    Days and weeks are None, because منذ يومين may be said of 36 hours or of 71. So is all of a date of scraping without a time.

    Args:
        scraped_at: when the page said so.
    """
    if not isinstance(value, str) or len(value) > MAX_CHARS or scraped_at.time() == scraped_at.min.time():
        return None
    match = AGO.fullmatch(without_label(fold(value)).lower())
    if match is None:
        return None
    unit, number = match["unit"] or match["unit_en"], match["n"] or match["n_en"]
    seconds = AGO_PAIRS.get(unit) if number is None else None
    if seconds is None:
        if unit not in AGO_UNITS:
            return None
        seconds = AGO_UNITS[unit] * (int(number) if number and number.isdecimal() else 1)
    return scraped_at - timedelta(seconds=seconds)


def _from_text(text: str) -> datetime | None:
    if len(text) > MAX_CHARS:
        return None
    text = fold(text).strip()
    if _ISO.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    if _NUMBER.fullmatch(text):
        return _from_digits(text)
    if match := _DAY_AND_ZONE.fullmatch(text):
        return datetime.fromisoformat(f"{match[1]}T00:00{match[2]}")
    if _DAY_AND_MINUS.fullmatch(text):
        return None
    return read_stamp(without_label(text))


def _from_digits(text: str) -> datetime | None:
    """Read seconds, milliseconds or 20260916083000; None where ten or twelve digits may be either."""
    match = _RUN_TOGETHER.fullmatch(text)
    if match is None:
        return _from_number(float(text))
    try:
        date = datetime(*(int(part) for part in match.groups() if part))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return _from_number(float(text))
    return date if match[6] else None


def _from_number(number: float) -> datetime | None:
    if SECONDS[0] <= number < SECONDS[1]:
        return datetime.fromtimestamp(number, UTC)
    if MILLISECONDS[0] <= number < MILLISECONDS[1]:
        return datetime.fromtimestamp(number / 1000, UTC)
    return None


def _from_struct(parts: list[Any]) -> datetime | None:
    """Read [year, month, day, hour, minute, second, ...], the UTC time that feedparser gives."""
    if len(parts) < 6 or not all(type(part) is int for part in parts[:6]):
        return None
    year, month, day, hour, minute, second = parts[:6]
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
