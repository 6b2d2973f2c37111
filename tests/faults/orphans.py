"""What killed processes leave behind in the ledger, and when it is under way again."""

import base64
import time
from collections.abc import Container

import orjson
import redis

from khabar.keys.names import GROUP, Lane
from tests.faults.stage import Stage
from tests.waiting import PATIENCE_S

HELD = 10_000  # more than all processes together can hold
LOOK_EVERY_S = 0.05
LANE = Lane.LIVE


def is_of(consumer: bytes, pids: Container[int]) -> bool:
    """Whether a consumer is one of these worker processes of this machine: `worker:host:...:pid`."""
    kind, _host, *_, pid = consumer.decode().split(":")
    return kind == "worker" and int(pid) in pids


def held(stage: Stage, pids: Container[int]) -> list[str]:
    """Return the entries that these worker processes have begun and not ended."""
    return [entry["message_id"].decode() for entry in _pending(stage) if is_of(entry["consumer"], pids)]


def in_no_queue(stage: Stage) -> list[str]:
    """Return the entries that a dispatcher has sent and that are in the queue no more, nor begun.

    They are in messages that a worker host has popped; if it is dead, they went with it. Some are on their way elsewhere and
    soon begun, which does no harm to a measurement.
    """
    sent = [entry["message_id"].decode() for entry in _pending(stage) if entry["consumer"].startswith(b"dispatcher:")]
    queued: set[str] = set()
    for message in stage.client.lrange(stage.names.queue, 0, -1):
        (_, entries), *_ = orjson.loads(base64.b64decode(orjson.loads(message)["body"]))
        queued.update(entries)
    return [entry for entry in sent if entry not in queued]


def under_way_again_s(
    stage: Stage, entries: list[str], dead: Container[int], *, timeout_s: float = PATIENCE_S
) -> float:
    """Wait until each entry is begun by a living process, or ended.

    Returns:
        Seconds from the call; infinity where one was not in time.
    """
    start = time.monotonic()
    left = entries
    while left:
        time.sleep(LOOK_EVERY_S)
        if time.monotonic() - start > timeout_s:
            return float("inf")
        pipe = stage.client.pipeline(transaction=False)
        for entry in left:
            pipe.xpending_range(stage.names.ledger(LANE), GROUP, min=entry, max=entry, count=1)
        try:
            found = pipe.execute()
        except redis.RedisError:
            continue
        left = [
            entry
            for entry, pending in zip(left, found, strict=True)
            if pending and _waits(pending[0]["consumer"], dead)
        ]
    return time.monotonic() - start


def _pending(stage: Stage) -> list[dict[str, bytes]]:
    ledger = stage.names.ledger(LANE)
    return list(stage.client.xpending_range(ledger, GROUP, min="-", max="+", count=HELD))


def _waits(consumer: bytes, dead: Container[int]) -> bool:
    return consumer.startswith(b"dispatcher:") or is_of(consumer, dead)
