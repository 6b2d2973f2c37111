"""The service as its broker sees it: how much waits where, and which processes are at work."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from redis import Redis
from redis.exceptions import ResponseError

from khabar.broker.durability import Finding, check
from khabar.broker.replies import text
from khabar.counting import SEPARATOR, Counted
from khabar.keys.names import GROUP, STORIES_GROUP, Lane, Names
from khabar.keys.unreadable import is_wrong_type, read_each, read_or_skip, skip
from khabar.ledger.stranded import Stranded
from khabar.liveness.processes import Process, Role, read_processes
from khabar.results.publisher import PROCESS_CPU_S
from khabar.retention.group import Group
from khabar.retention.groups import GroupRegistry

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LaneState:
    """One ledger.

    Attributes:
        waiting: entries that no dispatcher has read.
        in_work: entries that are queued, running, or waiting for another attempt.
        stranded: entries that the group has passed and nobody holds; a dispatcher brings them back within seconds.
    """

    waiting: int
    in_work: int
    stranded: int


@dataclass(frozen=True, slots=True)
class GroupState:
    """One consumer group of the records.

    Attributes:
        unread: records not delivered to it.
        unacknowledged: records delivered and not acknowledged.
        state: alive, dead (owed records and long silent), detached or gone.
        idle_s: seconds since its last sign of life.
        policy: what becomes of it when it is dead.
    """

    unread: int
    unacknowledged: int
    consumers: int
    state: str
    idle_s: float
    policy: str


@dataclass(frozen=True, slots=True)
class StoriesState:
    """The stories.

    Attributes:
        open: stories with an article in the window.
        revisions: on the stream of stories.
        behind: records that are no part of them yet; None where no service has ever made stories.
    """

    open: int
    revisions: int
    behind: int | None


@dataclass(frozen=True, slots=True)
class State:
    """The whole service.

    Attributes:
        max_memory_bytes: the broker's maxmemory; 0 where it has no limit.
        broker_findings: why the broker may forget what it has accepted; empty where it does not.
        counters: outcomes by their names.
        counted: all else that is counted (khabar/counting.py).
    """

    broker: str
    used_memory_bytes: int
    max_memory_bytes: int
    broker_findings: list[Finding]
    lanes: dict[str, LaneState]
    queued_batches: int
    retrying: int
    records: int
    dead: int
    groups: dict[str, GroupState]
    stories: StoriesState
    counters: dict[str, int]
    process_cpu_s: float
    processes: list[Process]
    counted: Counted = field(default_factory=lambda: Counted({}))

    @property
    def dispatchers(self) -> int:
        """How many dispatchers are alive."""
        return self._alive(Role.DISPATCHER)

    @property
    def workers(self) -> int:
        """How many workers are alive; each has several child processes."""
        return self._alive(Role.WORKER)

    def as_dict(self) -> dict[str, Any]:
        """Return the state as plain data."""
        plain = asdict(replace(self, counted=Counted({})))
        del plain["counted"]
        return plain | {"dispatchers": self.dispatchers, "workers": self.workers, "measured": self.counted.as_dict()}

    def _alive(self, role: Role) -> int:
        return sum(process.role is role and process.is_alive for process in self.processes)


def read_state(client: "Redis", names: Names, *, group_dead_s: float) -> State:
    """Ask the broker; changes nothing.

    Args:
        group_dead_s: KHABAR_GROUP_DEAD_S.
    """
    info: Any = client.info()
    lanes = {}
    stranded_entries = Stranded(client, names, me="status")
    for lane in Lane:
        ledger = names.ledger(lane)
        group = next((group for group in _groups(client, ledger) if text(group["name"]) == GROUP), None)
        length = _ask(ledger, 0, partial(client.xlen, ledger))
        stranded, pending = _ask(ledger, 0, partial(stranded_entries.count, lane)), group["pending"] if group else 0
        waiting = length if group is None else _unread(group, length - pending - stranded)
        lanes[str(lane)] = LaneState(waiting, pending, stranded)
    registry = GroupRegistry(client, names, dead_s=group_dead_s)
    groups: list[Group] = _ask(names.records, [], registry.groups)
    records = _ask(names.records, 0, lambda: client.xlen(names.records))
    counted: dict[Any, Any] = _ask(names.counters, {}, lambda: client.hgetall(names.counters))
    process_cpu_s = read_or_skip(names.counters, float, counted.pop(PROCESS_CPU_S.encode(), 0)) or 0.0
    counters = dict(read_each(names.counters, lambda pair: (text(pair[0]), int(pair[1])), counted.items()))
    return State(
        broker=f"{info.get('server_name', 'redis')} {info.get('valkey_version') or info['redis_version']}",
        used_memory_bytes=info["used_memory"],
        max_memory_bytes=info["maxmemory"],
        broker_findings=check(client),
        lanes=lanes,
        queued_batches=_ask(names.queue, 0, lambda: client.llen(names.queue)),
        retrying=_ask(names.retry, 0, lambda: client.zcard(names.retry)),
        records=records,
        dead=_ask(names.dead, 0, lambda: client.xlen(names.dead)),
        groups={
            group.name: GroupState(
                group.unread, group.unacknowledged, group.consumers, group.state, group.idle_s, group.policy_name
            )
            for group in groups
        },
        stories=StoriesState(
            open=_ask(names.open_stories, 0, lambda: client.hlen(names.open_stories)),
            revisions=_ask(names.stories, 0, lambda: client.xlen(names.stories)),
            behind=next((group.owed for group in groups if group.name == STORIES_GROUP), None),
        ),
        counters={name: count for name, count in counters.items() if SEPARATOR not in name},
        counted=Counted(counters),
        process_cpu_s=process_cpu_s,
        processes=read_processes(client, names),
    )


def _ask(key: str, otherwise: T, ask: Callable[[], T]) -> T:
    """Return the broker's answer about a key, or `otherwise` where the key is of another type than ours, which is told."""
    try:
        return ask()
    except ResponseError as error:
        if not is_wrong_type(error):
            raise
        skip(key, "it is of another type")
        return otherwise


def _unread(group: dict[str, Any], rest: int) -> int:
    # The server says null where it cannot tell (after deletions in the middle); then it is what is neither held nor stranded.
    lag = group.get("lag")
    return int(lag) if lag is not None else max(rest, 0)


def _groups(client: "Redis", stream: str) -> list[dict[str, Any]]:
    try:
        return list(client.xinfo_groups(stream))
    except ResponseError:  # the stream does not exist yet
        return []
