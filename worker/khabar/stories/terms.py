"""A text's words as they are compared across articles, and how much each tells."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from khabar.grammar.folding import CARELESS_NAMES, fold_text
from khabar.lexicons import entries
from khabar.models import STORIES
from khabar.text.memo import Memo
from khabar.text.normalize import normalize

_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_PREFIX: Final = re.compile("[وف]?(?:[بكل]?ال|لل)|[وف](?=.{4})")
_SUFFIX: Final = re.compile("(?:ها|ان|ات|ون|ين|يه|ته|هم|ه|ي)$")
_LEAST_STEM: Final = 3  # letters
_FUNCTION_WORDS: Final = frozenset(word.translate(CARELESS_NAMES) for word in entries("function_words/ar"))
BUCKETS: Final = 1 << 17
STEPS: Final = 10  # of the table, to a factor of e
_MOST_WORDS: Final = 100_000  # whose codes are kept; about as many different ones stand in 5,000 articles
# Articles of the window that count as much as the whole table: by 500 of them a new name is known to be on everybody's lips.
_TABLE_COUNTS: Final = 500
_AS_MANY: Final = _TABLE_COUNTS * np.exp(-np.arange(256) / STEPS)  # of them have a term, by its value in the table


def word_codes(text: str) -> list[int]:
    """Return the codes of a text's words by their stems, in order; without function words, numbers and words of one letter."""
    found = _WORD.findall(fold_text(normalize(text).text, CARELESS_NAMES))
    return list(filter(None, _CODES.of(found)))


def stem(word: str) -> str:
    """Return a folded word without article, conjunction and one ending, of which at least three letters must stay.

    Source: Larkey, Ballesteros, Connell, "Light stemming for Arabic information retrieval", 2007 (light10, fewer passes).
    """
    begun = _PREFIX.match(word)
    if begun and len(word) - begun.end() >= _LEAST_STEM:
        word = word[begun.end() :]
    ended = _SUFFIX.search(word)
    if ended and ended.start() >= _LEAST_STEM:
        word = word[: ended.start()]
    return word


def code(term: str) -> int:
    """Return the number that stands for a term: 32 bits, never 0, which is an empty place."""
    return crc32(term.encode()) or 1


def _code_of(word: str) -> int:
    return 0 if word in _FUNCTION_WORDS else code(stem(word))


_CODES: Final = Memo(_code_of, most=_MOST_WORDS)


class Rarity:
    """How much a term tells: the logarithm of articles / articles with it, from a table of the background corpus."""

    def __init__(self, table: NDArray[np.uint8]) -> None:
        """Take a table.

        Args:
            table: (BUCKETS,) the value times STEPS of the terms that fall in each bucket.
        """
        self._table = table

    @classmethod
    def load(cls, folder: Path = STORIES) -> "Rarity":
        """Read the table that khabar ships."""
        return cls(np.load(folder / "rarity.npy"))

    @classmethod
    def count(cls, articles: Iterable[Iterable[int]], *, fewest: int = 2) -> "Rarity":
        """Return the table of a corpus: of each article its terms' codes; what fewer than `fewest` have counts as unseen."""
        buckets: dict[int, int] = {}
        total = 0
        for terms in articles:
            total += 1
            for bucket in {term % BUCKETS for term in terms}:
                buckets[bucket] = buckets.get(bucket, 0) + 1
        table = np.full(BUCKETS, min(255, STEPS * np.log(max(total, 1))), dtype=np.uint8)
        for bucket, times in buckets.items():
            if times >= fewest:
                table[bucket] = min(255, int(STEPS * np.log(total / times)))
        return cls(table)

    def save(self, folder: Path) -> None:
        """Write what `load` reads."""
        np.save(folder / "rarity.npy", self._table)

    def of(self, codes: NDArray[np.uint32]) -> NDArray[np.float32]:
        """Return the value of each term by its code."""
        return np.asarray(self._table[codes % BUCKETS] / STEPS, np.float32)


class LiveRarity(Rarity):
    """How much a term tells among the articles of the window: what is new and in all of them tells less than the table knows.

    Only the terms that the window keeps of an article are counted, so that a window that is brought back counts alike. They are
    not all: a term never tells more than by the table.
    """

    def __init__(self, rarity: Rarity) -> None:
        """Begin without articles."""
        super().__init__(rarity._table)
        self._times = np.zeros(BUCKETS, np.int32)
        self._articles = 0

    @property
    def nbytes(self) -> int:
        """Bytes of the counts."""
        return self._times.nbytes

    def count_article(self, codes: NDArray[np.uint32], times: int = 1) -> None:
        """Count an article's terms; with -1 for `times`, one that has left the window."""
        buckets = codes % BUCKETS
        self._times[buckets] += times  # a bucket counts once an article, as an assignment by index does
        self._articles += times

    def of(self, codes: NDArray[np.uint32]) -> NDArray[np.float32]:
        """Return the value of each term by its code."""
        buckets = codes % BUCKETS
        known = self._table[buckets]
        seen = _AS_MANY[known] + self._times[buckets]
        # In steps, like the table. The 0.01 keeps values off the edge of a step, so that every machine gives the same.
        told = np.floor(STEPS * np.log((_TABLE_COUNTS + self._articles) / seen) + 0.01)
        return (np.minimum(known, told) / STEPS).astype(np.float32)


def _codes_of_name(key: str) -> tuple[int, ...]:
    parts = (word for word in key.split() if len(word) > 1 and word not in _FUNCTION_WORDS)
    return tuple(code("@" + stem(word)) for word in parts)


_NAMES: Final = Memo(_codes_of_name)
_PLACES: Final = Memo(lambda key: code("@" + key))


def name_codes(key: str) -> tuple[int, ...]:
    """Return the parts of an entity's key as codes of their own kind: who is named in full and by one name shares a part."""
    return _NAMES[key]


def place_code(key: str) -> int:
    """Return a place's code, of the same kind."""
    return _PLACES[key]
