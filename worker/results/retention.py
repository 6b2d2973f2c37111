"""Which records may go: those behind every consumer group. Nothing unacknowledged is ever trimmed."""

from redis import Redis
from redis.exceptions import ResponseError

from contracts.names import Names
from worker.broker.scripts import text

OLDEST = (0, 0)


def _id(value: object) -> tuple[int, int]:
    """Return a stream id as numbers: ids compare by them, not as text."""
    ms, _, sequence = text(value).partition("-")
    return int(ms), int(sequence or 0)


class Retention:
    """Trims the records up to what every group has acknowledged, and says when nothing more fits."""

    def __init__(self, client: "Redis", names: Names, *, max_records: int, max_memory_share: float) -> None:
        self._client = client
        self._names = names
        self._max_records = max_records
        self._max_memory_share = max_memory_share

    def trim(self) -> None:
        """Trim the records to their floor once they fill half of what is allowed."""
        # Acknowledged records stay readable for a while: an operator may look back, a new group may begin at the oldest.
        if self._client.xlen(self._names.records) <= self._max_records // 2:
            return
        floor = self._floor()
        if floor is not None and floor > OLDEST:
            self._client.xtrim(self._names.records, minid=f"{floor[0]}-{floor[1]}", approximate=False)

    def full(self) -> str | None:
        """Say why nothing more should be read from the ledger, or None."""
        if self._client.xlen(self._names.records) >= self._max_records:
            return (
                f"{self._max_records:,} records wait for their consumer groups; "
                "let a group read them (khabar records --group NAME) or raise KHABAR_MAX_RECORDS"
            )
        memory = self._client.info("memory")
        if memory["maxmemory"] and memory["used_memory"] >= self._max_memory_share * memory["maxmemory"]:
            return f"the broker uses {memory['used_memory']:,} of its {memory['maxmemory']:,} bytes (maxmemory)"
        return None

    def _floor(self) -> tuple[int, int] | None:
        """Return the oldest id that some group may still need, or None where no group has registered."""
        try:
            groups = self._client.xinfo_groups(self._names.records)
        except ResponseError:  # the stream does not exist yet
            return None
        return min((self._needs(group) for group in groups), default=None)

    def _needs(self, group: dict[str, object]) -> tuple[int, int]:
        oldest = self._client.xpending(self._names.records, text(group["name"]))["min"]
        return _id(oldest) if oldest else _id(group["last-delivered-id"])
