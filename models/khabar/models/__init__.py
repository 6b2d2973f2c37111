"""The trained weights of the recognizers and the table of places: data alone, in a distribution with a version of its own."""

from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent

FAST: Final = _FOLDER / "fast"
ACCURATE: Final = _FOLDER / "accurate"
PLACES: Final = _FOLDER / "places"
REFERENCE: Final = _FOLDER / "reference"
STORIES: Final = _FOLDER / "stories"
NAMES: Final = _FOLDER / "names"
TOPICS: Final = _FOLDER / "topics"
