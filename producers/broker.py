"""Talking to the broker through outages: connect, run one script, say clearly what went wrong."""

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)
from redis.retry import Retry

from contracts.broker_url import UNSHOWN, hide_password
from producers.errors import BrokerRefused, BrokerUnavailable

CONNECT_S = 3.0
ANSWER_S = 10.0  # a batch takes milliseconds; a broker that rewrites its file or swaps may stall for seconds
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 1.0

T = TypeVar("T")


class OutOfMemory(Exception):
    """The broker is at its maxmemory and wrote nothing."""


def connect(url: str) -> redis.Redis:
    """Make a client that does not send anything twice by itself: resending is this module's business.

    Raises:
        BrokerRefused: the URL is none.
    """
    try:
        return redis.Redis.from_url(
            url,
            protocol=2,  # pinned: reply shapes differ between the two
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=CONNECT_S,
            socket_timeout=ANSWER_S,
            client_name="khabar-producer",
        )
    except ValueError as error:
        where = hide_password(url)
        # Where the password cannot be told from the rest, the error may quote it.
        why = "a password with / @ ? or # needs them quoted" if where == UNSHOWN else str(error)
        raise BrokerRefused(f"{where} has no usable URL: {why}") from error


def address_of(client: redis.Redis) -> str:
    """Say where a client connects to, without its password."""
    options: dict[str, Any] = client.get_connection_kwargs()
    if "path" in options:
        return f"unix://{options['path']}"
    return f"redis://{options.get('host', 'localhost')}:{options.get('port', 6379)}/{options.get('db') or 0}"


class Caller:
    """Calls the broker, again and again through an outage; all that it calls must be idempotent."""

    def __init__(
        self,
        client: redis.Redis,
        address: str,
        *,
        outage_s: float,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.client = client
        self.address = address
        self._outage_s = outage_s
        self._clock = clock
        self._pause = pause
        self._sha: dict[str, str] = {}

    def run_script(self, script: str, keys: list[str], args: list[Any]) -> int:
        """Run a script that answers a whole number.

        Raises:
            OutOfMemory, BrokerUnavailable, BrokerRefused.
        """

        def run() -> int:
            for _ in range(2):  # a restarted broker has forgotten its scripts
                sha = self._sha.get(script)
                if sha is None:
                    sha = self._sha[script] = _text(self.client.script_load(script))
                try:
                    return int(self.client.evalsha(sha, len(keys), *keys, *args))
                except NoScriptError:
                    del self._sha[script]
            raise BrokerRefused(f"The broker at {self.address} does not keep scripts.")

        return self.call(run)

    def call(self, action: Callable[[], T]) -> T:
        """Do something with the client, again with growing pauses while the broker is away.

        Raises:
            OutOfMemory, BrokerUnavailable, BrokerRefused.
        """
        give_up_at: float | None = None
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                return action()
            except (AuthenticationError, AuthorizationError, NoPermissionError) as error:
                raise BrokerRefused(f"The broker at {self.address} refuses access: {str(error)[:200]}") from error
            except (redis.ConnectionError, redis.TimeoutError) as error:
                now = self._clock()
                give_up_at = now + self._outage_s if give_up_at is None else give_up_at
                if now + pause_s > give_up_at:
                    raise BrokerUnavailable(
                        f"No answer from the broker at {self.address} for {self._outage_s:g} s: {str(error)[:200]}"
                    ) from error
            except OutOfMemoryError as error:
                raise OutOfMemory from error
            except ReadOnlyError as error:
                raise BrokerRefused(
                    f"The broker at {self.address} is a read-only replica; give the address of the primary."
                ) from error
            except ResponseError as error:
                raise BrokerRefused(f"The broker at {self.address} refuses: {str(error)[:200]}") from error
            except RedisError as error:
                raise BrokerRefused(f"The broker at {self.address} cannot be used: {str(error)[:200]}") from error
            self._pause(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 (jitter, so that producers come back apart)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
