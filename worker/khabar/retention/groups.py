"""The consumer groups of the records: what the broker says of them, joined with the registry's policy and history."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson
from redis import Redis
from redis.exceptions import ResponseError

from khabar.broker.replies import text
from khabar.broker.scripts import load_script
from khabar.errors import KhabarError
from khabar.keys.groups import Archive, Detached, GroupEntry, GroupPolicy
from khabar.keys.names import Names
from khabar.keys.unreadable import read_or_skip

PAGE = 1_000  # pending entries a round trip
ARCHIVES_NOTED = 20  # files of one group that the registry remembers
REATTACHED = "reattached"  # the consumer that holds what was pending until a real one takes it over
TRIES = 10  # for a change to a group that others change at the same time


class GroupError(KhabarError):
    """What was asked of a group cannot be done; the message says why."""


class Change(StrEnum):
    """What a look at the groups has found to be new."""

    MET = "group_met"  # it was not in the registry
    DEAD = "group_dead"
    BACK = "group_back"  # it was dead
    GONE = "group_gone"  # not in the broker any more, and nobody has detached it
    REMADE = "group_remade"  # it was detached or gone, and somebody has created it without `khabar groups attach`


@dataclass(frozen=True, slots=True)
class Group:
    """One consumer group.

    Attributes:
        is_attached: whether the broker has it; only then does trimming wait for it.
        unread: records that it was not given yet; at most so many where the broker cannot tell.
        unacknowledged: records that it was given and has not acknowledged.
        idle_s: seconds since the last sign of life of any of its consumers.
        is_dead: it is owed records and has been idle for too long.
        entries_added: records that the stream had ever held when this was read.
        newest: id of the newest record when this was read.
        entry: the registry's; None where it has none that can be read.
        stored: the same as it lies there; empty where it has none.
    """

    name: str
    is_attached: bool
    unread: int
    unacknowledged: int
    consumers: int
    idle_s: float
    is_dead: bool
    last_delivered: str
    entries_read: int | None
    entries_added: int
    newest: str
    active_at: int
    entry: GroupEntry | None
    stored: bytes

    @property
    def owed(self) -> int:
        """Records that it has not acknowledged, given to it or not."""
        return self.unread + self.unacknowledged

    @property
    def policy(self) -> GroupPolicy:
        """What becomes of it when it is dead; under a policy that this version does not know, its records are kept."""
        policy = self.entry.policy if self.entry else GroupPolicy.ALERT
        return policy if isinstance(policy, GroupPolicy) else GroupPolicy.ALERT

    @property
    def policy_name(self) -> str:
        """The policy as it stands in the registry."""
        return str(self.entry.policy) if self.entry else GroupPolicy.ALERT.value

    @property
    def state(self) -> str:
        """One word for a person."""
        if self.is_attached:
            return "dead" if self.is_dead else "alive"
        return "detached" if self.entry and self.entry.detached else "gone"


@dataclass(frozen=True, slots=True)
class Attached:
    """What a group found when it came back.

    Attributes:
        owed: records that are there for it.
        missed: records that it had not acknowledged and that are gone.
    """

    owed: int
    missed: int


class GroupRegistry:
    """The groups of the records, and every change to them. Each change is one step in the broker, or none.

    Args:
        dead_s: seconds without a sign of life after which a group that is owed records is dead.
    """

    def __init__(self, client: "Redis", names: Names, *, dead_s: float) -> None:
        self._client = client
        self._names = names
        self._dead_ms = int(dead_s * 1000)
        self._look = load_script(client, __package__, "look")
        self._replace = load_script(client, __package__, "replace")
        self._release = load_script(client, __package__, "release")
        self._attach = load_script(client, __package__, "attach")

    def groups(self) -> list[Group]:
        """Return all groups, those of the broker and those of the registry, by name; changes nothing."""
        return sorted(self._read()[1], key=lambda group: group.name)

    def get(self, name: str) -> Group:
        """Return one group.

        Raises:
            GroupError: there is none of this name.
        """
        groups = self.groups()
        for group in groups:
            if group.name == name:
                return group
        known = ", ".join(group.name for group in groups) or "none"
        raise GroupError(f"there is no consumer group {name!r}; there are: {known}")

    def sync(self, *, alert: bool, dry_run: bool = False) -> list[tuple[Change, Group]]:
        """Bring the registry up to date with the broker's groups.

        Args:
            alert: look for groups that have died or come back; for a caller that tells somebody who listens.
            dry_run: change nothing.

        Returns:
            What is new. However many processes call this, each change is returned to one of them.
        """
        now, groups = self._read()
        changes = []
        for group in groups:
            change, entry = _compare(group, now, alert=alert)
            if entry is None or entry == group.entry:
                continue
            if (dry_run or self._put(group, entry)) and change:
                changes.append((change, group))
        return changes

    def set_policy(self, name: str, policy: GroupPolicy) -> None:
        """Say what becomes of a group when it is dead.

        Raises:
            GroupError: there is no such group.
        """
        for _ in range(TRIES):
            group = self.get(name)
            if self._put(group, _entry_of(group).model_copy(update={"policy": policy})):
                return
        raise GroupError(f"{name!r} is changed by somebody else all the time; try again")

    def detach(self, name: str) -> Group:
        """Take a group out: trimming waits for it no longer, `attach` puts it back where it stood.

        Returns:
            The group as it was.

        Raises:
            GroupError: there is no such group, or its consumers are too busy.
        """
        for _ in range(TRIES):
            group = self.get(name)
            if not group.is_attached:
                raise GroupError(f"{name!r} is {group.state} already")
            if self._detach(group, quiet_ms=0):
                return group
        raise GroupError(f"{name!r} is at work; stop its consumers, then try again")

    def detach_dead(self, group: Group) -> bool:
        """Take out a dead group. False where it has changed since it was read, or has come back."""
        return self._detach(group, quiet_ms=self._dead_ms)

    def move_archived(self, group: Group, archive: Archive) -> bool:
        """Move a dead group past what was archived. False where it has changed since it was read, or has come back."""
        archives = [*_entry_of(group).archives, archive][-ARCHIVES_NOTED:]
        return self._let_go(group, {"archives": archives}, quiet_ms=self._dead_ms, until=archive.until)

    def attach(self, name: str) -> Attached:
        """Put a detached group back: after the last record that it was given, with what it had not acknowledged.

        Raises:
            GroupError: there is no such group, or it is not detached.
        """
        for _ in range(TRIES):
            group = self.get(name)
            if group.entry is None or group.entry.detached is None or group.is_attached:
                raise GroupError(f"{name!r} is not detached, it is {group.state}")
            was = group.entry.detached
            now = self.now_ms()
            entry = group.entry.model_copy(update={"detached": None, "active_at": now, "alerted_at": None})
            read = "" if was.entries_read is None else was.entries_read
            args = [name, group.stored, _json(entry), was.last_delivered, read, REATTACHED, *was.pending]
            if reply := self._attach(keys=[self._names.records, self._names.groups], args=args):
                restored, added, left = map(int, reply)
                due = max(was.unread + added - was.entries_added, 0)
                unread = due if left < 0 else left
                return Attached(restored + unread, len(was.pending) - restored + max(due - unread, 0))
        raise GroupError(f"{name!r} is changed by somebody else all the time; try again")

    def forget(self, name: str) -> None:
        """Drop the registry's entry of a group that the broker does not have.

        Raises:
            GroupError: there is no such group, or it is attached.
        """
        group = self.get(name)
        if group.is_attached:
            raise GroupError(f"{name!r} is attached; detach it first")
        self._replace(keys=[self._names.groups], args=[name, group.stored, ""])

    def pending(self, group: Group) -> Iterator[str]:
        """Yield the ids that the group was given and has not acknowledged, the oldest first."""
        start = "-"
        while True:
            page: Any = self._client.xpending_range(
                self._names.records, group.name, min=start, max=group.last_delivered, count=PAGE
            )
            yield from (text(entry["message_id"]) for entry in page)
            if len(page) < PAGE:
                return
            start = f"({text(page[-1]['message_id'])}"

    def now_ms(self) -> int:
        """Return the broker's time: the one clock that all dispatchers share."""
        seconds, microseconds = self._client.time()
        return int(seconds) * 1000 + int(microseconds) // 1000

    def _put(self, group: Group, entry: GroupEntry) -> bool:
        return bool(self._replace(keys=[self._names.groups], args=[group.name, group.stored, _json(entry)]))

    def _detach(self, group: Group, *, quiet_ms: int) -> bool:
        try:
            pending = list(self.pending(group))
        except ResponseError:  # destroyed meanwhile
            return False
        detached = Detached(
            at=self.now_ms(),
            last_delivered=group.last_delivered,
            entries_read=group.entries_read,
            pending=pending,
            unread=group.unread,
            entries_added=group.entries_added,
        )
        return self._let_go(group, {"detached": detached}, quiet_ms=quiet_ms, until="")

    def _let_go(self, group: Group, update: dict[str, Any], *, quiet_ms: int, until: str) -> bool:
        entry = _entry_of(group).model_copy(update=update)
        reply = self._release(
            keys=[self._names.records, self._names.groups],
            args=[
                group.name,
                group.stored,
                _json(entry),
                group.last_delivered,
                group.unacknowledged,
                quiet_ms,
                until,
                group.entries_added,
            ],
        )
        return bool(reply)

    def _read(self) -> tuple[int, list[Group]]:
        keys = [self._names.records, self._names.groups]
        registry, (seconds, microseconds), stream, found = self._look(keys=keys)
        now = int(seconds) * 1000 + int(microseconds) // 1000
        stored = {text(name): value for name, value in _pairs(registry)}
        groups = []
        for fields, idle_ms in found:
            info = {text(name): value for name, value in _pairs(fields)}
            entry = stored.pop(text(info["name"]), b"")
            groups.append(_attached(info, stream, self._entry(entry), entry, now, idle_ms, dead_ms=self._dead_ms))
        groups += [_absent(name, self._entry(value), value, now) for name, value in stored.items()]
        return now, groups

    def _entry(self, stored: bytes) -> GroupEntry | None:
        return read_or_skip(self._names.groups, GroupEntry.model_validate_json, stored) if stored else None


