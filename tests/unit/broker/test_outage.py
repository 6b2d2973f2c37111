"""Which errors pass by themselves, and which never will."""

import pytest
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.sentinel import MasterNotFoundError

from khabar.broker.outage import OUTAGES, is_outage


@pytest.mark.parametrize(
    "error",
    [
        RedisConnectionError("Connection refused"),
        RedisTimeoutError("Timeout reading from 127.0.0.1:6379"),
        RedisConnectionError("max number of clients reached"),
        MasterNotFoundError("No master found for 'khabar'"),
        BusyLoadingError("Redis is loading the dataset in memory", status_code="LOADING"),
        ReadOnlyError("You can't write against a read only replica.", status_code="READONLY"),
        OutOfMemoryError("command not allowed when used memory > 'maxmemory'.", status_code="OOM"),
        OSError("No route to host"),
        *[ResponseError(f"{code} and so on") for code in OUTAGES],
        ResponseError("Command # 3 (EVALSHA 5f …) of pipeline caused error: MISCONF Errors writing to the AOF file"),
    ],
    ids=str,
)
def test_what_passes_is_an_outage(error: Exception) -> None:
    """Whatever is worth another try, by redis-py's class or by the broker's first word."""
    assert is_outage(error)


@pytest.mark.parametrize(
    "error",
    [
        AuthenticationError("invalid username-password pair or user is disabled.", status_code="WRONGPASS"),
        NoPermissionError("User x has no permissions to run the 'evalsha' command", status_code="NOPERM"),
        NoScriptError("No matching script.", status_code="NOSCRIPT"),
        ResponseError("WRONGTYPE Operation against a key holding the wrong kind of value"),
        ResponseError("ERR unknown command 'XADD'"),
        ResponseError("BUSYGROUP Consumer Group name already exists"),
        ResponseError("NOGROUP No such key"),
    ],
    ids=str,
)
def test_what_somebody_must_change_is_none(error: Exception) -> None:
    """Waiting would only hide it."""
    assert not is_outage(error)
