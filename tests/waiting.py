"""Waiting in tests: for a condition, with a deadline; never for the clock."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = (
    180.0  # what holds comes soon and costs nothing; a machine that is busy many times over gets the time it needs
)


def wait_until(condition: Callable[[], T], *, timeout_s: float = PATIENCE_S, every_s: float = 0.02) -> T:
    """Return the first true value of `condition`.

    Raises:
        AssertionError: there was none in time.
    """
    deadline = time.monotonic() + timeout_s
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {timeout_s} s: {condition}"
        time.sleep(every_s)
    return value
