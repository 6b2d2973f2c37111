"""Codes of measures in UCUM: متر is m, كيلومتر مربع km2, درجة مئوية Cel, ميغاواط ساعة MW.h."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from khabar.grammar.counts.counted import Unit
from khabar.grammar.counts.nouns import LEMMAS, NOUN_CLITICS, PERCENT
from khabar.lexicons import entries

_CODES: Final = dict(line.split("\t") for line in entries("quantities/unit_codes"))
_PREFIXES: Final = dict(line.split("\t") for line in entries("quantities/unit_code_prefixes"))
_DEGREES: Final = dict(line.split("\t") for line in entries("quantities/degrees"))
_OTHER_SCALES: Final = frozenset(entries("quantities/other_scales"))
# Most tokens, on either side, from a degree to the word that names its scale.
_MAX_TO_SCALE: Final = 25
_POWERS: Final = {"area": "2", "volume": "3"}
# UCUM has separate codes for these.
_SPECIAL_POWERS: Final = {"[ft_i]2": "[sft_i]", "[ft_i]3": "[cft_i]", "[in_i]2": "[sin_i]", "[in_i]3": "[cin_i]"}
_LINEAR: Final = frozenset({"m", "km", "cm", "mm", "um", "nm", "[ft_i]", "[in_i]", "[yd_i]", "[mi_i]"})
_CUBIC_SYMBOLS: Final = {"م2": "m2", "م3": "m3", "كم2": "km2", "كم3": "km3"}
_METERS: Final = frozenset({"م", "وم"})  # the lexicon has كم, سم and غم as entries
_DEGREE: Final = "درجة"
_LIGHT_YEAR: Final = ("ضوئية", "ضوئيه")


def _phrases() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for line in entries("quantities/unit_code_phrases"):
        base, phrase, code = line.split("\t")
        found.setdefault(base, []).append((tuple(phrase.split()), code))
    return found


_PHRASES: Final = _phrases()


def unit_code(form: Sequence[str], unit: Unit, sentence: range) -> str | None:
    """Return the UCUM code of a unit; None if it is not a measure, or has no fixed size.

    Args:
        form: the document's tokens.
        unit: the unit, with its proclitics.
        sentence: the tokens of its sentence, where the scale of degrees may be named.
    """
    if unit.category == PERCENT:
        return "%"
    first, last = form[unit.first], form[unit.last]
    if last in _LIGHT_YEAR and last != first:
        return "[ly]"
    if first in _CUBIC_SYMBOLS:
        return _CUBIC_SYMBOLS[first]
    lemma = "م" if first in _METERS else lemma_of(first)
    if lemma == _DEGREE:
        return _degree(form, unit.last, sentence)
    noun_end = unit.first
    if unit.last > unit.first and first in _PREFIXES:
        noun_end += 1
        lemma = first + (lemma_of(form[noun_end]) or form[noun_end])
    code = _code(lemma) if lemma else None
    if code in _LINEAR and unit.category in _POWERS:
        code += _POWERS[unit.category]
        return _SPECIAL_POWERS.get(code, code)
    return _with_phrase(form, noun_end, code) if code else None


@lru_cache(maxsize=2048)
def lemma_of(word: str) -> str | None:
    """Return the lexicon's entry of a measure or currency of which the word is a form; None for other words."""
    for chars in (0, 1, 2):
        stem = word[chars:]
        if stem in LEMMAS and (not chars or set(word[:chars]) <= NOUN_CLITICS):
            return LEMMAS[stem]
        if stem.startswith("ال") and stem[2:] in LEMMAS:
            return LEMMAS[stem[2:]]
    return None


def _code(lemma: str) -> str | None:
    if lemma in _CODES:
        return _CODES[lemma]
    for prefix, letter in _PREFIXES.items():
        base = lemma.removeprefix(prefix)
        if base != lemma and base in _CODES:
            return letter + _CODES[base]
    return None


def _degree(form: Sequence[str], last: int, sentence: range) -> str | None:
    """Return the scale named by the next word, otherwise the only one nearby; None for 5 درجات على مقياس ريختر."""
    if not _OTHER_SCALES.isdisjoint(form[last + 1 : last + 3]):
        return None
    if last + 1 < sentence.stop and form[last + 1] in _DEGREES:
        return _DEGREES[form[last + 1]]
    near = range(max(sentence.start, last - _MAX_TO_SCALE), min(sentence.stop, last + _MAX_TO_SCALE))
    named = {_DEGREES[form[index]] for index in near if form[index] in _DEGREES}
    return named.pop() if len(named) == 1 else None


def _with_phrase(form: Sequence[str], last: int, code: str) -> str:
    for words, whole in _PHRASES.get(code, ()):
        if tuple(form[last + 1 : last + 1 + len(words)]) == words:
            return whole
    return code
