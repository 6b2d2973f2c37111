"""The protocol every segmentation engine speaks. One conformance suite (tests/unit/engines) runs over all of them."""

from collections.abc import Sequence
from typing import Protocol


class Engine(Protocol):
    """Splits Arabic words into clitics and stem, Farasa's way."""

    @property
    def name(self) -> str:
        """Engine and model version as the record's provenance shows it, e.g. "farasa-embedded 0.0.1"."""
        ...

    def segment(self, words: Sequence[str]) -> list[str]:
        """Split each word into clitics and stem.

        Args:
            words: N words in reading order, normalized (no diacritics, no tatweel); no white space inside a word.

        Returns:
            N segmentations in the same order, parts joined by '+'. Removing the '+' gives back words[i],
            except that لل is written ل+ال.
        """
        ...
