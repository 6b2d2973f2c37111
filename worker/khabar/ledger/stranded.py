"""Ledger entries that nobody holds and nobody will read: found, counted, brought back."""

from collections.abc import Iterator

from redis import Redis

from khabar.broker.replies import text
from khabar.broker.scripts import load_script
from khabar.keys.names import GROUP, Lane, Names

# Entries a round trip: the broker copies each one's article to look at its id. Behind the group there are only those in work.
PAGE = 32


class Stranded:
    """Finds stranded entries.

    Args:
        me: in whose name they become pending; begin.lua knows what is queued by the prefix "dispatcher:".
    """

    def __init__(self, client: "Redis", names: Names, *, me: str) -> None:
        self._names = names
        self._me = f"dispatcher:{me}"
        self._find = load_script(client, __package__, "find_stranded")
        self._bring_back = load_script(client, __package__, "bring_back")

    def count(self, lane: Lane) -> int:
        """Return how many there are; changes nothing."""
        return sum(len(ids) for ids in self._pages(lane))

    def bring_back(self, lane: Lane) -> int:
        """Make them pending, so that the next take-over sends them; returns how many."""
        ledger = self._names.ledger(lane)
        return sum(
            int(self._bring_back(keys=[ledger], args=[GROUP, self._me, *ids])) for ids in self._pages(lane) if ids
        )

    def _pages(self, lane: Lane) -> Iterator[list[str]]:
        look_from = "-"
        while look_from:
            look_from, *ids = map(text, self._find(keys=[self._names.ledger(lane)], args=[GROUP, look_from, PAGE]))
            yield ids
