"""One round of cleaning up, on request: what `khabar janitor` does, or with `dry_run` says that it would do."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from redis import Redis

from khabar.keys.groups import Archive, GroupPolicy
from khabar.retention.archive import owed, write_archive
from khabar.retention.dead import DeadRetention
from khabar.retention.group import Group
from khabar.retention.groups import GroupRegistry
from khabar.retention.stories import StoryRetention
from khabar.retention.sweep import Sweeper
from khabar.retention.trim import Retention
from khabar.settings import Settings


class Kind(StrEnum):
    """The kind of an action."""

    NOTE = "note"  # a change of a group was entered in the registry
    DELETE_CONSUMER = "delete_consumer"
    FORGET = "forget"  # a failure or retry whose ledger entry is gone
    KEEP = "keep"  # a dead group whose policy is to keep everything
    ARCHIVE = "archive"
    DETACH = "detach"
    TRIM = "trim"
    DROP_DEAD = "drop_dead"  # dead letters beyond their number or age


@dataclass(frozen=True, slots=True)
class Action:
    """One thing done, or that would be.

    Attributes:
        target: the group, consumer, note or stream.
        records: how many records it concerns.
        detail: what a person should know besides.
        error: why it was not done; nothing was changed then.
    """

    kind: Kind
    target: str
    records: int = 0
    detail: str = ""
    error: str | None = None


class Janitor:
    """Trims behind every group, applies the policies of dead ones, sweeps what is stale.

    Args:
        archive_to: folder for the archives of dead groups.
    """

    def __init__(self, client: "Redis", settings: Settings, *, archive_to: Path) -> None:
        self._client = client
        self._names = settings.names
        self._archive_to = archive_to
        self._registry = GroupRegistry(client, self._names, dead_s=settings.group_dead_s)
        self._sweeper = Sweeper(client, self._names)
        self._dead = DeadRetention(client, self._names, max_dead=settings.max_dead, dead_days=settings.dead_days)
        self._stories = StoryRetention(client, self._names, max_stories=settings.max_stories)
        self._retention = Retention(
            client,
            self._names,
            max_records=settings.max_records,
            max_memory_share=settings.max_memory_share,
            full_memory_share=settings.full_memory_share,
        )

    def run(self, *, dry_run: bool = False) -> Iterator[Action]:
        """Clean up once, telling each thing when it is done. May be ended at any point, and run again.

        Args:
            dry_run: tell the same things and change nothing.
        """
        for change, group in self._registry.sync(alert=False, dry_run=dry_run):
            yield Action(Kind.NOTE, group.name, group.owed, change.value)
        # Read before the sweep: a group's last sign of life may be that of a consumer that the sweep deletes.
        dead = [group for group in self._registry.groups() if group.is_dead]
        yield from self._sweep(dry_run=dry_run)
        moved: dict[str, str] = {}
        for group in dead:
            action = self._apply(group, dry_run=dry_run)
            if action.error is None and action.kind is not Kind.KEEP:
                moved[group.name] = group.newest if action.kind is Kind.ARCHIVE else ""
            yield action
        trimmed = self._retention.would_trim_all(moved) if dry_run else self._retention.trim_all()
        if trimmed.records:
            yield Action(Kind.TRIM, self._names.records, trimmed.records, f"up to {trimmed.floor}")
        if stories := self._stories.trim(dry_run=dry_run, at_once=True):
            yield Action(Kind.TRIM, self._names.stories, stories)
        if dropped := self._dead.trim(dry_run=dry_run).dropped:
            yield Action(Kind.DROP_DEAD, self._names.dead, dropped)

    def _sweep(self, *, dry_run: bool) -> Iterator[Action]:
        for ledger, consumer in self._sweeper.ledger_consumers(dry_run=dry_run):
            yield Action(Kind.DELETE_CONSUMER, consumer, detail=f"of {ledger}")
        for group in self._registry.groups():
            if group.is_attached:
                for consumer in self._sweeper.group_consumers(group.name, dry_run=dry_run):
                    yield Action(Kind.DELETE_CONSUMER, consumer, detail=f"of group {group.name}")
        for note in self._sweeper.leftovers(dry_run=dry_run):
            yield Action(Kind.FORGET, note)

    def _apply(self, group: Group, *, dry_run: bool) -> Action:
        if group.policy is GroupPolicy.ARCHIVE:
            return self._archive(group, dry_run=dry_run)
        if group.policy is GroupPolicy.DETACH:
            done = dry_run or self._registry.detach_dead(group)
            return Action(Kind.DETACH, group.name, group.owed, error=None if done else _changed(group))
        return Action(Kind.KEEP, group.name, group.owed, f"dead, silent for {group.idle_s:,.0f} s; policy alert")

    def _archive(self, group: Group, *, dry_run: bool) -> Action:
        """Write what the group is owed, then move it: a death in between leaves a file too many, never a record too few."""
        if dry_run:
            return Action(Kind.ARCHIVE, group.name, group.owed, f"to {self._archive_to}")
        entries = owed(
            self._client,
            self._names.records,
            self._registry.pending(group),
            after=group.last_delivered,
            until=group.newest,
        )
        try:
            path, records = write_archive(self._archive_to, group.name, entries, until=group.newest)
        except OSError as error:
            reason = f"cannot write to {self._archive_to} ({error.strerror or error}); the group was not moved"
            return Action(Kind.ARCHIVE, group.name, group.owed, error=reason)
        archive = Archive(at=self._registry.now_ms(), file=str(path.resolve()), records=records, until=group.newest)
        if not self._registry.move_archived(group, archive):
            # The file stays: a reply that was lost may hide that the group did move.
            return Action(Kind.ARCHIVE, group.name, group.owed, error=f"{_changed(group)}; a copy is in {path}")
        return Action(Kind.ARCHIVE, group.name, records, f"to {self._archive_to}")


def _changed(group: Group) -> str:
    return f"{group.name} has come back or changed meanwhile; it was left as it is"
