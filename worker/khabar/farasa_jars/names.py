"""Farasa's names as a recognizer: mentions are joined and placed as those of the other recognizers."""

from collections.abc import Mapping, Sequence
from typing import Final

from khabar.entities.geo import Gazetteer
from khabar.entities.recognizer import EntityType, Name
from khabar.extractors.entities import EntityExtractor
from khabar.farasa_jars.tagged import read_names
from khabar.farasa_jars.tagger import SentenceTagger
from khabar.farasa_jars.tool import FarasaTool
from khabar.text.document import Document

_TYPES: Final[Mapping[str, EntityType]] = {"PERS": "PER", "LOC": "LOC", "ORG": "ORG"}  # records have no type for MISC
_PROCLITICS: Final = frozenset("وفبكل")


class FarasaRecognizer(SentenceTagger):
    """Asks FarasaNERJar."""

    def __init__(self, tool: FarasaTool, *, version: str) -> None:
        """Take the jar; `version` stands for it in the provenance."""
        super().__init__(tool, read_names)
        self.models: Mapping[str, str] = {"entities": f"farasa {version}"}

    def recognize(self, document: Document) -> Sequence[Name]:
        """Return the names in text order; none overlaps another, none runs over the end of a sentence."""
        names: list[Name] = []
        tags = self.tags(document)
        for sentence in range(len(document.sentences)):
            span = document.sentences.tokens(sentence)
            names += _names(document, span.start, [tag[0] if tag else "O" for tag in tags[span.start : span.stop]])
        return names


class FarasaEntityExtractor(EntityExtractor):
    """Entities by Farasa's names."""

    def __init__(self, recognizer: FarasaRecognizer, gazetteer: Gazetteer) -> None:
        """Take the recognizer and the places."""
        super().__init__(recognizer, gazetteer)
        self.check = recognizer.check
        self.ready = recognizer.ready
        self.close = recognizer.close


def _names(document: Document, first: int, tags: Sequence[str]) -> list[Name]:
    names: list[Name] = []
    begun: tuple[EntityType, int] | None = None
    for index, tag in enumerate([*tags, "O"]):
        place, _, kind = tag.partition("-")
        of = _TYPES.get(kind)
        if begun is not None and (place != "I" or of != begun[0]):
            names.append(_name(document, begun[0], first + begun[1], first + index - 1))
            begun = None
        if of is not None and begun is None:  # an I without its B begins a name too
            begun = of, index
    return names


def _name(document: Document, of: EntityType, first: int, last: int) -> Name:
    skip = 0
    for part in document.tokens.segments[first].split("+")[:-1]:
        if part not in _PROCLITICS:
            break
        skip += 1
    start, end = document.token_span(first, last, skip=skip)
    return Name(of, start, end)
