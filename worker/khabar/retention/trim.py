"""Which records may go: those behind every consumer group. Nothing unacknowledged is ever trimmed."""

from collections.abc import Mapping
from dataclasses import dataclass

from redis import Redis
from redis.exceptions import ResponseError

from khabar.broker.replies import text
from khabar.broker.scripts import load_script
from khabar.keys.defaults import DEFAULT_FULL_MEMORY_SHARE
from khabar.keys.names import STORIES_GROUP, Names

SAMPLES = 1_000  # nodes of the stream that MEMORY USAGE measures; it takes the broker 0.1 ms
LEAST_RECORDS_SHARE = 0.05  # of maxmemory, that records take before they stop the reading: some must be on their way
COUNT_ENTRIES = 1_000  # looked at in one step of a count: the broker copies 14 MB of records, about 5 ms


@dataclass(frozen=True, slots=True)
class Trimmed:
    """The result of trimming once, done or planned.

    Attributes:
        records: how many were removed.
        floor: id of the oldest record that is still needed or kept as the mark; empty where there is nothing to trim.
        holder: the consumer group for which this record is kept.
    """

    records: int
    floor: str
    holder: str


@dataclass(frozen=True, slots=True)
class Memory:
    """The broker's memory.

    Attributes:
        most_bytes: maxmemory; 0 where it has no limit.
    """

    used_bytes: int
    most_bytes: int

    @property
    def share(self) -> float:
        """The share that is used; 0 where there is no limit."""
        return self.used_bytes / self.most_bytes if self.most_bytes else 0.0


class Retention:
    """Trims the records up to what every group has acknowledged, and says when nothing more fits."""

    def __init__(
        self,
        client: "Redis",
        names: Names,
        *,
        max_records: int,
        max_memory_share: float,
        full_memory_share: float = DEFAULT_FULL_MEMORY_SHARE,
    ) -> None:
        self._client = client
        self._names = names
        self._max_records = max_records
        self._max_memory_share = max_memory_share
        self._full_memory_share = full_memory_share
        self._trim = load_script(client, __package__, "trim")
        self._count = load_script(client, __package__, "count")
        self._holder = ""

    def trim(self) -> Trimmed:
        """Trim the records to their floor once they fill half of what is allowed, or the broker's memory is short."""
        # Acknowledged records stay readable for a while: an operator may look back, a new group may begin at the oldest.
        # Not so far as producers are told QueueFull: just below that mark, a batch would wait for room that nothing makes.
        is_short = self._memory().share >= self._full_memory_share / 2
        trimmed = self._run(0 if is_short else self._max_records // 2)
        self._holder = trimmed.holder
        return trimmed

    def trim_all(self) -> Trimmed:
        """Trim the records to their floor, however few there are."""
        return self._run(0)

    def would_trim_all(self, moved: Mapping[str, str]) -> Trimmed:
        """Say what `trim_all` would do; changes nothing.

        Args:
            moved: groups that would be past this record id by then; an empty id for a group that would be gone.
        """
        would = self._run(0, dry_run=True, moved=moved)
        return Trimmed(self.count("-", f"({would.floor}"), would.floor, would.holder) if would.floor else would

    def count(self, start: str, end: str) -> int:
        """Count the records from `start` to `end`, ids as in XRANGE, without fetching them."""
        total = 0
        while True:
            found, last = self._count(keys=[self._names.records], args=[start, end, COUNT_ENTRIES])
            total += int(found)
            if int(found) < COUNT_ENTRIES:
                return total
            start = f"({text(last)}"

    def full(self) -> str | None:
        """Say why nothing more should be read from the ledger, or None."""
        if self._client.xlen(self._names.records) >= self._max_records:
            waits_for = f"consumer group {self._holder!r}" if self._holder else "their consumer groups"
            return (
                f"{self._max_records:,} records wait for {waits_for}; "
                "let a group read them (khabar records --group NAME; khabar groups shows those there are) "
                "or raise KHABAR_MAX_RECORDS"
            )
        memory = self._memory()
        if memory.share < self._max_memory_share:
            return None
        # Only what reading adds to counts here. A ledger that fills the memory must not stop the reading, which empties it.
        records_bytes = self._records_bytes(memory)
        if records_bytes < max(1 - self._max_memory_share, LEAST_RECORDS_SHARE) * memory.most_bytes:
            return None
        return (
            f"the broker uses {memory.used_bytes:,} of its {memory.most_bytes:,} bytes (maxmemory), {records_bytes:,} of them "
            "for records that no group has acknowledged; let their groups read them (khabar groups) or raise maxmemory"
        )

    def _memory(self) -> Memory:
        try:
            memory = self._client.info("memory")
        except ResponseError:  # forbidden or renamed: the broker's own limit is all that holds
            return Memory(0, 0)
        return Memory(int(memory["used_memory"]), int(memory["maxmemory"]))

    def _records_bytes(self, memory: Memory) -> int:
        try:
            return self._client.memory_usage(self._names.records, samples=SAMPLES) or 0
        except (
            ResponseError
        ):  # forbidden: where acknowledged records go at once, more than the mark is owed to somebody
            return memory.most_bytes if self._client.xlen(self._names.records) > 1 else 0

    def _run(self, longer_than: int, *, dry_run: bool = False, moved: Mapping[str, str] | None = None) -> Trimmed:
        pairs = [part for pair in (moved or {}).items() for part in pair]
        records, floor, holder = self._trim(
            keys=[self._names.records], args=[longer_than, int(dry_run), STORIES_GROUP, *pairs]
        )
        return Trimmed(int(records), text(floor), text(holder))
