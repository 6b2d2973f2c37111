"""How far the service has come, asked of the broker in one small question; for rows that poll often."""

import contextlib
import time

import redis

from khabar.keys.names import Names
from tests.faults.stage import Stage
from tests.waiting import PATIENCE_S, wait_until

FLOW = 100  # articles: more than two children can have in hand from before the fault (64), so new work flows


def ended(client: redis.Redis, names: Names) -> int:
    """Return how many articles have ended since the broker's data began."""
    total = 0
    for stream in (names.records, names.dead):
        with contextlib.suppress(redis.ResponseError):  # it does not exist yet
            total += int(client.xinfo_stream(stream)["entries-added"])
    return total


def ended_on(stage: Stage) -> int:
    """Return how many articles of a stage have ended; -1 while the broker is away."""
    try:
        return ended(stage.client, stage.names)
    except redis.RedisError:
        return -1


def flows_again_s(stage: Stage, *, timeout_s: float = PATIENCE_S) -> float:
    """Return how many seconds it takes from now, when the fault is over, until new work flows."""
    start = time.monotonic()
    before = wait_until(lambda: ended_on(stage) + 1, timeout_s=timeout_s) - 1
    wait_until(lambda: ended_on(stage) >= before + FLOW, timeout_s=timeout_s)
    return time.monotonic() - start
