"""People, organisations and places, each with its mentions."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from contracts.record import Entity, Geo, Mention
from worker.entities.accurate.recognizer import AccurateRecognizer
from worker.entities.clusters import Cluster, cluster
from worker.entities.fast.recognizer import FastRecognizer
from worker.entities.geo import Gazetteer
from worker.entities.recognizer import Recognizer
from worker.extractors.base import Extractor
from worker.pipeline.document import Document

RECOGNIZERS: Final[Mapping[str, Callable[[], Recognizer]]] = MappingProxyType(
    {"fast": FastRecognizer, "accurate": AccurateRecognizer}
)
DEFAULT: Final = "fast"


class EntityExtractor(Extractor):
    """Asks a recognizer for the names, joins the mentions of each entity and places the places."""

    layer = "entities"

    def __init__(self, recognizer: Recognizer | None = None) -> None:
        """Take the recognizer; by default the fast one, whose weights come with the package."""
        self._recognizer = RECOGNIZERS[DEFAULT]() if recognizer is None else recognizer
        self._gazetteer = Gazetteer.load()
        self.models = self._recognizer.models

    def extract(self, document: Document) -> list[Entity]:
        """Return the entities in the order of their first mentions."""
        found = cluster(document, self._recognizer.recognize(document))
        places = self._gazetteer.place(found)
        return [
            _entity(document, number, entity, geo)
            for number, (entity, geo) in enumerate(zip(found, places, strict=True), 1)
        ]


def extractor() -> Extractor:
    """Return the extractor of this file."""
    return EntityExtractor()


def _entity(document: Document, number: int, entity: Cluster, geo: Geo | None) -> Entity:
    raw = document.raw
    mentions = [
        Mention(start=mention.start, end=mention.end, text=raw[mention.start : mention.end], kind=mention.kind)
        for mention in entity.mentions
    ]
    return Entity(id=f"e{number}", type=entity.type, name=entity.name, mentions=mentions, geo=geo)
