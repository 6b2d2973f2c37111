"""The fast recognizer: a small convolutional network with a CRF, in numpy.

A word's vector depends on the word alone and is kept, so that an article costs a few matrix products.
worker/models/entities/fast/network.py is the same network as it is trained.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.entities.fast.features import features, units, word_type
from worker.entities.fast.labels import spans
from worker.entities.fast.paths import Paths
from worker.entities.fast.proclitics import Proclitics
from worker.entities.fast.spans import names
from worker.entities.fast.weights import Weights, find, load
from worker.entities.recognizer import Name
from worker.pipeline.document import Document

VERSION: Final = "1"
# 320 bytes a word: 10 MB. An article brings 15 words in a hundred that are not among them.
MAX_CACHED_WORDS: Final = 30_000
# Longer sentences are cut: so long a column of words is a list, and time stays linear in it.
LONGEST_SENTENCE: Final = 150
# Words that go through the network at once; more would only take memory.
_BLOCK: Final = 8_192

Floats = NDArray[np.float32]


class FastRecognizer:
    """Finds names at over 100,000 words a second. Not safe for several threads at once."""

    models: Mapping[str, str] = MappingProxyType({"entities": f"fast {VERSION}"})

    def __init__(
        self, weights: Weights | None = None, *, domain: str = "news", max_cached_words: int = MAX_CACHED_WORDS
    ) -> None:
        """Open the weights.

        Args:
            weights: those of the package by default.
            domain: whose guidelines to follow: those of khabar's news, or "anercorp", which helped in training.
            max_cached_words: so many words' vectors are kept at most.
        """
        weights = load() if weights is None else weights
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
        return names(document, spans(path), found.tokens, self._proclitics)

    def scores(self, document: Document) -> Floats:
        """Return the label scores of a document's units, before paths are sought: for training on them."""
        found = units(document)
        scores, groups = self._scores(found.types, _bounded(found.starts))
        return self._network.with_repeated(scores, groups)

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
        self._first = layers["first"]  # 5D x H, the words from left to right
        self._first_bias = layers["first_bias"]
        self._second = layers["second"]  # 3 x H x H
        self._second_bias = layers["second_bias"]
        self._output = layers[f"{domain}/output"]
        self._output_bias = layers[f"{domain}/output_bias"]
        self._repeated = layers[f"{domain}/repeated"]
        self._reach = self._second.shape[0] // 2 * 2

    def scores(self, vectors: Floats, starts: NDArray[np.int64]) -> Floats:
        """Return N x L label scores of N words from their vectors, sentence by sentence."""
        reach, size = self._reach, vectors.shape[1]
        gap = 2 * reach  # empty rows: no sentence sees another
        lengths = np.diff(starts)
        places = np.arange(len(vectors)) + np.repeat(np.arange(1, len(lengths) + 1) * gap, lengths)
        rows = np.zeros((len(vectors) + gap * (len(lengths) + 1), size), np.float32)
        rows[places] = vectors
        count = len(rows) - 2 * reach
        # Five neighbouring rows lie side by side in memory: one row of the windows.
        windows = np.lib.stride_tricks.as_strided(rows, (count, (2 * reach + 1) * size), rows.strides)
        near = windows @ self._first
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
        """Add what the occurrences of a word in the article tell one another: the greatest probability of each label."""
        shares = np.exp(scores - scores.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True)
        order = np.argsort(groups, kind="stable")
        sorted_groups = groups[order]
        is_first = np.concatenate([[True], sorted_groups[1:] != sorted_groups[:-1]])
        best = np.maximum.reduceat(shares[order], np.flatnonzero(is_first)) @ self._repeated
        result = scores.copy()
        result[order] += best[np.cumsum(is_first) - 1]
        return result


class _WordVectors:
    """Vectors of word types, kept in one table; it is emptied when it is full."""

    def __init__(self, weights: Weights, max_words: int) -> None:
        self._weights = weights
        self._rows: dict[str, int] = {}
        self._vectors = np.zeros((max(max_words, _BLOCK), len(weights.unknown)), np.float32)
        self._base_of = np.zeros(len(self._vectors), np.int64)

    def look_up(self, types: Sequence[str]) -> tuple[Floats, NDArray[np.int64]]:
        """Return the vectors of N <= _BLOCK words, and a number for each word without its proclitics."""
        new = {kind for kind in types if kind not in self._rows}
        if new:
            if len(self._rows) + len(new) > len(self._vectors):
                self._rows.clear()
                new = set(types)
            self._add(sorted(new))
        rows = np.array(list(map(self._rows.__getitem__, types)))
        return self._vectors[rows], self._base_of[rows]

    def _add(self, types: Sequence[str]) -> None:
        """Compute the vectors of new types."""
        weights = self._weights
        rows: list[int] = []
        counts: list[int] = []
        word_rows: list[int] = []
        for place, kind in enumerate(types, len(self._rows)):
            word = word_type(kind)
            found = [row for feature in features(word) if (row := find(weights.features, feature)) >= 0]
            rows += found
            counts.append(len(found))
            row = find(weights.words, word.base)
            word_rows.append(find(weights.words, word.form) if row < 0 else row)
            self._base_of[place] = hash(word.base)  # numbers would have to be kept for the whole article
        vectors = weights.word_vectors(word_rows)
        used = np.flatnonzero(counts)
        if len(used):
            parts = weights.feature_vectors[rows] * weights.feature_scale[rows, None]
            begins = np.cumsum([0, *counts[:-1]])
            vectors[used] += np.add.reduceat(parts, begins[used])
        first = len(self._rows)
        self._vectors[first : first + len(types)] = vectors
        self._rows.update(zip(types, range(first, first + len(types)), strict=True))


def _bounded(starts: Sequence[int]) -> NDArray[np.int64]:
    """Cut long sentences."""
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
