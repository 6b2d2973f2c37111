"""What a row of the campaign is, and what it reports."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, TypeVar

from tests.broker import Broker
from tests.faults.tally import Tally

Number = TypeVar("Number", int, float)

LONG_S = 600.0  # the tests ask what happens; how soon is asked by the campaign, on a machine of its own


@dataclass(frozen=True)
class Scale:
    """How much of a row is run: all that the campaign promises, or a few seconds of it for the tests.

    Attributes:
        minutes: for the row that lasts as long as it is told to.
        cuts: of power.
    """

    is_full: bool
    minutes: float
    cuts: int

    FULL: ClassVar["Scale"]
    SHORT: ClassVar["Scale"]

    def bar_s(self, seconds: float) -> float:
        """Return how long something may take: the campaign's bar, or in the short form, beside other tests, almost any time."""
        return seconds if self.is_full else LONG_S

    def of(self, full: Number, short: Number) -> Number:
        """Choose a number of kills, of articles, of seconds."""
        return full if self.is_full else short


Scale.FULL = Scale(is_full=True, minutes=30.0, cuts=1_000)
Scale.SHORT = Scale(is_full=False, minutes=0.15, cuts=5)


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


class Unavailable(Exception):
    """This machine lacks what a row needs; the message says what, and how to get it."""


@dataclass(frozen=True)
class Row:
    """One row; tests/faults/rows/rowNN_*.py has it as ROW.

    Attributes:
        run: folder for its files, a broker that is not started, scale -> verdict. Raises Unavailable where it cannot run.
    """

    number: int
    fault: str
    run: Callable[[Path, Broker, Scale], Verdict]
