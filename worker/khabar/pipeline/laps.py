"""How long each step of one article took: for the histograms and the spans of a trace."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Lap:
    """One step of one article.

    Attributes:
        layer: the layer that the extractor fills; empty for steps without an extractor.
        processor_s: processor time of the thread, without waits for Java or for a processor.
        started_ns, ended_ns: wall clock, ns since 1970.
    """

    step: str
    layer: str
    processor_s: float
    started_ns: int
    ended_ns: int


@dataclass
class Laps:
    """A stop watch: each lap begins where the one before ended. Two clocks a lap, together half a microsecond.

    Attributes:
        taken: the laps so far; those of an article that fails end before the step in which it failed.
    """

    taken: list[Lap] = field(default_factory=list)
    _processor_s: float = field(default_factory=time.thread_time)
    _wall_ns: int = field(default_factory=time.time_ns)

    def lap(self, step: str, layer: str = "") -> None:
        """End a step."""
        processor_s, wall_ns = time.thread_time(), time.time_ns()
        self.taken.append(Lap(step, layer, processor_s - self._processor_s, self._wall_ns, wall_ns))
        self._processor_s, self._wall_ns = processor_s, wall_ns
