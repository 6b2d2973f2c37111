"""Finds articles that share something rare: a table of fixed size, in which the newest articles of each term are kept."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_FIRST_BUCKETS: Final = 1 << 12
# The newest articles of a term. A term of more articles within the window is either no rare one, or belongs to a story that
# each of the eight leads to.
_PLACES: Final = 8
_KEYS_PER_BUCKET: Final = 6  # above that the index should have more buckets

Codes = NDArray[np.uint32]
Rows = NDArray[np.int64]
Buckets = NDArray[np.int64]


class Index:
    """Code -> serial numbers of the newest articles that have it.

    Codes that fall in one bucket share its places; who asks compares what is found. So an article costs as much among a million
    as among ten thousand, and nothing needs to be taken out: an article that is gone leads to no row.
    """

    def __init__(self, buckets: int = _FIRST_BUCKETS) -> None:
        self._serials = np.zeros((buckets, _PLACES), np.uint32)  # 0 is an empty place
        self._next = np.zeros(buckets, np.uint8)

    @property
    def size(self) -> int:
        """How many buckets there are, a power of two."""
        return len(self._serials)

    @property
    def nbytes(self) -> int:
        """Bytes of the table."""
        return self._serials.nbytes + self._next.nbytes

    def is_full(self, keys: int) -> bool:
        """Whether so many keys of articles should have more buckets."""
        return keys > self.size * _KEYS_PER_BUCKET

    def buckets_of(self, codes: Codes) -> Buckets:
        """Return the buckets that codes fall in, ascending."""
        buckets = np.sort(self._spread(codes))
        return buckets[_is_first(buckets)]  # np.unique takes several times as long

    def add(self, buckets: Buckets, serial: int) -> None:
        """Let each bucket lead to an article."""
        places = self._next[buckets]
        self._serials[buckets, places] = serial
        self._next[buckets] = (places + 1) % _PLACES

    def add_all(self, codes: Codes, serials: Codes) -> None:
        """Do what `add` would do for one article after the other.

        Args:
            codes: (K,) of all of them. serials: (K,) of the article that has the code, ascending.
        """
        # Ascending by bucket, then by serial; an article counts once in a bucket.
        pairs = np.unique(self._spread(codes).astype(np.uint64) << np.uint64(32) | serials.astype(np.uint64))
        buckets, serials = (pairs >> np.uint64(32)).astype(np.int64), pairs.astype(np.uint32)
        _, begins, counts = np.unique(buckets, return_index=True, return_counts=True)
        rank = np.arange(len(buckets)) - np.repeat(begins, counts)
        last = rank + _PLACES >= np.repeat(counts, counts)
        places = (self._next[buckets] + rank) % _PLACES
        self._serials[buckets[last], places[last]] = serials[last]
        self._next[buckets[begins]] = (self._next[buckets[begins]] + counts) % _PLACES

    def find(self, buckets: Buckets, rows_of: Callable[[Codes], Rows], *, most: int) -> Rows:
        """Return the rows that most of the buckets lead to, in the order in which the articles came; at most `most`.

        Args:
            rows_of: says of serials in which row each stands; -1 for an article that is gone.
        """
        found = self._serials[buckets].ravel()
        found = np.sort(found[found != 0])
        begins = np.flatnonzero(_is_first(found))
        serials, times = found[begins], np.diff(begins, append=len(found))
        rows = rows_of(serials)
        rows, times = rows[rows >= 0], times[rows >= 0]
        if len(rows) > most:
            rows = rows[np.sort(np.argsort(-times, kind="stable")[:most])]
        return rows

    def _spread(self, codes: Codes) -> NDArray[np.int64]:
        # The low bits of a sum over short texts are less even than its high ones.
        spread = codes.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(32)
        return (spread % np.uint64(len(self._serials))).astype(np.int64)


def _is_first(ascending: NDArray[Any]) -> NDArray[np.bool_]:
    """Return of each value whether it differs from the one before it."""
    first = np.ones(len(ascending), np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    return first
