"""What processes and the broker hold in memory, told apart from what is meant to grow."""

import contextlib
import time
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import psutil

from khabar.keys.names import Lane
from tests.faults.consumer import Consumer
from tests.faults.stage import Stage

SETTLED_S = 8.0  # a younger process has not yet filled its caches
SAME_AGE_S = 90.0  # older ones are left out of the comparison: the first lives, before any kill, are the longest
SCAN = 5_000
MB = 1 << 20


@dataclass(frozen=True)
class Sample:
    """Private memory of one process at one time.

    Attributes:
        started: its creation, seconds since 1970; with the pid it names one life.
    """

    role: str
    pid: int
    started: float
    at: float
    uss_bytes: int


@dataclass
class Processes:
    """Samples of every process of a stage: hosts, children, dispatchers, the consumer."""

    samples: list[Sample] = field(default_factory=list)

    def look(self, stage: Stage, consumer: Consumer) -> None:
        """Take one sample of each process that is old enough."""
        for service in stage.services:
            process = service.process
            if process is None or process.poll() is not None:
                continue
            with contextlib.suppress(psutil.NoSuchProcess):
                parent = psutil.Process(process.pid)
                is_host = service.name.startswith("worker")
                self._take("host" if is_host else "dispatcher", parent)
                for child in parent.children() if is_host else []:
                    self._take("child", child)
        with contextlib.suppress(psutil.NoSuchProcess):
            self._take("consumer", psutil.Process(consumer.process.pid))

    def _take(self, role: str, process: psutil.Process) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            started, now = process.create_time(), time.time()
            if now - started >= SETTLED_S:
                self.samples.append(Sample(role, process.pid, started, now, process.memory_full_info().uss))

    def growth(self) -> dict[str, tuple[float, int, float]]:
        """Compare the first third of the time with the last, by role.

        Returns:
            role -> (change as a share, samples in the smaller third, MB in the last third).
        """
        by_role: dict[str, list[Sample]] = defaultdict(list)
        for sample in self.samples:
            if sample.at - sample.started <= SAME_AGE_S:
                by_role[sample.role].append(sample)
        found = {}
        first, last = self.samples[0].at, self.samples[-1].at
        third = (last - first) / 3
        for role, samples in by_role.items():
            early = [sample.uss_bytes for sample in samples if sample.at <= first + third]
            late = [sample.uss_bytes for sample in samples if sample.at >= last - third]
            if early and late:
                found[role] = (median(late) / median(early) - 1, min(len(early), len(late)), median(late) / MB)
        return found

    def growth_within_lives(self) -> dict[str, tuple[float, int]]:
        """Compare the last sample of each life with its first, where they are at least SETTLED_S apart.

        Returns:
            role -> (median change as a share, lives).
        """
        lives: dict[tuple[str, int, float], list[Sample]] = defaultdict(list)
        for sample in self.samples:
            lives[sample.role, sample.pid, sample.started].append(sample)
        changes: dict[str, list[float]] = defaultdict(list)
        for (role, _, _), samples in lives.items():
            if samples[-1].at - samples[0].at >= SETTLED_S:
                changes[role].append(samples[-1].uss_bytes / samples[0].uss_bytes - 1)
        return {role: (median(found), len(found)) for role, found in changes.items()}


@dataclass(frozen=True)
class BrokerMemory:
    """What the broker holds, by what it is for.

    Attributes:
        rest_bytes: all but keys, connections and the file's buffer; must not grow.
        done_bytes: remembered outcomes, meant to grow with the articles.
        unknown: keys that are none of the kinds that a service at rest has.
    """

    rest_bytes: int
    done_bytes: int
    other_bytes: int
    unknown: list[str]


def broker_memory(stage: Stage) -> BrokerMemory:
    """Look at every key of a broker at rest."""
    names = stage.names
    kinds = {
        "done": (f"{names.prefix}done:",),
        "other": (
            names.records,
            names.dead,
            names.counters,
            names.ledger(Lane.LIVE),
            names.ledger(Lane.BACKFILL),
            f"{names.prefix}sent:",
            f"{names.prefix}begun:",
            f"{names.prefix}suspect:",
            f"{names.prefix}alive",
            f"{names.prefix}groups",
            f"{names.prefix}_kombu",
        ),
    }
    sizes = dict.fromkeys(kinds, 0)
    unknown: list[str] = []
    client: Any = stage.client
    for keys in _pages(client):
        pipe = client.pipeline(transaction=False)
        for key in keys:
            pipe.memory_usage(key, samples=0)
        for key, size in zip(keys, pipe.execute(), strict=True):
            name = key.decode()
            kind = next((kind for kind, starts in kinds.items() if name.startswith(starts)), None)
            if kind is None:
                unknown.append(name)
            else:
                sizes[kind] += size or 0
    stats = client.memory_stats()
    overhead = stats.get("db.0", {})
    tables = int(overhead.get("overhead.hashtable.main", 0)) + int(overhead.get("overhead.hashtable.expires", 0))
    total = int(stats["total.allocated"])
    rest = total - sum(sizes.values()) - tables - int(stats["clients.normal"]) - int(stats["aof.buffer"])
    return BrokerMemory(rest, sizes["done"], sizes["other"], unknown)


def _pages(client: Any) -> Any:
    cursor = 0
    while True:
        cursor, keys = client.scan(cursor, count=SCAN)
        if keys:
            yield keys
        if not cursor:
            return
