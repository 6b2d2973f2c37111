"""The processes of the service as the broker knows them, by the signs of life that they leave (khabar/liveness/pulse.py)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson
from redis import Redis
from redis.exceptions import ResponseError

from khabar.broker.replies import text
from khabar.keys.names import Names
from khabar.keys.unreadable import is_wrong_type, read_each, skip

ALIVE_S = 6.0  # three signs of the slowest, who shows one every 2 s


class Role(StrEnum):
    """The work of a process."""

    DISPATCHER = "dispatcher"
    WORKER = "worker"
    STORIES = "stories"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Process:
    """One process and its last signs.

    Attributes:
        silent_s: since it last showed life.
        unmoved_s: since it last got on: a worker brought a batch to its end.
        queue_busy_s: a dispatcher found batches in the queue at every look for so long; None where it found none at the last.
        reading_stopped: why a dispatcher reads no more; None where it does.
    """

    role: Role
    host: str
    pid: int
    silent_s: float
    unmoved_s: float
    queue_busy_s: float | None = None
    reading_stopped: str | None = None

    @property
    def is_alive(self) -> bool:
        """Whether the last sign of life is at most `ALIVE_S` seconds old."""
        return self.silent_s <= ALIVE_S

    def __str__(self) -> str:
        return f"{self.role}:{self.host}:{self.pid}"


def read_processes(client: "Redis", names: Names) -> list[Process]:
    """Return every process that has left a sign within the hour, dead ones included. One round trip.

    A sign that cannot be read, such as that of a later version's role, is left out.
    """
    pipe = client.pipeline(transaction=False)
    pipe.time()
    pipe.hgetall(names.alive)
    clock, signs = pipe.execute(raise_on_error=False)
    if is_wrong_type(signs):
        skip(names.alive, "it is no hash")
        signs = {}
    for reply in (clock, signs):
        if isinstance(reply, ResponseError):
            raise reply
    seconds, microseconds = clock
    now_ms = seconds * 1000 + microseconds // 1000
    return list(read_each(names.alive, lambda sign: _process(sign[0], sign[1], now_ms), sorted(signs.items())))


def queue_busy_s(processes: Iterable[Process]) -> float | None:
    """Return for how long every look of every living dispatcher has found batches in the queue; None where one found none."""
    looks = [process.queue_busy_s for process in processes if process.role is Role.DISPATCHER and process.is_alive]
    return None if not looks or None in looks else min(look for look in looks if look is not None)


def reading_stopped(processes: Iterable[Process]) -> str | None:
    """Return why the living dispatchers read nothing more; None where one of them reads."""
    reasons = [process.reading_stopped for process in processes if process.role is Role.DISPATCHER and process.is_alive]
    return reasons[0] if reasons and None not in reasons else None


def _process(field: bytes, stored: bytes, now_ms: int) -> Process:
    sign: dict[str, Any] = orjson.loads(stored)
    role, _, me = text(field).partition(":")
    host, _, pid = me.rpartition(":")

    def age_s(name: str) -> float:
        # A broker whose clock was set back has seen signs in its future: they are of now.
        return max(now_ms - int(sign[name]), 0) / 1000

    stopped = sign.get("reading_stopped")
    return Process(
        Role(role),
        host,
        int(pid),
        silent_s=age_s("life_ms"),
        unmoved_s=age_s("progress_ms"),
        queue_busy_s=age_s("busy_since_ms") if "busy_since_ms" in sign else None,
        reading_stopped=None if stopped is None else str(stopped),
    )
