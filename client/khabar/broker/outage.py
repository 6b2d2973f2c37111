"""What passes by itself: which of a broker's refusals are outages, and going on through them."""

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    OutOfMemoryError,
    RedisError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

T = TypeVar("T")

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 1.0  # so work goes on at most a second after the broker is back

# What a broker answers while it is in trouble, by the first word of its answer: what it means and what to do.
OUTAGES = {
    "BUSY": "is busy with a script that somebody runs; SCRIPT KILL ends it",
    "CLUSTERDOWN": "is a cluster that is down",
    "LOADING": "still reads its data after a start",
    "MASTERDOWN": "is a replica that has lost its primary",
    "MISCONF": "cannot write its data; free its disk, or see its log",
    "NOREPLICAS": "has fewer replicas at work than must confirm a write; start them, or ask for fewer",
    "READONLY": "is a read-only replica; give the address of the primary",
    "TRYAGAIN": "is moving its keys",
    "UNBLOCKED": "has become a replica",  # what a blocked reader is told in a failover
    "UNKILLABLE": "is busy with a script that has written; it must end by itself",
}


def answer_code(error: BaseException) -> str:
    """Return the first word of what the broker answered, such as MISCONF; redis-py has a class for some of them only."""
    if code := getattr(error, "status_code", None):
        return str(code)
    # A pipeline puts "Command # 1 (...) of pipeline caused error: " before it.
    return str(error).rpartition(" caused error: ")[2].partition(" ")[0]


def is_refusal(error: BaseException) -> bool:
    """Whether the broker does not let us in, which no waiting changes; redis-py counts two of these as lost connections."""
    return isinstance(error, AuthenticationError | AuthorizationError)


def is_outage(error: BaseException) -> bool:
    """Whether the same call may succeed later without anybody changing it. A full memory is one too: workers make room."""
    if is_refusal(error):
        return False
    if isinstance(error, RedisConnectionError | RedisTimeoutError | OutOfMemoryError | OSError):
        return True
    return answer_code(error) in OUTAGES


class OutageRetry(Retry):
    """redis-py's hook for trying again: by the clock instead of by a count, and through every kind of outage.

    redis-py nests its retries (a command tries a connection that tries a socket), so a count of n would be one of n * n;
    a deadline is one whoever asks.

    Args:
        outage_s: seconds to go on trying; 0 for a single try.
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
        give_up_at = time.monotonic() + self._outage_s
        pause_s = FIRST_PAUSE_S
        failures = 0
        while True:
            try:
                return do()
            except (RedisError, OSError) as error:
                if not is_outage(error) or (is_retryable and not is_retryable(error)):
                    raise
                failures += 1
                fail(error, failures) if with_failure_count else fail(error)
                if time.monotonic() + pause_s > give_up_at:
                    raise
            time.sleep(pause_s * random.uniform(0.5, 1.0))  # noqa: S311  # jitter, so that clients come back apart
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
