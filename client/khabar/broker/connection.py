"""A client of the broker, wherever it is: one server, or the primary that sentinels name."""

import socket
from functools import cache
from typing import Any

from redis import ConnectionPool, DriverInfo, Redis
from redis.sentinel import Sentinel, SentinelConnectionPool, SentinelManagedConnection

from khabar.broker.local import local_credentials
from khabar.broker.patience import COMMAND, Patience
from khabar.broker.retry import OutageRetry
from khabar.broker.url import SentinelUrl, checked_urls, is_sentinel, unusable

CONNECT_S = 3.0
SENTINEL_S = 0.5  # a sentinel that does not answer at once is skipped: another one does


def connect(url: str, patience: Patience = COMMAND, *, name: str = "khabar") -> "Redis":
    """Return a client. It connects at its first call, and tries again through outages for as long as `patience` allows.

    Args:
        url: redis://, rediss://, unix://, or sentinel:// as in khabar/broker/url.py.
        patience: the role's, of khabar/broker/patience.py.
        name: shown by the broker's CLIENT LIST.

    Raises:
        UnusableUrl: the URL is not valid; one sentence without the password.
    """
    options = client_options(url, patience, name=name) | {"retry": OutageRetry(patience.outage_s)}
    try:
        if is_sentinel(url):
            return _sentinels_client(SentinelUrl.parse(url), options)
        return Redis.from_pool(ConnectionPool.from_url(url, **options))
    except ValueError as error:
        raise unusable(url, str(error)) from None  # the cause may quote the password


def client_options(url: str, patience: Patience, *, name: str) -> dict[str, Any]:
    """Return the options of a client's connections, blocking or asynchronous; how it tries again is left to the caller.

    Raises:
        UnusableUrl: it names several brokers, or has an empty place among several.
    """
    if len(checked_urls(url)) > 1:
        raise unusable(url, "it names several brokers")
    options: dict[str, Any] = {
        "client_name": name,
        "protocol": 2,  # pinned: reply shapes differ between 2 and 3, and every server speaks 2
        "socket_timeout": patience.answer_s,
        "health_check_interval": patience.health_check_s,
        "driver_info": _driver(),
    }
    if not url.startswith("unix://"):
        options |= {"socket_connect_timeout": min(CONNECT_S, patience.answer_s), "socket_keepalive": True}
    if credentials := local_credentials(url):
        options["credential_provider"] = credentials
    return options


@cache
def _driver() -> DriverInfo:
    """Return what each connection tells the server of its library: redis-py reads its version from the disk, else for each."""
    return DriverInfo()


def _sentinels_client(parsed: SentinelUrl, options: dict[str, Any]) -> "Redis":
    sentinels = Sentinel(list(parsed.hosts), sentinel_kwargs=sentinel_options(parsed))  # type: ignore[no-untyped-call]
    return Redis.from_pool(
        SentinelConnectionPool(  # type: ignore[no-untyped-call]
            parsed.service,
            sentinels,
            connection_class=PrimaryConnection,
            db=parsed.db,
            username=parsed.username,
            password=parsed.password,
            **options,
        )
    )


def sentinel_options(url: SentinelUrl) -> dict[str, object]:
    """Return how a sentinel is asked: once and briefly. redis-py's default spends seconds on a dead one before the next."""
    return {
        "socket_timeout": SENTINEL_S,
        "socket_connect_timeout": SENTINEL_S,
        "retry": OutageRetry(0),
        "protocol": 2,
        "driver_info": _driver(),
        "username": url.sentinel_username,
        "password": url.sentinel_password,
    }


class PrimaryConnection(SentinelManagedConnection):
    """A connection that asks the sentinels for the primary each time it connects.

    redis-py asks them only when the pool hands out a connection. If a connection breaks during a call, redis-py would connect
    again to the dead primary until the call ends.
    """

    def _connect(self) -> socket.socket:
        self.host, self.port = self.connection_pool.get_master_address()
        connected: socket.socket = super()._connect()  # type: ignore[no-untyped-call]
        return connected
