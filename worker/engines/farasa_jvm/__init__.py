"""Farasa's own jars, in a Java process that is watched."""

from worker.engines.farasa_jvm.engine import FarasaJvm
from worker.engines.farasa_jvm.errors import FarasaFailed, FarasaNotReady

__all__ = ["FarasaFailed", "FarasaJvm", "FarasaNotReady"]
