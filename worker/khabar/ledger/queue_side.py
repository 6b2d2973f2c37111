"""The dispatcher's side of the ledger: what is to be run next."""

from collections.abc import Iterator
from typing import Any

from redis import Redis

from khabar.broker.replies import text
from khabar.broker.scripts import load_script
from khabar.counting import Measure, name
from khabar.keys.names import GROUP, Lane, Names
from khabar.keys.unreadable import skip
from khabar.ledger.entries import Batch

# Pending entries looked at in one take-over: 1,000 take 0.4 ms of the broker. Entries that wait for another attempt are pending
# too; if there are more than this, the next look continues after them.
SCAN_ENTRIES = 10_000
SUSPECT_S = 3_600  # a suspect has ended, or is lost again, within a minute


class LedgerQueue:
    """Hands out batches: what is due again, what was lost, what is new; live before backfill in each."""

    def __init__(self, client: "Redis", names: Names, *, me: str, lease_s: float, lead_batches: int) -> None:
        self._client = client
        self._names = names
        self._me = f"dispatcher:{me}"  # begin.lua knows queued entries by this prefix
        self._lease_ms = int(lease_s * 1000)
        self._lead_batches = lead_batches
        self._look_from = dict.fromkeys(Lane, "-")
        self._ensure_group = load_script(client, __package__, "ensure_group")
        self._read_new = load_script(client, __package__, "read_new")
        self._take_due = load_script(client, __package__, "take_due")
        self._take_over = load_script(client, __package__, "take_over")

    def ensure_groups(self) -> None:
        """Create both ledgers and their consumer group where they do not exist; a new group begins at the oldest entry."""
        for lane in Lane:
            self._ensure_group(keys=[self._names.ledger(lane)], args=[GROUP])

    def due(self, limit: int) -> list[Batch]:
        """Take entries whose pause after a failure is over, each a batch of its own."""
        passed, *reply = self._take_due(
            keys=[self._names.retry, *(self._names.ledger(lane) for lane in Lane)],
            args=[GROUP, self._me, limit, *Lane],
        )
        if int(passed):
            skip(self._names.retry, "it is no sorted set" if int(passed) < 0 else "it names no entry of a known lane")
        return [
            Batch(Lane(text(lane)), [text(entry)], int(attempts))
            for lane, entry, attempts in zip(reply[::3], reply[1::3], reply[2::3], strict=True)
        ]

    def lost(self, limit: int, *, together: int) -> Iterator[Batch]:
        """Take over entries without a sign of life for a lease, at most `limit` of a lane.

        Entries that never ran are sent `together`. Entries that ran are sent one a batch, because one of them may have killed
        its worker; those lost twice run one after the other. All of them go first, because they have already waited for a lease.
        """
        for lane in Lane:
            look_from, *reply = self._take_over(
                keys=[self._names.ledger(lane), self._names.retry, self._names.suspect(lane), self._names.counters],
                args=[
                    *(GROUP, self._me, self._lease_ms, limit, lane, SCAN_ENTRIES, self._look_from[lane], SUSPECT_S),
                    name(Measure.TAKEN_OVER, lane, ""),
                ],
            )
            self._look_from[lane] = text(look_from)
            entries = [(text(entry), int(attempts)) for entry, attempts in zip(reply[::2], reply[1::2], strict=True)]
            unrun = [entry for entry, attempts in entries if not attempts]
            for start in range(0, len(unrun), together):
                yield Batch(lane, unrun[start : start + together], goes_first=True)
            for entry, attempts in entries:
                if attempts:
                    yield Batch(lane, [entry], attempts, goes_first=True)

    def new(self, limit: int) -> Batch | None:
        """Read at most `limit` new entries: of the live lane; of the backfill only where live has none.

        None as well where the queue holds `lead_batches` by now, from whichever dispatcher.
        """
        for lane in Lane:
            reply = self._read_new(
                keys=[self._names.ledger(lane), self._names.queue], args=[GROUP, self._me, limit, self._lead_batches]
            )
            if reply:
                return Batch(lane, [text(entry) for entry in reply])
        return None

    def wait(self, limit: int, *, timeout_ms: int) -> list[Batch]:
        """Read new entries of both lanes, waiting for the first one; for when there was nothing to do."""
        lanes = {self._names.ledger(lane): lane for lane in Lane}
        reply: Any = self._client.xreadgroup(GROUP, self._me, dict.fromkeys(lanes, ">"), count=limit, block=timeout_ms)
        return [Batch(lanes[text(stream)], [text(entry) for entry, _ in entries]) for stream, entries in reply or []]
