"""The pipeline that the extractors' cases run in."""

from collections.abc import Sequence

import pytest

from worker.extractors.registry import load
from worker.pipeline.pipeline import Pipeline


class IdentityEngine:
    """Segments nothing: each word is its own stem."""

    name = "identity 1"

    def segment(self, words: Sequence[str]) -> list[str]:
        """Return the words."""
        return list(words)


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    return Pipeline(IdentityEngine(), load(["hashtags", "links"]), version="0.0.0")
