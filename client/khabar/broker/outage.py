"""Outages: the broker's refusals that end without anybody changing the call."""

from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    OutOfMemoryError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

# First word of the answer of a broker in trouble -> what the answer means and what to do.
OUTAGES = {
    "BUSY": "is busy with a script that somebody runs; SCRIPT KILL ends it",
    "CLUSTERDOWN": "is a cluster that is down",
    "LOADING": "still reads its data after a start",
    "MASTERDOWN": "is a replica that has lost its primary",
    "MISCONF": "cannot write its data; free its disk, or see its log",
    "MOVED": "is a cluster in which another server has khabar's keys now; give the address of that one",
    "NOREPLICAS": "has fewer replicas at work than must confirm a write; start them, or ask for fewer",
    "READONLY": "is a read-only replica; give the address of the primary",
    "TRYAGAIN": "is moving its keys",
    "UNBLOCKED": "has become a replica",  # what a blocked reader is told in a failover
    "UNKILLABLE": "is busy with a script that has written; it must end by itself",
}


def answer_code(error: BaseException) -> str:
    """Return the first word of the broker's answer, such as MISCONF; redis-py has classes for only some of them."""
    if code := getattr(error, "status_code", None):
        return str(code)
    # A pipeline puts "Command # 1 (...) of pipeline caused error: " before it.
    return str(error).rpartition(" caused error: ")[2].partition(" ")[0]


def is_refusal(error: BaseException) -> bool:
    """Whether the broker denies access, which waiting does not change; redis-py counts two of these as lost connections."""
    return isinstance(error, AuthenticationError | AuthorizationError)


def is_outage(error: BaseException) -> bool:
    """Whether the same call may succeed later. A full memory is also an outage, because workers make room."""
    if is_refusal(error):
        return False
    if isinstance(error, RedisConnectionError | RedisTimeoutError | OutOfMemoryError | OSError):
        return True
    return answer_code(error) in OUTAGES
