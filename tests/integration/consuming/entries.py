"""Records on the stream of these tests, without a worker."""

import redis

from khabar.keys.names import EVENT_FIELD, Names
from khabar.messages.envelope import EventType, event_bytes

NAMES = Names("test:")
GROUP = "monitor"


def add(client: redis.Redis, count: int = 1) -> list[str]:
    """Add records and return their entry ids."""
    event = event_bytes(EventType.RECORD, b"{}", event_id="e", subject=None)
    ids = [client.xadd(NAMES.records, {EVENT_FIELD: event}) for _ in range(count)]
    return [entry.decode() if isinstance(entry, bytes) else entry for entry in ids]


def pending(client: redis.Redis) -> int:
    """How many records the group was given and has not acknowledged."""
    return int(client.xpending(NAMES.records, GROUP)["pending"])


def questions(client: redis.Redis) -> int:
    """How often anybody has asked for records since the broker was started."""
    return int(client.info("commandstats").get("cmdstat_xreadgroup", {}).get("calls", 0))
