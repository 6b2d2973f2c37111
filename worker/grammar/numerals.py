"""Numerals: numbers in words, digits or both, with their scales; no counted noun, no ordinals, no unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple, cast

from worker.grammar.digits import read_digits
from worker.grammar.number_words import (
    NUMBER_WORDS,
    ORDINAL_HEADS,
    SCALES,
    NumberWord,
    after_closer,
    is_digits,
    percent_end,
)
from worker.grammar.surface import CONJUNCTIONS, PREPOSITIONS, Surface
from worker.lexicons import entries
from worker.pipeline.document import Document


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as written: words or digits with their scales, no counted noun.

    Attributes:
        first, last: token indexes, both inside.
        start, end: raw offsets; proclitics outside, the article inside.
        value: None for a vague one (مئات, عشرات الآلاف, بضعة).
        lower: the least value of a vague one, where its words name one; else None.
        scale: the last scale in it (1000000 for مليون و350 مليون), 1 without; 10, 100, 1000 ... for a vague one.
        proclitic: the letters before it ('و', 'ب', 'وب', ...), in its first token or in a token of their own.
        proclitic_chars: how many of them are in its first token.
        is_digits: written in digits alone, without a scale word.
        is_definite: its first word has the article (the token before it, for digits: الـ 20).
        is_dual: a scale in the dual and nothing else (مليونان, ألفي).
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


class _Amount(NamedTuple):
    """Part of a numeral that ends at token `last`."""

    last: int
    value: Decimal | int | None
    lower: int | None = None
    scale: int = 1
    is_digits: bool = False
    is_dual: bool = False


# What may stand before digits, in a token of its own -> whether it is or holds the article.
_CLITICS: Final = {conjunction + preposition: False for conjunction in CONJUNCTIONS for preposition in PREPOSITIONS}
_CLITICS.update(dict.fromkeys(entries("numerals/articles"), True))
_DUALS: Final = frozenset({"scale_dual", "scale_accusative"})
_BELOW_HUNDRED: Final = frozenset({"unit", "teen", "tens"})
_YEARS: Final = (range(1300, 1500), range(1800, 2100))
_TEN: Final = 10
_HUNDRED: Final = 100


def numerals(document: Document) -> Sequence[Numeral]:
    """Return the document's numerals in text order, none inside another; found once a document."""
    found = document.shared.get("numerals")
    if found is None:
        found = document.shared["numerals"] = _find(document)
    return cast("Sequence[Numeral]", found)


def is_year(numeral: Numeral) -> bool:
    """Whether the numeral, in digits, may be a Hijri or Gregorian year."""
    return numeral.is_digits and any(numeral.value in years for years in _YEARS)


def _find(document: Document) -> list[Numeral]:
    reader = _Reader(document)
    found: list[Numeral] = []
    last = -1
    words = NUMBER_WORDS
    # The first character tells digits apart at the price of one comparison a token.
    for index in [i for i, token in enumerate(document.tokens.form) if token in words or "0" <= token < ":"]:
        if index > last and (numeral := reader.numeral(index)):
            found.append(numeral)
            last = numeral.last
    return found


