"""Weights of named features, and the decisions that they make: yes or no, and which of several."""

from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from itertools import repeat
from math import exp
from pathlib import Path
from typing import Final

from khabar.models import REFERENCE

_ZEROS: Final = repeat(0.0)


class Weights:
    """Feature -> weight; a feature without one counts nothing.

    Attributes:
        version: a hash of the file.
    """

    def __init__(self, weights: Mapping[str, float], version: str = "") -> None:
        """Take the weights."""
        self._weights = dict(weights)
        self.version = version

    @classmethod
    @cache
    def load(cls, name: str, folder: Path = REFERENCE) -> "Weights":
        """Read a file of features and weights, tab-separated; khabar ships one for each decision."""
        data = (folder / f"{name}.tsv").read_bytes()
        rows = (line.split("\t") for line in data.decode("utf-8").splitlines() if not line.startswith("#"))
        return cls({name: float(weight) for name, weight in rows}, sha256(data).hexdigest()[:12])

    def score(self, features: Sequence[str]) -> float:
        """Return the sum; above 0 is yes."""
        return sum(map(self._weights.get, features, _ZEROS))

    def best(self, candidates: Sequence[Sequence[str]]) -> int:
        """Return the index of the greatest sum; the first of equals."""
        scores = [self.score(names) for names in candidates]
        return scores.index(max(scores))

    def best_unless_none(self, candidates: Sequence[Sequence[str]]) -> int:
        """Return the index of the greatest sum where the last candidate, none of the others, is less likely than all together.

        Many places that are alike share the likelihood of there being one.
        """
        scores = [self.score(names) for names in candidates]
        greatest = max(scores)
        likely = [exp(score - greatest) for score in scores]
        none = likely.pop()
        if none >= sum(likely):
            return len(likely)
        return likely.index(max(likely))
