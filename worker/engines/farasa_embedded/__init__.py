"""Farasa's segmenter in this process: no JVM, no download."""

from worker.engines.farasa_embedded.engine import FarasaEmbedded
from worker.engines.farasa_embedded.errors import FarasaModelError

__all__ = ["FarasaEmbedded", "FarasaModelError"]
