"""Modifiers of numbers: phrases before the number (أكثر من, نحو) and after it (على الأقل, تقريبا)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Final, NamedTuple

from khabar.grammar.surface import CONJUNCTIONS, PREPOSITIONS, spellings, surfaces
from khabar.lexicons import entries

# Most adjectives between a counted noun and a modifier: عشر مرات يوميا على الأقل.
_MAX_BETWEEN: Final = 2


class Modifier(NamedTuple):
    """A phrase found in the text: its meaning, its tokens, and the number of proclitic characters of its first word."""

    name: str
    first: int
    last: int
    proclitic_chars: int


def _phrases(name: str, clitics: Iterable[str]) -> Mapping[tuple[str, ...], tuple[str, int]]:
    found: dict[tuple[str, ...], tuple[str, int]] = {}
    for line in entries(name):
        phrase, modifier = line.split("\t")
        for words in product(*(tuple(spellings(word)) for word in phrase.split())):
            for clitic in clitics:
                found.setdefault((clitic + words[0], *words[1:]), (modifier, len(clitic)))
    return found


_BEFORE: Final = _phrases("quantities/modifiers_before", [c + p for c in CONJUNCTIONS for p in PREPOSITIONS])
_AFTER: Final = _phrases("quantities/modifiers_after", [""])
_LAST_WORDS: Final = frozenset(phrase[-1] for phrase in _BEFORE)
_FIRST_WORDS: Final = frozenset(phrase[0] for phrase in _AFTER)
_LENGTHS: Final = range(max(map(len, (*_BEFORE, *_AFTER))), 0, -1)
_THAN: Final = "من"
_COMPARED: Final = frozenset(surfaces(dict.fromkeys(("أكثر", "أقل")), prepositions=("",), with_article=False))
_FUNCTION_WORDS: Final = frozenset(entries("function_words/ar"))


def modifier_before(form: Sequence[str], index: int, start: int) -> Modifier | None:
    """Return the longest phrase that ends right before token `index` and begins at token `start` or later."""
    if index <= start or form[index - 1] not in _LAST_WORDS:
        return None
    for length in _LENGTHS:
        if length <= index - start and (found := _BEFORE.get(tuple(form[index - length : index]))):
            return Modifier(found[0], index - length, index - 1, found[1])
    return None


def modifier_after(form: list[str], last: int, limit: int) -> Modifier | None:
    """Return the phrase after token `last` and before token `limit`; a few adjectives may come in between."""
    for first in _places(form, last + 1, limit):
        if form[first] in _FIRST_WORDS:
            for length in _LENGTHS:
                if length == 1 and first > last + 1:
                    break  # after an adjective, a single word such as "and less" often begins another clause
                if form[first + length : first + length + 1] == [_THAN] and form[first + length - 1] in _COMPARED:
                    continue  # 45 dead and "more than" 200 wounded: it belongs to the next number
                if first + length <= limit and (found := _AFTER.get(tuple(form[first : first + length]))):
                    return Modifier(found[0], first, first + length - 1, 0)
    return None


def _places(form: Sequence[str], first: int, limit: int) -> Iterator[int]:
    for index in range(first, min(first + _MAX_BETWEEN + 1, limit)):
        yield index
        word = form[index]
        if not word.isalpha() or word in _FUNCTION_WORDS or word.startswith("و"):
            return
