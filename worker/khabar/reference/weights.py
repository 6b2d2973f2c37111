"""Weights of named features, and decisions by their sums: yes or no, and one of several."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from itertools import chain, repeat
from math import exp
from pathlib import Path
from typing import Final, Self

from khabar.models import REFERENCE

_ZEROS: Final = repeat(0.0)
_UNIT: Final = 10_000  # weights are stored as multiples of 1 / 10,000, whose sums are exact in any order
_MOST: Final = 20_000


class Names(tuple[str, ...]):
    """Features that occur together, such as those of a word and its neighbour, so that their weights are summed only once.

    Compared and hashed by identity, for speed. The functions that make them must return the same object each time (lru_cache).
    """

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        """Whether both are the same object."""
        return self is other


Features = Sequence[str | Names]


def flat(features: Features) -> list[str]:
    """Return single features, as training needs them."""
    return [name for part in features for name in ((part,) if isinstance(part, str) else part)]


class _Sums(dict[str | Names, int]):
    """Weights of single features, and sums of those that occur together; a bounded number of sums is kept."""

    def __init__(self, weights: Mapping[str, int]) -> None:
        super().__init__(weights.items())
        self._weights = weights
        self._most = len(weights) + _MOST

    def __missing__(self, names: str | Names) -> int:
        if isinstance(names, str):
            return 0
        if len(self) >= self._most:
            self.clear()
            self.update(self._weights.items())
        total = self[names] = sum(self._weights.get(name, 0) for name in names)
        return total


class _Parts(dict[str | Names, tuple[float, ...]]):
    """The weights of a feature, or of features that come together, those of 0 left out; a bounded number is kept."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        super().__init__((name, (weight,)) for name, weight in weights.items())
        self._weights = weights
        self._most = len(weights) + _MOST

    def __missing__(self, names: str | Names) -> tuple[float, ...]:
        if isinstance(names, str):
            return ()
        if len(self) >= self._most:
            self.clear()
            self.update((name, (weight,)) for name, weight in self._weights.items())
        parts = self[names] = tuple([weight for name in names if (weight := self._weights.get(name))])
        return parts


class Weights:
    """Feature -> weight; a feature without a weight counts 0.

    Attributes:
        version: a hash of the file.
    """

    def __init__(self, weights: Mapping[str, float], version: str = "") -> None:
        """Take the weights."""
        self._weights = dict(weights)
        self._parts = _Parts(self._weights)
        self.version = version

    @classmethod
    @cache
    def load(cls, name: str, folder: Path = REFERENCE) -> Self:
        """Read a file of features and weights, tab-separated; the package has one for each decision."""
        data = (folder / f"{name}.tsv").read_bytes()
        rows = (line.split("\t") for line in data.decode("utf-8").splitlines() if not line.startswith("#"))
        return cls({name: float(weight) for name, weight in rows}, sha256(data).hexdigest()[:12])

    def score(self, features: Features) -> float:
        """Return the sum of the features' weights, added in their order; above 0 means yes."""
        return sum(chain.from_iterable(map(self._parts.__getitem__, features)))

    def score_each(self, names: Iterable[str]) -> float:
        """Return the sum of single features, whose sums are not kept."""
        return sum(map(self._weights.get, names, _ZEROS))

    def best(self, candidates: Iterable[Features]) -> int:
        """Return the index of the greatest sum; the first if several are equal."""
        scores = list(map(self.score, candidates))
        return scores.index(max(scores))

    def best_unless_none(self, candidates: Iterable[Features]) -> int:
        """Choose between several places and none, where none is the last candidate.

        None is chosen if it is at least as likely as all places together, because similar places divide their likelihood among
        them. Otherwise the place with the greatest sum is chosen.

        Returns:
            The candidate's index.
        """
        scores = list(map(self.score, candidates))
        greatest = max(scores)
        likely = [exp(score - greatest) for score in scores]
        none = likely.pop()
        if none >= sum(likely):
            return len(likely)
        return likely.index(max(likely))


class JoinedWeights(Weights):
    """Weights for features of which some occur together, as for statements. Their sums are exact."""

    def __init__(self, weights: Mapping[str, float], version: str = "") -> None:
        """Take the weights."""
        super().__init__({}, version)
        self._sums = _Sums({name: round(weight * _UNIT) for name, weight in weights.items()})

    def score(self, features: Features) -> float:
        """Return the sum of the features' weights; above 0 means yes."""
        return sum(map(self._sums.__getitem__, features)) / _UNIT