def _attached(
    info: dict[str, Any],
    stream: list[Any],
    entry: GroupEntry | None,
    stored: bytes,
    now: int,
    idle_ms: int,
    *,
    dead_ms: int,
) -> Group:
    added, newest, length = stream
    # A group that nobody has seen yet and that has no consumer begins to live now.
    known = entry.active_at if entry else 0 if idle_ms >= 0 else now
    active_at = max(known, now - idle_ms if idle_ms >= 0 else 0)
    last_delivered = text(info["last-delivered-id"])
    # The broker says nothing where it cannot tell (a group that was created in the middle); the length bounds it.
    lag, read = info["lag"], info["entries-read"]
    unread = int(length if lag is None else lag) if last_delivered != text(newest) else 0
    unacknowledged = int(info["pending"])
    silent_ms = max(now - active_at, 0)
    return Group(
        name=text(info["name"]),
        is_attached=True,
        unread=unread,
        unacknowledged=unacknowledged,
        consumers=int(info["consumers"]),
        idle_s=silent_ms / 1000,
        is_dead=unread + unacknowledged > 0 and silent_ms >= dead_ms,
        last_delivered=last_delivered,
        entries_read=None if read is None else int(read),
        entries_added=int(added),
        newest=text(newest),
        active_at=active_at,
        entry=entry,
        stored=stored,
    )


