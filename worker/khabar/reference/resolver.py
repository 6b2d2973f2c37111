"""The learned choice of a speaker: each feature has a weight, the candidate with the greatest sum is meant."""

from collections.abc import Sequence

from khabar.reference.candidates import Case
from khabar.reference.weights import Features, Weights


class Resolver:
    """Chooses by weights.

    Attributes:
        version: a hash of the weights.
    """

    def __init__(self, weights: Weights) -> None:
        """Take the weights of `speakers`."""
        self._weights = weights
        self.version = weights.version

    def __call__(self, _: Case, features: Sequence[Features], /) -> int:
        """Return the index of the candidate that is meant; the first of equals."""
        return self._weights.best(features)
