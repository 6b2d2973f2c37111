"""The fast recognizer: a small convolutional network with a CRF, in numpy.

A word's vector does not depend on its context and is cached, so an article needs only a few matrix products.
training/entities/fast/network.py trains the same network.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from khabar.entities.fast.consistency import consistent
from khabar.entities.fast.features import Units, features, units, word_type
from khabar.entities.fast.labels import LABELS, spans
from khabar.entities.fast.paths import Paths
from khabar.entities.fast.proclitics import Proclitics
from khabar.entities.fast.spans import names
from khabar.entities.fast.weights import Weights, find, find_all, load
from khabar.entities.recognizer import Name
from khabar.text.document import Document

# 400 bytes for each word, 24 MB at most.
MAX_CACHED_WORDS: Final = 60_000
# Longer sentences are cut, so that time stays linear; a sentence this long is mostly a list.
LONGEST_SENTENCE: Final = 150
# Words that go through the network at once; a larger block would only need more memory.
_BLOCK: Final = 8_192

Floats = NDArray[np.float32]


class FastRecognizer:
    """Finds names at over 100,000 words a second. Not safe for several threads at once."""

    def __init__(
        self, weights: Weights | None = None, *, domain: str = "news", max_cached_words: int = MAX_CACHED_WORDS
    ) -> None:
        """Open the weights.

        Args:
            weights: by default those in the package.
            domain: the annotation guidelines to follow: "news", khabar's own, or "anercorp", a corpus also used in training.
            max_cached_words: most vectors of words to keep.
        """
        weights = load() if weights is None else weights
        self.models: Mapping[str, str] = {"entities": f"fast {weights.version}".rstrip()}
        self._words = _WordVectors(weights, max_cached_words)
        self._network = _Network(weights.layers, domain)
        self._paths = Paths(weights.layers[f"{domain}/follow"])
        self._proclitics = Proclitics(weights.proclitics.tolist(), weights.how_common)

    def recognize(self, document: Document) -> Sequence[Name]:
        """Return the names in text order; none overlaps another."""
        found = units(document)
        if not found.types:
            return []
        starts = _bounded(found.starts)
        scores, groups = self._scores(found.types, starts)
        scores = self._network.with_repeated(scores, groups)
        path = self._paths.best(scores, starts).tolist()
        whole = consistent(spans(path), groups.tolist(), found.types, starts.tolist())
        return names(document, whole, found.tokens, self._proclitics)

    def log_probabilities(self, found: Units) -> Floats:
        """Return the logarithm of each label's probability at each unit, summed over all label sequences."""
        if not found.types:
            return np.zeros((0, len(LABELS)), np.float32)
        starts = _bounded(found.starts)
        scores, groups = self._scores(found.types, starts)
        return self._paths.log_marginals(self._network.with_repeated(scores, groups), starts)

    def _scores(self, types: Sequence[str], starts: NDArray[np.int64]) -> tuple[Floats, NDArray[np.int64]]:
        """Return each unit's label scores, and the number of its word without proclitics."""
        scores, groups = [], []
        for first, last in _blocks(starts):
            vectors, bases = self._words.look_up(types[starts[first] : starts[last]])
            scores.append(self._network.scores(vectors, starts[first : last + 1] - starts[first]))
            groups.append(bases)
        return np.concatenate(scores), np.concatenate(groups)


class _Network:
    """The layers as matrices."""

    def __init__(self, layers: Mapping[str, Floats], domain: str) -> None:
        first = layers["first"]  # 5D x H, the words from left to right
        self._second = layers["second"]  # 3 x H x H
        self._reach = self._second.shape[0] // 2 * 2
        # One product for each relative position: a third of the time of a single product that is 320 columns wide.
        self._first = first.reshape(2 * self._reach + 1, -1, first.shape[1])
        self._first_bias = layers["first_bias"]
        self._second_bias = layers["second_bias"]
        self._output = layers[f"{domain}/output"]
        self._output_bias = layers[f"{domain}/output_bias"]
        self._repeated = layers[f"{domain}/repeated"]

    def scores(self, vectors: Floats, starts: NDArray[np.int64]) -> Floats:
        """Return N x L label scores of N words from their vectors, sentence by sentence."""
        reach, size = self._reach, vectors.shape[1]
        gap = 2 * reach  # empty rows, so that no sentence sees another
        lengths = np.diff(starts)
        places = np.arange(len(vectors)) + np.repeat(np.arange(1, len(lengths) + 1) * gap, lengths)
        rows = np.zeros((len(vectors) + gap * (len(lengths) + 1), size), np.float32)
        rows[places] = vectors
        count = len(rows) - 2 * reach
        near = rows[:count] @ self._first[0]
        for place in range(1, 2 * reach + 1):
            near += rows[place : place + count] @ self._first[place]
        near += self._first_bias
        np.maximum(near, 0, out=near)
        inner = count - 2 * reach
        far = near[:inner] @ self._second[0]
        far += near[reach : reach + inner] @ self._second[1]
        far += near[2 * reach :] @ self._second[2]
        far += self._second_bias
        np.maximum(far, 0, out=far)
        far += near[reach : reach + inner]
        scores: Floats = far[places - gap] @ self._output
        scores += self._output_bias
        return scores

    def with_repeated(self, scores: Floats, groups: NDArray[np.int64]) -> Floats:
        """Add a score from all occurrences of a word in the article: the greatest probability of each label among them."""
        columns = scores.T.copy()  # numpy goes down long columns ten times as fast as along short rows
        columns -= columns.max(0)
        np.exp(columns, out=columns)
        columns /= columns.sum(0)
        order = np.argsort(groups, kind="stable")
        sorted_groups = groups[order]
        is_first = np.concatenate([[True], sorted_groups[1:] != sorted_groups[:-1]])
        best = np.maximum.reduceat(columns.T[order], np.flatnonzero(is_first)) @ self._repeated
        result = scores.copy()
        result[order] += best[np.cumsum(is_first) - 1]
        return result


