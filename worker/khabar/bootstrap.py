"""Composition root of the pipeline: settings -> engine, extractors, pipelines. The rest of the service is in service.py."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

from khabar.engines.base import Engine
from khabar.engines.farasa_embedded.engine import FarasaEmbedded
from khabar.errors import NotInstalled
from khabar.keys.names import Lane
from khabar.lexicons.kept import without_garbage_collection

if TYPE_CHECKING:  # nine tenths of the start of an extraction; `khabar up` and `khabar segment` need only the engine
    from khabar.extractors.base import Extractor
    from khabar.pipeline.pipeline import Pipeline
    from khabar.settings import Settings


def build_engine(settings: "Settings") -> Engine:
    """Open the engine's model, converting it first where that has never been done, or find Farasa's jars.

    Raises:
        FarasaModelError: the embedded engine's model is not installed.
        FarasaNotReady: Java or the jars are missing, or were not accepted. That they work is only known after `check`.
    """
    if settings.engine == "farasapy":
        from khabar.farasa_jars.build import FarasaJars  # here: others need none of it

        return FarasaJars(settings).engine()
    return FarasaEmbedded(settings.cache_dir)


def build_pipelines(settings: "Settings") -> "dict[Lane, Pipeline]":
    """Build each lane's pipeline, with every extractor that its layers need.

    Lanes differ in who finds names, as the settings say; extractors know no settings. All else is opened once and shared,
    and lanes that do not differ share one pipeline.

    Raises:
        FarasaModelError, FarasaNotReady: as for `build_engine`.
        NotInstalled: the recognizers' weights are not there.
        EncoderUnavailable: onnxruntime or the accurate recognizer's weights are missing.
    """
    with without_garbage_collection():
        return _build_pipelines(settings)


def _build_pipelines(settings: "Settings") -> "dict[Lane, Pipeline]":
    from khabar.extractors.registry import load
    from khabar.pipeline.pipeline import Pipeline
    from khabar.pipeline.source_zones import SourceZones

    engine = build_engine(settings)
    try:
        extractors = load(settings.layers, also=_optional(settings))
    except ModuleNotFoundError as error:
        if error.name != "khabar.models":
            raise
        raise NotInstalled(
            "the recognizers' weights and the table of places are not installed; run: pip install khabar-models"
        ) from error
    recognizers = {lane: settings.recognizer_of(lane) for lane in Lane}
    zones = SourceZones.read(settings.source_zones) if settings.source_zones else None
    built = {
        name: Pipeline(
            engine,
            _with_recognizer(name, extractors, settings),
            settings.layers,
            version=version("khabar"),
            zones=zones,
        )
        for name in sorted(set(recognizers.values()))
    }
    return {lane: built[name] for lane, name in recognizers.items()}


def build_pipeline(settings: "Settings") -> "Pipeline":
    """Build the live lane's pipeline, which also extracts without a queue."""
    return build_pipelines(settings)[Lane.LIVE]


def _optional(settings: "Settings") -> "list[Extractor]":
    """Return the extractors of layers that are made only where they are asked for by name."""
    if "pos" not in (settings.layers or ()):
        return []
    from khabar.farasa_jars.build import FarasaJars

    return [FarasaJars(settings).tagger()]


def _with_recognizer(name: str, extractors: "Sequence[Extractor]", settings: "Settings") -> "list[Extractor]":
    """Return the extractors with this recognizer of names; as they come, it is the fast one."""
    if name == "fast" or all(extractor.layer != "entities" for extractor in extractors):
        return list(extractors)
    if name == "farasa":
        from khabar.farasa_jars.build import FarasaJars

        names = FarasaJars(settings).namer()
        return [names if extractor.layer == "entities" else extractor for extractor in extractors]
    from khabar.extractors.entities import EntityExtractor  # here: numpy takes a third of the start of a worker

    return [extractor.accurate() if isinstance(extractor, EntityExtractor) else extractor for extractor in extractors]
