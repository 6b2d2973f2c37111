"""Numerals: numbers in words, in digits or both, with their scales, but without counted nouns and units; no ordinals."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from khabar.grammar.numbers.amounts import Amount, AmountReader
from khabar.grammar.numbers.number_words import NUMBER_WORDS, ORDINAL_HEADS, NumberWord, is_digits, percent_end
from khabar.grammar.numbers.signs import sign_before
from khabar.grammar.surface import CONJUNCTIONS, PREPOSITIONS, Surface
from khabar.lexicons import entries
from khabar.text.document import Document


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in the text: words or digits with their scales, without a counted noun.

    Attributes:
        first, last: its first and its last token.
        start, end: raw offsets, without proclitics, with the article and a minus.
        value: None for a vague number (مئات, عشرات الآلاف, بضعة); negative after a minus.
        lower: the least value of a vague number, if its words name one; otherwise None.
        scale: the last scale in it (1000000 for مليون و350 مليون), 1 without one; 10, 100, 1000 ... for a vague number.
        proclitic: the letters before it ('و', 'ب', 'وب', ...), in its first token or in a separate token.
        proclitic_chars: how many of these letters are in its first token.
        is_digits: whether it is written only in digits, without a scale word.
        is_definite: whether it has the article, in its first word or, for digits, as the token before it (الـ 20).
        is_dual: whether it is only a scale in the dual (مليونان, ألفي).
    """

    first: int
    last: int
    start: int
    end: int
    value: int | float | None
    lower: int | None
    scale: int
    proclitic: str
    proclitic_chars: int
    is_digits: bool
    is_definite: bool
    is_dual: bool


# Separate token that may come before digits -> whether it is or contains the article.
_CLITICS: Final = {conjunction + preposition: False for conjunction in CONJUNCTIONS for preposition in PREPOSITIONS}
_CLITICS.update(dict.fromkeys(entries("numerals/articles"), True))
_YEARS: Final = (range(1300, 1500), range(1800, 2100))
_TEN: Final = 10


def numerals(document: Document) -> Sequence[Numeral]:
    """Return the document's numerals in text order, without overlaps; found once for each document."""
    return document.once(_find)


def is_year(numeral: Numeral) -> bool:
    """Whether the numeral, in digits, may be a Hijri or Gregorian year."""
    return numeral.is_digits and any(numeral.value in years for years in _YEARS)


def _find(document: Document) -> list[Numeral]:
    form, reader = document.tokens.form, AmountReader(document)
    found: list[Numeral] = []
    last = -1
    words = NUMBER_WORDS
    # Digits are recognized by comparing the first character, which is fast.
    for index in [i for i, token in enumerate(form) if token in words or "0" <= token < ":"]:
        word = words.get(form[index])
        if index <= last or (word and _is_no_beginning(form, index, word)):
            continue
        if amount := reader.read(index):
            found.append(_numeral(document, index, word, amount))
            last = amount.last
    return found


def _numeral(document: Document, first: int, word: Surface[NumberWord] | None, amount: Amount) -> Numeral:
    tokens = document.tokens
    proclitic, is_definite = (word.proclitic, word.is_definite) if word else ("", False)
    value = _plain(amount.value)
    sign = None if proclitic or not value else sign_before(document, first, amount.last, is_digits=word is None)
    if sign and value:
        first, value, proclitic = first - 1, -value, sign.proclitic
    proclitic_chars = len(proclitic)
    before = tokens.form[first - 1] if first else None
    if not proclitic and before in _CLITICS:
        proclitic, is_definite = before, is_definite or _CLITICS[before]
    start, end = document.token_span(first, amount.last, skip=proclitic_chars)
    return Numeral(
        first=first,
        last=amount.last,
        start=start,
        end=end,
        value=value,
        lower=amount.lower,
        scale=amount.scale,
        proclitic=proclitic,
        proclitic_chars=proclitic_chars,
        is_digits=amount.is_digits,
        is_definite=is_definite,
        is_dual=amount.is_dual,
    )


def _is_no_beginning(form: Sequence[str], first: int, word: Surface[NumberWord]) -> bool:
    """Whether the word cannot begin a numeral: it ends an ordinal (الخامس والعشرين), is "per cent", or a verb (تسع 300 راكب)."""
    kind = word.value.kind
    if kind == "tens":
        return word.is_definite and word.proclitic == "و"
    if kind == "hundred":
        return percent_end(form, first) is not None or percent_end(form, first - 1) == first
    if kind != "unit":
        return False
    is_tail = word.value.value == _TEN and first > 0 and form[first - 1] in ORDINAL_HEADS
    return is_tail or is_digits(form, first + 1)


def _plain(value: Decimal | int | None) -> int | float | None:
    """Return the value as in the record: whole numbers as integers."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value
