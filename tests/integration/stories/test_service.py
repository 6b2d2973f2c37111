"""The stories service on a broker."""

import threading
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from redis.exceptions import OutOfMemoryError

from khabar.keys.names import EVENT_FIELD, STORIES_GROUP
from khabar.messages.envelope import EventType, event_bytes
from khabar.messages.record import Record
from khabar.retention.groups import GroupRegistry
from khabar.retention.trim import Retention
from khabar.story_service.feed import CONSUMER, MISSED, Lost
from khabar.story_service.store import UNREADABLE
from tests.broker import Broker
from tests.integration.stories.conftest import Newsroom
from tests.integration.stories.dying import BATCH, serve
from tests.unit.stories.conftest import MakeRecord
from tests.unit.stories.test_grouping import FLOOD, FLOOD_AGAIN, NAMES
from tests.waiting import wait_until

MakeNewsroom = Callable[..., Newsroom]


def test_a_replay_from_the_start_gives_the_same_stories(newsroom: MakeNewsroom, stream: list[Record]) -> None:
    """Whoever doubts an assignment makes it again."""
    first, again = newsroom("first:"), newsroom("again:")
    for room, batch in ((first, 3), (again, 17)):
        room.publish(stream)
        room.run_to_the_end(room.serve(batch=batch))
    assert again.events == first.events
    ids = [orjson.loads(event)["id"] for event in first.events]
    assert len(set(ids)) == len(ids)


def test_nothing_on_the_stream_stops_it(newsroom: MakeNewsroom, make: MakeRecord) -> None:
    """One record of a thousand is hostile, old, double or none; the others must become stories."""
    room = newsroom()
    good = make("a", "السيول", FLOOD, names=NAMES)
    old = orjson.loads(good.model_dump_json())
    del old["fingerprint"], old["origin"], old["entities"], old["quantities"]
    old["schema_version"], old["article"]["id"] = "1.0", "of 0.4.0"
    empty = make("empty", None, "خبر")
    huge = make("huge", "ع " * 50_000, FLOOD, names=[("PER", f"اسم {number}") for number in range(2_000)])
    room.publish([good, good, empty, huge])
    room.put(event_bytes(EventType.RECORD, orjson.dumps(old), event_id="o", subject="of 0.4.0"))
    for junk in (b"", b"{", b"[]", b'{"specversion":"1.0"}', b"\xff" * 10, b"[" * 100_000):
        room.put(junk)
    room.put(event_bytes(EventType.RECORD, b'{"article":7}', event_id="x", subject="x"))
    room.put(event_bytes(EventType.REJECTION, b"{}", event_id="y", subject=None))
    room.client.xadd(room.names.records, {"other": "field"})
    room.publish([make("b", "سيول", FLOOD_AGAIN, names=NAMES, outlet="ب")])
    room.run_to_the_end()
    assert room.counted(UNREADABLE) == 9
    assert {article.id for story in room.told for article in story.articles} == {"a", "b", "empty", "huge", "of 0.4.0"}
    sizes = [len(data) for data in room.client.hgetall(room.names.story_articles).values()]  # type: ignore[union-attr]
    assert max(sizes) < 20_000


