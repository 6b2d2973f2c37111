"""An asynchronous client of the broker: the same options as the blocking one's, and the same way to the primary."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from khabar.broker.connection import client_options, sentinel_options
from khabar.broker.outage import is_outage
from khabar.broker.patience import PRODUCER
from khabar.broker.url import SentinelUrl, is_sentinel, unusable

T = TypeVar("T")


def connect(url: str, *, name: str) -> "Redis":
    """Return a client that sends each call once; it connects at its first call.

    Args:
        url: redis://, rediss://, unix://, or sentinel:// as in khabar/broker/url.py.
        name: shown by the broker's CLIENT LIST.

    Raises:
        UnusableUrl: the URL is not valid; one sentence without the password.
    """
    options = client_options(url, PRODUCER, name=name) | {"retry": OneTry()}
    try:
        if is_sentinel(url):
            return _sentinels_client(SentinelUrl.parse(url), options)
        return Redis.from_pool(ConnectionPool.from_url(url, **options))
    except ValueError as error:
        raise unusable(url, str(error)) from None  # the cause may quote the password


def _sentinels_client(parsed: SentinelUrl, options: dict[str, Any]) -> "Redis":
    sentinels = Sentinel(  # type: ignore[no-untyped-call]
        list(parsed.hosts), sentinel_kwargs=sentinel_options(parsed) | {"retry": OneTry()}
    )
    # Its connections ask the sentinels each time they are made. None is made again within a call, for each is sent once.
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
