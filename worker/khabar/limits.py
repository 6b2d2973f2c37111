"""One article's time limits, by its size: first of processor time; the wall clock only matters behind it."""

from typing import NamedTuple

HARD = 1.25  # times the limit: the alarm did not end the article, so its process is ended
# A machine that runs other work ten times over gives an article a thirtieth of the time only by the wall clock.
WALL_FACTOR = 30.0
LEAST_WALL_S = 60.0

# Up to this size an article has the plain limit, beyond it time in proportion. On a slow machine, 40 kB of news take
# 0.2 s with the fast recognizer and 3.3 s with the accurate one, 100 kB 0.5 and 3.7 s, 1 MiB 5.7 and 10 s.
LARGE_BYTES = {"fast": 50_000, "accurate": 20_000, "farasa": 20_000}

# News of 1 MiB has 110,000, the densest 155,000. A list of marks of that size has a million; each takes up to 80 us and 1.2 kB.
MOST_TOKENS = 200_000


class Allowance(NamedTuple):
    """The time that one article may take.

    Attributes:
        processor_s: seconds of processor time.
        wait_s: seconds in which it neither works nor waits for a processor.
        wall_s: seconds of wall-clock time; far above both, for a machine that has no time for the article.
    """

    processor_s: float
    wait_s: float
    wall_s: float


def allow(timeout_s: float, article_bytes: int, *, large_bytes: int) -> Allowance:
    """Return what an article may take.

    Args:
        timeout_s: processor time of an article of up to `large_bytes`; a larger one has more in proportion. Each may wait for
            so long, whatever its size: only Farasa's jars are waited for, and they have limits of their own.
    """
    processor_s = timeout_s * max(1.0, article_bytes / large_bytes)
    return Allowance(processor_s, timeout_s, max(LEAST_WALL_S, WALL_FACTOR * processor_s))
