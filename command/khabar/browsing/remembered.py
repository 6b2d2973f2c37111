"""Remembered: what takes long to read from the index, kept until the index has changed."""

import sqlite3
import time
from collections.abc import Callable
from threading import Lock
from typing import Final, Generic, TypeVar

FRESH_S: Final = 10.0

T = TypeVar("T")


class Remembered(Generic[T]):
    """The last value of a function of the index. It is made again when the index has changed, every few seconds at most.

    Threads may share it: while one makes the value, the others wait for it instead of making it too.

    Args:
        make: reads the value.
        fresh_s: seconds for which nobody asks whether the index has changed.
    """

    def __init__(self, make: Callable[[sqlite3.Connection], T], *, fresh_s: float = FRESH_S) -> None:
        self._make = make
        self._fresh_s = fresh_s
        self._lock = Lock()
        self._made: tuple[T] | None = None
        self._version = -1
        self._at = 0.0

    def get(self, connection: sqlite3.Connection) -> T:
        """Return the value."""
        with self._lock:
            if self._made is None or time.monotonic() - self._at > self._fresh_s:
                [(version,)] = connection.execute("SELECT coalesce(max(id), 0) + count(*) FROM records")
                if self._made is None or version != self._version:
                    self._made = (self._make(connection),)
                self._version, self._at = version, time.monotonic()
            return self._made[0]
