"""The stories' state in the broker: who holds it, what it is, and its one way to change."""

import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from redis import Redis
from redis.exceptions import OutOfMemoryError, RedisError

from khabar.broker.plan import carry_out
from khabar.broker.replies import text
from khabar.broker.scripts import load_script
from khabar.consuming.registry import register
from khabar.keys.names import EVENT_FIELD, STORIES_GROUP, Names
from khabar.keys.unreadable import skip
from khabar.stories.keeper import Writes
from khabar.stories.packing import Unreadable

CONSUMER: Final = "stories"  # one name for all processes: the next process is given the entries that the last one held
_PAGE: Final = 500  # articles a round trip: 800 kB
MISSED: Final = "stories_missed"  # counters: records that were trimmed, or deleted, before they were read
UNREADABLE: Final = "stories_unreadable"  # entries that are not records, or that could not be grouped

_DELETED: Final = 2  # place of the deleted entries in the answer of XAUTOCLAIM

Entry = tuple[str, dict[str, bytes] | None]


class Lost(Exception):
    """Another process holds the stories, or the broker's state is not the one that this process knows."""


class StoryStore:
    """One process's hand on the state.

    Args:
        me: host:pid, for a person to see.
        lease_s: for which the stories are held without a sign of life.
    """

    def __init__(self, client: "Redis", names: Names, *, me: str, lease_s: float) -> None:
        self._client = client
        self.names = names
        self._token = f"{me}:{secrets.token_hex(4)}"
        self._lease_ms = max(int(lease_s * 1000), 1)
        self._hold, self._take, self._commit = (
            load_script(client, __package__, name) for name in ("hold", "take", "commit")
        )
        self.commits = 0  # of the state that this process knows

    def hold(self) -> bool:
        """Take or renew the hold on the stories; return whether this process has it."""
        return bool(self._hold(keys=[self.names.story_holder], args=[self._token, self._lease_ms, 0]))

    def let_go(self) -> None:
        """Let another process hold the stories at once."""
        self._hold(keys=[self.names.story_holder], args=[self._token, 0, 0])

    def keep_holding(self, client: "Redis", stop: threading.Event) -> threading.Thread:
        """Renew this process's hold from a thread until `stop` is set, because restoring a large window takes long.

        Args:
            client: the thread's own.
        """
        hold = load_script(client, __package__, "hold")

        def run() -> None:
            while not stop.wait(self._lease_ms / 3000):
                with suppress(RedisError):
                    hold(keys=[self.names.story_holder], args=[self._token, self._lease_ms, 1])

        thread = threading.Thread(target=run, name="holding", daemon=True)
        thread.start()
        return thread

    def join(self) -> int:
        """Make sure that the group is there, with all that is pending under the one consumer's name.

        Returns:
            How many records were gone before the service could read them; they are counted.

        Raises:
            GroupDetached: an operator took it out.
        """
        is_new = False
        with suppress(
            OutOfMemoryError
        ):  # what is acknowledged makes room; where the group is not there, the next step says so
            is_new = carry_out(register(self.names, STORIES_GROUP), self._client)
        missed = self._unseen() if is_new else 0
        after = "0-0"
        while True:
            reply: Any = self._client.xautoclaim(self.names.records, STORIES_GROUP, CONSUMER, 0, after, count=_PAGE)
            after = text(reply[0])
            missed += len(reply[2]) if len(reply) > _DELETED else 0
            if after == "0-0":
                break
        if missed:
            self._client.hincrby(self.names.counters, MISSED, missed)
        return missed

    def _unseen(self) -> int:
        stream: Any = self._client.xinfo_stream(self.names.records)
        return max(int(stream["entries-added"]) - int(stream["length"]), 0)

    def head(self) -> bytes:
        """Return the state beside articles and stories; empty where there is no state. Later commits count from its number.

        Raises:
            Unreadable: the number of the commit cannot be read.
        """
        stored: Any = self._client.hmget(self.names.story_state, "commit", "head")
        try:
            self.commits = int(stored[0] or 0)
        except ValueError as error:
            raise Unreadable("the number of the last commit") from error
        return bytes(stored[1] or b"")

    def forget(self) -> None:
        """Delete a state that cannot be read; the stories start from the beginning."""
        names = self.names
        self._client.delete(names.story_articles, names.open_stories, names.story_state)
        self.commits = 0

    def stories(self) -> Iterator[tuple[int, bytes]]:
        """Yield the open stories by their numbers, in no order."""
        return self._pages(self.names.open_stories)

    def articles(self) -> Iterator[tuple[int, bytes]]:
        """Yield the articles by their serial numbers, in no order."""
        return self._pages(self.names.story_articles)

    def fetch(self, serials: Sequence[int]) -> list[bytes | None]:
        """Return some articles; None for one that is not there."""
        found: Any = self._client.hmget(self.names.story_articles, [str(each) for each in serials])
        return list(found)

    def take(self, count: int, *, after: str) -> list[Entry]:
        """Return records: what was given and not acknowledged after an id, or new ones.

        Args:
            after: an entry id, or ">" for new ones.

        Raises:
            Lost: another process holds the stories.
        """
        keys = [self.names.story_holder, self.names.records]
        status, *rest = self._take(keys=keys, args=[self._token, STORIES_GROUP, CONSUMER, count, after])
        if status != b"ok":
            raise Lost("another process holds the stories")
        return [(text(entry), _fields(fields)) for entry, fields in rest[0]]

    def wait(self, after: str, *, timeout_ms: int) -> None:
        """Wait for a record after an id."""
        self._client.xread({self.names.records: after}, count=1, block=timeout_ms)

    def commit(self, writes: Writes, done: Sequence[str], counted: Mapping[str, int]) -> None:
        """Write a batch, publish its revisions and acknowledge its records: all or nothing. Harmless when it is sent twice.

        Raises:
            Lost: another process has written, or the broker has gone back to an earlier state.
        """
        names = self.names
        articles, gone_articles = _split(writes.articles)
        stories, gone_stories = _split(writes.stories)
        counters = [part for pair in counted.items() for part in pair]
        parts: list[Sequence[Any]] = [done, writes.events, articles, gone_articles, stories, gone_stories, counters]
        counts = [len(part) for part in parts]
        for pairs in (2, 4, 6):
            counts[pairs] //= 2
        answer = self._commit(
            keys=[
                *(names.story_holder, names.story_state, names.story_articles, names.open_stories),
                *(names.stories, names.records, names.counters),
            ],
            args=[
                *(self._token, self.commits + 1, writes.head, STORIES_GROUP, EVENT_FIELD),
                *counts,
                *(value for part in parts for value in part),
            ],
        )
        if answer != b"done":
            raise Lost(text(answer))
        self.commits += 1

    def _pages(self, key: str) -> Iterator[tuple[int, bytes]]:
        seen: set[int] = set()  # HSCAN may give a field twice while the table shrinks
        for field, value in self._client.hscan_iter(key, count=_PAGE):
            if not field.isdigit():
                skip(key, "it has no number")
            elif (number := int(field)) not in seen:
                seen.add(number)
                yield number, value


def _split(values: Mapping[int, bytes | None]) -> tuple[list[Any], list[int]]:
    """Return fields and values to write in turn, and the fields that go."""
    written = [part for number, value in values.items() if value is not None for part in (number, value)]
    return written, [number for number, value in values.items() if value is None]


def _fields(fields: Any) -> dict[str, bytes] | None:
    if not fields:
        return None
    return {text(name): value for name, value in zip(fields[::2], fields[1::2], strict=True)}
