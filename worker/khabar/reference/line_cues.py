"""The cues of one line, indexed by position, because a line may have thousands and each of its quotations looks for one."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Final

from khabar.grammar.speech.narration import Line
from khabar.grammar.speech.reporting import COMPLEMENTIZERS
from khabar.lexicons import entries
from khabar.reference.cues import Cue

_BREAKS: Final = frozenset(entries("reporting/clause_breaks"))


class LineCues:
    """The cues and complementizers of a line, in order.

    Attributes:
        first_particle: the first particle such as بحسب; None if the line has none.
    """

    def __init__(self, form: Sequence[str], line: Line, cues: Sequence[Cue]) -> None:
        """Index the cues, complementizers and clause breaks of the line."""
        self._at = {cue.position: cue for cue in cues}
        self._any = _Placed(cues)
        self._spoken = _Placed(cues, lambda cue: not cue.is_particle)
        self._speech = _Placed(cues, lambda cue: not cue.is_particle and cue.reading.kind == "speech")
        self._openers = [index for index, item in enumerate(line) if item >= 0 and form[item] in COMPLEMENTIZERS]
        self._breaks = [index for index, item in enumerate(line) if item >= 0 and form[item] in _BREAKS]
        self.first_particle = next((cue for cue in cues if cue.is_particle), None)

    def at(self, position: int) -> Cue | None:
        """Return the cue at a position."""
        return self._at.get(position)

    def has_before(self, position: int) -> bool:
        """Whether there is a cue before a position."""
        return self._any.before(position) is not None

    def opener_after(self, position: int) -> int | None:
        """Return the position of the first complementizer after a position; None without one."""
        index = bisect_left(self._openers, position + 1)
        return self._openers[index] if index < len(self._openers) else None

    def governor(self, position: int) -> Cue | None:
        """Return the cue that governs a stretch at a position: the nearest before it, particles only if there is no other.

        A verb of judgement inside reported speech is not the cue: in أضاف أن القاعة حثت «...» the subject of أضاف speaks.
        """
        nearest = self._spoken.before(position)
        if nearest is None:
            return self._any.before(position)
        if nearest.reading.kind == "stance" and nearest.reading.shape == "verb":
            index = bisect_left(self._openers, nearest.position)
            reporter = self._speech.before(self._openers[index - 1]) if index else None
            if reporter and bisect_left(self._breaks, nearest.position) > bisect_left(self._breaks, reporter.position):
                return nearest
            return reporter or nearest
        return nearest


class _Placed:
    """Some cues of a line, with their positions."""

    def __init__(self, cues: Sequence[Cue], wanted: Callable[[Cue], bool] = lambda _: True) -> None:
        self._cues = [cue for cue in cues if wanted(cue)]
        self._positions = [cue.position for cue in self._cues]

    def before(self, position: int) -> Cue | None:
        """Return the last of the cues before a position; None without one."""
        index = bisect_left(self._positions, position)
        return self._cues[index - 1] if index else None
