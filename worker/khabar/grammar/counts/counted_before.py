"""Counted nouns before their number: المراحل الثلاث, مباراة واحدة, مشاريع ثلاثة, $100."""

import re
from typing import Final, NamedTuple

from khabar.grammar.counts.counted import Unit
from khabar.grammar.counts.money_signs import money_sign_before
from khabar.grammar.counts.nouns import (
    MONEY,
    NOUN_CLITICS,
    NOUNS,
    OTHER,
    PEOPLE,
    PERCENT,
    PERSON_PLURALS,
    is_person_plural,
    possessed,
)
from khabar.grammar.counts.reach import is_same_line
from khabar.grammar.numbers.number_words import is_digits
from khabar.grammar.numbers.numerals import Numeral
from khabar.lexicons import entries
from khabar.text.document import Document

# Group 1: the proclitics; in لل the article is the second lam.
_ARTICLE: Final = re.compile("([وف]?[بك]?)ال|([وف]?ل)ل")
_IDIOMS: Final = frozenset(entries("quantities/one_idioms"))
_PLURALS: Final = ("ات", *PERSON_PLURALS)
_FEMININE: Final = ("ة", "ه")


class UnitBefore(NamedTuple):
    """A unit before its number, and how many characters of its first token are proclitics."""

    unit: Unit
    proclitic_chars: int


def unit_before(document: Document, numeral: Numeral, after: Unit | None) -> UnitBefore | None:
    """Return the noun or sign before the numeral; `after` is the unit found after it."""
    if (after and after.is_known) or not is_same_line(document, numeral.first - 1, numeral.first):
        return None
    if numeral.value == 1 and not (numeral.is_digits or numeral.is_definite or numeral.proclitic):
        return _before_one(document, numeral)
    if not numeral.value or numeral.scale > 1:
        return None if after else _sign(document, numeral)
    if numeral.is_definite:
        return None if after else _definite(document, numeral)
    if numeral.is_digits:
        return None if after else _sign(document, numeral)
    return None if numeral.proclitic else _plural(document, numeral)


def _definite(document: Document, numeral: Numeral) -> UnitBefore | None:
    """Read المراحل الثلاث and مبارياته الأربع; one adjective may come in between: القوى الدولية الست."""
    form = document.tokens.form
    index = numeral.first - 1 - is_digits(form, numeral.first)
    for noun_index in (index, index - 1):
        if not is_same_line(document, noun_index, numeral.first):
            return None
        if noun_index == index and (own := possessed(form[index])):
            return UnitBefore(Unit(index, index, own[0].category), own[1])
        if not (article := _ARTICLE.match(form[noun_index])):
            return None
        chars = article.end(article.lastindex or 0)
        word = form[noun_index][article.end() :]
        noun = NOUNS.get(word)
        if noun and noun.number == "plural":
            return UnitBefore(Unit(noun_index, noun_index, noun.category), chars)
        if not noun and noun_index == index and word.endswith(_PLURALS):
            return UnitBefore(Unit(index, index, PEOPLE if is_person_plural(word) else OTHER), chars)
    return None


def _plural(document: Document, numeral: Numeral) -> UnitBefore | None:
    """Return the indefinite plural before a number word: مشاريع ثلاثة."""
    index = numeral.first - 1
    word = document.tokens.form[index]
    for chars in (0, 1):
        noun = NOUNS.get(word[chars:])
        if noun and noun.number == "plural" and (not chars or word[0] in NOUN_CLITICS):
            return UnitBefore(Unit(index, index, noun.category), chars)
    return None


def _before_one(document: Document, numeral: Numeral) -> UnitBefore | None:
    """Read مباراة واحدة and, with an adjective in between, مباراة ودية واحدة."""
    form, index = document.tokens.form, numeral.first - 1
    if form[index].startswith("ال"):
        return None
    is_feminine = form[numeral.first].endswith(_FEMININE)
    known = NOUNS.get(form[index]) or NOUNS.get(form[index][1:])
    # Many nouns for persons are also adjectives of other things: كلمة روسية واحدة, فيلم سينمائي واحد.
    may_be_adjective = known is None or known.category == PEOPLE
    if (
        may_be_adjective
        and is_same_line(document, index - 1, index)
        and _agrees(form[index - 1], is_feminine=is_feminine)
    ):
        index -= 1
    word = form[index]
    if word in _IDIOMS or not word.isalpha():
        return None
    for chars in (0, 1):
        noun = NOUNS.get(word[chars:])
        if noun and noun.number != "dual" and (not chars or word[0] in NOUN_CLITICS):
            return UnitBefore(Unit(index, index, noun.category), chars)
    if word.endswith("ا") and form[numeral.first].endswith("ا"):
        return UnitBefore(Unit(index, index, OTHER), 0)
    return None


def _agrees(word: str, *, is_feminine: bool) -> bool:
    noun = NOUNS.get(word) or NOUNS.get(word[1:])
    return noun is not None and noun.number == "singular" and word.endswith(_FEMININE) == is_feminine


def _sign(document: Document, numeral: Numeral) -> UnitBefore | None:
    """Return a currency or per cent sign before the number: $100, %20, USD 100, ر.س 500."""
    tokens, index = document.tokens, numeral.first - 1
    form = tokens.form
    if not is_digits(form, numeral.first):
        return None
    if sign := money_sign_before(tokens, index):
        return UnitBefore(Unit(*sign, MONEY), 0)
    is_sign = len(document.raw[tokens.start[index] : tokens.end[index]]) == 1  # ﷼, which normalization spells out
    if form[index].isalpha() and not form[index].isascii() and not is_sign:
        return None
    if form[index] == "%" and tokens.touches_previous(numeral.first):
        return UnitBefore(Unit(index, index, PERCENT), 0)
    noun = NOUNS.get(form[index])
    if noun is None or (noun.category != MONEY and form[index].isalpha()):
        return None
    return UnitBefore(Unit(index, index, noun.category), 0)
