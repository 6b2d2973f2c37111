"""One converted model for all tests here: a conversion takes 9 s."""

from pathlib import Path

import pytest

from worker.engines.farasa_embedded import FarasaEmbedded, FarasaModelError


@pytest.fixture(scope="session")
def model_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache directory that holds the converted model; skips where PyFarasa is not installed."""
    folder = tmp_path_factory.mktemp("cache")
    try:
        FarasaEmbedded(folder)
    except FarasaModelError as error:
        pytest.skip(str(error))
    return folder
