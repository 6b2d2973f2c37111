"""Mark further mentions of the names found in an article: the same full names, last names and single words elsewhere.

A recognizer often finds only some mentions of a name, because only some have a context that shows it.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from khabar.entities.fast.features import word_type
from khabar.entities.recognizer import EntityType

Span = tuple[EntityType, int, int]  # type, first and last word

# A single word becomes a name everywhere if at least this share of its occurrences was recognized as a name. Exact F1 on gold
# articles held back: 76.8, 77.2 and 76.5 for 0, 0.2 and 0.34; 76.5 without single words; 75.0 without this module.
_LEAST_SHARE: Final = 0.2
_LEAST_LETTERS: Final = 4


def consistent(found: Sequence[Span], words: Sequence[int], types: Sequence[str], starts: Sequence[int]) -> list[Span]:
    """Return the names of an article and their further mentions.

    Args:
        found: names in text order.
        words: a number for each word; words that differ only in proclitics have the same number.
        types: the words' types.
        starts: first word of each sentence, and at the end the number of words; no name crosses the end of a sentence.

    Returns:
        Names in text order, without overlaps. A repeated full name replaces shorter names inside it.
    """
    if not found:
        return []
    return _Article(found, words, types).repeated(starts)


class _Article:
    """The names of an article, by position and, if they have several words, by first word."""

    def __init__(self, found: Sequence[Span], words: Sequence[int], types: Sequence[str]) -> None:
        self._words = words
        self._types = types
        self._owner: dict[int, Span] = {}
        self._full: dict[int, dict[tuple[int, ...], Counter[EntityType]]] = {}
        for span in found:
            self._put(span)
            kind, first, last = span
            if last > first:
                name = tuple(words[first : last + 1])
                self._full.setdefault(name[0], {}).setdefault(name, Counter())[kind] += 1
        self._lengths = {word: sorted(set(map(len, names)), reverse=True) for word, names in self._full.items()}

    def repeated(self, starts: Sequence[int]) -> list[Span]:
        """Return the names and their further mentions."""
        if self._full:
            for first in [first for first, word in enumerate(self._words) if word in self._full]:
                self._repeat_full(first, starts[bisect_right(starts, first)])
        self._repeat_last_names()
        self._repeat_single_words()
        return sorted(set(self._owner.values()), key=lambda span: span[1])

    def _put(self, span: Span) -> None:
        for word in range(span[1], span[2] + 1):
            self._owner[word] = span

    def _repeat_full(self, first: int, end: int) -> None:
        """Mark the longest known name whose words begin at `first`, unless a name that is there extends beyond it."""
        names = self._full[self._words[first]]
        # Tried by length, not name by name: a thousand names may begin with the same word.
        for length in self._lengths[self._words[first]]:
            last = first + length - 1
            name = tuple(self._words[first : last + 1])
            if last >= end or name not in names:
                continue
            inside = {span for word in range(first, last + 1) if (span := self._owner.get(word))}
            if all(first <= span[1] and span[2] <= last for span in inside) and (
                len(inside) != 1 or next(iter(inside))[1:] != (first, last)
            ):
                self._put((names[name].most_common(1)[0][0], first, last))
            return

    def _repeat_last_names(self) -> None:
        """Mark the last word of a person's full name as a person wherever it occurs outside a name."""
        last_names = {
            self._words[last]
            for kind, first, last in self._owner.values()
            if kind == "PER" and last > first and _is_long(self._types[last])
        }
        for word, number in enumerate(self._words):
            if number in last_names and word not in self._owner:
                self._owner[word] = ("PER", word, word)

    def _repeat_single_words(self) -> None:
        kinds: dict[int, Counter[EntityType]] = {}
        for kind, first, last in self._owner.values():
            if first == last and _is_long(self._types[first]):
                kinds.setdefault(self._words[first], Counter())[kind] += 1
        free = [word for word, number in enumerate(self._words) if number in kinds and word not in self._owner]
        counts = Counter(self._words[word] for word in free)
        for word in free:
            named = kinds[self._words[word]]
            if named.total() >= _LEAST_SHARE * (named.total() + counts[self._words[word]]):
                kind = named.most_common(1)[0][0]
                self._owner[word] = (kind, word, word)


@lru_cache(maxsize=8192)
def _is_long(segments: str) -> bool:
    """Whether a word of this type is long enough to be marked by itself; short ones such as علي are often other words."""
    return len(word_type(segments).base) >= _LEAST_LETTERS
