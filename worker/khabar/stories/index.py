"""Finds articles that share something rare: a table of fixed size, in which the newest articles of each term are kept."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_FIRST_BUCKETS: Final = 1 << 12
# The newest articles of a term. A term of more articles within the window is either no rare one, or belongs to a story that
# each of the eight leads to.
_PLACES: Final = 8


class Index:
    """Code -> rows of the newest articles that have it.

    Codes that fall in one bucket share its places; who asks compares what is found. So an article costs as much among a million
    as among ten thousand, and nothing needs to be taken out: a row that is used again is only looked at once more.
    """

    def __init__(self, buckets: int = _FIRST_BUCKETS) -> None:
        self._rows = np.zeros((buckets, _PLACES), np.uint32)  # a row's number plus one; 0 is an empty place
        self._next = np.zeros(buckets, np.uint8)

    @property
    def buckets(self) -> int:
        """How many there are, a power of two."""
        return len(self._rows)

    @property
    def nbytes(self) -> int:
        """Bytes of the table."""
        return self._rows.nbytes + self._next.nbytes

    def add(self, codes: NDArray[np.uint32], row: int) -> None:
        """Let each code lead to the row."""
        buckets = np.unique(self._buckets_of(codes))
        places = self._next[buckets]
        self._rows[buckets, places] = row + 1
        self._next[buckets] = (places + 1) % _PLACES

    def find(self, codes: NDArray[np.uint32], *, most: int) -> NDArray[np.int64]:
        """Return the rows that most of the codes lead to, ascending; at most `most`."""
        found = self._rows[np.unique(self._buckets_of(codes))].ravel()
        rows, times = np.unique(found[found != 0], return_counts=True)
        if len(rows) > most:
            rows = np.sort(rows[np.argsort(-times, kind="stable")[:most]])
        return rows.astype(np.int64) - 1

    def _buckets_of(self, codes: NDArray[np.uint32]) -> NDArray[np.int64]:
        # The low bits of a sum over short texts are less even than its high ones.
        spread = codes.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(32)
        return (spread % np.uint64(len(self._rows))).astype(np.int64)
