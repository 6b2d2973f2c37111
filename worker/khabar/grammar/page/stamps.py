"""Stamps: a line with only the time when the page was published or changed (السبت، 13 يونيو 2026 07:00 م)."""

import re
from collections.abc import Sequence
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.page.credit_names import DATE_WORDS, folded
from khabar.grammar.page.credits import SEPARATORS
from khabar.lexicons import entries

_LONGEST: Final = 26  # tokens; dates in both calendars with an hour and a time zone have 22
_LABELS: Final = folded("page/stamp_labels")
_TIMES: Final = folded("page/stamp_times")
_LATIN: Final = folded("page/stamp_dates")
_WORDS: Final = _LABELS | _TIMES | _LATIN | DATE_WORDS
_WEEKDAYS: Final = folded("origin/weekdays")
_SIGNS: Final = frozenset(map(fold, entries("page/stamp_signs")))
_MARKS: Final = SEPARATORS | frozenset(".؛;@~>©🕐🕑🕒📅")
_NUMERIC: Final = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}")
_CLOCK: Final = re.compile(r"T?\d{1,2}:\d{2}(?::\d{2})?")
_NUMBER: Final = re.compile(r"\d{1,4}|T\d{2}|\d{2}:\d{2}")
_YEAR: Final = re.compile("(?:1[34]|19|20)[0-9]{2}")


def is_stamp(line: Sequence[str], *, is_outside: bool) -> bool:
    """Whether a line is only a stamp.

    Args:
        line: the forms of its tokens.
        is_outside: whether it is above or below the story. Within the story, a line with only a day is the heading of a
            chronicle; with a label or an hour it is a stamp.
    """
    if not 1 < len(line) <= _LONGEST and not _NUMERIC.fullmatch(line[0]):
        return False
    if line[-1] == ":" or not all(map(_is_part, line)):
        return False
    words = [fold(token) for token in line]
    is_labelled = not _SIGNS.isdisjoint(words)
    has_day = _has_day(words)
    if not has_day:
        is_ago = words[0] in ("منذ", "قبل") or words[-1] == "ago"
        return is_labelled and is_ago and any(word in _TIMES for word in words) and any(map(_is_number, words))
    has_hour = any(map(_CLOCK.fullmatch, line))
    has_more = has_hour or any(word in _WEEKDAYS or _YEAR.fullmatch(word) or _NUMERIC.fullmatch(word) for word in words)
    return is_labelled or has_hour or (is_outside and has_more)


def _is_part(token: str) -> bool:
    return token in _MARKS or _is_number(token) or fold(token) in _WORDS


def _is_number(token: str) -> bool:
    return any(map(str.isdigit, token)) and bool(
        _NUMBER.fullmatch(token) or _NUMERIC.fullmatch(token) or _CLOCK.fullmatch(token)
    )


def _has_day(words: Sequence[str]) -> bool:
    """Whether the words name a day: a numeric date, or the day of a month."""
    if any(map(_NUMERIC.fullmatch, words)):
        return True
    is_month = [(word in DATE_WORDS or word in _LATIN) and word not in _WEEKDAYS for word in words]
    return any(is_month) and any(word.isdigit() and len(word) < 3 for word in words)
