"""Serial number -> row of the window: a ring of the articles from the oldest on that has not been dropped."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_FIRST: Final = 1024


class Places:
    """Where the articles stand; those before `oldest` stand nowhere any more."""

    def __init__(self, oldest: int = 1, after: int | None = None) -> None:
        """Begin without articles.

        Args:
            oldest: the first serial number, from 1. after: the next article's; those in between are `set`.
        """
        self.oldest = oldest
        self.next = oldest if after is None else after
        self._ring = np.zeros(_FIRST, np.uint32)  # a row's number plus one; 0 is an empty place
        while len(self._ring) < self.next - self.oldest:
            self._ring = np.zeros(2 * len(self._ring), np.uint32)

    @property
    def nbytes(self) -> int:
        """Bytes of the ring."""
        return self._ring.nbytes

    def add(self, row: int) -> int:
        """Let the next article stand in a row; return its serial number."""
        if self.next - self.oldest == len(self._ring):
            serials = np.arange(self.oldest, self.next)
            longer = np.zeros(2 * len(self._ring), np.uint32)
            longer[serials % len(longer)] = self._ring[serials % len(self._ring)]
            self._ring = longer
        self.next += 1
        self.set(self.next - 1, row)
        return self.next - 1

    def set(self, serial: int, row: int) -> None:
        """Let an article stand in a row."""
        self._ring[serial % len(self._ring)] = row + 1

    def pop(self) -> None:
        """Forget the oldest article."""
        self._ring[self.oldest % len(self._ring)] = 0
        self.oldest += 1

    def row(self, serial: int) -> int:
        """Return the row of an article from `oldest` on; -1 of one that stands nowhere."""
        return int(self._ring[serial % len(self._ring)]) - 1

    def rows(self, serials: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Return the rows of articles; -1 of those that stand nowhere."""
        rows = self._ring[serials % len(self._ring)].astype(np.int64) - 1
        rows[serials < self.oldest] = -1
        return rows
