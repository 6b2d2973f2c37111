"""Ending a loop by a signal."""

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


@contextmanager
def stopped_by(numbers: Iterable[signal.Signals], stop: Callable[[], None]) -> Iterator[None]:
    """Inside the block, each signal calls `stop` once; a second one does what it did before, so that a stuck program ends.

    Args:
        stop: safe in a signal handler: it takes no lock.

    Raises:
        ValueError: not in the main thread, which alone may handle signals.
    """
    before: dict[int, Any] = {}

    def handle(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, before[number])
        stop()

    try:
        for number in numbers:
            found = signal.getsignal(number)
            before[number] = signal.SIG_DFL if found is None else found  # None: set by another language than Python
            signal.signal(number, handle)
        yield
    finally:
        for handled, found in before.items():
            if signal.getsignal(handled) is handle:
                signal.signal(handled, found)
