"""A quantity in the making."""

from dataclasses import dataclass

from khabar.grammar.counts.counted import Unit
from khabar.grammar.counts.nouns import OTHER


@dataclass(slots=True)
class Draft:
    """A quantity in the making.

    Attributes:
        first, last: its tokens.
        proclitic_chars: how many characters of the first token are proclitics.
        unit: the noun counted; None where it is left out.
    """

    first: int
    last: int
    proclitic_chars: int
    value: int | float | None
    lower: int | float | None
    upper: int | float | None
    modifier: str
    unit: Unit | None
    category: str = OTHER
