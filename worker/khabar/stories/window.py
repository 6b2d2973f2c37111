"""The articles that may still find company: their digests as tables, a row each, which are used again."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from khabar.stories.digest import WEIGHED, WIDTHS, Digest
from khabar.stories.sketch import reach
from khabar.stories.terms import LiveRarity

Rows = NDArray[np.int64]
_FIRST_ROWS: Final = 1024
_COUNTED: Final = ("words", "names", "places")
_SCALARS: Final[dict[str, type[np.generic]]] = {
    "day": np.float64,
    "outlet": np.uint32,
    "dateline": np.uint32,
    "reach": np.uint32,
    "story": np.uint32,
}


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of the window.

    Attributes:
        codes: column -> (rows, width) codes, 0 in empty places.
        weights: weighed column -> (rows, width), 0 in empty places.
        scalars: day, outlet, dateline and reach of each row.
    """

    codes: dict[str, NDArray[np.uint32]]
    weights: dict[str, NDArray[np.float32]]
    scalars: dict[str, NDArray[Any]]


class Window:
    """Digests by row; some 1,200 bytes each, in tables that grow by a quarter when they are full."""

    def __init__(self, rarity: LiveRarity) -> None:
        """Begin without articles.

        Args:
            rarity: counts the terms of the articles that are kept.
        """
        self._rarity = rarity
        self._codes = {name: np.zeros((_FIRST_ROWS, width), np.uint32) for name, width in WIDTHS.items()}
        self._weights = {name: np.zeros((_FIRST_ROWS, WIDTHS[name]), np.float16) for name in WEIGHED}
        self._scalars: dict[str, NDArray[Any]] = {name: np.zeros(_FIRST_ROWS, kind) for name, kind in _SCALARS.items()}
        self._free = array("I", range(_FIRST_ROWS - 1, -1, -1))
        self._rows = _FIRST_ROWS

    def __len__(self) -> int:
        return self._rows - len(self._free)

    @property
    def nbytes(self) -> int:
        """Bytes of all tables."""
        tables: list[NDArray[Any]] = [*self._codes.values(), *self._weights.values(), *self._scalars.values()]
        return sum(table.nbytes for table in tables) + self._free.itemsize * len(self._free) + self._rarity.nbytes

    def add(self, digest: Digest, *, day: float) -> int:
        """Keep a digest and return its row."""
        if not self._free:
            self._grow()
        row = self._free.pop()
        self._rarity.count_article(np.concatenate([digest.codes[name] for name in _COUNTED]))
        for name, table in self._codes.items():
            table[row] = 0
            table[row, : len(digest.codes[name])] = digest.codes[name]
        for name, weights in self._weights.items():
            weights[row] = 0
            weights[row, : len(digest.weights[name])] = digest.weights[name]
        values = {"day": day, "outlet": digest.outlet, "dateline": digest.dateline, "story": 0}
        for key, value in (values | {"reach": reach(digest.codes["sketch"])}).items():
            self._scalars[key][row] = value
        return row

    def drop(self, row: int) -> None:
        """Forget a row; its number will be used again."""
        codes = np.concatenate([self._codes[name][row] for name in _COUNTED])
        self._rarity.count_article(codes[codes != 0], -1)
        for table in self._codes.values():
            table[row] = 0
        self._scalars["story"][row] = 0
        self._free.append(row)

    def gather(self, rows: Rows | Sequence[int]) -> Batch:
        """Return these rows."""
        return Batch(
            {name: table[rows] for name, table in self._codes.items()},
            {name: table[rows].astype(np.float32) for name, table in self._weights.items()},
            {name: table[rows] for name, table in self._scalars.items()},
        )

    def digest(self, row: int) -> Digest:
        """Return the digest of a row, its weights as exact as they are kept."""
        kept = self.gather([row])
        lengths = {name: int((codes[0] != 0).sum()) for name, codes in kept.codes.items()}
        day, outlet, dateline = (kept.scalars[name][0] for name in ("day", "outlet", "dateline"))
        return Digest(
            float(day),
            int(outlet),
            int(dateline),
            {name: codes[0, : lengths[name]] for name, codes in kept.codes.items()},
            {name: weights[0, : lengths[name]] for name, weights in kept.weights.items()},
        )

    def day(self, row: int) -> float:
        """Return when the article of a row was published, in days since 1970."""
        return float(self._scalars["day"][row])

    def days(self, rows: Rows) -> NDArray[np.float64]:
        """Return when the articles of these rows were published, in days since 1970."""
        found: NDArray[np.float64] = self._scalars["day"][rows]
        return found

    def stories(self, rows: Rows) -> NDArray[np.uint32]:
        """Return the stories of these rows; 0 of an empty row."""
        found: NDArray[np.uint32] = self._scalars["story"][rows]
        return found

    def set_story(self, rows: Rows | Sequence[int], story: int) -> None:
        """Put the rows into a story, a number from 1."""
        self._scalars["story"][rows] = story

    def _grow(self) -> None:
        more = self._rows // 4  # doubling would leave half of a large window empty
        for name in self._codes:  # one by one: each old table goes before the next is made
            self._codes[name] = _longer(self._codes[name], more)
        for name in self._weights:
            self._weights[name] = _longer(self._weights[name], more)
        for name in self._scalars:
            self._scalars[name] = _longer(self._scalars[name], more)
        self._free.extend(range(self._rows + more - 1, self._rows - 1, -1))
        self._rows += more


def _longer(table: NDArray[Any], more: int) -> NDArray[Any]:
    return np.concatenate([table, np.zeros((more, *table.shape[1:]), table.dtype)])
