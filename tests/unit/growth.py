"""Time that grows with the text and no faster: an article cannot hang its worker."""

import time
from collections.abc import Callable

CHARACTERS = 25_000
_FACTOR = 8
# Linear work takes 8 times as long for 8 times the text, quadratic work 64 times; what is too short to measure passes.
_MOST = 3 * _FACTOR
_UNMEASURABLE_S = 0.05


def assert_linear(run: Callable[[str], object], unit: str, before: str = "", *, characters: int = CHARACTERS) -> None:
    """Require that 25,000 characters of a unit take hardly longer, in proportion, than an eighth of them.

    The process's own time is taken, so other work on the machine does not count.

    Args:
        characters: more where a character costs so little that quadratic work on 25,000 could not be measured.
    """
    small, large = (before + unit * (count // len(unit)) for count in (characters // _FACTOR, characters))
    least = min(_seconds(run, small) for _ in range(2))  # the first run may fill caches
    assert _seconds(run, large) < _MOST * least + _UNMEASURABLE_S


def _seconds(run: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    run(text)
    return time.process_time() - start
