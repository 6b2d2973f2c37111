"""Records on a stream, and services that make stories of them."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import orjson
import pytest
import redis

from khabar.broker.connection import connect
from khabar.keys.names import EVENT_FIELD, STORIES_GROUP, Names
from khabar.messages.envelope import EventType, event_bytes
from khabar.messages.record import Record
from khabar.messages.story import Story
from khabar.settings import Settings
from khabar.story_service.service import StoryService
from tests.broker import Broker
from tests.integration.stories.dying import BATCH, serve
from tests.unit.stories.conftest import make, pipeline  # noqa: F401  # fixtures
from tests.unit.stories.test_keeper import stream  # noqa: F401  # a fixture
from tests.waiting import wait_until


class Newsroom:
    """One prefix of a broker."""

    def __init__(self, url: str, prefix: str, **settings: Any) -> None:
        self.values: dict[str, Any] = {
            "redis_url": url,
            "prefix": prefix,
            "lease_s": 0.3,
            "stories_window_days": 2,
        } | settings
        self.settings = Settings(**self.values)
        self.names = Names(prefix)
        self.client: redis.Redis = connect(url)

    def publish(self, records: Sequence[Record]) -> None:
        """Put records on the stream, as a worker does."""
        for record in records:
            self.put(event_bytes(EventType.RECORD, record, event_id=record.article.id, subject=record.article.id))

    def put(self, event: bytes) -> None:
        self.client.xadd(self.names.records, {EVENT_FIELD: event})

    def serve(self, *, batch: int = BATCH) -> StoryService:
        return serve(self.settings, batch=batch)

    def run_to_the_end(self, service: StoryService | None = None) -> None:
        """Serve until everything is acknowledged."""
        service = service or self.serve()
        stop = threading.Event()
        thread = threading.Thread(target=service.run, args=[stop])
        thread.start()
        try:
            wait_until(lambda: self.owed == 0)
        finally:
            stop.set()
            thread.join()

    @property
    def owed(self) -> int:
        """How many records the service has not acknowledged."""
        groups: Any = self.client.xinfo_groups(self.names.records) if self.client.exists(self.names.records) else []
        ours = [group for group in groups if group["name"] == STORIES_GROUP.encode()]
        if not ours:
            return -1
        unread = len(self.client.xrange(self.names.records, f"({ours[0]['last-delivered-id'].decode()}"))  # type: ignore[arg-type]
        return int(ours[0]["pending"]) + unread

    @property
    def events(self) -> list[bytes]:
        entries: Any = self.client.xrange(self.names.stories)
        return [fields[EVENT_FIELD.encode()] for _, fields in entries]

    @property
    def told(self) -> list[Story]:
        return [Story.model_validate(orjson.loads(event)["data"]) for event in self.events]

    @property
    def state(self) -> tuple[Any, ...]:
        """All that is kept, but for who wrote it."""
        names = self.names
        head: Any = self.client.hget(names.story_state, "head")
        return orjson.loads(head), self.client.hgetall(names.story_articles), self.client.hgetall(names.open_stories)

    def counted(self, name: str) -> int:
        return int(self.client.hget(self.names.counters, name) or 0)  # type: ignore[arg-type]


@pytest.fixture
def newsroom(broker: Broker) -> Iterator[Callable[..., Newsroom]]:
    """Return a function that makes a newsroom under a prefix."""
    made: list[Newsroom] = []

    def open_one(prefix: str = "test:", **settings: Any) -> Newsroom:
        made.append(Newsroom(broker.url, prefix, **settings))
        return made[-1]

    yield open_one
    for each in made:
        each.client.close()
