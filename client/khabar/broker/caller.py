"""Talking to the broker through outages: run one script, say clearly what went wrong."""

from collections.abc import Callable
from typing import Any, TypeVar

import redis
from redis.exceptions import NoPermissionError, NoScriptError, OutOfMemoryError, RedisError, ResponseError

from khabar.broker.outage import OUTAGES, answer_code, is_outage, is_refusal
from khabar.broker.retry import Pauses, keep_trying
from khabar.broker.scripts import KeptScript, with_scripts
from khabar.errors import BrokerRefused, BrokerUnavailable

REPLICAS_S = 1.0  # a replica confirms in milliseconds; one that has stalled is asked again

T = TypeVar("T")


class OutOfMemory(Exception):
    """The broker is at its maxmemory and wrote nothing."""


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
    """Calls the broker, again and again through an outage; all that it calls must be idempotent.

    Args:
        client: one that sends each call once.
        address: where it connects to, without the password.
        outage_s: seconds for which a call goes on after its first failure.
        on_outage: called with one sentence when an outage begins to be waited out.
    """

    def __init__(
        self, client: redis.Redis, address: str, *, outage_s: float, on_outage: Callable[[str], None] | None = None
    ) -> None:
        self.client = client
        self.address = address
        self._outage_s = outage_s
        self._on_outage = on_outage

    def run_script(self, script: str, keys: list[str], args: list[Any], *, replicas: int = 0) -> int:
        """Run a script that answers a whole number.

        Args:
            replicas: so many must have what the script wrote, unless it answers 0, before this returns.

        Raises:
            OutOfMemory, BrokerUnavailable, BrokerRefused.
        """
        kept = KeptScript(self.client, script)
        if not replicas:
            return self.call(lambda: int(kept(keys=keys, args=args)))
        return self.call(lambda: with_scripts(lambda: self._replicated(kept, keys, args, replicas)))

    def _replicated(self, script: KeptScript, keys: list[str], args: list[Any], replicas: int) -> int:
        # In one go on one connection: WAIT is about the writes of its own connection, and one that was made anew after a
        # failover has none, so it would confirm at once what the new primary has never seen.
        pipe = self.client.pipeline(transaction=False)
        script(keys=keys, args=args, client=pipe)
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
        failures: list[Exception] = []

        def failed(error: Exception) -> None:
            if not failures and self._on_outage:
                self._on_outage(f"{self._trouble(error)}; trying for {self._outage_s:g} s")
            failures.append(error)

        try:
            return keep_trying(
                action, Pauses(self._outage_s, from_now=False), on_failure=failed, is_retryable=_is_waited_for
            )
        except OutOfMemoryError as error:
            raise OutOfMemory from error
        except RedisError as error:
            if is_outage(error):
                raise BrokerUnavailable(f"{self._trouble(error)}, for {self._outage_s:g} s now.") from error
            raise BrokerRefused(self._refused(error)) from error

    def _trouble(self, error: Exception) -> str:
        """Say what the outage is: each kind has another remedy."""
        code = answer_code(error)
        if meaning := OUTAGES.get(code):
            return f"The broker at {self.address} {meaning} ({code}: {str(error).removeprefix(code).strip()[:200]})"
        return f"No answer from the broker at {self.address} ({str(error)[:200]})"

    def _refused(self, error: RedisError) -> str:
        if is_refusal(error) or isinstance(error, NoPermissionError):
            return f"The broker at {self.address} refuses access: {str(error)[:200]}"
        if isinstance(error, NoScriptError):
            return f"The broker at {self.address} does not keep scripts."
        if isinstance(error, ResponseError):
            return f"The broker at {self.address} refuses: {str(error)[:200]}"
        return f"The broker at {self.address} cannot be used: {str(error)[:200]}"


def _is_waited_for(error: Exception) -> bool:
    """Whether to go on here; what a full memory calls for, and an error that is not the broker's, the caller decides."""
    return isinstance(error, RedisError) and not isinstance(error, OutOfMemoryError) and is_outage(error)
