"""The pipeline that the extractors' cases run in: every layer, and an engine that needs no model."""

import pytest

from tests.identity_engine import IdentityEngine
from worker.extractors.registry import load
from worker.pipeline.pipeline import Pipeline


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    return Pipeline(IdentityEngine(), load(), version="0.0.0")
