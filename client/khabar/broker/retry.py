"""Tries a call again through an outage, with growing pauses, until its time is over."""

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from khabar.broker.outage import is_outage

T = TypeVar("T")

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 1.0  # so work continues at most a second after the broker is back


class Pauses:
    """The pauses between the tries of one call: growing, with jitter so that clients come back apart.

    Args:
        outage_s: seconds after which no further try begins.
        from_now: count these seconds from now; otherwise from the first failure.
    """

    def __init__(self, outage_s: float, *, from_now: bool) -> None:
        self._outage_s = outage_s
        self._give_up_at = time.monotonic() + outage_s if from_now else None
        self._longest_s = FIRST_PAUSE_S

    def next_s(self) -> float | None:
        """Return the seconds to wait after a failure; None where the time is over, or would be after the pause."""
        now = time.monotonic()
        if self._give_up_at is None:
            self._give_up_at = now + self._outage_s
        if now + self._longest_s > self._give_up_at:
            return None
        pause_s = self._longest_s * random.uniform(0.5, 1.0)  # noqa: S311  # jitter is no secret
        self._longest_s = min(2 * self._longest_s, LONGEST_PAUSE_S)
        return pause_s


def keep_trying(
    do: Callable[[], T],
    pauses: Pauses,
    *,
    on_failure: Callable[[Exception], object],
    is_retryable: Callable[[Exception], bool] = is_outage,
) -> T:
    """Do it, and after each failure that passes by itself wait and do it again, until the time is over.

    Args:
        do: what must be harmless when it is done twice.
        on_failure: called with each failure that passes, before the pause.

    Raises:
        RedisError, OSError: the last failure, or the first one that does not pass.
    """
    while True:
        try:
            return do()
        except (RedisError, OSError) as error:
            if not is_retryable(error):
                raise
            on_failure(error)
            pause_s = pauses.next_s()
            if pause_s is None:
                raise
        time.sleep(pause_s)


class OutageRetry(Retry):
    """redis-py's hook for trying again: by the clock instead of by a count, and through every kind of outage.

    redis-py nests its retries (a command tries a connection that tries a socket), so a count of n would be one of n * n;
    a deadline is one whoever asks.

    Args:
        outage_s: seconds to keep trying; 0 for a single try.
    """

    def __init__(self, outage_s: float) -> None:
        super().__init__(NoBackoff(), -1, (RedisError, OSError))
        self._outage_s = outage_s

    def call_with_retry(
        self,
        do: Callable[[], T],
        fail: Callable[..., Any],
        is_retryable: Callable[[Exception], bool] | None = None,
        with_failure_count: bool = False,
    ) -> T:
        """Do it; on an outage call `fail`, which closes the connection, wait, and do it again until the time is over."""
        failures = 0

        def failed(error: Exception) -> None:
            nonlocal failures
            failures += 1
            fail(error, failures) if with_failure_count else fail(error)

        return keep_trying(
            do,
            Pauses(self._outage_s, from_now=True),
            on_failure=failed,
            is_retryable=lambda error: is_outage(error) and (is_retryable is None or is_retryable(error)),
        )
