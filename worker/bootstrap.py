"""Composition root of the pipeline: settings -> engine, extractors, pipeline. The rest of the service is in service.py."""

from importlib.metadata import version

from worker.engines.farasa_embedded.engine import FarasaEmbedded
from worker.extractors.entities import RECOGNIZERS, EntityExtractor
from worker.extractors.registry import load
from worker.pipeline.pipeline import Pipeline
from worker.settings import Settings


def build_engine(settings: Settings) -> FarasaEmbedded:
    """Open the engine's model, converting it first where that has never been done."""
    return FarasaEmbedded(settings.cache_dir)


def build_pipeline(settings: Settings) -> Pipeline:
    """Build the pipeline with every extractor that its layers need.

    The recognizer of names is the one of the settings; extractors know no settings.
    """
    extractors = load(
        settings.layers, instead={"entities": lambda: EntityExtractor(RECOGNIZERS[settings.recognizer]())}
    )
    return Pipeline(build_engine(settings), extractors, settings.layers, version=version("khabar"))
