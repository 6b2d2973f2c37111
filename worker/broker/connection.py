"""One way to connect to the broker, for the dispatcher, the workers and the command."""

from redis import Redis
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry


def connect(
    url: str, *, name: str = "khabar", retries: int = 10, health_check_s: float = 30, timeout_s: float = 10
) -> "Redis":
    """Return a client that waits through short outages.

    Args:
        url: redis://, rediss:// or unix://.
        name: shown by the broker's CLIENT LIST.
        retries: how often a failed call is sent again, 0.05 s to 1 s apart (10 are about 7 s). Every script of ours
            may be sent twice without harm.
        health_check_s: an idle connection is tried before it is used again; 0 for never. The try is a PING, which a server that
            cannot write its data answers with an error.
        timeout_s: longest wait for a reply; above the longest BLOCK (2 s) for who blocks.
    """
    return Redis.from_url(
        url,
        client_name=name,
        protocol=2,  # pinned: reply shapes differ between 2 and 3, and every server speaks 2
        socket_timeout=timeout_s,
        socket_connect_timeout=min(timeout_s, 5),
        retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=1.0), retries),
        retry_on_error=[RedisConnectionError, RedisTimeoutError],
        health_check_interval=health_check_s,
    )
