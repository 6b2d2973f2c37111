"""Amounts: the value of number words and digits in a row, with scales such as thousand and million."""

from decimal import Decimal
from typing import Final, NamedTuple, cast

from khabar.grammar.numbers.digits import read_digits
from khabar.grammar.numbers.number_words import NUMBER_WORDS, SCALES, NumberWord, after_closer, is_digits
from khabar.grammar.surface import Surface
from khabar.text.document import Document

_DUALS: Final = frozenset({"scale_dual", "scale_accusative"})
_BELOW_HUNDRED: Final = frozenset({"unit", "teen", "tens"})
_TEN: Final = 10
_HUNDRED: Final = 100


class Amount(NamedTuple):
    """A part of a numeral, which ends at token `last`."""

    last: int
    value: Decimal | int | None
    lower: int | None = None
    scale: int = 1
    is_digits: bool = False
    is_dual: bool = False


class AmountReader:
    """Reads one amount at a time, with bounded look-ahead. Added amounts must have a smaller scale, factors a greater one."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._tokens = document.tokens
        self._form = document.tokens.form

    def read(self, first: int) -> Amount | None:
        """Return the longest amount that begins at token `first`; None if none does."""
        amount = self._group(first)
        while amount and (addend := self._addend(amount)):
            amount = addend
        return amount

    def _following(self, last: int) -> int:
        """Return the index of the token after `last`; the number of tokens if a line ends after `last`."""
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
        """Return the number word at `index` if it has no proclitic; otherwise None."""
        word = self._word(index)
        return word.value if word and not word.proclitic else None

    def _joined(self, last: int) -> int | None:
        """Return the token of a number that و joins to the amount ending at token `last`; None if there is no such number."""
        index = self._following(last)
        if index == len(self._form):
            return None
        if self._form[index] == "و":
            return index + 1 if is_digits(self._form, index + 1) or self._bare(index + 1) else None
        word = self._word(index)
        return index if word and word.proclitic == "و" else None

    def _group(self, first: int) -> Amount | None:
        """Read a number with its scales, or only a scale."""
        amount = self._digits(first) if is_digits(self._form, first) else self._in_words(first)
        while amount and (scaled := self._scaled(amount)):
            amount = scaled
        return amount

    def _in_words(self, first: int) -> Amount | None:
        word = self._word(first)
        if word is None:
            return None
        kind, value = word.value
        if kind == "fraction":
            scale = self._bare(self._following(first))
            if scale is None or scale.kind != "scale":
                return None
            return Amount(first + 1, value * scale.value, scale=int(scale.value))
        if kind == "scale":
            return None if self._is_verb(word, first) else Amount(first, value, scale=int(value))
        if kind == "scale_accusative" and not self._has_noun(first):
            return Amount(first, value, scale=int(value))  # بلغ ألفا ومئتين
        if kind in _DUALS:
            return Amount(first, 2 * value, scale=int(value), is_dual=True)
        if kind in ("scales", "plural"):
            return Amount(first, None, int(value), int(value))
        if kind == "some":
            return Amount(first, None)
        return self._below_thousand(first, word.value)

    def _has_noun(self, index: int) -> bool:
        """Whether a word without و follows, so that ألفا is the dual before its noun."""
        following = self._following(index)
        return following < len(self._form) and self._form[following].isalpha() and self._form[following][0] != "و"

    def _is_verb(self, word: Surface[NumberWord], index: int) -> bool:
        """Whether ألف is the verb "he wrote": a definite word follows, which the number never takes."""
        following = self._form[index + 1] if index + 1 < len(self._form) else ""
        return not word.is_definite and following.startswith("ال") and following not in NUMBER_WORDS

    def _below_thousand(self, first: int, word: NumberWord) -> Amount | None:
        """Read number words up to 999."""
        kind, value = word
        following = self._bare(self._following(first))
        if kind in ("unit", "teen") and following == ("unit", _TEN) and value < _TEN:
            return Amount(first + 1, value + _TEN)
        if kind == "unit" and following and following.kind == "hundred" and 2 < value < _TEN:
            return self._with_rest(first + 1, value * _HUNDRED)
        if kind in ("hundred", "hundreds"):
            return self._with_rest(first, value)
        if kind != "tens" and value < _TEN:
            tens = self._joined(first)
            joined = self._word(tens) if tens is not None else None
            if tens is not None and joined and joined.value.kind == "tens":
                return Amount(tens, value + joined.value.value)
        return None if kind == "teen" else Amount(first, value)

    def _with_rest(self, last: int, hundreds: Decimal | int) -> Amount:
        """Add to hundreds a number below a hundred that و joins to them."""
        rest = self._joined(last)
        if rest is not None:
            word = self._word(rest)
            if word is None:
                amount = self._digits(rest)
            else:
                amount = self._below_thousand(rest, word.value) if word.value.kind in _BELOW_HUNDRED else None
            if amount and isinstance(amount.value, int) and 0 < amount.value < _HUNDRED:
                return Amount(amount.last, hundreds + amount.value)
        return Amount(last, hundreds)

    def _digits(self, first: int) -> Amount | None:
        digits = read_digits(self._tokens, first)
        return Amount(digits.last, digits.value, is_digits=True) if digits else None

    def _scaled(self, amount: Amount) -> Amount | None:
        """Multiply by a scale that follows: 15 ألف, عشرات الآلاف, ألف مليار, 3 ونصف مليون; None if none follows."""
        following = self._following(amount.last)
        if amount.is_digits and following < len(self._form):
            following = after_closer(self._form, amount.last)
            if self._is_displaced_stop(following):
                following += 1  # 20 .آلاف نسخة
        half = 0 if amount.value is None or amount.scale > 1 else self._fraction(following)
        if half:
            following += 1
        word = self._bare(following)
        if word is None or not (word.kind in SCALES or (word.kind == "plural" and amount.scale == 1)):
            return None
        factor = int(word.value)
        if amount.value is None:
            # مئات الملايين, بضعة آلاف: a scale can only multiply a smaller one.
            if factor <= amount.scale:
                return None
            return Amount(following, None, (amount.lower or 1) * factor, factor)
        if word.kind == "plural" or (amount.scale > 1 and (factor <= amount.scale or word.kind == "scale_accusative")):
            return None
        return Amount(following, (amount.value + half) * factor, scale=amount.scale * factor)

    def _is_displaced_stop(self, index: int) -> bool:
        """Whether the token is a stop that touches the next word instead of the one before, a damage by right-to-left display."""
        tokens = self._tokens
        if tokens.form[index : index + 1] != ["."] or tokens.touches_previous(index) or index + 1 == len(tokens):
            return False
        return tokens.touches_previous(index + 1)

    def _fraction(self, index: int) -> Decimal | int:
        """Return the fraction with و at `index`; 0 if there is no fraction."""
        word = self._word(index)
        return word.value.value if word and word.value.kind == "fraction" and word.proclitic == "و" else 0

    def _addend(self, amount: Amount) -> Amount | None:
        """Return the sum with a smaller amount joined by و: مليون و350 ألفا, مليون ونصف المليون; None without one."""
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
        return Amount(addend.last, amount.value + addend.value, scale=addend.scale)

    def _with_fraction(self, amount: Amount, fraction: Decimal | int, last: int) -> Amount | None:
        value = cast("Decimal | int", amount.value) + fraction * amount.scale
        scale = self._bare(self._following(last))
        if scale and scale.kind == "scale" and scale.value == amount.scale:
            return Amount(last + 1, value, scale=amount.scale)
        if last + 1 < len(self._form) and self._form[last + 1].startswith("ال"):
            return None  # half of something else
        return Amount(last, value, scale=amount.scale)
