"""Calls through outages, as plans: try again while waiting helps, say clearly what went wrong where it does not."""

import time
from collections.abc import Callable
from hashlib import sha1
from typing import Any, TypeVar

from redis.exceptions import (
    InvalidResponse,
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    RedisError,
    ResponseError,
)

from khabar.broker.outage import OUTAGES, answer_code, is_outage, is_refusal
from khabar.broker.plan import Pause, Plan
from khabar.broker.retry import Pauses
from khabar.broker.scripts import TRIES
from khabar.broker.slots import NO_TAG
from khabar.errors import BrokerRefused, BrokerUnavailable

REPLICAS_S = 1.0  # a replica confirms in milliseconds; one that has stalled is asked again
GIVE_UP_S = 0.25  # a pause is cut into pieces of this length, so that a call that is given up ends soon

T = TypeVar("T")


class OutOfMemory(Exception):
    """The broker is at its maxmemory and wrote nothing."""


def address_of(client: Any) -> str:
    """Say where a client, blocking or asynchronous, connects to, without its password."""
    options: dict[str, Any] = client.get_connection_kwargs()
    if service := getattr(client.connection_pool, "service_name", None):
        return f"the sentinels' service {service}"
    if "path" in options:
        return f"unix://{options['path']}"
    return f"redis://{options.get('host', 'localhost')}:{options.get('port', 6379)}/{options.get('db') or 0}"


class TooFewReplicas(ResponseError):
    """The broker has it, but too few replicas do; worded like the broker's own refusal, because it is the same trouble."""

    def __init__(self, confirmed: int, wanted: int) -> None:
        super().__init__(f"NOREPLICAS {confirmed} of {wanted} replicas confirmed within {REPLICAS_S:g} s")


class Caller:
    """Calls the broker, again and again through an outage; all that it calls must be idempotent.

    Its methods return plans (khabar/broker/plan.py), for a client that sends each call once.

    Args:
        address: where the client connects to, without the password.
        outage_s: seconds for which a call continues after its first failure; infinity without limit.
        on_outage: called with one sentence when an outage begins to be waited out.
        on_return: called with the seconds that an outage has lasted, when it is over.
        is_given_up: asked between two tries, four times a second; a call that is given up ends as if its time were over.
    """

    def __init__(
        self,
        address: str,
        *,
        outage_s: float,
        on_outage: Callable[[str], None] | None = None,
        on_return: Callable[[float], None] | None = None,
        is_given_up: Callable[[], bool] = lambda: False,
    ) -> None:
        self.address = address
        self._outage_s = outage_s
        self._on_outage = on_outage
        self._on_return = on_return
        self._is_given_up = is_given_up

    def call(self, make: Callable[[], Plan[T]]) -> Plan[T]:
        """Carry out a plan, from its beginning again with growing pauses while the broker is unreachable or in trouble.

        Args:
            make: makes the plan again for each try.

        Raises:
            BrokerUnavailable, BrokerRefused.
        """
        began: float | None = None
        pauses = Pauses(self._outage_s, from_now=False)
        while True:
            try:
                result = yield from make()
            except RedisError as error:
                if not is_outage(error):
                    raise BrokerRefused(self._refused(error)) from error
                if began is None:
                    began = time.monotonic()
                    if self._on_outage:
                        self._on_outage(f"{self._trouble(error)}; trying {self._how_long()}")
                pause_s = pauses.next_s()
                if pause_s is None or self._is_given_up():
                    raise BrokerUnavailable(
                        f"{self._trouble(error)}, for {time.monotonic() - began:.1f} s now."
                    ) from error
            else:
                if began is not None and self._on_return:
                    self._on_return(time.monotonic() - began)
                return result
            yield from self._wait(pause_s)

    def run_script(self, script: str, keys: list[str], args: list[Any], *, replicas: int = 0) -> Plan[list[int]]:
        """Run a script that answers whole numbers.

        Args:
            replicas: so many must have what the script wrote before this returns, where its first number is above 0.

        Raises:
            OutOfMemory, BrokerUnavailable, BrokerRefused.
        """
        return self.call(lambda: self._script(script, keys, args, replicas))

    def _script(self, script: str, keys: list[str], args: list[Any], replicas: int) -> Plan[list[int]]:
        sha = sha1(script.encode(), usedforsecurity=False).hexdigest()
        for _ in range(TRIES):
            try:
                if replicas:
                    return (yield from _replicated(sha, keys, args, replicas))
                return list((yield lambda client: client.evalsha(sha, len(keys), *keys, *args)))
            except NoScriptError:
                yield lambda client: client.script_load(script)
            except OutOfMemoryError as error:
                raise OutOfMemory from error  # no outage: workers make room
        raise BrokerRefused(f"The broker at {self.address} does not keep scripts.")

    def _wait(self, seconds: float) -> Plan[None]:
        while seconds > 0 and not self._is_given_up():
            yield Pause(min(seconds, GIVE_UP_S))
            seconds -= GIVE_UP_S

    def _how_long(self) -> str:
        return f"for {self._outage_s:g} s" if self._outage_s < float("inf") else "until it is back"

    def _trouble(self, error: RedisError) -> str:
        """Say what the outage is: each kind has another remedy."""
        if isinstance(error, OutOfMemoryError):
            return f"The broker at {self.address} has no memory left (maxmemory)"
        code = answer_code(error)
        if meaning := OUTAGES.get(code):
            return f"The broker at {self.address} {meaning} ({code}: {str(error).removeprefix(code).strip()[:200]})"
        return f"No answer from the broker at {self.address} ({str(error)[:200]})"

    def _refused(self, error: RedisError) -> str:
        if is_refusal(error) or isinstance(error, NoPermissionError):
            return f"The broker at {self.address} refuses access: {str(error)[:200]}"
        if answer_code(error) == "CROSSSLOT":
            return f"The broker at {self.address} is a cluster, and {NO_TAG}."
        if isinstance(error, ResponseError):
            return f"The broker at {self.address} refuses: {str(error)[:200]}"
        if isinstance(error, InvalidResponse):
            return f"{self.address} answers, but not as Redis."
        return f"The broker at {self.address} cannot be used: {str(error)[:200]}"


def _replicated(sha: str, keys: list[str], args: list[Any], replicas: int) -> Plan[list[int]]:
    def run(client: Any) -> Any:
        # One pipeline, so one connection: WAIT waits for the writes of its own connection. A connection that was made again
        # after a failover has no writes, so WAIT would confirm at once a write that the new primary has never seen.
        pipe = client.pipeline(transaction=False)
        pipe.evalsha(sha, len(keys), *keys, *args)
        pipe.wait(replicas, int(REPLICAS_S * 1000))
        return pipe.execute()

    answer, confirmed = yield run
    if answer[0] > 0 and int(confirmed) < replicas:
        raise TooFewReplicas(int(confirmed), replicas)
    return list(answer)
