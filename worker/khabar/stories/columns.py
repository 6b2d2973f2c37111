"""The columns of a digest, and the place of each in a row of the window: one beside the other, in one table."""

from typing import Final

import numpy as np

from khabar.stories.sketch import FULL

WIDTHS: Final = {
    "sketch": FULL,
    "words": 48,
    "lead": 24,
    "title": 12,
    "names": 20,
    "places": 8,
    "figures": 16,
    "days": 6,
}
COLUMNS: Final = tuple(WIDTHS)
# Their terms differ in how much they tell. They stand side by side, so that a term's weight has its place in the code's.
WEIGHED: Final = ("words", "lead", "title", "names", "places")
NUMBER: Final = {name: number for number, name in enumerate(COLUMNS)}
WIDTH: Final = sum(WIDTHS.values())
_WIDTHS: Final = np.array(list(WIDTHS.values()))
STARTS: Final = dict(zip(COLUMNS, (np.cumsum(_WIDTHS) - _WIDTHS).tolist(), strict=True))
FIRST_WEIGHED: Final = STARTS[WEIGHED[0]]
WEIGHED_WIDTH: Final = sum(WIDTHS[name] for name in WEIGHED)
# (WIDTH,) of each place of a row: the column's number, and how many places of the column are before it.
COLUMN_OF: Final = np.repeat(np.arange(len(COLUMNS)), _WIDTHS)
WITHIN: Final = np.arange(WIDTH) - np.repeat(np.cumsum(_WIDTHS) - _WIDTHS, _WIDTHS)


def place_of(column: str, *, weight: bool = False) -> slice:
    """Return the place of a column in a row of codes, or of weights."""
    begin = STARTS[column] - (FIRST_WEIGHED if weight else 0)
    return slice(begin, begin + WIDTHS[column])
