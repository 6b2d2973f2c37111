"""What killed processes leave behind in the ledger, and when it is under way again."""

import base64
import socket
import time
from collections.abc import Iterable

import orjson
import redis

from contracts.names import GROUP, Lane
from tests.faults.stage import Stage

HELD = 10_000  # more than any process can hold
LOOK_EVERY_S = 0.05
LANE = Lane.LIVE


def consumer(pid: int) -> str:
    """Return the name under which a worker process on this machine holds entries."""
    return f"worker:{socket.gethostname()}:{pid}"


def held(stage: Stage, pids: Iterable[int]) -> list[str]:
    """Return the entries that these worker processes have begun and not ended."""
    entries: list[str] = []
    for pid in pids:
        found = stage.client.xpending_range(
            stage.names.ledger(LANE), GROUP, min="-", max="+", count=HELD, consumername=consumer(pid)
        )
        entries += [entry["message_id"].decode() for entry in found]
    return entries


def in_no_queue(stage: Stage) -> list[str]:
    """Return the entries that a dispatcher has sent and that are in the queue no more, nor begun.

    They are in messages that a worker host has popped; if it is dead, they went with it. Some are on their way elsewhere and
    soon begun, which does no harm to a measurement.
    """
    pending = stage.client.xpending_range(stage.names.ledger(LANE), GROUP, min="-", max="+", count=HELD)
    sent = [entry["message_id"].decode() for entry in pending if entry["consumer"].startswith(b"dispatcher:")]
    queued: set[str] = set()
    for message in stage.client.lrange(stage.names.queue, 0, -1):
        (_, entries), *_ = orjson.loads(base64.b64decode(orjson.loads(message)["body"]))
        queued.update(entries)
    return [entry for entry in sent if entry not in queued]


def under_way_again_s(stage: Stage, entries: list[str], dead: Iterable[int], *, timeout_s: float = 60.0) -> float:
    """Wait until each entry is begun by a living process, or ended.

    Returns:
        Seconds from the call; infinity where one was not in time.
    """
    start = time.monotonic()
    names = {consumer(pid).encode() for pid in dead}
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
        left = [entry for entry, pending in zip(left, found, strict=True) if pending and _waits(pending[0], names)]
    return time.monotonic() - start


def _waits(pending: dict[str, bytes], dead: set[bytes]) -> bool:
    return pending["consumer"].startswith(b"dispatcher:") or pending["consumer"] in dead
