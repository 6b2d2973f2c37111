"""A broker with records, and the parts under test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from khabar.broker.connection import connect
from khabar.keys.names import EVENT_FIELD, Names
from khabar.messages.envelope import EventType, event_bytes
from khabar.retention.groups import GroupRegistry
from khabar.retention.janitor import Action, Janitor
from khabar.settings import Settings
from tests.broker import Broker
from tests.waiting import wait_until

NAMES = Names("test:")
DEAD_S = 0.001  # in tests that have no living group: dead at the next look


class Records:
    """The records stream, its registry and its janitor, by what a test does with them."""

    def __init__(self, url: str, archive_to: Path, *, dead_s: float = DEAD_S) -> None:
        self.url = url
        self.archive_to = archive_to
        self.settings = Settings(redis_url=url, prefix=NAMES.prefix, group_dead_s=dead_s)
        self.client: redis.Redis = connect(url)
        self.registry = GroupRegistry(self.client, NAMES, dead_s=dead_s)
        self.janitor = Janitor(self.client, self.settings, archive_to=archive_to)

    def add(self, count: int, *, text: str = "نص") -> list[str]:
        """Publish records; their ids."""
        with self.client.pipeline(transaction=False) as pipe:
            for number in range(count):
                event = event_bytes(
                    EventType.RECORD, f'{{"text":"{text} {number}"}}'.encode(), event_id=f"e{number}", subject=None
                )
                pipe.xadd(NAMES.records, {EVENT_FIELD: event})
            return [entry.decode() for entry in pipe.execute()]

    def group(self, name: str, *, read: int = 0) -> list[str]:
        """Create a group that has read so many records and acknowledged none; their ids."""
        self.client.xgroup_create(NAMES.records, name, id="0", mkstream=True)
        return self.read(name, read) if read else []

    def read(self, group: str, count: int, *, consumer: str = "c") -> list[str]:
        """Read as a consumer of the group."""
        reply = self.client.xreadgroup(group, consumer, {NAMES.records: ">"}, count=count)
        return [entry.decode() for _, entries in reply for entry, _ in entries]

    def acknowledge(self, group: str, ids: list[str]) -> None:
        self.client.xack(NAMES.records, group, *ids)

    def ids(self) -> list[str]:
        """What is in the stream."""
        return [entry.decode() for entry, _ in self.client.xrange(NAMES.records)]

    def wait_dead(self, name: str) -> None:
        wait_until(lambda: self.registry.get(name).is_dead)

    def clean(self, *, dry_run: bool = False) -> list[Action]:
        return list(self.janitor.run(dry_run=dry_run))


@pytest.fixture
def records(any_broker: Broker, tmp_path: Path) -> Iterator[Records]:
    records = Records(any_broker.url, tmp_path / "archive")
    yield records
    records.client.close()