def test_a_record_that_grouping_fails_at_is_left_out_and_counted(
    newsroom: MakeNewsroom, make: MakeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours must cost one article, and leave no half of it behind."""
    room = newsroom()
    service = room.serve()
    from khabar.stories.grouping import Grouping

    place = Grouping._place

    def fail(self: Any, seen: Any, day: Any, row: Any, record: Record, rows: Any) -> Any:
        if record.article.id == "bad":
            raise ZeroDivisionError
        return place(self, seen, day, row, record, rows)

    monkeypatch.setattr(Grouping, "_place", fail)
    room.publish([make("a", "السيول", FLOOD, names=NAMES), make("bad", "ب", FLOOD), make("c", "ج", FLOOD, names=NAMES)])
    room.run_to_the_end(service)
    assert room.counted(UNREADABLE) == 1
    assert [[article.id for article in story.articles] for story in room.told] == [["a"], ["a", "c"]]


def test_records_that_were_gone_before_are_counted(newsroom: MakeNewsroom, make: MakeRecord) -> None:
    """Retention may have trimmed them before the service was first started, or somebody has deleted them."""
    room = newsroom()
    room.publish([make(str(number), "عنوان", FLOOD) for number in range(5)])
    room.client.xtrim(room.names.records, maxlen=3, approximate=False)
    room.client.xgroup_create(room.names.records, STORIES_GROUP, "0")
    reply: Any = room.client.xreadgroup(STORIES_GROUP, "somebody", {room.names.records: ">"}, count=1)
    room.client.xdel(room.names.records, reply[0][1][0][0])
    room.run_to_the_end()
    assert room.counted(MISSED) == 1
    fresh = newsroom("fresh:")
    fresh.publish([make(str(number), "عنوان", FLOOD) for number in range(5)])
    fresh.client.xtrim(fresh.names.records, maxlen=3, approximate=False)
    fresh.run_to_the_end()
    assert fresh.counted(MISSED) == 2
    assert len(fresh.told) == 3


def test_what_a_dead_consumer_held_is_taken_over(newsroom: MakeNewsroom, make: MakeRecord) -> None:
    """Whatever its name was."""
    room = newsroom()
    room.publish([make("a", "السيول", FLOOD, names=NAMES), make("b", "سيول", FLOOD_AGAIN, names=NAMES)])
    room.client.xgroup_create(room.names.records, STORIES_GROUP, "0")
    room.client.xreadgroup(STORIES_GROUP, "dead", {room.names.records: ">"}, count=1)
    room.run_to_the_end()
    assert [article.id for article in room.told[-1].articles] == ["a", "b"]
    assert {each["name"] for each in room.client.xinfo_consumers(room.names.records, STORIES_GROUP)} >= {
        CONSUMER.encode()
    }


def test_two_services_are_as_good_as_one(newsroom: MakeNewsroom, stream: list[Record]) -> None:
    """`khabar up` may run on two machines: one makes stories, the other waits, and neither writes over the other."""
    alone, room = newsroom("alone:"), newsroom("both:")
    for each in (alone, room):
        each.publish(stream[:20])
    alone.run_to_the_end()
    stops = [threading.Event(), threading.Event()]
    threads = [
        threading.Thread(target=serve(room.settings, f"host:{number}").run, args=[stop])
        for number, stop in enumerate(stops)
    ]
    for thread in threads:
        thread.start()
    wait_until(lambda: room.owed == 0)
    for stop in stops:
        stop.set()
    for thread in threads:
        thread.join()
    assert room.events == alone.events


def test_who_has_lost_the_stories_writes_nothing(newsroom: MakeNewsroom, make: MakeRecord) -> None:
    """A process that stood still for longer than its lease comes back with a batch that another has done."""
    room = newsroom()
    room.publish([make("a", "السيول", FLOOD, names=NAMES)])
    late = serve(room.settings, "late:1")
    late._store.hold()
    late._keeper = late._bring_back()
    batch = late._next(late._keeper)
    assert batch is not None
    room.client.delete(room.names.story_holder)
    room.run_to_the_end()
    with pytest.raises(Lost):
        late._store.commit(batch.writes, batch.done, batch.counted)
    assert len(room.events) == 1


def test_a_commit_sent_twice_is_one(newsroom: MakeNewsroom, make: MakeRecord) -> None:
    """The first answer may be lost with its connection."""
    room = newsroom()
    room.publish([make("a", "السيول", FLOOD, names=NAMES)])
    service = room.serve()
    service._store.hold()
    service._keeper = service._bring_back()
    batch = service._next(service._keeper)
    assert batch is not None
    service._store.commit(batch.writes, batch.done, batch.counted)
    service._store.commits -= 1
    service._store.commit(batch.writes, batch.done, batch.counted)
    assert len(room.events) == 1


def test_records_whose_answer_was_lost_keep_their_place(newsroom: MakeNewsroom, stream: list[Record]) -> None:
    """The broker gave them and the connection broke: they come next, not after those behind them, and not never."""
    calm, room = newsroom("calm:"), newsroom("lost:")
    for each in (calm, room):
        each.publish(stream[:20])
    calm.run_to_the_end()
    service = room.serve()
    while len(room.events) < 8:
        service.step()
    assert len(service._store.take(BATCH)) == BATCH
    room.run_to_the_end(service)
    assert room.events == calm.events


def test_it_goes_on_after_a_broker_that_was_killed(
    broker: Broker, newsroom: MakeNewsroom, stream: list[Record]
) -> None:
    """And the stories are those of a quiet day."""
    calm, room = newsroom("calm:"), newsroom("outage:")
    for each in (calm, room):
        each.publish(stream[:20])
    calm.run_to_the_end()
    stop = threading.Event()
    thread = threading.Thread(target=room.serve(batch=1).run, args=[stop])
    thread.start()
    wait_until(lambda: room.client.xlen(room.names.stories) > 3)
    broker.kill()
    broker.start()
    wait_until(lambda: room.owed == 0)
    stop.set()
    thread.join()
    assert room.events == calm.events


def test_a_full_broker_is_helped_and_not_waited_for(
    broker: Broker, newsroom: MakeNewsroom, stream: list[Record]
) -> None:
    """Records that are not acknowledged are what fills it: waiting for room would be waiting for oneself."""
    room = newsroom()
    room.publish(stream[:2])
    room.run_to_the_end()
    room.publish(stream[2:])
    room.client.config_set("maxmemory", "1mb")
    with pytest.raises(OutOfMemoryError), broker.client() as impatient:
        impatient.set("one", "more")
    room.run_to_the_end()
    assert {article.id for story in room.told for article in story.articles} == {each.article.id for each in stream}
    room.client.config_set("maxmemory", "0")


def test_a_state_that_cannot_be_read_begins_anew(newsroom: MakeNewsroom, make: MakeRecord) -> None:
    """A later version may have written it, before somebody went back to this one."""
    room = newsroom()
    room.client.hset(room.names.story_state, mapping={"commit": "7", "by": "x", "head": b'{"columns":[]}'})
    room.client.hset(room.names.story_articles, "1", b"?")
    room.publish([make("a", "السيول", FLOOD, names=NAMES)])
    room.run_to_the_end()
    assert [story.revision for story in room.told] == [1]
    assert room.client.hget(room.names.story_state, "commit") == b"1"


def test_the_service_alone_is_no_reason_to_trim_records(newsroom: MakeNewsroom, make: MakeRecord) -> None:
    """Records that no reader has seen are kept, whatever reads them beside."""
    room = newsroom()
    room.publish([make(str(number), "عنوان", FLOOD) for number in range(4)])
    room.run_to_the_end()
    retention = Retention(room.client, room.names, max_records=100, max_memory_share=0.9)
    assert retention.trim_all().records == 0
    room.client.xgroup_create(room.names.records, "reader", "$")
    assert retention.trim_all().records == 3


def test_revisions_are_kept_for_their_groups_and_by_number_without(
    newsroom: MakeNewsroom, stream: list[Record]
) -> None:
    """Nobody need read them; who does loses none, and is waited for."""
    room = newsroom(max_stories=100)
    for _ in range(150):
        room.client.xadd(room.names.stories, {EVENT_FIELD: b"{}"})
    service = room.serve()
    assert service._retention.trim() == 50
    assert service._retention.full() is None
    room.client.xgroup_create(room.names.stories, "desk", "0")
    assert service._retention.trim() == 0
    assert "desk" in str(service._retention.full())
    room.publish(stream[:3])
    service.step()
    assert room.owed == 3
    reply: Any = room.client.xreadgroup("desk", "c", {room.names.stories: ">"})
    room.client.xack(room.names.stories, "desk", *[entry for entry, _ in reply[0][1]])
    service._next_house = 0
    service.step()
    assert room.owed == 0


def test_it_goes_on_from_what_a_failover_has_left(newsroom: MakeNewsroom, stream: list[Record]) -> None:
    """The replica that takes over may lack the last commits; what it has is whole, for each was one step."""
    calm, room = newsroom("calm:"), newsroom("failover:")
    for each in (calm, room):
        each.publish(stream[:20])
    calm.run_to_the_end()
    service = room.serve()
    while room.client.xlen(room.names.stories) < 5:
        service.step()
    keys: Any = room.client.keys("failover:*")
    replica = {key: room.client.dump(key) for key in keys if not key.endswith(b":holder")}
    service.step()
    for key, data in replica.items():
        room.client.restore(key, 0, data, replace=True)
    room.run_to_the_end(service)
    assert room.events == calm.events
    assert room.state == calm.state


def test_a_group_that_was_detached_is_waited_for(newsroom: MakeNewsroom, make: MakeRecord) -> None:
    """An operator took it out: making it anew would hide what it misses."""
    room = newsroom()
    room.publish([make("a", "السيول", FLOOD, names=NAMES)])
    service = room.serve()
    assert service._try_step() == 0
    registry = GroupRegistry(room.client, room.names, dead_s=3600)
    registry.detach(STORIES_GROUP)
    room.publish([make("b", "سيول", FLOOD_AGAIN, names=NAMES)])
    waits = [service._try_step() for _ in range(3)]
    assert waits[-1] > 1
    registry.attach(STORIES_GROUP)
    room.run_to_the_end(service)
    assert len(room.told) == 2
