"""The pipeline that the extractors' cases run in: every layer, with the engine that is deployed."""

import pytest

from khabar.bootstrap import build_engine
from khabar.engines.base import Engine
from khabar.extractors.registry import load
from khabar.pipeline.pipeline import Pipeline
from khabar.settings import Settings


@pytest.fixture(scope="session")
def engine() -> Engine:
    return build_engine(Settings())


@pytest.fixture(scope="session")
def pipeline(engine: Engine) -> Pipeline:
    return Pipeline(engine, load(), version="0.0.0")
