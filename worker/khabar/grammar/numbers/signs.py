"""Negative numbers: -1.5%, ناقص خمس درجات."""

from collections.abc import Sequence
from typing import Final

from khabar.grammar.numbers.number_words import after_closer, is_digits, percent_end
from khabar.grammar.surface import Surface, surfaces
from khabar.lexicons import entries
from khabar.text.document import Document

_MINUSES: Final = frozenset("-−–﹣－")
_WORDS: Final = surfaces(dict.fromkeys(entries("numerals/minus")), with_article=False)
_BELOW: Final = tuple(tuple(phrase.split()) for phrase in entries("numerals/below_zero"))
_BELOW_FIRST: Final = frozenset(phrase[0] for phrase in _BELOW)
# Units that can be below zero. Before other words, a dash opens a line of a list or ends a dateline.
_SIGNED_UNITS: Final = frozenset(entries("numerals/signed_units"))
_TIME_UNITS: Final = frozenset(entries("quantities/time_units"))
_FUNCTION_WORDS: Final = frozenset(entries("function_words/ar"))
_STOPS: Final = frozenset(".،؛:")
_CLITICS: Final = frozenset("وبلف")
_OPENERS: Final = frozenset('("«“[')
# Most tokens from a number to its unit, if the other number of a range comes in between: من -2 إلى 4 درجات.
_MAX_TO_UNIT: Final = 5
# Most tokens from the unit to "below zero", with adjectives in between: 10 درجات مئوية تحت الصفر.
_MAX_TO_BELOW: Final = 3


def sign_before(document: Document, first: int, last: int, *, is_digits: bool) -> Surface[None] | None:
    """Return the minus right before a number, with its proclitic; None without one.

    Args:
        document: has tokens.
        first, last: the first and the last token of the number.
        is_digits: whether it begins with digits. Before a number word, a dash is not a minus.
    """
    if not first:
        return None
    form = document.tokens.form
    sign = form[first - 1]
    if word := _WORDS.get(sign):
        return None if form[last + 1 : last + 2] and form[last + 1] in _TIME_UNITS else word
    if is_digits and sign in _MINUSES and _is_minus(document, first - 1) and _has_signed_unit(form, first, last):
        return Surface(None, "", is_definite=False)
    return None


def is_below_zero(form: Sequence[str], last: int, end: int) -> bool:
    """Whether "below zero" follows token `last` before token `end`; a few words may come in between."""
    for index in range(last + 1, min(last + 1 + _MAX_TO_BELOW, end)):
        if form[index] in _BELOW_FIRST and any(tuple(form[index : index + len(phrase)]) == phrase for phrase in _BELOW):
            return True
        if not form[index].isalpha() and form[index] != "°":
            return False
    return False


def _is_minus(document: Document, index: int) -> bool:
    """Whether the dash touches the number after it, but no word or number before it."""
    tokens = document.tokens
    form = tokens.form
    if not tokens.touches_previous(index + 1) or index == 0 or is_digits(form, index - 1):
        return False
    if "\n" in document.text[tokens.norm_end[index - 1] : tokens.norm_start[index]]:
        return False  # a line of a list
    before = form[index - 1]
    if tokens.touches_previous(index):
        return before in _OPENERS or before in _CLITICS
    return percent_end(form, index - 1) is None and (before.isalpha() or before in _OPENERS)


def _has_signed_unit(form: Sequence[str], first: int, last: int) -> bool:
    """Whether a unit that can be below zero follows; for ranges (من -2 إلى 4 درجات) it may be a few words away."""
    following = after_closer(form, last)
    is_range = first > 1 and (form[first - 2] in _FUNCTION_WORDS or form[first - 2] in _CLITICS)
    for index in range(following, min(following + (_MAX_TO_UNIT if is_range else 1), len(form))):
        if form[index] in _SIGNED_UNITS or percent_end(form, index) is not None:
            return True
        if form[index] in _STOPS:
            return False
    return False
