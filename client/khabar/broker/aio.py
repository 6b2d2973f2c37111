"""An asynchronous client of the broker: the same options as the blocking one's, and the same way to the primary."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from khabar.broker import caller
from khabar.broker.connection import sentinel_options
from khabar.broker.outage import is_outage
from khabar.broker.url import SentinelUrl, is_sentinel

T = TypeVar("T")

# Taken over from the blocking client, so that both wait equally long and speak the same protocol.
SHARED = (
    "client_name",
    "protocol",
    "socket_timeout",
    "socket_connect_timeout",
    "socket_keepalive",
    "health_check_interval",
)


def connect(url: str, *, name: str) -> "Redis":
    """Return a client that sends each call once; it connects at its first call.

    Args:
        url: redis://, rediss://, unix://, or sentinel:// as in khabar/broker/url.py.
        name: shown by the broker's CLIENT LIST.

    Raises:
        BrokerRefused: the URL is none.
    """
    blocking = caller.connect(url, name=name).get_connection_kwargs()
    options: dict[str, Any] = {option: blocking[option] for option in SHARED if option in blocking}
    options["retry"] = OneTry()
    if not is_sentinel(url):
        return Redis.from_pool(ConnectionPool.from_url(url, **options))
    parsed = SentinelUrl.parse(url)
    sentinels = Sentinel(  # type: ignore[no-untyped-call]
        list(parsed.hosts), sentinel_kwargs=sentinel_options(parsed) | {"retry": OneTry()}
    )
    # Its connections ask the sentinels each time they are made. None is made anew within a call, for each is sent once.
    pool = SentinelConnectionPool(  # type: ignore[no-untyped-call]
        parsed.service, sentinels, db=parsed.db, username=parsed.username, password=parsed.password, **options
    )
    return Redis.from_pool(pool)


async def close(client: "Redis") -> None:
    """Close a client's connections, those to sentinels as well."""
    await client.aclose()
    sentinels: Sentinel | None = getattr(client.connection_pool, "sentinel_manager", None)
    if sentinels is not None:
        await sentinels.aclose()


class OneTry(Retry):
    """redis-py's hook for trying again, without trying again: it closes the connection on an outage, and raises."""

    def __init__(self) -> None:
        super().__init__(NoBackoff(), 0)

    async def call_with_retry(
        self,
        do: Callable[[], Awaitable[T]],
        fail: Callable[..., Any],
        is_retryable: Callable[[Exception], bool] | None = None,
        with_failure_count: bool = False,
    ) -> T:
        """Do it once; on an outage call `fail`, which closes the connection."""
        try:
            return await do()
        except (RedisError, OSError) as error:
            if is_outage(error) and (is_retryable is None or is_retryable(error)):
                await (fail(error, 1) if with_failure_count else fail(error))
            raise
