"""A date in words, read whole or not at all: الأربعاء 16 سبتمبر 2026 - 8:30 م, Wed Sep 16 2026 08:30:00 GMT+0300 (…), 25/07/2015.

A stamp is a row of parts, each at most once and in any order: weekday, date, clock time, half of the day, zone. A word that is no
part makes the whole unreadable, because half of a date is a wrong date.
"""

import re
from datetime import datetime
from typing import Final

from khabar.messages import date_words as lex
from khabar.messages.stamp_clock import Clock
from khabar.messages.stamp_cursor import Cursor, Unreadable
from khabar.messages.stamp_days import Days

_DOTTED: Final = ((re.compile(r"\b([AaPp])\. ?([Mm])\b\.?"), r"\1\2"), (re.compile(r"\bت ?\. ?غ\b\.?|\bت غ\b"), "utc"))
_SEPARATORS: Final = frozenset(",،؛;|-–—/.·•()[]@:")
_LONGEST_LABEL: Final = 4  # words


def read_stamp(text: str) -> datetime:
    """Read a date with what stands around it.

    Day comes before month in digits unless that is impossible. An abbreviation of several zones (AST) gives no offset.

    Args:
        text: folded by `date_words.fold`.

    Raises:
        Unreadable: a part does not belong to a date, stands twice, or contradicts another, such as a wrong weekday.
        ValueError: there is no such day.
    """
    for pattern, word in _DOTTED:
        text = pattern.sub(word, text)
    cursor = Cursor(text)
    clock = Clock(cursor)
    days = Days(cursor, clock)
    readers = (*days.readers, *clock.readers)
    while not cursor.is_at_end:
        if not (any(reader() for reader in readers) or _skip(cursor)):
            raise Unreadable
    return clock.on(days.day)


def without_label(text: str) -> str:
    """Return folded text without what says that a date of publication follows."""
    words = text.replace(":", " : ").split()
    for length in range(min(_LONGEST_LABEL, len(words)), 0, -1):
        if " ".join(words[:length]).lower() in lex.LABELS:
            rest = words[length:]
            return " ".join(rest[1:] if rest[:1] == [":"] else rest)
    return text


def _skip(cursor: Cursor) -> bool:
    """Go past what stands between parts and says nothing: a separator, الساعة, the T of ISO 8601."""
    is_t = cursor.at().lower() == "t" and cursor.is_glued(0) and cursor.is_glued(1)
    length = 1 if is_t or cursor.at() in _SEPARATORS else cursor.after(lex.FILLERS, 0)
    return length > 0 and cursor.take(length)
