"""Verbs that bound a number: يفوق 500, تجاوزت قيمتها 3 مليارات, لا يقل عددهم عن 20."""

from collections.abc import Sequence
from typing import Final

from khabar.lexicons import entries

_NO_PREPOSITION: Final = "-"
# Before digits, الـ is a separate token.
_PASSED_OVER: Final = frozenset({"ال", '"', "«", "("})
# Most words between the verb and the number: its subject and the noun for the amount.
_MAX_BETWEEN: Final = 4
_MAX_TO_VERB: Final = 10
_NEGATED: Final = {"more_than": "at_most", "less_than": "at_least", "about": "exact"}


def _verbs() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for line in entries("quantities/modifier_verbs"):
        verb, preposition, modifier = line.split("\t")
        for conjunction in ("", "و", "ف"):
            found.setdefault(conjunction + verb, {})[preposition] = modifier
    return found


_VERBS: Final = _verbs()
_WORDS: Final = frozenset(_VERBS)
_PREPOSITIONS: Final = frozenset(preposition for bounds in _VERBS.values() for preposition in bounds)
_NEGATIONS: Final = frozenset(entries("quantities/negations"))
_LINKS: Final = frozenset({"أن", "ان", "يكاد", "تكاد", "يكد", "تكد"})
_AMOUNTS: Final = frozenset(entries("quantities/amounts"))
_FUNCTION_WORDS: Final = frozenset(entries("function_words/ar"))


def modifier_of_verb(form: Sequence[str], first: int, start: int) -> str | None:
    """Return the bound that a verb before token `first` puts on the number: more_than, less_than, about, at_most, at_least.

    Args:
        form: the document's tokens.
        first: the first token of the quantity.
        start: nothing before this token is read.
    """
    if _WORDS.isdisjoint(form[max(first - _MAX_TO_VERB, start) : first]):
        return None
    index = first - 1
    while index >= max(start, first - _MAX_BETWEEN) and form[index] in _PASSED_OVER:
        index -= 1
    preposition = _NO_PREPOSITION
    if index >= start and form[index] in _PREPOSITIONS:
        preposition, index = form[index], index - 1
    for place in range(index, max(index - _MAX_BETWEEN, start) - 1, -1):
        word = form[place]
        modifier = _VERBS.get(word, {}).get(preposition)
        if modifier and (place == index or not _AMOUNTS.isdisjoint(form[place + 1 : place + 3])):
            return _NEGATED[modifier] if _is_negated(form, place, start) else modifier
        if not word.isalpha() or word in _FUNCTION_WORDS:
            return None
    return None


def _is_negated(form: Sequence[str], verb: int, start: int) -> bool:
    """Whether the verb is negated; أن or يكاد may come in between: لا تكاد تتجاوز, دون أن يتجاوز."""
    index = verb - 1
    if index > start and form[index] in _LINKS:
        index -= 1
    return index >= start and form[index] in _NEGATIONS
