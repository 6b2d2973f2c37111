"""One converted model for all tests here: a conversion takes 9 s."""

from pathlib import Path

import pytest

from worker.engines.farasa_embedded import FarasaEmbedded


@pytest.fixture(scope="session")
def model_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache directory that holds the converted model."""
    folder = tmp_path_factory.mktemp("cache")
    FarasaEmbedded(folder)
    return folder
