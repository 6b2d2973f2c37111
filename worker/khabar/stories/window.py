"""The articles that may still find company: their digests as tables, a row each, which are used again."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from khabar.stories.columns import COLUMNS, FIRST_WEIGHED, WEIGHED_WIDTH, WIDTH, WIDTHS, WITHIN, place_of
from khabar.stories.digest import Digest
from khabar.stories.places import Places
from khabar.stories.terms import LiveRarity

Rows = NDArray[np.int64]
_FIRST_ROWS: Final = 1024
_COUNTED: Final = ("words", "names", "places")
_WIDTHS: Final = tuple(WIDTHS.values())
_TOP: Final = 10  # words
_SCALARS: Final[dict[str, type[np.generic]]] = {
    "day": np.float64,
    "outlet": np.uint32,
    "dateline": np.uint32,
    "least_of_top": np.float16,
    "top": np.uint8,
    "story": np.uint32,
}


@dataclass(frozen=True, slots=True)
class Batch:
    """K rows of the window.

    Attributes:
        codes: (K, WIDTH) codes, 0 in empty places.
        weights: (K, WEIGHED_WIDTH), of the codes of the weighed columns, 0 in empty places.
        lengths: (K, columns) codes of each column.
        scalars: day, outlet and dateline of each row; `top`, how many of its words are those that tell most, and the least
            weight among them.
    """

    codes: NDArray[np.uint32]
    weights: NDArray[np.float32]
    lengths: NDArray[np.uint8]
    scalars: dict[str, NDArray[Any]]

    def column(self, name: str) -> NDArray[np.uint32]:
        """Return the codes of a column."""
        return self.codes[:, place_of(name)]

    def told(self, name: str) -> NDArray[np.float32]:
        """Return what the terms of a weighed column tell."""
        return self.weights[:, place_of(name, weight=True)]


class Window:
    """Digests by row; about 1,200 bytes each, in tables that grow by a quarter when they are full.

    Articles have serial numbers from 1 in the order in which they came. A row is free again when its article and all before it
    have been dropped. Until then their codes stay, so that an index made again equals the one before.
    """

    def __init__(self, rarity: LiveRarity) -> None:
        """Begin without articles.

        Args:
            rarity: counts the terms of the articles that are kept.
        """
        self._rarity = rarity
        self._codes = np.zeros((_FIRST_ROWS, WIDTH), np.uint32)
        self._weights = np.zeros((_FIRST_ROWS, WEIGHED_WIDTH), np.float16)
        self._lengths = np.zeros((_FIRST_ROWS, len(COLUMNS)), np.uint8)
        self._scalars: dict[str, NDArray[Any]] = {name: np.zeros(_FIRST_ROWS, kind) for name, kind in _SCALARS.items()}
        self._free = array("I", range(_FIRST_ROWS - 1, -1, -1))
        self._rows = _FIRST_ROWS
        self._places = Places()

    def __len__(self) -> int:
        return self._rows - len(self._free)

    @property
    def oldest(self) -> int:
        """The serial number of the oldest article that was not dropped; without such an article, that of the next one."""
        return self._places.oldest

    @property
    def next(self) -> int:
        """The serial number of the next article."""
        return self._places.next

    @property
    def nbytes(self) -> int:
        """Bytes of all tables."""
        tables: list[NDArray[Any]] = [self._codes, self._weights, self._lengths, *self._scalars.values()]
        own = self._free.itemsize * len(self._free) + self._places.nbytes + self._rarity.nbytes
        return sum(table.nbytes for table in tables) + own

    def add(self, digest: Digest, *, day: float) -> int:
        """Keep a digest and return its row."""
        row = self._free_row()
        self._places.add(row)
        self._put(row, digest, day=day)
        return row

    def begin(self, oldest: int, after: int) -> None:
        """In an empty window, let serial numbers begin at `oldest`, and the next article's be `after`."""
        self._places = Places(oldest, after)

    def bring_back(self, serial: int, digest: Digest, *, day: float) -> int:
        """Keep a digest that another window held, under its serial number, from `oldest` on; return its row."""
        row = self._free_row()
        self._places.set(serial, row)
        self._put(row, digest, day=day)
        return row

    def _free_row(self) -> int:
        if not self._free:
            self._grow()
        return self._free.pop()

    def _put(self, row: int, digest: Digest, *, day: float) -> None:
        self._rarity.count_article(np.concatenate([digest.column(name) for name in _COUNTED]))
        full = np.flatnonzero(np.repeat(digest.lengths, _WIDTHS) > WITHIN)
        begin = digest.lengths[0]  # of the weights
        codes, weights = self._codes[row], self._weights[row]
        codes.fill(0)
        codes[full] = digest.codes
        weights.fill(0)
        weights[full[begin : begin + len(digest.weights)] - FIRST_WEIGHED] = digest.weights
        self._lengths[row] = digest.lengths
        words = weights[place_of("words", weight=True)]
        least = least_of_top(words)
        values = {"day": day, "outlet": digest.outlet, "dateline": digest.dateline, "story": 0}
        values |= {"least_of_top": least, "top": int(np.count_nonzero((words >= least) & (words > 0)))}
        for key, value in values.items():
            self._scalars[key][row] = value

    def drop(self, rows: int | Sequence[int]) -> None:
        """Forget articles; the numbers of their rows will be used again."""
        self._scalars["story"][rows] = 0
        while (oldest := self._places.oldest) < self._places.next:
            row = self._places.row(oldest)
            if row >= 0 and self._scalars["story"][row]:
                break
            self._places.pop()
            if row >= 0:
                codes = np.concatenate([self._codes[row, place_of(name)] for name in _COUNTED])
                self._rarity.count_article(codes[codes != 0], -1)
                self._free.append(row)

    def rows_of(self, serials: NDArray[np.uint32]) -> Rows:
        """Return the rows of these articles; -1 of one that has been dropped."""
        rows = self._places.rows(serials)
        rows[(rows >= 0) & (self._scalars["story"][rows] == 0)] = -1
        return rows

    def known(self, *, at_once: int) -> Iterator[tuple[NDArray[np.uint32], Batch]]:
        """Yield the articles whose codes are known, in their order: the serial numbers and rows of so many at once."""
        for begin in range(self._places.oldest, self._places.next, at_once):
            serials = np.arange(begin, min(begin + at_once, self._places.next), dtype=np.uint32)
            rows = self._places.rows(serials)
            yield serials[rows >= 0], self.gather(rows[rows >= 0])

    def gather(self, rows: Rows | Sequence[int]) -> Batch:
        """Return these rows."""
        return Batch(
            self._codes.take(rows, 0),
            self._weights.take(rows, 0).astype(np.float32),
            self._lengths.take(rows, 0),
            {name: table.take(rows) for name, table in self._scalars.items()},
        )

    def digest(self, row: int) -> Digest:
        """Return the digest of a row, its weights as exact as they are kept."""
        codes = self._codes[row]
        weighed = codes[FIRST_WEIGHED : FIRST_WEIGHED + WEIGHED_WIDTH] != 0
        day, outlet, dateline = (self._scalars[name][row] for name in ("day", "outlet", "dateline"))
        return Digest(
            float(day),
            int(outlet),
            int(dateline),
            codes[codes != 0],
            tuple(self._lengths[row].tolist()),
            self._weights[row][weighed].astype(np.float32),
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
        self._codes = _longer(self._codes, more)  # one by one: each old table goes before the next is made
        self._weights = _longer(self._weights, more)
        self._lengths = _longer(self._lengths, more)
        for name in self._scalars:
            self._scalars[name] = _longer(self._scalars[name], more)
        self._free.extend(range(self._rows + more - 1, self._rows - 1, -1))
        self._rows += more


def _longer(table: NDArray[Any], more: int) -> NDArray[Any]:
    longer = np.zeros(
        (len(table) + more, *table.shape[1:]), table.dtype
    )  # pages that nothing is written to take no memory
    longer[: len(table)] = table
    return longer


def least_of_top(weights: NDArray[Any]) -> Any:
    """Return the tenth of an article's weights of words, the greatest first; of fewer the least."""
    at = max(len(weights) - _TOP, 0)
    return np.partition(weights, at)[at]
