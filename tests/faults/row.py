"""What a row of the campaign is, and what it reports."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tests.broker import Broker
from tests.faults.tally import Tally


class Scale(StrEnum):
    """How much of a row is run: all that the campaign promises, or a few seconds of it for the tests."""

    FULL = "full"
    SHORT = "short"

    def of(self, full: int, short: int) -> int:
        """Choose a number of kills or of articles."""
        return full if self is Scale.FULL else short


@dataclass
class Verdict:
    """What a row found.

    Attributes:
        figures: what was measured, by name, with its unit.
        faults: how many faults were made.
        broken: promises that did not hold, one sentence each; empty means passed.
    """

    tally: Tally
    faults: int
    figures: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def require(self, holds: bool, sentence: str) -> None:
        """Note a promise that does not hold."""
        if not holds:
            self.broken.append(sentence)

    @property
    def passed(self) -> bool:
        """0/0/0, and all that the row asks besides."""
        return self.tally.is_clean and not self.broken


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        run: folder for its files, a broker that is not started, scale -> verdict.
    """

    number: str
    fault: str
    run: Callable[[Path, Broker, Scale], Verdict]
