"""A client of the broker, wherever it is: one server, or the primary that sentinels name."""

import socket

from redis import ConnectionPool, Redis
from redis.sentinel import Sentinel, SentinelConnectionPool, SentinelManagedConnection

from khabar.broker.outage import OutageRetry
from khabar.broker.url import SentinelUrl, is_sentinel

CONNECT_S = 3.0
# A batch takes milliseconds and the longest BLOCK two seconds; a broker that stalls longer is asked again, which is harmless. It
# is also what passes before a host that vanished without closing its connections is noticed.
ANSWER_S = 5.0
SENTINEL_S = 0.5  # a sentinel that does not answer at once is skipped: another one does


def connect(
    url: str,
    *,
    name: str,
    outage_s: float,
    answer_s: float = ANSWER_S,
    health_check_s: float = 0,
) -> "Redis":
    """Return a client; it connects at its first call.

    Args:
        url: redis://, rediss://, unix://, or sentinel:// as in khabar/broker/url.py.
        name: shown by the broker's CLIENT LIST.
        outage_s: seconds for which a call goes on trying while the broker is away or in trouble, so every call must be
            harmless when it is sent twice; 0 sends each once.
        answer_s: longest wait for an answer; above the longest BLOCK.
        health_check_s: a connection that was idle so long is tried before it is used; 0 for never. The try is a PING, which a
            server that cannot write its data answers with an error.

    Raises:
        ValueError: the URL is none; one sentence without the password.
    """
    options = {
        "client_name": name,
        "protocol": 2,  # pinned: reply shapes differ between 2 and 3, and every server speaks 2
        "socket_timeout": answer_s,
        "socket_connect_timeout": min(CONNECT_S, answer_s),
        "socket_keepalive": True,
        "retry": OutageRetry(outage_s),
        "health_check_interval": health_check_s,
    }
    if not is_sentinel(url):
        if url.startswith("unix://"):
            del options["socket_keepalive"], options["socket_connect_timeout"]
        return Redis.from_pool(ConnectionPool.from_url(url, **options))
    parsed = SentinelUrl.parse(url)
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
        "username": url.sentinel_username,
        "password": url.sentinel_password,
    }


class PrimaryConnection(SentinelManagedConnection):
    """A connection to the primary of now.

    redis-py asks the sentinels only when a pool hands a connection out; one that breaks while a call is tried again would be
    made anew to the primary that has died, for as long as the call lasts.
    """

    def _connect(self) -> socket.socket:
        self.host, self.port = self.connection_pool.get_master_address()
        connected: socket.socket = super()._connect()  # type: ignore[no-untyped-call]
        return connected
