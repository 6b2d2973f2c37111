"""How long a broker has been silent: the longest gap between two of its answers."""

import time
from collections.abc import Callable
from typing import Any

from redis import Redis


class Silence:
    """Listens to one client's answers.

    A gap counts whatever made it: a broker that did not answer, or this process, which stood still. Many short round trips
    on a slow line are no gap.
    """

    def __init__(self, client: "Redis") -> None:
        self._heard_at = time.monotonic()
        self._longest_s = 0.0
        execute: Callable[..., Any] = client.execute_command

        def execute_and_hear(*args: Any, **options: Any) -> Any:
            try:
                return execute(*args, **options)
            finally:
                self.hear()

        client.execute_command = execute_and_hear  # type: ignore[method-assign]  # scripts go through it as well

    def hear(self) -> None:
        """Note an answer; called here for the client's own, by others for what answers on another connection."""
        now = time.monotonic()
        self._longest_s = max(self._longest_s, now - self._heard_at)
        self._heard_at = now

    def take_longest_s(self) -> float:
        """Return the longest gap since the last question, the one under way included."""
        longest_s = max(self._longest_s, time.monotonic() - self._heard_at)
        self._longest_s, self._heard_at = 0.0, time.monotonic()
        return longest_s
