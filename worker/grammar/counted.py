"""Counted nouns: what a number counts, and nouns in the dual, which count themselves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from worker.grammar.number_words import NUMBER_WORDS, after_closer, percent_end
from worker.grammar.numerals import Numeral, is_year
from worker.grammar.surface import spellings
from worker.lexicons import entries
from worker.pipeline.document import Document, Tokens

TIME: Final = "time"
OTHER: Final = "other"
PEOPLE: Final = "people"


class Noun(NamedTuple):
    """A form of a noun: what it is counted as, its number, whether it is in the lexicon or only looks like a noun."""

    category: str
    number: str
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number counts: tokens first to last, category, whether the lexicon knows it."""

    first: int
    last: int
    category: str
    is_known: bool


def _masculine(noun: str, category: str, *, has_dual: bool) -> Iterator[tuple[str, Noun]]:
    yield noun, Noun(category, "singular")
    stem = noun[:-1] + "ي" if noun.endswith("ى") else noun
    if not noun.endswith(("ى", "اء")):
        yield noun + "ا", Noun(category, "singular")
    yield stem + "ان", Noun(category, "dual")
    if has_dual:
        yield stem + "ين", Noun(category, "dual")
        yield stem + "ي", Noun(category, "construct")
    yield stem + "ا", Noun(category, "construct")


def _feminine(noun: str, category: str) -> Iterator[tuple[str, Noun]]:
    yield noun, Noun(category, "singular")
    for ending, number in (("ين", "dual"), ("ان", "dual"), ("ي", "construct"), ("ا", "construct")):
        yield noun[:-1] + "ت" + ending, Noun(category, number)


def _forms(noun: str, plurals: Iterable[str], category: str) -> Iterator[tuple[str, Noun]]:
    for plural in plurals:
        yield plural, Noun(category, "plural")
    if noun.endswith("ة"):
        yield noun[:-1] + "ات", Noun(category, "plural")
        yield from _feminine(noun, category)
    else:
        yield from _masculine(noun, category, has_dual=True)


def _person(noun: str, category: str) -> Iterator[tuple[str, Noun]]:
    for ending in ("ين", "ون", "ات"):
        yield noun + ending, Noun(category, "plural")
    yield noun + "ي", Noun(category, "plural")
    yield noun + "ة", Noun(category, "singular")
    for form, kind in _masculine(noun, category, has_dual=False):
        if not (kind.number == "construct" and noun.endswith("ي")):  # سوريا, ليبيا
            yield form, kind


def _all_forms() -> Iterator[tuple[str, Noun]]:
    for form in entries("quantities/time_units"):
        yield form, Noun(TIME, "plural")
    for line in entries("quantities/unit_symbols"):
        symbol, category = line.split("\t")
        yield symbol, Noun(category, "symbol")
    for name in ("units", "nouns"):
        for line in entries(f"quantities/{name}"):
            noun, plurals, category = line.split("\t")
            yield from _forms(noun, plurals.split(), category)
    for line in entries("quantities/persons"):
        yield from _person(*line.split("\t"))


def _lexicon(*numbers: str) -> dict[str, Noun]:
    """Return the forms of the counted nouns; of two that are spelt alike the number named first wins (بلدان)."""
    forms = sorted(_all_forms(), key=lambda item: numbers.index(item[1].number) if item[1].number in numbers else -1)
    lexicon: dict[str, Noun] = {}
    for form, noun in forms:
        if noun.number in numbers:
            for spelling in spellings(form):
                if noun.category == TIME or spelling not in _FUNCTION_WORDS:
                    lexicon.setdefault(spelling, noun)
    return lexicon


_FUNCTION_WORDS: Final = frozenset(entries("function_words/ar"))
NOUNS: Final = _lexicon("symbol", "plural", "singular", "dual")
# Duals that are no other form of another noun, and construct duals, many of which are: only their context tells.
DUALS: Final = {
    form: noun
    for form, noun in _lexicon("dual", "construct").items()
    if noun.category != TIME
    and form not in entries("quantities/not_duals")
    and (NOUNS.get(form, noun) == noun or (noun.number == "construct" and form.endswith("ا")))
}
_METER: Final = "م"
_MAX_HOUR: Final = 24
_POWERS: Final = dict(line.split("\t") for line in entries("quantities/unit_powers"))
_PREFIXES: Final = frozenset(entries("quantities/unit_prefixes"))
_MONTHS: Final = frozenset(form for month in entries("quantities/months") for form in spellings(month))
_NO_NOUNS: Final = _FUNCTION_WORDS | frozenset(entries("quantities/uncounted"))
_LOOKALIKES: Final = frozenset(form for word in entries("quantities/clitic_lookalikes") for form in spellings(word))
_NO_PERSONS: Final = frozenset(entries("quantities/not_persons"))
_CLITIC_LETTERS: Final = frozenset("وفبكل")
_VERB_LETTERS: Final = frozenset("يت")
_NOUN_ENDINGS: Final = ("ا", "ة", "ات", "ه", "ين")
_POSSESSIVES: Final = entries("quantities/possessives")
_PERSON_PLURALS: Final = ("ين", "ون")


def is_same_line(document: Document, first: int, last: int) -> bool:
    """Whether tokens `first` and `last` exist and stand on one line."""
    tokens = document.tokens
    return last < len(tokens) and "\n" not in document.text[tokens.norm_end[first] : tokens.norm_start[last]]


