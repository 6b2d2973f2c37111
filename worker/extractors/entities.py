"""People, organisations and places, each with its mentions."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from contracts.record import Entity, Mention
from worker.entities.fast.recognizer import FastRecognizer
from worker.entities.recognizer import Name, Recognizer
from worker.extractors.base import Extractor
from worker.pipeline.document import Document

RECOGNIZERS: Final[Mapping[str, Callable[[], Recognizer]]] = MappingProxyType({"fast": FastRecognizer})
DEFAULT: Final = "fast"

# Spellings of one name: writers leave hamza, the dots of ة and ي out.
_SPELLINGS: Final = str.maketrans("أإآىة_", "ااايه ", "#")


class EntityExtractor(Extractor):
    """Asks a recognizer for the names; those of one type and spelling are one entity."""

    layer = "entities"

    def __init__(self, recognizer: Recognizer | None = None) -> None:
        """Take the recognizer; by default the fast one, whose weights come with the package."""
        self._recognizer = RECOGNIZERS[DEFAULT]() if recognizer is None else recognizer
        self.models = self._recognizer.models

    def extract(self, document: Document) -> list[Entity]:
        """Return the entities in the order of their first mentions."""
        clusters: dict[tuple[str, str], list[Name]] = {}
        for name in self._recognizer.recognize(document):
            key = name.type, document.form(name.start, name.end).translate(_SPELLINGS)
            clusters.setdefault(key, []).append(name)
        return [_entity(document, number, names) for number, names in enumerate(clusters.values(), 1)]


def extractor() -> Extractor:
    """Return the extractor of this file."""
    return EntityExtractor()


def _entity(document: Document, number: int, names: list[Name]) -> Entity:
    raw = document.raw
    first = names[0]
    return Entity(
        id=f"e{number}",
        type=first.type,
        name=" ".join(document.form(first.start, first.end).replace("#", "").replace("_", " ").split()),
        mentions=[
            Mention(start=name.start, end=name.end, text=raw[name.start : name.end], kind="name") for name in names
        ],
        geo=None,
    )
