"""Typed keys of the layers that extractors fill: `document.get(ENTITIES)` is a list of Entity, or None."""

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from khabar.messages.record import (
    Entity,
    Genre,
    Hashtag,
    Link,
    Origin,
    PartsOfSpeech,
    Quantity,
    Quotation,
    Statement,
    Temporal,
    Topic,
)

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)  # no slots, because a generic class sets an attribute on its instances
class Layer(Generic[T_co]):
    """The key of a layer whose value is a T_co.

    Attributes:
        name: its key in the record.
    """

    name: str


ENTITIES: Final = Layer[list[Entity]]("entities")
QUOTATIONS: Final = Layer[list[Quotation]]("quotations")
STATEMENTS: Final = Layer[list[Statement]]("statements")
QUANTITIES: Final = Layer[list[Quantity]]("quantities")
TEMPORAL: Final = Layer[list[Temporal]]("temporal")
HASHTAGS: Final = Layer[list[Hashtag]]("hashtags")
LINKS: Final = Layer[list[Link]]("links")
ORIGIN: Final = Layer[Origin]("origin")
TOPICS: Final = Layer[list[Topic]]("topics")
GENRE: Final = Layer[Genre]("genre")
POS: Final = Layer[PartsOfSpeech]("pos")
