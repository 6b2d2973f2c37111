"""The pipeline that the extractors' cases run in: every layer, with the engine that is deployed."""

import pytest

from worker.bootstrap import build_engine
from worker.engines.base import Engine
from worker.extractors.registry import load
from worker.pipeline.pipeline import Pipeline
from worker.settings import Settings


@pytest.fixture(scope="session")
def engine() -> Engine:
    return build_engine(Settings())


@pytest.fixture(scope="session")
def pipeline(engine: Engine) -> Pipeline:
    return Pipeline(engine, load(), version="0.0.0")
