"""One consumer group of the records: what the broker says of it, joined with the registry's policy and history."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from khabar.broker.replies import text
from khabar.keys.groups import GroupEntry, GroupPolicy


@dataclass(frozen=True, slots=True)
class Group:
    """One consumer group.

    Attributes:
        is_attached: whether the broker has it; only then does trimming wait for it.
        unread: records that it was not given yet; an upper bound where the broker does not know the number.
        unacknowledged: records that it was given and has not acknowledged.
        idle_s: seconds since one of its consumers last showed life.
        is_dead: it is owed records and has been idle for too long.
        entries_added: records that the stream had ever held when this was read.
        newest: id of the newest record when this was read.
        entry: the registry's entry; None where it has no readable one.
        stored: the bytes of this entry; empty where the registry has no entry.
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
        """How it is treated when it is dead; under a policy that this version does not know, its records are kept."""
        policy = self.entry.policy if self.entry else GroupPolicy.ALERT
        return policy if isinstance(policy, GroupPolicy) else GroupPolicy.ALERT

    @property
    def policy_name(self) -> str:
        """The policy as it is in the registry."""
        return str(self.entry.policy) if self.entry else GroupPolicy.ALERT.value

    @property
    def state(self) -> str:
        """One word for a person."""
        if self.is_attached:
            return "dead" if self.is_dead else "alive"
        return "detached" if self.entry and self.entry.detached else "gone"


def attached(
    info: dict[str, Any],
    stream: list[Any],
    entry: GroupEntry | None,
    stored: bytes,
    now: int,
    idle_ms: int,
    *,
    dead_ms: int,
) -> Group:
    """Return a group that the broker has, from the script's reply and the registry's entry."""
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


def absent(name: str, entry: GroupEntry | None, stored: bytes, now: int) -> Group:
    """Return a group that only the registry knows: detached, or gone."""
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


def entry_of(group: Group) -> GroupEntry:
    """Return the registry's entry of a group, or a new one if it has no entry."""
    return group.entry or GroupEntry(registered_at=group.active_at, active_at=group.active_at)


def pairs(flat: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield name and value of a reply that lists them one after the other."""
    return zip(flat[::2], flat[1::2], strict=True)
