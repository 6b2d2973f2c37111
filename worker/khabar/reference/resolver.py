"""The learned choice of a speaker: each feature has a weight, and the candidate with the greatest sum is chosen."""

from collections.abc import Sequence

from khabar.reference.candidates import Case
from khabar.reference.weights import Features, Weights


class Resolver:
    """Chooses speakers by weights.

    Attributes:
        version: a hash of the weights.
    """

    def __init__(self, weights: Weights) -> None:
        """Take the weights in the file `speakers`."""
        self._weights = weights
        self.version = weights.version

    def __call__(self, _: Case, features: Sequence[Features], /) -> int:
        """Return the index of the candidate with the greatest sum; the first if several are equal."""
        return self._weights.best(features)
