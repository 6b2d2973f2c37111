"""The protocol of recognizers. They find names; later steps decide which entity each name refers to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from khabar.text.document import Document

EntityType = Literal["PER", "ORG", "LOC"]


@dataclass(frozen=True, slots=True)
class Name:
    """One mention by name.

    Attributes:
        type: person, organisation or place.
        start, end: raw offsets, without proclitics, with the article and with the '#' of a hashtag.
    """

    type: EntityType
    start: int
    end: int


class Recognizer(Protocol):
    """Finds the names of an article.

    Attributes:
        models: name -> version of each model, for the record's provenance.
    """

    models: Mapping[str, str]

    def recognize(self, document: Document) -> Sequence[Name]:
        """Return the names in text order, without overlaps."""
        ...