class _WordVectors:
    """A cache of the vectors of word types, with a bounded size.

    Two tables of half the size each: when the young one is full it becomes the old one, and what is still in use comes
    back from there. Both are there from the start and change places: blocks of megabytes that come and go would leave holes.
    """

    def __init__(self, weights: Weights, max_words: int) -> None:
        self._weights = weights
        self._half = max(max_words // 2, _BLOCK)
        self._young, self._old = (_Table(self._half, len(weights.unknown)) for _ in range(2))

    def look_up(self, types: Sequence[str]) -> tuple[Floats, NDArray[np.int64]]:
        """Return the vectors of N <= _BLOCK words, and a number for each word without its proclitics."""
        new = {kind for kind in types if kind not in self._young.rows}
        if new and len(self._young.rows) + len(new) > self._half:
            self._old, self._young = self._young, self._old
            self._young.rows.clear()
            new = set(types)
        if new:
            ordered = sorted(new)
            self._young.copy([kind for kind in ordered if kind in self._old.rows], self._old)
            if unseen := [kind for kind in ordered if kind not in self._old.rows]:
                self._compute(unseen)
        table = self._young
        rows = np.array(list(map(table.rows.__getitem__, types)))
        return table.vectors[rows], table.bases[rows]

    def _compute(self, types: Sequence[str]) -> None:
        """Add the vectors of types that are in neither table."""
        weights = self._weights
        rows: list[int] = []
        counts: list[int] = []
        word_rows: list[int] = []
        bases: list[int] = []
        for kind in types:
            word = word_type(kind)
            found = find_all(weights.features, features(word))
            rows += found
            counts.append(len(found))
            row = find(weights.words, word.base)
            word_rows.append(find(weights.words, word.form) if row < 0 else row)
            bases.append(hash(word.base))  # a hash, because counted numbers would have to be kept for the whole article
        vectors = weights.word_vectors(word_rows)
        used = np.flatnonzero(counts)
        if len(used):
            parts = weights.feature_vectors[rows] * weights.feature_scale[rows, None]
            begins = np.cumsum([0, *counts[:-1]])
            vectors[used] += np.add.reduceat(parts, begins[used])
        self._young.add(types, vectors, np.array(bases, np.int64))


class _Table:
    """Rows of word types: the vector, and a number that identifies the word without its proclitics."""

    def __init__(self, size: int, dimensions: int) -> None:
        self.rows: dict[str, int] = {}
        self.vectors = np.empty((size, dimensions), np.float32)
        self.bases = np.empty(size, np.int64)

    def add(self, types: Sequence[str], vectors: Floats, bases: NDArray[np.int64]) -> None:
        """Append types; the table must have room and must not contain them yet."""
        first = len(self.rows)
        last = first + len(types)
        self.vectors[first:last] = vectors
        self.bases[first:last] = bases
        self.rows.update(zip(types, range(first, last), strict=True))

    def copy(self, types: Sequence[str], other: "_Table") -> None:
        """Append types that are in another table."""
        rows = [other.rows[kind] for kind in types]
        self.add(types, other.vectors[rows], other.bases[rows])


def _bounded(starts: Sequence[int]) -> NDArray[np.int64]:
    """Cut sentences longer than LONGEST_SENTENCE; return the new starts, and at the end the number of words."""
    cut: list[int] = []
    for first, last in pairwise(starts):
        cut += range(first, last, LONGEST_SENTENCE)
    return np.array([*cut, starts[-1]], np.int64)


def _blocks(starts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield (first sentence, sentence after the last) of stretches of at most _BLOCK words."""
    first = 0
    while first < len(starts) - 1:
        last = int(np.searchsorted(starts, starts[first] + _BLOCK, side="right")) - 1
        yield first, last
        first = last
