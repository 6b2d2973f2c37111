"""Farasa's own jars, in a Java process that is watched."""

from khabar.farasa_jars.engine import FarasaJvm
from khabar.farasa_jars.errors import FarasaFailed, FarasaNotReady

__all__ = ["FarasaFailed", "FarasaJvm", "FarasaNotReady"]
