"""The protocol of the recognizers, which find names; what the names refer to is decided after them."""

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
        start, end: raw offsets; proclitics are outside, the article and a hashtag's '#' inside.
    """

    type: EntityType
    start: int
    end: int


class Recognizer(Protocol):
    """Finds the names of an article.

    Attributes:
        models: name -> version of what it was trained on, for the provenance.
    """

    models: Mapping[str, str]

    def recognize(self, document: Document) -> Sequence[Name]:
        """Return the names in text order; none overlaps another."""
        ...
