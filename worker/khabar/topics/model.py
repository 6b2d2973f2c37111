"""Linear models over terms and features of form, and their probabilities."""

from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from khabar.models import TOPICS
from khabar.text.memo import Memo
from khabar.topics.terms import stem

Floats = NDArray[np.float64]
Vector = tuple[NDArray[np.intp], Floats]  # rows of terms and their weights

_TERMS: Final = "terms.txt"
_ALMOST_ZERO: Final = 1e-9


class Vocabulary:
    """Terms and how much each tells, shared by the models.

    Attributes:
        idf: float, V: the logarithm of how rare a term is.
    """

    def __init__(self, words: Sequence[str], idf: Floats) -> None:
        """Take V terms and V weights."""
        row_of = {word: row for row, word in enumerate(words)}
        self._row_of = Memo[int](lambda word: row_of.get(stem(word), -1))
        self.idf = idf

    def vector(self, words: Sequence[str], weights: Sequence[int]) -> Vector:
        """Return the rows of the known terms and how much each tells, of length 1 together; both empty where none is known.

        Args:
            words: N segmented words. weights: N, how often each counts.
        """
        rows = np.array(self._row_of.of(words), np.intp)
        known = rows >= 0
        rows, at = np.unique(rows[known], return_inverse=True)
        if not len(rows):
            return rows, np.zeros(0)
        often = np.bincount(at, np.array(weights, float)[known])
        tells = (1 + np.log(often)) * self.idf[rows]
        return rows, tells / np.sqrt(tells @ tells)


class Linear:
    """A linear model with K classes.

    Attributes:
        classes: their names.
        threshold: a class of less probability is not given.
        version: a hash of the file.
    """

    def __init__(self, classes: Sequence[str], data: Mapping[str, NDArray[np.generic]], version: str = "") -> None:
        """Take the weights.

        Args:
            classes: K names.
            data: `words`: int8, V x K; `scale`: K, what an int8 step is worth; `bias`: K; `form`: F x K, `mean`, `spread`: F,
                F being 0 for a model without features of form; `sharpness`; `slope`, `shift`; `threshold`.
        """
        self.classes = tuple(classes)
        self.version = version
        self.threshold = float(data["threshold"].astype(float))
        self._words = data["words"]
        self._scale, self._bias, self._form, self._mean, self._spread = (
            data[name].astype(float) for name in ("scale", "bias", "form", "mean", "spread")
        )
        self._sharpness, self._slope, self._shift = (
            float(data[name].astype(float)) for name in ("sharpness", "slope", "shift")
        )

    def probabilities(self, vector: Vector, form: Sequence[float] = ()) -> Floats:
        """Return K probabilities of being the one class that fits best; they sum up to 1."""
        rows, weights = vector
        scores = (weights @ self._words[rows].astype(float)) * self._scale + self._bias
        if len(form):
            scores += ((np.array(form) - self._mean) / self._spread) @ self._form
        scores *= self._sharpness
        likely: Floats = np.exp(scores - scores.max())
        likely /= likely.sum()
        return likely

    def fits(self, probabilities: Floats) -> Floats:
        """Return for each class how likely it is that an editor would give it, with or without other classes."""
        sure = np.minimum(np.maximum(probabilities, _ALMOST_ZERO), 1 - _ALMOST_ZERO)
        odds = np.log(sure / (1 - sure))
        fit: Floats = 1 / (1 + np.exp(-(self._slope * odds + self._shift)))
        return fit


@cache
def vocabulary(folder: Path = TOPICS) -> Vocabulary:
    """Load the shared vocabulary."""
    words = (folder / _TERMS).read_text(encoding="utf-8").split("\n")[:-1]
    return Vocabulary(words, np.load(folder / "idf.npy").astype(float))


@cache
def load(name: str, folder: Path = TOPICS) -> Linear:
    """Load a model: `topics` or `genre`."""
    path = folder / f"{name}.npz"
    with np.load(path) as file:
        data = {key: file[key] for key in file.files}
    version = sha256(path.read_bytes() + (folder / _TERMS).read_bytes()).hexdigest()[:12]
    return Linear([str(one) for one in data.pop("classes")], data, version)
