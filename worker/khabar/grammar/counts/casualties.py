"""What befell the people that a number counts: the nearest word of its sentence that says so."""

from collections.abc import Sequence
from typing import Final

from khabar.grammar.surface import surfaces
from khabar.lexicons import entries

# How many tokens away the governing word may be; further off it governs something else.
_MAX_BEFORE: Final = 14
_MAX_AFTER: Final = 10
# A word this near before the number wins over any after it: قتل 3 جنود أصيبوا.
_NEAR: Final = 5


def _events(*places: str, with_article: bool = False) -> dict[str, str]:
    rows = (line.split("\t") for line in entries("quantities/events"))
    lexicon = {word: category for word, category, place in rows if place in places}
    return {form: surface.value for form, surface in surfaces(lexicon, with_article=with_article).items()}


_BEFORE: Final = _events("before", "both")
_AFTER: Final = _events("after", "both")
_COUNTS: Final = _events("count", with_article=True)
_CLAUSES: Final = frozenset(entries("quantities/clauses"))
_PARTS: Final = frozenset(entries("quantities/parts"))


def is_event(word: str) -> bool:
    """Whether the word says what befalls the people counted after it."""
    return word in _BEFORE or word in _COUNTS


def casualty(
    form: Sequence[str], first: int, last: int, sentence: range, *, whole: str | None, has_unit: bool
) -> str | None:
    """Return killed, wounded, displaced, detained, missing, or people where a word says that none of these is meant.

    Args:
        form: the document's tokens.
        first, last: the tokens of the quantity.
        sentence: the tokens of its sentence.
        whole: what befell the people counted before it, of whom بينهم and منهم make it a part.
        has_unit: whether it names whom it counts; then "the dead" further off are others.
    """
    after = _after(form, last + 1, sentence.stop)
    for distance, index in enumerate(range(first - 1, max(first - _MAX_BEFORE, sentence.start) - 1, -1)):
        word = form[index]
        if word in _BEFORE and not (after and distance >= _NEAR):
            return _BEFORE[word]
        if word in _COUNTS and not (after or (has_unit and distance >= _NEAR)):
            return _COUNTS[word]
        if word in _CLAUSES:
            break
        if word in _PARTS:
            return after or whole
    return after


def _after(form: Sequence[str], first: int, end: int) -> str | None:
    for index in range(first, min(first + _MAX_AFTER, end)):
        word = form[index]
        if word in _AFTER:
            return _AFTER[word]
        if word in _CLAUSES or word in _BEFORE or word == "،" or "0" <= word < ":":
            return None
    return None
