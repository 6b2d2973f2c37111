"""Settings -> the parts of a pipeline that are Farasa's own jars."""

from functools import cached_property
from pathlib import Path

from khabar.extractors.base import Extractor
from khabar.farasa_jars.accepted import check_accepted, identity, sha256_of
from khabar.farasa_jars.engine import FarasaJvm
from khabar.farasa_jars.errors import FarasaNotReady
from khabar.farasa_jars.jars import INSTALL, Jars, find_jars
from khabar.farasa_jars.java import JavaCommand
from khabar.farasa_jars.tool import FarasaTool
from khabar.settings import Settings


class FarasaJars:
    """Builds what works with Farasa's jars; nothing is started.

    Every builder raises FarasaNotReady where Java, the jar or the acceptance of its licence is missing.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def jars(self) -> Jars:
        """The jars, accepted and unchanged."""
        jars = find_jars(self._settings.farasa_jars)
        check_accepted(jars)
        return jars

    def engine(self) -> FarasaJvm:
        """Return the segmenter."""
        return FarasaJvm(self.segmenter_tool(), version=identity(self.jars))

    def segmenter_tool(self) -> FarasaTool:
        """Return the segmenter's jar under supervision."""
        return self._tool(self.jars.segmenter, whole_lines=False)

    def tagger(self) -> Extractor:
        """Return the extractor of the layer `pos`."""
        from khabar.farasa_jars.pos import FarasaPosExtractor

        jar = self._require(self.jars.tagger, "FarasaPOSJar.jar", "the layer pos")
        return FarasaPosExtractor(self._tool(jar, whole_lines=True), version=sha256_of(jar)[:12])

    def namer(self) -> Extractor:
        """Return the extractor of the layer `entities` with Farasa's names."""
        from khabar.entities.geo import Gazetteer
        from khabar.farasa_jars.names import FarasaEntityExtractor, FarasaRecognizer

        jar = self._require(self.jars.namer, "FarasaNERJar.jar", "the recognizer farasa")
        recognizer = FarasaRecognizer(self._tool(jar, whole_lines=True), version=sha256_of(jar)[:12])
        return FarasaEntityExtractor(recognizer, Gazetteer.load())

    def _tool(self, jar: Path, *, whole_lines: bool) -> FarasaTool:
        settings = self._settings
        data = self.jars.data
        command = JavaCommand(
            jar,
            java=settings.farasa_java,
            heap_mb=settings.farasa_heap_mb,
            env={} if data is None else {"FarasaDataDir": f"{data}/"},
        )
        command.line()  # a missing Java is found here, not at the first article
        return FarasaTool(
            command, start_s=settings.farasa_start_s, timeout_s=settings.farasa_timeout_s, whole_lines=whole_lines
        )

    def _require(self, jar: Path | None, name: str, wanted_by: str) -> Path:
        if jar is None:
            raise FarasaNotReady(f"{wanted_by} needs {name}, which is not in {self.jars.folder}: {INSTALL}")
        return jar
