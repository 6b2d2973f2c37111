"""Counted nouns: the noun after a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from khabar.grammar.counts.money_signs import money_sign_at
from khabar.grammar.counts.nouns import (
    MONEY,
    NO_NOUNS,
    NOUNS,
    OTHER,
    PEOPLE,
    PERCENT,
    PERSON_PLURALS,
    SINGULAR_PERSONS,
    TIME,
    UNIT_PREFIXES,
    Noun,
    definite_noun,
    has_doubtful_beginning,
    is_person_plural,
    is_person_singular,
    noun_at,
    possessed,
)
from khabar.grammar.counts.reach import is_same_line
from khabar.grammar.numbers.number_words import after_closer, percent_end
from khabar.grammar.numbers.numerals import Numeral, is_year
from khabar.lexicons import entries
from khabar.text.document import Document
from khabar.text.tokens import Tokens

_OF: Final = "من"
_GREAT: Final = frozenset({"كبار", "قدامى"})
_METER: Final = "م"
_MAX_HOUR: Final = 24
_GREGORIAN_YEARS: Final = range(1000, 2100)
_POWERS: Final = dict(line.split("\t") for line in entries("quantities/unit_powers"))
_RATES: Final = frozenset(tuple(rate.split()) for rate in entries("quantities/rates"))
_HUNDRED: Final = 100
# كهوف, فوانيس, وثائق
_BROKEN_PLURAL_CHARS: Final = range(4, 7)


@dataclass(frozen=True, slots=True)
class Unit:
    """A counted noun: tokens first to last, its category, and whether it is in the lexicon."""

    first: int
    last: int
    category: str
    is_known: bool = True


def counted(document: Document, numeral: Numeral) -> Unit | None:
    """Return the noun after the numeral that it counts, which may be "per cent" or a unit of time; None without one."""
    form = document.tokens.form
    first = after_closer(form, numeral.last)
    if not is_same_line(document, numeral.last, first):
        return None
    last = percent_end(form, first)
    if last is not None:
        return Unit(first, last, PERCENT)
    is_vague = numeral.value is None
    if numeral.value == 1 and numeral.scale == 1 and not numeral.is_digits:
        return None  # واحد follows its noun
    if form[first] == _OF:
        is_apart = first > numeral.last + 1 or (numeral.is_definite and not is_vague)
        return None if is_apart else _after_of(document, first, numeral)
    sign = money_sign_at(document.tokens, first)
    if sign is not None:
        return Unit(first, sign, MONEY)
    noun = definite_noun(form[first]) if is_vague else None
    noun = noun or (_meter(numeral) if form[first] == _METER else noun_at(form[first], document.tokens.segments[first]))
    if noun is None:
        return None
    if not _is_few(numeral) and not is_vague:
        noun = SINGULAR_PERSONS.get(form[first], noun)
    if not noun.is_known:
        if has_doubtful_beginning(form[first]) and (numeral.is_definite or not _fits(form[first], numeral)):
            return None
        if form[first].endswith("ا") and _is_few(numeral):
            return None  # 3 to 10 take a plural; only nouns of the lexicon may break the rule
        noun = _by_shape(form[first], numeral)
    return _with_power(document.tokens, first, noun)


def _meter(numeral: Numeral) -> Noun:
    """Read م as meters, unless it follows a year (2015م) or a clock time (3م)."""
    is_time = numeral.value is None or 0 <= numeral.value <= _MAX_HOUR or numeral.value in _GREGORIAN_YEARS
    return Noun(TIME if is_time else "distance", "symbol")


def _is_few(numeral: Numeral) -> bool:
    return numeral.value is not None and numeral.scale == 1 and 2 < abs(numeral.value) <= 10


def _fits(word: str, numeral: Numeral) -> bool:
    """Whether the word has the shape that its number requires: a plural after 3 to 10, an accusative or ة up to 99."""
    if word.endswith("ات"):
        return numeral.value is None or _is_few(numeral)
    if word.endswith(("ة", "ه", "ا")):
        return numeral.value is not None and not _is_few(numeral)
    if numeral.value is None or _is_few(numeral):
        is_broken = len(word) in _BROKEN_PLURAL_CHARS and word[2] in "وا"
        return is_broken or word.endswith(PERSON_PLURALS)
    return abs(numeral.value) >= _HUNDRED and not is_year(numeral)


def _after_of(document: Document, index: int, numeral: Numeral) -> Unit | None:
    """Read تسعة آلاف من أفراد and الملايين من استفسارات, not 33 من أصل 139."""
    form, first = document.tokens.form, index + 1
    if not is_same_line(document, index, first):
        return None
    word = form[first]
    if word in NO_NOUNS:
        return None
    is_open = numeral.value is None or word.endswith("ات")
    noun = (
        definite_noun(word) or NOUNS.get(word) or (noun_at(word, document.tokens.segments[first]) if is_open else None)
    )
    if noun is None and (own := possessed(word)) and not own[1]:
        noun = own[0]
    if word in _GREAT:  # نحو 12 من كبار المسؤولين
        noun = Noun(PEOPLE, "plural")
    if noun is None or noun.category == TIME:
        return None
    if numeral.is_digits and noun.number != "plural":
        return None  # a name or a place in a list: نوت 5 من سامسونغ
    return Unit(first, first, noun.category)


def members(document: Document, index: int) -> Unit | None:
    """Return the noun of a number that a phrase separates from it: ثلاثة على الأقل من الطيارين."""
    form = document.tokens.form
    if index + 1 >= len(form) or form[index] != _OF or not is_same_line(document, index - 1, index + 1):
        return None
    noun = definite_noun(form[index + 1])
    is_plural = noun is not None and noun.number == "plural" and noun.category != TIME
    return Unit(index + 1, index + 1, noun.category) if noun and is_plural else None


def _by_shape(word: str, numeral: Numeral) -> Noun:
    """Recognize persons by the shape of an unknown noun: a sound plural after 3 to 10, a nisba or participle otherwise."""
    is_person = is_person_plural(word) if numeral.value is None or _is_few(numeral) else is_person_singular(word)
    return Noun(PEOPLE if is_person else OTHER, "singular", is_known=False)


def _with_power(tokens: Tokens, first: int, noun: Noun) -> Unit | None:
    """Extend a unit to its second word: كيلو متر, متر مربع, سنة ضوئية."""
    form, last, category = tokens.form, first, noun.category
    following = NOUNS.get(form[first + 1]) if first + 1 < len(form) and form[first] in UNIT_PREFIXES else None
    if following:
        last, category = first + 1, following.category
    elif noun.number == "prefix":
        return None
    power = _POWERS.get(form[last + 1]) if last + 1 < len(form) else None
    if power and form[last + 1].isdecimal() and not tokens.touches_previous(last + 1):
        power = None  # only a 2 that touches, as in كم2
    if power and (category == "distance" or (category == TIME and power == "distance") or form[first] == _METER):
        return Unit(first, last + 1, power)
    if category == "distance" and (words := _rate(form, last)):
        return Unit(first, last + words if form[last + 1] == "/" else last, OTHER)
    return Unit(first, last, category, noun.is_known)


def _rate(form: Sequence[str], last: int) -> int:
    """Return how many words after token `last` turn a length into a speed: كلم/س, كيلومتر في الساعة; 0 if none do."""
    for length in (1, 2):
        if tuple(form[last + 1 : last + 1 + length]) in _RATES:
            return length
    return 0
