"""Consumers that hold nothing and notes on what is gone: they harm nobody, but they pile up."""

from collections.abc import Iterator
from typing import Any

from redis import Redis

from khabar.broker.replies import text
from khabar.broker.scripts import load_script
from khabar.keys.names import GROUP, Lane, Names

CONSUMER_IDLE_S = 600.0  # far above any lease, and long enough for a person to see who was there
PAGE = 500  # notes a round trip


class Sweeper:
    """Removes what nothing else removes."""

    def __init__(self, client: "Redis", names: Names, *, consumer_idle_s: float = CONSUMER_IDLE_S) -> None:
        self._client = client
        self._names = names
        self._idle_ms = int(consumer_idle_s * 1000)
        self._sweep = load_script(client, __package__, "sweep")
        self._forget = load_script(client, __package__, "forget")

    def ledger_consumers(self, *, dry_run: bool = False) -> list[tuple[str, str]]:
        """Delete dispatchers and workers that hold nothing and are long silent; returns (ledger, name) of each."""
        return [
            (ledger, consumer)
            for ledger in map(self._names.ledger, Lane)
            for consumer in self._consumers(ledger, GROUP, dry_run=dry_run)
        ]

    def group_consumers(self, group: str, *, dry_run: bool = False) -> list[str]:
        """Delete consumers of a group of the records that hold nothing and are long silent; returns their names."""
        return self._consumers(self._names.records, group, dry_run=dry_run)

    def leftovers(self, *, dry_run: bool = False) -> list[str]:
        """Forget failures and retries of ledger entries that are gone; returns them as "lane id"."""
        gone: dict[str, None] = {}
        for page in self._notes():
            reply = self._forget(
                keys=[self._names.failures, self._names.retry, *map(self._names.ledger, Lane)],
                args=[int(dry_run), len(Lane), *Lane, *page],
            )
            gone |= dict.fromkeys(map(text, reply))  # in order, and what is in both once
        return list(gone)

    def _consumers(self, stream: str, group: str, *, dry_run: bool) -> list[str]:
        return [text(name) for name in self._sweep(keys=[stream], args=[group, self._idle_ms, int(dry_run)])]

    def _notes(self) -> Iterator[list[bytes]]:
        page: list[bytes] = []
        for member, _ in self._scanned():
            page.append(member)
            if len(page) == PAGE:
                yield page
                page = []
        if page:
            yield page

    def _scanned(self) -> Iterator[tuple[bytes, Any]]:
        yield from self._client.hscan_iter(self._names.failures, count=PAGE)
        yield from self._client.zscan_iter(self._names.retry, count=PAGE)
