"""Draft: a quantity that is not finished yet."""

from dataclasses import dataclass

from khabar.grammar.counts.counted import Unit
from khabar.grammar.counts.nouns import OTHER


@dataclass(slots=True)
class Draft:
    """A quantity that is not finished yet.

    Attributes:
        first, last: its tokens.
        proclitic_chars: how many characters of the first token are proclitics.
        value: the number; None for a range or a vague number.
        lower, upper: its bounds, if it is a range or vague.
        modifier: exact, about, more_than, between and so on, as in the record.
        unit: the counted noun; None if it is left out.
        category: as in the record.
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
