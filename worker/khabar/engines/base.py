"""The protocol every segmentation engine speaks. One conformance suite (tests/unit/engines) runs over all of them."""

from collections.abc import Collection, Sequence
from typing import Protocol, runtime_checkable


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


@runtime_checkable
class Supervised(Protocol):
    """An engine or an extractor that works in a process of its own, which can die."""

    def check(self) -> None:
        """Try it once when the service starts, so that a fault shows then.

        Raises:
            FarasaNotReady: it cannot work; one sentence says what to do.
        """
        ...

    def ready(self) -> None:
        """See to it that its process runs, outside any article's time: starting one takes seconds.

        Raises:
            TransientError: it does not start now; no article is to blame.
        """
        ...

    def close(self) -> None:
        """End its process; the next question starts another."""
        ...


@runtime_checkable
class BatchEngine(Engine, Supervised, Protocol):
    """An engine that answers better for a whole batch of articles than for one after the other."""

    def prepare(self, words: Collection[str]) -> None:
        """Ask for all words of a batch at once, so that `segment` of any of them only looks up.

        Raises:
            TransientError: no answer; another attempt may have one.
        """
        ...
