"""Farasa's parts of speech, one entry a token. Not built by the registry, because it needs a jar: the bootstrap adds it."""

from collections.abc import Mapping

from khabar.extractors.base import Extractor
from khabar.farasa_jars.tagged import read_parts_of_speech
from khabar.farasa_jars.tagger import SentenceTagger
from khabar.farasa_jars.tool import FarasaTool
from khabar.messages.record import PartsOfSpeech
from khabar.text.document import Document


class FarasaPosExtractor(SentenceTagger, Extractor):
    """Asks FarasaPOSJar."""

    layer = "pos"

    def __init__(self, tool: FarasaTool, *, version: str) -> None:
        """Take the jar; `version` stands for it in the provenance."""
        super().__init__(tool, read_parts_of_speech)
        self.models: Mapping[str, str] = {"pos": f"farasa {version}"}

    def extract(self, document: Document) -> PartsOfSpeech:
        """Return the tags of each token; null where Farasa cut the text elsewhere."""
        return PartsOfSpeech(tags=["+".join(tags) if tags else None for tags in self.tags(document)])