class _Reader:
    """Reads one numeral at a time, with bounded look-ahead: additions go down in scale, multiplications up."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._tokens = document.tokens
        self._form = document.tokens.form

    def numeral(self, first: int) -> Numeral | None:
        """Return the numeral that begins at token `first`."""
        word = self._word(first)
        if word and self._is_no_beginning(word, first):
            return None
        amount = self._group(first)
        if amount is None:
            return None
        while addend := self._addend(amount):
            amount = addend
        proclitic, is_definite = (word.proclitic, word.is_definite) if word else ("", False)
        if not proclitic and first and self._form[first - 1] in _CLITICS:
            proclitic, is_definite = self._form[first - 1], is_definite or _CLITICS[self._form[first - 1]]
        proclitic_chars = len(word.proclitic) if word else 0
        norm_start = self._tokens.norm_start[first] + proclitic_chars
        start, end = self._document.raw_span(norm_start, self._tokens.norm_end[amount.last])
        return Numeral(
            first=first,
            last=amount.last,
            start=start,
            end=end,
            value=_plain(amount.value),
            lower=amount.lower,
            scale=amount.scale,
            proclitic=proclitic,
            proclitic_chars=proclitic_chars,
            is_digits=amount.is_digits,
            is_definite=is_definite,
            is_dual=amount.is_dual,
        )

    def _is_no_beginning(self, word: Surface[NumberWord], first: int) -> bool:
        """Whether it ends an ordinal (الخامس والعشرين, الثامن عشر), is a "per cent", or a verb (تسع 300 راكب)."""
        kind = word.value.kind
        if kind == "tens":
            return word.is_definite and word.proclitic == "و"
        if kind == "hundred":
            return percent_end(self._form, first) is not None or percent_end(self._form, first - 1) == first
        if kind != "unit":
            return False
        is_tail = word.value.value == _TEN and first > 0 and self._form[first - 1] in ORDINAL_HEADS
        return is_tail or is_digits(self._form, first + 1)

    def _following(self, last: int) -> int:
        """Return the token after `last`, past the end where a line ends between them."""
        tokens, following = self._tokens, last + 1
        if (
            following == len(tokens)
            or "\n" in self._document.text[tokens.norm_end[last] : tokens.norm_start[following]]
        ):
            return len(tokens)
        return following

    def _word(self, index: int) -> Surface[NumberWord] | None:
        return NUMBER_WORDS.get(self._form[index]) if index < len(self._form) else None

    def _bare(self, index: int) -> NumberWord | None:
        """Return the number word at `index` if no proclitic is before it."""
        word = self._word(index)
        return word.value if word and not word.proclitic else None

    def _joined(self, last: int) -> int | None:
        """Return the token of the number that و joins to what ends at token `last`, None where none does."""
        index = self._following(last)
        if index == len(self._form):
            return None
        if self._form[index] == "و":
            return index + 1 if is_digits(self._form, index + 1) or self._bare(index + 1) else None
        word = self._word(index)
        return index if word and word.proclitic == "و" else None

    def _group(self, first: int) -> _Amount | None:
        """Read a count with its scales, or a scale alone."""
        amount = self._digits(first) if is_digits(self._form, first) else self._in_words(first)
        while amount and (scaled := self._scaled(amount)):
            amount = scaled
        return amount

    def _in_words(self, first: int) -> _Amount | None:
        word = self._word(first)
        if word is None:
            return None
        kind, value = word.value
        if kind == "fraction":
            scale = self._bare(self._following(first))
            if scale is None or scale.kind != "scale":
                return None
            return _Amount(first + 1, value * scale.value, scale=int(scale.value))
        if kind == "scale":
            return None if self._is_verb(word, first) else _Amount(first, value, scale=int(value))
        if kind == "scale_accusative" and not self._has_noun(first):
            return _Amount(first, value, scale=int(value))  # بلغ ألفا ومئتين
        if kind in _DUALS:
            return _Amount(first, 2 * value, scale=int(value), is_dual=True)
        if kind in ("scales", "plural"):
            return _Amount(first, None, int(value), int(value))
        if kind == "some":
            return _Amount(first, None)
        return self._below_thousand(first, word.value)

    def _has_noun(self, index: int) -> bool:
        """Whether a word follows that و does not join, so that ألفا is the dual before its noun."""
        following = self._following(index)
        return following < len(self._form) and self._form[following].isalpha() and self._form[following][0] != "و"

    def _is_verb(self, word: Surface[NumberWord], index: int) -> bool:
        """Whether ألف is "he wrote": a thousand of something is indefinite."""
        following = self._form[index + 1] if index + 1 < len(self._form) else ""
        return not word.is_definite and following.startswith("ال") and following not in NUMBER_WORDS

    def _below_thousand(self, first: int, word: NumberWord) -> _Amount | None:
        """Read number words up to 999."""
        kind, value = word
        following = self._bare(self._following(first))
        if kind in ("unit", "teen") and following == ("unit", _TEN) and value < _TEN:
            return _Amount(first + 1, value + _TEN)
        if kind == "unit" and following and following.kind == "hundred" and 2 < value < _TEN:
            return self._with_rest(first + 1, value * _HUNDRED)
        if kind in ("hundred", "hundreds"):
            return self._with_rest(first, value)
        if kind != "tens" and value < _TEN:
            tens = self._joined(first)
            joined = self._word(tens) if tens is not None else None
            if tens is not None and joined and joined.value.kind == "tens":
                return _Amount(tens, value + joined.value.value)
        return None if kind == "teen" else _Amount(first, value)

    def _with_rest(self, last: int, hundreds: Decimal | int) -> _Amount:
        """Add what و joins to hundreds, below a hundred."""
        rest = self._joined(last)
        if rest is not None:
            word = self._word(rest)
            if word is None:
                amount = self._digits(rest)
            else:
                amount = self._below_thousand(rest, word.value) if word.value.kind in _BELOW_HUNDRED else None
            if amount and isinstance(amount.value, int) and 0 < amount.value < _HUNDRED:
                return _Amount(amount.last, hundreds + amount.value)
        return _Amount(last, hundreds)

    def _digits(self, first: int) -> _Amount | None:
        digits = read_digits(self._tokens, first)
        return _Amount(digits.last, digits.value, is_digits=True) if digits else None

    def _scaled(self, amount: _Amount) -> _Amount | None:
        """Multiply by the scale that follows: 15 ألف, عشرات الآلاف, ألف مليار, 3 ونصف مليون."""
        following = self._following(amount.last)
        if amount.is_digits and following < len(self._form):
            following = after_closer(self._form, amount.last)
        half = 0 if amount.value is None or amount.scale > 1 else self._fraction(following)
        if half:
            following += 1
        word = self._bare(following)
        if word is None or not (word.kind in SCALES or (word.kind == "plural" and amount.scale == 1)):
            return None
        factor = int(word.value)
        if amount.value is None:
            # مئات الملايين, بضعة آلاف; a scale multiplies a smaller one alone.
            if factor <= amount.scale:
                return None
            return _Amount(following, None, (amount.lower or 1) * factor, factor)
        if word.kind == "plural" or (amount.scale > 1 and (factor <= amount.scale or word.kind == "scale_accusative")):
            return None
        return _Amount(following, (amount.value + half) * factor, scale=amount.scale * factor)

    def _fraction(self, index: int) -> Decimal | int:
        """Return the fraction that و joins at `index`, 0 where none does."""
        word = self._word(index)
        return word.value.value if word and word.value.kind == "fraction" and word.proclitic == "و" else 0

    def _addend(self, amount: _Amount) -> _Amount | None:
        """Return the amount with the smaller one that و joins to it: مليون و350 ألفا, مليون ونصف المليون."""
        if amount.scale == 1 or amount.value is None:
            return None
        following = self._joined(amount.last)
        if following is None:
            return None
        if fraction := self._fraction(following):
            return self._with_fraction(amount, fraction, following)
        addend = self._group(following)
        if addend is None or not isinstance(addend.value, int) or not 0 < addend.value < amount.scale:
            return None
        return _Amount(addend.last, amount.value + addend.value, scale=addend.scale)

    def _with_fraction(self, amount: _Amount, fraction: Decimal | int, last: int) -> _Amount | None:
        value = cast("Decimal | int", amount.value) + fraction * amount.scale
        scale = self._bare(self._following(last))
        if scale and scale.kind == "scale" and scale.value == amount.scale:
            return _Amount(last + 1, value, scale=amount.scale)
        if last + 1 < len(self._form) and self._form[last + 1].startswith("ال"):
            return None  # half of something else
        return _Amount(last, value, scale=amount.scale)


def _plain(value: Decimal | int | None) -> int | float | None:
    """Return the value as JSON has it: whole numbers are integers."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value
