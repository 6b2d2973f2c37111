"""One look at the service from outside: its state, whether it is well, and what needs a person."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from khabar.broker.first_contact import connected
from khabar.cli.findings import broker_disk, find
from khabar.cli.watching import Look
from khabar.liveness.processes import Role
from khabar.liveness.rules import Health, Verdict, judge
from khabar.metrics.host import available_memory_bytes
from khabar.settings import Settings
from khabar.status import State, read_state

FIND_EVERY_S = 10.0  # a watch reads no dead letters, whole as they are, each second


@dataclass(frozen=True, slots=True)
class Report:
    """One look at the service.

    Attributes:
        findings: problems that need a person although articles pass; looked for only when the whole service is asked about.
    """

    state: State
    verdict: Verdict
    findings: list[str]

    @property
    def is_well(self) -> bool:
        """Whether nothing is to be said."""
        return self.verdict.health is Health.WELL and not self.findings


def look_once(settings: Settings, role: Role | None, host: str | None, *, judged: bool = True) -> Report:
    """Look once.

    Args:
        role: the only role to judge; None for all.
        host: the only host whose processes are judged; None for all.
        judged: whether processes are judged at all; if not, a broker that has answered is well.
    """
    with connected(settings.redis_url) as client:
        state = read_state(client, settings.names, group_dead_s=settings.group_dead_s)
        verdict = (
            judge(state.processes, stall_s=settings.stall_s, role=role, host=host) if judged else Verdict(Health.WELL)
        )
        return Report(state, verdict, find(client, state, settings) if judged and role is None else [])


def looks(settings: Settings) -> Iterator[Look]:
    """Look whenever asked for the next one, on one connection."""
    found_at, found = float("-inf"), []
    with connected(settings.redis_url) as client:
        while True:
            state = read_state(client, settings.names, group_dead_s=settings.group_dead_s)
            now = time.monotonic()
            if now >= found_at + FIND_EVERY_S:
                found_at, found = now, find(client, state, settings)
            yield Look(
                now,
                state,
                judge(state.processes, stall_s=settings.stall_s),
                found,
                _children(client),
                broker_disk(client, settings.redis_url)[1],
                available_memory_bytes(),
            )


def _children(client: "Redis") -> Counter[str]:
    """Count the connected children of each worker by the names of their connections: worker:host:parent:child."""
    found: set[tuple[str, str]] = set()  # a child has a second connection where it renews its lease
    with suppress(RedisError):  # a broker that lists its clients for nobody
        clients: Any = client.client_list()
        for entry in clients:
            role, _, child = str(entry.get("name", "")).partition(":")
            parent, _, own = child.rpartition(":")
            if role == Role.WORKER and own.isdigit() and ":" in parent:
                found.add((parent, own))
    return Counter(parent for parent, _ in found)
