"""Talking to the broker through outages: run one script, say clearly what went wrong."""

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

import redis
from redis.exceptions import NoPermissionError, NoScriptError, OutOfMemoryError, RedisError, ResponseError

from khabar.broker import connection
from khabar.broker.outage import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    OUTAGES,
    answer_code,
    is_outage,
    is_refusal,
)
from khabar.broker.url import UNSHOWN, hide_password, is_sentinel
from khabar.errors import BrokerRefused, BrokerUnavailable

NAME = "khabar-producer"
REPLICAS_S = 1.0  # a replica confirms in milliseconds; one that has stalled is asked again

T = TypeVar("T")


class OutOfMemory(Exception):
    """The broker is at its maxmemory and wrote nothing."""


def connect(url: str) -> redis.Redis:
    """Make a client that does not send anything twice by itself: resending is this module's business.

    Raises:
        BrokerRefused: the URL is none.
    """
    try:
        return connection.connect(url, name=NAME, outage_s=0)
    except ValueError as error:
        where = hide_password(url)
        # Where the password cannot be told from the rest, the error may quote it.
        why = (
            "a password with / @ ? or # needs them quoted" if where == UNSHOWN and not is_sentinel(url) else str(error)
        )
        raise BrokerRefused(f"{where} has no usable URL: {why}") from error


def address_of(client: redis.Redis) -> str:
    """Say where a client connects to, without its password."""
    options: dict[str, Any] = client.get_connection_kwargs()
    if service := getattr(client.connection_pool, "service_name", None):
        return f"the sentinels' service {service}"
    if "path" in options:
        return f"unix://{options['path']}"
    return f"redis://{options.get('host', 'localhost')}:{options.get('port', 6379)}/{options.get('db') or 0}"


class TooFewReplicas(ResponseError):
    """The broker has it, but too few replicas do; worded like the broker's own refusal, for it is the same trouble."""

    def __init__(self, confirmed: int, wanted: int) -> None:
        super().__init__(f"NOREPLICAS {confirmed} of {wanted} replicas confirmed within {REPLICAS_S:g} s")


class Caller:
    """Calls the broker, again and again through an outage; all that it calls must be idempotent."""

    def __init__(
        self,
        client: redis.Redis,
        address: str,
        *,
        outage_s: float,
        on_outage: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.client = client
        self.address = address
        self._outage_s = outage_s
        self._on_outage = on_outage
        self._clock = clock
        self._pause = pause
        self._sha: dict[str, str] = {}

    def run_script(self, script: str, keys: list[str], args: list[Any], *, replicas: int = 0) -> int:
        """Run a script that answers a whole number.

        Args:
            replicas: so many must have what the script wrote, unless it answers 0, before this returns.

        Raises:
            OutOfMemory, BrokerUnavailable, BrokerRefused.
        """

        def run() -> int:
            for _ in range(2):  # a restarted broker has forgotten its scripts
                sha = self._sha.get(script)
                if sha is None:
                    sha = self._sha[script] = _text(self.client.script_load(script))
                try:
                    if not replicas:
                        return int(self.client.evalsha(sha, len(keys), *keys, *args))
                    return self._replicated(sha, keys, args, replicas)
                except NoScriptError:
                    del self._sha[script]
            raise BrokerRefused(f"The broker at {self.address} does not keep scripts.")

        return self.call(run)

    def _replicated(self, sha: str, keys: list[str], args: list[Any], replicas: int) -> int:
        # In one go on one connection: WAIT is about the writes of its own connection, and one that was made anew after a
        # failover has none, so it would confirm at once what the new primary has never seen.
        pipe = self.client.pipeline(transaction=False)
        pipe.evalsha(sha, len(keys), *keys, *args)
        pipe.wait(replicas, int(REPLICAS_S * 1000))
        answer, confirmed = (int(reply) for reply in pipe.execute())
        if answer and confirmed < replicas:
            raise TooFewReplicas(confirmed, replicas)
        return answer

    def call(self, action: Callable[[], T]) -> T:
        """Do something with the client, again with growing pauses while the broker is away or in trouble.

        Raises:
            OutOfMemory, BrokerUnavailable, BrokerRefused.
        """
        give_up_at: float | None = None
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                return action()
            except OutOfMemoryError as error:
                raise OutOfMemory from error
            except RedisError as error:
                if not is_outage(error):
                    raise BrokerRefused(self._refused(error)) from error
                now = self._clock()
                if give_up_at is None:
                    give_up_at = now + self._outage_s
                    if self._on_outage:
                        self._on_outage(f"{self._trouble(error)}; trying for {self._outage_s:g} s")
                if now + pause_s > give_up_at:
                    raise BrokerUnavailable(f"{self._trouble(error)}, for {self._outage_s:g} s now.") from error
            self._pause(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 (jitter, so that producers come back apart)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _trouble(self, error: RedisError) -> str:
        """Say what the outage is: each kind has another remedy."""
        code = answer_code(error)
        if meaning := OUTAGES.get(code):
            return f"The broker at {self.address} {meaning} ({code}: {str(error).removeprefix(code).strip()[:200]})"
        return f"No answer from the broker at {self.address} ({str(error)[:200]})"

    def _refused(self, error: RedisError) -> str:
        if is_refusal(error) or isinstance(error, NoPermissionError):
            return f"The broker at {self.address} refuses access: {str(error)[:200]}"
        if isinstance(error, ResponseError):
            return f"The broker at {self.address} refuses: {str(error)[:200]}"
        return f"The broker at {self.address} cannot be used: {str(error)[:200]}"


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
