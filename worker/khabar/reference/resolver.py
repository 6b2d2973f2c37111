"""The learned choice: each feature has a weight, the candidate with the greatest sum is meant."""

from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from khabar.models import REFERENCE
from khabar.reference.candidates import Case

WEIGHTS: Final = REFERENCE / "speakers.tsv"


class Resolver:
    """Chooses by weights.

    Attributes:
        version: a hash of the weights.
    """

    def __init__(self, weights: Mapping[str, float], version: str = "") -> None:
        """Take feature -> weight; features without one count nothing."""
        self._weights = dict(weights)
        self.version = version

    @classmethod
    @cache
    def load(cls, path: Path = WEIGHTS) -> "Resolver":
        """Read a file of features and weights, tab-separated; khabar ships one."""
        data = path.read_bytes()
        rows = (line.split("\t") for line in data.decode("utf-8").splitlines() if not line.startswith("#"))
        return cls({name: float(weight) for name, weight in rows}, sha256(data).hexdigest()[:12])

    def __call__(self, _: Case, features: Sequence[Sequence[str]], /) -> int:
        """Return the index of the candidate that is meant; the first of equals."""
        weight = self._weights.get
        scores = [sum(weight(name, 0.0) for name in names) for names in features]
        return scores.index(max(scores))
