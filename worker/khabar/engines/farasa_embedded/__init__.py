"""Farasa's segmenter in this process: no JVM, no download."""

from khabar.engines.farasa_embedded.engine import FarasaEmbedded
from khabar.engines.farasa_embedded.errors import FarasaModelError

__all__ = ["FarasaEmbedded", "FarasaModelError"]
