"""Ledger entries that nobody holds and nobody will read: found, counted, brought back."""

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
        self._bring_back = load_script(client, __package__, "bring_back")

    def count(self, lane: Lane) -> int:
        """Return how many there are; changes nothing."""
        return self._walk(lane, dry_run=True)

    def bring_back(self, lane: Lane) -> int:
        """Make them pending, so that the next take-over sends them; returns how many."""
        return self._walk(lane, dry_run=False)

    def _walk(self, lane: Lane, *, dry_run: bool) -> int:
        total, look_from = 0, "-"
        while look_from:
            reply = self._bring_back(
                keys=[self._names.ledger(lane)], args=[GROUP, self._me, look_from, PAGE, int(dry_run)]
            )
            look_from, total = text(reply[0]), total + int(reply[1])
        return total
