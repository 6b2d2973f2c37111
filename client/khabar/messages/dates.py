"""Dates as scrapers write them. What cannot be read is None, never a guess."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

# Hijri years (1447) and the placeholders of databases (0001-01-01) parse as ISO 8601, but mean something else.
FIRST_YEAR, LAST_YEAR = 1800, 2200

MAX_CHARS = 64  # the longest form, RFC 2822 with weekday and comment, has 45
SECONDS = (10**8, 10**11)  # since 1970: from 1973 on, so that a bare year or count is no date
MILLISECONDS = (10**11, 10**14)

_NUMBER = re.compile(r"\d{9,14}(\.\d+)?", re.ASCII)
_SLASHED = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?!\d)(.*)", re.ASCII | re.DOTALL)
_WESTERN_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def read_date(value: Any) -> datetime | None:
    """Read ISO 8601, RFC 2822, "2015-07-25 09:27:34", a date alone, seconds or milliseconds since 1970, a time struct.

    A time without a zone stays without one: it is the source's local time, and nobody here knows which that is. Numbers
    and time structs are UTC by definition. A date alone is midnight without a zone. Digits may be Arabic-Indic.

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
    return date if date is not None and FIRST_YEAR <= date.year <= LAST_YEAR else None


def _from_text(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    if len(text) > MAX_CHARS:
        return None
    text = text.strip().translate(_WESTERN_DIGITS)
    if _NUMBER.fullmatch(text):
        return _from_number(float(text))
    if match := _SLASHED.fullmatch(text):
        year, month, day, rest = match.groups()
        text = f"{year}-{month:0>2}-{day:0>2}{rest}"
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text)


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
