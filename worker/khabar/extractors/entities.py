"""People, organisations and places, each with its mentions."""

from typing import Final

from khabar.entities.accurate.recognizer import AccurateRecognizer
from khabar.entities.clusters import Cluster, cluster
from khabar.entities.edges import within_bounds
from khabar.entities.fast.recognizer import FastRecognizer
from khabar.entities.geo import Gazetteer
from khabar.entities.known import with_known
from khabar.entities.nominals import without_bare_nouns
from khabar.entities.page_names import of_the_story, with_whole_glyphs
from khabar.entities.recognizer import Recognizer
from khabar.entities.roles import roles
from khabar.entities.spelling import units
from khabar.extractors.base import Extractor
from khabar.latin.names import LatinNames
from khabar.lexicons import entries
from khabar.messages.record import Entity, Geo, LatinName, Mention, Role
from khabar.text.document import Document

# A mention may contain quotation marks (إذاعة "اف ام"); they are removed from the name.
_NO_GLYPHS: Final = str.maketrans(
    dict.fromkeys((line.split("\t")[0] for line in entries("quotations/glyphs") if len(line.split("\t")[0]) == 1), "")
)


class EntityExtractor(Extractor):
    """Asks a recognizer for the names, joins the mentions of each entity, and locates the places."""

    layer = "entities"

    def __init__(self, recognizer: Recognizer, gazetteer: Gazetteer) -> None:
        """Take a recognizer and the table of places."""
        self._recognizer = recognizer
        self._gazetteer = gazetteer
        self._latin = LatinNames(gazetteer.english)
        self.models = recognizer.models

    def accurate(self) -> "EntityExtractor":
        """Return an extractor with the accurate recognizer, which uses this one's fast recognizer, and the same places.

        Raises:
            EncoderUnavailable: onnxruntime or the weights are missing; the message says which.
        """
        fast = self._recognizer if isinstance(self._recognizer, FastRecognizer) else None
        return EntityExtractor(AccurateRecognizer(fast=fast), self._gazetteer)

    def extract(self, document: Document) -> list[Entity]:
        """Return the entities in the order of their first mentions."""
        found_by_it = within_bounds(document, self._recognizer.recognize(document))
        names = without_bare_nouns(document, with_known(document, found_by_it))
        names = with_whole_glyphs(document, of_the_story(document, names))
        found = cluster(document, names)
        places = self._gazetteer.place(document, found)
        latin = self._latin.of(found, places)
        columns = zip(found, places, latin, roles(document, found), strict=True)
        return [_entity(document, number, *column) for number, column in enumerate(columns, 1)]


def extractor() -> Extractor:
    """Return the extractor of this file, with the fast recognizer, whose weights are in the package."""
    return EntityExtractor(FastRecognizer(), Gazetteer.load())


def _entity(
    document: Document, number: int, entity: Cluster, geo: Geo | None, latin: LatinName | None, role: Role
) -> Entity:
    raw = document.raw
    mentions = [
        Mention(start=mention.start, end=mention.end, text=raw[mention.start : mention.end], kind=mention.kind)
        for mention in entity.mentions
    ]
    name = " ".join(entity.name.translate(_NO_GLYPHS).split())
    key = " ".join(units(name.split()))
    return Entity(
        id=f"e{number}", type=entity.type, name=name, key=key, name_latin=latin, role=role, mentions=mentions, geo=geo
    )