def _absent(name: str, entry: GroupEntry | None, stored: bytes, now: int) -> Group:
    active_at = entry.active_at if entry else now
    detached = entry.detached if entry else None
    return Group(
        name=name,
        is_attached=False,
        unread=detached.unread if detached else 0,
        unacknowledged=len(detached.pending) if detached else 0,
        consumers=0,
        idle_s=max(now - active_at, 0) / 1000,
        is_dead=False,
        last_delivered=detached.last_delivered if detached else "0-0",
        entries_read=detached.entries_read if detached else None,
        entries_added=detached.entries_added if detached else 0,
        newest="0-0",
        active_at=active_at,
        entry=entry,
        stored=stored,
    )


def _compare(group: Group, now: int, *, alert: bool) -> tuple[Change | None, GroupEntry | None]:
    """Say what is new about a group, and how its entry shall read; None where it is to stay as it is."""
    entry = group.entry
    if entry is None and _is_object(group.stored):  # a later version's: not ours to write over
        return None, None
    if entry is None:
        return Change.MET, _entry_of(group)
    if not group.is_attached:
        if entry.detached or entry.gone_at is not None:
            return None, entry
        return Change.GONE, entry.model_copy(update={"gone_at": now})
    if entry.detached or entry.gone_at is not None:
        return Change.REMADE, entry.model_copy(
            update={"detached": None, "gone_at": None, "alerted_at": None, "active_at": now}
        )
    active = entry.model_copy(update={"active_at": group.active_at})
    if not alert:
        return None, active
    if group.is_dead and entry.alerted_at is None:
        return Change.DEAD, active.model_copy(update={"alerted_at": now})
    # Only a sign of life ends an alert: a dead group whose records were archived is not told of again with the next record.
    if entry.alerted_at is not None and group.active_at >= entry.alerted_at:
        return Change.BACK, active.model_copy(update={"alerted_at": None})
    return None, active


def _is_object(stored: bytes) -> bool:
    try:
        return isinstance(orjson.loads(stored), dict)
    except orjson.JSONDecodeError:
        return False


def _entry_of(group: Group) -> GroupEntry:
    return group.entry or GroupEntry(registered_at=group.active_at, active_at=group.active_at)


def _json(entry: GroupEntry) -> str:
    return entry.model_dump_json(exclude_none=True)


def _pairs(flat: list[Any]) -> Iterator[tuple[Any, Any]]:
    return zip(flat[::2], flat[1::2], strict=True)
