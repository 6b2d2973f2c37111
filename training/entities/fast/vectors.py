"""Pretrained word vectors and clusters, as training reads them."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from khabar.entities.fast.features import WordType


class Vectors:
    """Vectors and clusters of the frequent words in plain spelling; row 0 is for all other words.

    Attributes:
        rows: word -> row.
        matrix: float32, one vector of unit length a row; row 0 is zero.
        clusters: the cluster numbers of a row, coarse to fine; none for row 0.
    """

    def __init__(self, vectors: Path, words: Path, clusters: Path) -> None:
        """Read the int8 matrix with a scale a row, its words, and `word, cluster, ...` lines."""
        stored = np.load(vectors)
        matrix = stored["vectors"].astype(np.float32) * stored["scale"].astype(np.float32)[:, None]
        matrix /= np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-6)
        self.matrix: NDArray[np.float32] = np.vstack([np.zeros((1, matrix.shape[1]), np.float32), matrix])
        names = words.read_text(encoding="utf-8").split("\n")
        self.rows = {word: row for row, word in enumerate(names[: len(matrix)], 1)}
        self.clusters: list[tuple[str, ...]] = [()] * len(self.matrix)
        with gzip.open(clusters, "rt", encoding="utf-8") as file:
            for line in file:
                word, *numbers = line.rstrip("\n").split("\t")
                if row := self.rows.get(word, 0):
                    self.clusters[row] = tuple(numbers)

    def row(self, word: WordType) -> int:
        """Return the row of a word: of its base, else of the whole; 0 for none."""
        return self.rows.get(word.base) or self.rows.get(word.form, 0)

    def cluster_features(self, row: int) -> Iterator[str]:
        """Yield the features of a row's clusters."""
        if not row:
            yield "c=none"
        for level, number in enumerate(self.clusters[row]):
            yield f"c={level}/{number}"
