"""The registry of the consumer groups of the records, and every change to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from khabar.broker.replies import text
from khabar.broker.scripts import load_script
from khabar.errors import KhabarError
from khabar.keys.groups import Archive, Detached, GroupEntry, GroupPolicy
from khabar.keys.names import Names
from khabar.keys.unreadable import read_or_skip
from khabar.retention.changes import Change, compare
from khabar.retention.group import Group, absent, attached, entry_of, pairs

PAGE = 1_000  # pending entries a round trip
ARCHIVES_NOTED = 20  # files of one group that the registry remembers
REATTACHED = "reattached"  # the consumer that holds what was pending until a real one takes it over
TRIES = 10  # for a change to a group that others change at the same time


class GroupError(KhabarError):
    """A request about a group cannot be met; the message says why."""


@dataclass(frozen=True, slots=True)
class Attached:
    """The records of a group that came back.

    Attributes:
        owed: records that it can still read.
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
            GroupError: there is no group of this name.
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
            alert: look for groups that have died or come back; for a caller that reports them.
            dry_run: change nothing.

        Returns:
            The changes. However many processes call this, each change is returned to only one of them.
        """
        now, groups = self._read()
        changes = []
        for group in groups:
            change, entry = compare(group, now, alert=alert)
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
            if self._put(group, entry_of(group).model_copy(update={"policy": policy})):
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
        archives = [*entry_of(group).archives, archive][-ARCHIVES_NOTED:]
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
        entry = entry_of(group).model_copy(update=update)
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
        stored = {text(name): value for name, value in pairs(registry)}
        groups = []
        for fields, idle_ms in found:
            info = {text(name): value for name, value in pairs(fields)}
            entry = stored.pop(text(info["name"]), b"")
            groups.append(attached(info, stream, self._entry(entry), entry, now, idle_ms, dead_ms=self._dead_ms))
        groups += [absent(name, self._entry(value), value, now) for name, value in stored.items()]
        return now, groups

    def _entry(self, stored: bytes) -> GroupEntry | None:
        return read_or_skip(self._names.groups, GroupEntry.model_validate_json, stored) if stored else None


def _json(entry: GroupEntry) -> str:
    return entry.model_dump_json(exclude_none=True)