def counted(document: Document, numeral: Numeral) -> Unit | None:
    """Return what follows the numeral as the noun that it counts, "per cent" and units of time included."""
    form = document.tokens.form
    first = after_closer(form, numeral.last)
    if not is_same_line(document, numeral.last, first):
        return None
    last = percent_end(form, first)
    if last is not None:
        return Unit(first, last, "percent", is_known=True)
    is_vague = numeral.value is None
    if numeral.value == 1 and numeral.scale == 1 and not numeral.is_digits:
        return None  # واحد follows its noun
    if form[first] == "من":
        return _after_min(document, first, numeral) if first == numeral.last + 1 else None
    noun = _definite(form[first]) if is_vague else None
    noun = noun or (_meter(numeral) if form[first] == _METER else noun_at(form[first]))
    if noun is None:
        return None
    if not noun.is_known:
        if form[first].endswith("ا") and _is_few(numeral):
            return None  # 3 to 10 take a plural; only nouns that are known to be counted may break the rule
        noun = _by_shape(form[first], numeral)
    return _with_power(document.tokens, first, noun)


def _meter(numeral: Numeral) -> Noun:
    """Read م as meters, unless it is what follows a year (2015م) or a clock time (3م)."""
    is_time = numeral.value is None or numeral.value <= _MAX_HOUR or is_year(numeral)
    return Noun(TIME if is_time else "distance", "symbol")


def possessed(word: str) -> tuple[Noun, int] | None:
    """Return the plural noun with a possessive suffix that the word is, and its proclitic characters."""
    for suffix in _POSSESSIVES:
        stem = word.removesuffix(suffix)
        for chars in (0, 1) if stem != word else ():
            noun = NOUNS.get(stem[chars:])
            if noun and noun.number == "plural" and (not chars or word[0] in _CLITIC_LETTERS):
                return noun, chars
    return None


def is_person_plural(word: str) -> bool:
    """Whether the word has the shape of a sound masculine plural, which only persons have."""
    return word.endswith(_PERSON_PLURALS) and word not in _NO_PERSONS


def _is_few(numeral: Numeral) -> bool:
    return numeral.value is not None and numeral.scale == 1 and 2 < numeral.value <= 10


def _after_min(document: Document, index: int, numeral: Numeral) -> Unit | None:
    """Read تسعة آلاف من أفراد and الملايين من استفسارات, not 33 من أصل 139."""
    form, first = document.tokens.form, index + 1
    if not is_same_line(document, index, first):
        return None
    word = form[first]
    if word in _NO_NOUNS:
        return None
    is_open = numeral.value is None or word.endswith("ات")
    noun = _definite(word) or NOUNS.get(word) or (noun_at(word) if is_open else None)
    if noun is None and (own := possessed(word)) and not own[1]:
        noun = own[0]
    is_plural = word.endswith(("ات", *_PERSON_PLURALS))
    if noun is None or noun.category == TIME or not (noun.is_known or is_plural or not numeral.is_digits):
        return None
    # Bare digits before من and no plural are a name or a place in a list: نوت 5 من سامسونغ.
    return Unit(first, first, noun.category, is_known=noun.number == "plural" or not numeral.is_digits)


def _definite(word: str) -> Noun | None:
    """Return the noun with the article, one that the lexicon does not know as any other."""
    if not word.startswith("ال") or len(word) < 5 or word in NUMBER_WORDS:
        return None
    known = NOUNS.get(word[2:])
    if known:
        return known
    return Noun(PEOPLE if is_person_plural(word[2:]) else OTHER, "plural", is_known=False)


def noun_at(word: str) -> Noun | None:
    """Return the indefinite noun that the word is or may be, None for function words, verbs and the like."""
    known = NOUNS.get(word)
    if known:
        return known
    if word in _MONTHS:
        return Noun(TIME, "singular")
    if not ("ء" <= word < "٠") or len(word) < 3 or word in _NO_NOUNS or word in NUMBER_WORDS or word in _PREFIXES:
        return Noun(OTHER, "prefix") if word in _PREFIXES else None
    if word not in _LOOKALIKES and (_has_clitic(word) or _is_verb(word)):
        return None
    return Noun(OTHER, "singular", is_known=False)


def _has_clitic(word: str) -> bool:
    if word.startswith(("ال", "لل", "و")):
        return True
    return word[0] in _CLITIC_LETTERS and (word[1:] in NOUNS or not word.endswith(("ا", "ين")))


def _is_verb(word: str) -> bool:
    return word[0] in _VERB_LETTERS and not word.endswith(_NOUN_ENDINGS)


def _by_shape(word: str, numeral: Numeral) -> Noun:
    """Tell persons by the sound plural after 3 to 10 (خمسة مصطافين) and by the nisba after the rest (20 ليبيا)."""
    takes_plural = numeral.value is None or _is_few(numeral)
    is_person = word.endswith(_PERSON_PLURALS) if takes_plural else word.endswith(("يا", "ي"))
    return Noun(
        PEOPLE if is_person and word not in _NO_PERSONS and len(word) > 4 else OTHER, "singular", is_known=False
    )


def _with_power(tokens: Tokens, first: int, noun: Noun) -> Unit | None:
    """Take in the second word of a unit: كيلو متر, متر مربع, سنة ضوئية."""
    form, last, category = tokens.form, first, noun.category
    following = NOUNS.get(form[first + 1]) if first + 1 < len(form) and form[first] in _PREFIXES else None
    if following:
        last, category = first + 1, following.category
    elif noun.number == "prefix":
        return None
    power = _POWERS.get(form[last + 1]) if last + 1 < len(form) else None
    if power and (is_glued := form[last + 1].isdecimal()):
        power = power if is_glued and tokens.touches_previous(last + 1) else None
    if power and (category == "distance" or (category == TIME and power == "distance") or form[first] == _METER):
        return Unit(first, last + 1, power, is_known=True)
    return Unit(first, last, category, noun.is_known)
