"""ListRelay: moves items from a Redis list onto the ledger; nothing is lost or doubled, whatever dies.

An item is in the list, then in the holding list beside it, then on the ledger, and only then out of the holding list. A relay
that dies in between leaves it in the holding list, and the next one sends it again: that article is one outcome all the same, for
the outcome's id is made of its content.
"""

import secrets
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

import redis

from khabar.broker.caller import Caller, address_of
from khabar.broker.connection import connect
from khabar.broker.patience import PRODUCER
from khabar.broker.plan import Plan, carry_out
from khabar.errors import BrokerRefused, QueueFull
from khabar.keys.lists import held_key, lease_key
from khabar.publishing.publisher import ArticlePublisher
from khabar.sources.items import Item
from khabar.sources.shape import Shape

NAME: Final = "khabar-relay"
BLOCK_S: Final = 1.0  # a stop is noticed within it
LEASE_MS: Final = 15_000  # for which a relay that died keeps the next one from the list
_KEEP = "#!lua\nif redis.call('GET', KEYS[1]) == ARGV[1] then return {redis.call('PEXPIRE', KEYS[1], ARGV[2])} end return {0}"
_LEAVE = "#!lua\nif redis.call('GET', KEYS[1]) == ARGV[1] then return {redis.call('DEL', KEYS[1])} end return {0}"


class ListRelay:
    """Takes items from the head of a list: RPUSH puts the next one behind all others.

    One relay a list is at work. Others wait, and take over within 15 seconds where it dies.

    Attributes:
        held: name of the holding list.
        lease: name of the key that says which relay is at work.
    """

    def __init__(
        self,
        url: str,
        key: str,
        publisher: ArticlePublisher,
        *,
        batch: int = 100,
        shape: Shape | None = None,
        outage_s: float = float("inf"),
        on_trouble: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Connect at the first call.

        Args:
            url: of the server with the list; it may be another than the broker.
            key: of the list.
            publisher: onto the ledger.
            batch: items that are moved at a time.
            shape: which fields of the items are khabar's.
            outage_s: seconds to keep trying while the list's server is unreachable.
            on_trouble: called with one sentence when an outage begins, or the queue is full.
        """
        self.held, self.lease = held_key(key), lease_key(key)
        self._key, self._batch, self._publisher = key, batch, publisher
        self._client: redis.Redis = connect(url, PRODUCER, name=NAME)
        self._caller = Caller(address_of(self._client), outage_s=outage_s, on_outage=on_trouble)
        self._shape = shape or Shape()
        self._on_trouble = on_trouble
        self._token = secrets.token_hex(16)

    def run(self, *, is_stopped: Callable[[], bool] = lambda: False, until_empty: bool = False) -> None:
        """Relay until the list is empty, or without end. When this returns, the holding list is empty, or another relay has it.

        Args:
            is_stopped: asked between two batches, once a second at least.
            until_empty: end when the list is empty.

        Raises:
            BrokerRefused: the key holds no list, or access is refused.
            BrokerUnavailable: a server was unreachable for longer than allowed.
        """
        self._check()
        try:
            if not self._wait_for_lease(is_stopped):
                return
            self._relay_held(is_stopped)
            while not is_stopped():
                if not self._script(_KEEP, LEASE_MS) and not self._wait_for_lease(is_stopped):
                    return
                if self._take(0.0 if until_empty else BLOCK_S):
                    self._relay_held(is_stopped)
                elif until_empty:
                    return
        finally:
            self._script(_LEAVE)

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def _check(self) -> None:
        kind = self._call(lambda client: client.type(self._key))
        kind = kind.decode() if isinstance(kind, bytes) else kind
        if kind not in ("list", "none"):
            raise BrokerRefused(f"{self._key} holds a {kind}, and a relay reads a list.")

    def _wait_for_lease(self, is_stopped: Callable[[], bool]) -> bool:
        told = False
        while not self._call(lambda client: client.set(self.lease, self._token, nx=True, px=LEASE_MS)):
            if self._script(_KEEP, LEASE_MS):
                return True
            if not told:
                self._on_trouble(f"another relay has {self._key}; waiting for it to end")
                told = True
            if is_stopped():
                return False
            time.sleep(BLOCK_S / 4)
        return True

    def _take(self, block_s: float) -> bool:
        """Move items into the holding list: one when it comes, and at once what is behind it. Tell whether any was."""
        if block_s:
            first = self._call(lambda client: client.blmove(self._key, self.held, block_s, "LEFT", "RIGHT"))
        else:
            first = self._call(lambda client: client.lmove(self._key, self.held, "LEFT", "RIGHT"))
        if first is None:
            return False

        def move_rest(client: Any) -> Any:
            pipe = client.pipeline(transaction=False)
            for _ in range(min(client.llen(self._key), self._batch - 1)):
                pipe.lmove(self._key, self.held, "LEFT", "RIGHT")
            return pipe.execute()

        self._call(move_rest)
        return True

    def _relay_held(self, is_stopped: Callable[[], bool]) -> None:
        """Send what is in the holding list, its head first."""
        while items := self._call(lambda client: client.lrange(self.held, 0, self._batch - 1)):
            self._send(items, is_stopped)
            self._call(partial(self._forget, items))

    def _send(self, items: Iterable[bytes], is_stopped: Callable[[], bool]) -> None:
        for raw in items:
            item = self._shape.renamed(Item(raw.encode() if isinstance(raw, str) else raw, 0, self._key))
            try:
                self._publisher.add(item)
            except QueueFull as error:  # the item is taken
                self._on_trouble(str(error))
        while True:
            try:
                self._publisher.flush()
            except QueueFull as error:
                self._on_trouble(str(error))
                if is_stopped():
                    raise
            else:
                return

    def _forget(self, items: Iterable[bytes], client: Any) -> Any:
        pipe = client.pipeline(transaction=False)
        for item in items:
            pipe.lrem(self.held, 1, item)  # by value: were it by place, two relays would forget what neither has sent
        return pipe.execute()

    def _script(self, script: str, *arguments: object) -> bool:
        plan = self._caller.run_script(script, [self.lease], [self._token, *arguments])
        return bool(carry_out(plan, self._client)[0])

    def _call(self, ask: Callable[[Any], Any]) -> Any:
        def plan() -> Plan[Any]:
            return (yield ask)

        return carry_out(self._caller.call(plan), self._client)
