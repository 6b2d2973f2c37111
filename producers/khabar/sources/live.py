"""A pipe, a terminal, a socket: what is in it comes when it comes."""

import io
import os
import select
from collections.abc import Callable
from typing import Any


def _never() -> float | None:
    return None


class LiveInput(io.RawIOBase):
    """Reads a file descriptor. Before it waits for long, it has done what cannot wait.

    Attributes:
        due_in_s: seconds until `when_due` is to be called; None where there is nothing to do.
        when_due: called by whoever reads; what it raises goes through the reading.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._coming = select.poll()
        self._coming.register(descriptor, select.POLLIN)
        self.due_in_s: Callable[[], float | None] = _never
        self.when_due: Callable[[], object] = _never

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, target: Any) -> int:
        """Wait for something and fill some of the target; 0 at the end."""
        while (due_in_s := self.due_in_s()) is not None:
            if due_in_s <= 0:
                self.when_due()
            elif self._coming.poll(1000 * due_in_s):
                break
        data = os.read(self._descriptor, len(target))
        target[: len(data)] = data
        return len(data)
