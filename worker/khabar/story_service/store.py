"""The stories' state in the broker: who holds it, what it is, and its one way to change.

With several ledgers the state and the stories are in the first of them. Records of the others are committed there, and then
acknowledged where they are. The commit names them, so that the next process acknowledges those that a dead one did not.
"""

import secrets
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from redis import Redis
from redis.exceptions import RedisError

from khabar.broker.replies import text
from khabar.broker.scripts import load_script
from khabar.keys.names import EVENT_FIELD, STORIES_GROUP, Names
from khabar.keys.unreadable import skip
from khabar.stories.keeper import Writes
from khabar.stories.packing import Unreadable
from khabar.story_service.feed import Entry, Feed, Lost

_PAGE: Final = 500  # articles a round trip: 800 kB
UNREADABLE: Final = "stories_unreadable"  # counter: entries that are not records, or that could not be grouped


class StoryStore:
    """One process's hand on the state.

    Args:
        client, names: of the ledger that has the state; the first of several.
        me: host:pid, for a person to see.
        lease_s: for which the stories are held without a sign of life.
        others: of the other ledgers, in the deployment's order. Their entries have ids of the form NUMBER:ID.
    """

    def __init__(
        self,
        client: "Redis",
        names: Names,
        *,
        me: str,
        lease_s: float,
        others: Sequence[tuple["Redis", Names]] = (),
    ) -> None:
        self._client = client
        self.names = names
        self._token = f"{me}:{secrets.token_hex(4)}"
        self._lease_ms = max(int(lease_s * 1000), 1)
        self._feeds = [
            Feed(each, own, token=self._token, lease_ms=self._lease_ms) for each, own in ((client, names), *others)
        ]
        self._commit = load_script(client, __package__, "commit")
        self._first = 0  # whose turn it is to be read first, and to be waited for
        self.commits = 0  # of the state that this process knows

    def hold(self) -> bool:
        """Take or renew the hold on the stories; return whether this process has it."""
        return _hold_all(self._feeds, again=False)

    def let_go(self) -> None:
        """Let another process hold the stories at once."""
        for feed in reversed(self._feeds):
            feed.let_go()

    def keep_holding(self, clients: Sequence["Redis"], stop: threading.Event) -> threading.Thread:
        """Renew this process's hold from a thread until `stop` is set, because restoring a large window takes long.

        Args:
            clients: the thread's own, one for each ledger.
        """
        feeds = [feed.by(client) for feed, client in zip(self._feeds, clients, strict=True)]

        def run() -> None:
            while not stop.wait(self._lease_ms / 3000):
                with suppress(RedisError):
                    _hold_all(feeds, again=True)

        thread = threading.Thread(target=run, name="holding", daemon=True)
        thread.start()
        return thread

    def join(self) -> int:
        """Make sure that the group is on all ledgers, with all that is pending under the one consumer's name.

        Returns:
            How many records were gone before the service could read them; they are counted.

        Raises:
            GroupDetached: an operator took it out.
        """
        return sum(feed.join() for feed in self._feeds)

    def head(self) -> bytes:
        """Return the state beside articles and stories; empty where there is no state. Later commits count from its number.

        Records of other ledgers that the last commit names are acknowledged there.

        Raises:
            Unreadable: the number of the commit cannot be read.
        """
        stored: Any = self._client.hmget(self.names.story_state, "commit", "head", "elsewhere")
        try:
            self.commits = int(stored[0] or 0)
        except ValueError as error:
            raise Unreadable("the number of the last commit") from error
        self._acknowledge(text(stored[2] or b"").split())
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

    def take(self, count: int) -> list[Entry]:
        """Return records, another ledger's first each time; of each ledger as `Feed.take` does.

        Raises:
            Lost: another process holds the stories.
        """
        found: list[Entry] = []
        self._first = (self._first + 1) % len(self._feeds)
        for turn in range(len(self._feeds)):
            number = (self._first + turn) % len(self._feeds)
            if len(found) < count:
                taken = self._feeds[number].take(count - len(found))
                found += [(f"{number}:{entry}" if number else entry, fields) for entry, fields in taken]
        return found

    def wait(self, *, timeout_ms: int) -> None:
        """Wait for a record, of several ledgers each time on another one."""
        self._first = (self._first + 1) % len(self._feeds)
        self._feeds[self._first].wait(timeout_ms=max(timeout_ms // len(self._feeds), 1))

    def commit(self, writes: Writes, done: Sequence[str], counted: Mapping[str, int]) -> None:
        """Write a batch, publish its revisions and acknowledge its records: all or nothing. Harmless when it is sent twice.

        Records of other ledgers are acknowledged when the batch is written.

        Raises:
            Lost: another process has written, or the broker has gone back to an earlier state.
        """
        names = self.names
        articles, gone_articles = _split(writes.articles)
        stories, gone_stories = _split(writes.stories)
        counters = [part for pair in counted.items() for part in pair]
        elsewhere = [entry for entry in done if ":" in entry]
        here = [entry for entry in done if ":" not in entry]
        parts: list[Sequence[Any]] = [here, writes.events, articles, gone_articles, stories, gone_stories, counters]
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
                " ".join(elsewhere),
                *(value for part in parts for value in part),
            ],
        )
        if answer != b"done":
            raise Lost(text(answer))
        self._acknowledge(elsewhere)
        self.commits += 1  # last: a commit that is sent again acknowledges again

    def _acknowledge(self, elsewhere: Sequence[str]) -> None:
        by_ledger: defaultdict[int, list[str]] = defaultdict(list)
        for entry in elsewhere:
            number, _, own = entry.partition(":")
            by_ledger[int(number)].append(own)
        for ledger, entries in by_ledger.items():
            if ledger < len(self._feeds):  # else one that the deployment had
                self._feeds[ledger].acknowledge(entries)

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


def _hold_all(feeds: Sequence[Feed], *, again: bool) -> bool:
    first, *others = feeds
    if first.hold(again=again):
        return all(feed.hold(again=again) for feed in others)
    for feed in others:  # else the process that holds the first would wait for them without end
        feed.let_go()
    return False
