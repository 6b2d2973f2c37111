"""`khabar browse` on a running service: it follows the stream and leaves no trace on the broker."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import redis

from khabar.browsing.feeding import Feeder, feed_stream
from khabar.browsing.index import Index, reading
from khabar.browsing.search import Search, find
from khabar.consuming.stream import connect
from khabar.keys.names import EVENT_FIELD, Names
from khabar.messages.envelope import EventType, event_bytes
from tests.broker import Broker
from tests.unit.browsing.made import record
from tests.unit.browsing.test_pages import STORY
from tests.waiting import wait_until

NAMES = Names("test:")
STORIES = "test:stories"


def add(client: redis.Redis, *ids: str) -> None:
    for each in ids:
        event = event_bytes(EventType.RECORD, json.dumps(record(each)).encode(), event_id=each, subject=each)
        client.xadd(NAMES.records, {EVENT_FIELD: event})


def ids(index: Index) -> set[str]:
    with reading(index.path) as connection:
        return {hit.record["article"]["id"] for hit in find(connection, Search()).hits}


def stories(index: Index) -> list[Any]:
    with reading(index.path) as connection:
        return connection.execute("SELECT id, articles FROM stories").fetchall()


def test_the_stream_is_followed_without_a_trace(broker: Broker, tmp_path: Path) -> None:
    """No group, no key, no write: records are trimmed as if nobody looked; a service that lost its data is read anew."""
    client = connect(broker.url)
    add(client, "a", "b")
    client.xadd(NAMES.records, {EVENT_FIELD: b"unreadable"})
    client.xadd(STORIES, {EVENT_FIELD: json.dumps({"specversion": "1.0", "data": STORY})})
    keys = client.keys()
    with closing(Index(tmp_path / "index.sqlite", keep=99)) as index:
        for _ in range(2):  # the second time from where the first one ended
            feeder = Feeder(index, feed_stream(client, NAMES.records, STORIES))
            feeder.start()
            wait_until(lambda: ids(index) == {"a", "b"} and stories(index) == [(STORY["id"], 2)])
            feeder.close()
        feeder = Feeder(index, feed_stream(client, NAMES.records, STORIES))
        feeder.start()
        add(client, "c")
        wait_until(lambda: ids(index) == {"a", "b", "c"})
        feeder.close()
        assert sorted(client.keys()) == sorted(keys)
        assert client.xinfo_groups(NAMES.records) == []
        client.flushall()
        client.xadd(NAMES.records, {EVENT_FIELD: b"unreadable"}, id="1-1")
        feeder = Feeder(index, feed_stream(client, NAMES.records, STORIES))
        feeder.start()
        wait_until(lambda: not ids(index) and index.note("no_stories"))
        assert feeder.failure == ""
        feeder.close()
    client.close()
