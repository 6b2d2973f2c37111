"""Two logistic regressions over the features of a pair: is it a copy, and is it one story."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from khabar.models import STORIES

BIAS: Final = "bias"
# From where each decision says yes: one story, a copy. docs/how-to/stories.md has what others would give.
LIKELY: Final = 0.6
COPIED: Final = 0.5
_LEAST_COPIED: Final = 0.25  # of the shorter one's phrases; of the copies in training/stories none shares less than 0.3
_MOST: Final = 30.0  # exp of more tells nothing


class Decision:
    """One of them.

    Attributes:
        weights: feature -> weight. bias: their sum without a feature.
        version: a hash of the weights.
    """

    def __init__(self, weights: Mapping[str, float], version: str = "") -> None:
        """Take the weights of the features, and `bias`."""
        self.weights = {name: weight for name, weight in weights.items() if name != BIAS}
        self.bias = weights.get(BIAS, 0.0)
        self.version = version

    @classmethod
    def load(cls, name: str, folder: Path = STORIES) -> "Decision":
        """Read a file of features and weights, tab-separated; khabar ships `copy` and `same`."""
        data = (folder / f"{name}.tsv").read_bytes()
        rows = (line.split("\t") for line in data.decode("utf-8").splitlines() if not line.startswith("#"))
        return cls({feature: float(weight) for feature, weight in rows}, sha256(data).hexdigest()[:12])

    def likely(self, features: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        """Return of each pair how likely it is.

        Args:
            features: name -> (K,) values; those without a weight count nothing.
        """
        return np.asarray(Decisions(self).likely(features)[0])


class Decisions:
    """Several of them at once."""

    def __init__(self, *decisions: Decision) -> None:
        """Take the decisions."""
        self._names = list(dict.fromkeys(name for each in decisions for name in each.weights))
        self._weights = np.array([[each.weights.get(name, 0.0) for name in self._names] for each in decisions])
        self._bias = np.array([[each.bias] for each in decisions])

    def likely(self, features: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        """Return of each decision and pair how likely it is.

        Args:
            features: name -> (K,) values; those without a weight count nothing.
        """
        columns = [features[name] for name in self._names]
        table = np.concatenate(columns, dtype=np.float32, casting="unsafe").reshape(len(columns), -1)
        total = self._weights @ table + self._bias
        return np.asarray(1 / (1 + np.exp(-np.clip(total, -_MOST, _MOST))))


def can_be_copies(features: Mapping[str, NDArray[Any]]) -> NDArray[np.bool_]:
    """Return of each pair whether one may be a copy of the other, however likely it is by its words."""
    return np.asarray((features["contained"] >= _LEAST_COPIED) & (features["other_fact"] == 0), np.bool_)
