"""The records of one ledger, read by the group of the stories: one process at a time; every record until it is acknowledged."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from redis import Redis
from redis.exceptions import OutOfMemoryError

from khabar.broker.plan import carry_out
from khabar.broker.replies import text
from khabar.broker.scripts import load_script
from khabar.consuming.registry import register
from khabar.keys.names import STORIES_GROUP, Names

CONSUMER: Final = "stories"  # one name for all processes, so a process gets the pending records of the one before it
MISSED: Final = "stories_missed"  # counter: records that were trimmed, or deleted, before they were read

_PAGE: Final = 500
_DELETED: Final = 2  # place of the deleted entries in the answer of XAUTOCLAIM

Entry = tuple[str, dict[str, bytes] | None]


class Lost(Exception):
    """Another process holds the lease, or the broker's state is not the one that this process last wrote."""


class Feed:
    """One process's exclusive access to the records of one ledger, by a lease with a token."""

    def __init__(self, client: "Redis", names: Names, *, token: str, lease_ms: int) -> None:
        self._client = client
        self._names = names
        self._token, self._lease_ms = token, lease_ms
        self._hold, self._take = (load_script(client, __package__, name) for name in ("hold", "take"))
        self._seen = "$"

    def by(self, client: "Redis") -> "Feed":
        """Return a feed with the same lease over another connection, for use in another thread."""
        return Feed(client, self._names, token=self._token, lease_ms=self._lease_ms)

    def hold(self, *, again: bool = False) -> bool:
        """Take or prolong the lease, with `again` only prolong it; return whether this process holds it now."""
        return bool(self._hold(keys=[self._names.story_holder], args=[self._token, self._lease_ms, int(again)]))

    def let_go(self) -> None:
        """Give up the lease, so that another process can take it at once."""
        self._hold(keys=[self._names.story_holder], args=[self._token, 0, 0])

    def join(self) -> int:
        """Create the group if it is missing, and take over all its pending records under the one consumer name.

        Returns:
            How many records were trimmed or deleted before the service could read them; the broker's counter has them too.

        Raises:
            GroupDetached: an operator has detached the group.
        """
        self._seen = "$"
        is_new = False
        with suppress(
            OutOfMemoryError
        ):  # acknowledging records makes room; if the group is missing, the next command fails and says so
            is_new = carry_out(register(self._names, STORIES_GROUP), self._client)
        missed = self._unseen() if is_new else 0
        after = "0-0"
        while True:
            reply: Any = self._client.xautoclaim(self._names.records, STORIES_GROUP, CONSUMER, 0, after, count=_PAGE)
            after = text(reply[0])
            missed += len(reply[2]) if len(reply) > _DELETED else 0
            if after == "0-0":
                break
        if missed:
            self._client.hincrby(self._names.counters, MISSED, missed)
        return missed

    def take(self, count: int) -> list[Entry]:
        """Return the records that were delivered and not acknowledged; if all are acknowledged, return new records.

        Raises:
            Lost: another process holds the lease.
        """
        keys = [self._names.story_holder, self._names.records]
        status, *rest = self._take(keys=keys, args=[self._token, STORIES_GROUP, CONSUMER, count])
        if status != b"ok":
            raise Lost("another process holds the stories")
        found = [(text(entry), _fields(fields)) for entry, fields in rest[0]]
        if found:
            self._seen = found[-1][0]
        return found

    def acknowledge(self, entries: Sequence[str]) -> None:
        """Acknowledge records that are stored in stories."""
        self._client.xack(self._names.records, STORIES_GROUP, *entries)

    def wait(self, *, timeout_ms: int) -> None:
        """Wait for a record after the last one taken."""
        self._client.xread({self._names.records: self._seen}, count=1, block=timeout_ms)

    def _unseen(self) -> int:
        stream: Any = self._client.xinfo_stream(self._names.records)
        return max(int(stream["entries-added"]) - int(stream["length"]), 0)


def _fields(fields: Any) -> dict[str, bytes] | None:
    if not fields:
        return None
    return {text(name): value for name, value in zip(fields[::2], fields[1::2], strict=True)}
