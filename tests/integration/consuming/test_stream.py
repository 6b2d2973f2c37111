"""A consumer may die at any point; whoever comes after gets what it left, and one bad entry stops nobody."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
import redis

from khabar.broker.connection import connect
from khabar.consuming.delivery import Unreadable
from khabar.consuming.stream import RecordStream, browse
from khabar.keys.names import EVENT_FIELD, Names
from khabar.messages.envelope import EventType, event_bytes
from tests.broker import Broker
from tests.waiting import wait_until

NAMES = Names("test:")
READS_AND_HANGS = """
import sys, threading
from khabar.consuming.stream import RecordStream
from khabar.broker.connection import connect
stream = RecordStream(connect(sys.argv[1]), "monitor", consumer="first", prefix="test:")
print(*(delivery.id for delivery in stream.read(3)), flush=True)
threading.Event().wait()
"""


@pytest.fixture
def client(any_broker: Broker) -> Iterator[redis.Redis]:
    client = connect(any_broker.url)
    yield client
    client.close()


def add(client: redis.Redis, count: int) -> list[str]:
    event = event_bytes(EventType.RECORD, b"{}", event_id="e", subject=None)
    return [client.xadd(NAMES.records, {EVENT_FIELD: event}).decode() for _ in range(count)]


def read_and_be_killed(broker: Broker) -> list[str]:
    """A real consumer reads three records and gets kill -9 before it acknowledges; their ids."""
    process = subprocess.Popen([sys.executable, "-c", READS_AND_HANGS, broker.url], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    ids = process.stdout.readline().split()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return ids


def stream(client: redis.Redis, consumer: str, **options: object) -> RecordStream:
    return RecordStream(client, "monitor", consumer=consumer, prefix=NAMES.prefix, **options)  # type: ignore[arg-type]


def test_what_a_killed_consumer_held_goes_to_another(any_broker: Broker, client: redis.Redis) -> None:
    """After the time in which it could have acknowledged."""
    ids = add(client, 5)
    assert read_and_be_killed(any_broker) == ids[:3]
    second = stream(client, "second", take_over_after_s=0.05)
    found: list[str] = []

    def all_found() -> bool:
        deliveries = second.read(10)
        second.acknowledge(deliveries)
        found.extend(delivery.id for delivery in deliveries)
        return len(found) >= len(ids)

    wait_until(all_found)
    assert sorted(found) == ids


def test_a_killed_consumer_that_starts_again_goes_on_at_once(any_broker: Broker, client: redis.Redis) -> None:
    """Under the same name it need not wait for itself to be taken for dead."""
    ids = add(client, 5)
    read_and_be_killed(any_broker)
    again = stream(client, "first")
    first = again.read(2)
    assert [delivery.id for delivery in first] == ids[:2]
    assert [delivery.id for delivery in again.read(10)] == ids[2:3]
    assert [delivery.id for delivery in again.read(10)] == ids[3:]
    again.acknowledge(first)
    assert client.xpending(NAMES.records, "monitor")["pending"] == 3


def test_an_unreadable_entry_stops_nobody_and_is_kept(client: redis.Redis, caplog: pytest.LogCaptureFixture) -> None:
    """It may be of a later version: what cannot be read today is neither delivered nor acknowledged."""
    ids = add(client, 2)
    client.xadd(NAMES.records, {EVENT_FIELD: b"{no event"})
    client.xadd(NAMES.records, {"something": "else"})
    ids += add(client, 1)
    reader = stream(client, "first")
    deliveries = reader.read()
    assert [delivery.id for delivery in deliveries] == ids
    reader.acknowledge(deliveries)
    assert [entry.__dict__["action"] for entry in caplog.records] == ["unreadable_event"] * 2
    assert client.xpending(NAMES.records, "monitor")["pending"] == 2
    assert stream(client, "first").read() == []
    assert [delivery.id for delivery in browse(client, stream=NAMES.records, count=1, after=ids[1])] == ids[2:]


def test_an_unreadable_entry_that_was_put_aside_is_done_with(client: redis.Redis) -> None:
    """The consumer's owner decides where it goes."""
    entry = client.xadd(NAMES.records, {EVENT_FIELD: b"{no event"}).decode()
    aside: list[Unreadable] = []
    assert stream(client, "first", on_unreadable=aside.append).read() == []
    assert [(found.id, found.fields) for found in aside] == [(entry, {EVENT_FIELD.encode(): b"{no event"})]
    assert client.xpending(NAMES.records, "monitor")["pending"] == 0


def test_a_group_that_was_lost_with_the_brokers_data_begins_anew(client: redis.Redis) -> None:
    """Not a consumer that fails for ever."""
    reader = stream(client, "first")
    client.flushall()
    ids = add(client, 1)
    wait_until(lambda: [delivery.id for delivery in reader.read()] == ids)


def take_over_all(reader: RecordStream, ids: list[str]) -> None:
    """Read until the reader has got exactly these, by taking over."""
    found: list[str] = []

    def all_found() -> bool:
        deliveries = reader.read(10)
        reader.acknowledge(deliveries)
        found.extend(delivery.id for delivery in deliveries)
        return len(found) >= len(ids)

    wait_until(all_found)
    assert sorted(found) == ids


def test_what_is_behind_many_unreadable_entries_is_taken_over(client: redis.Redis) -> None:
    """XAUTOCLAIM looks at ten times `count` entries and says where to go on: 300 at the head hid all behind them."""
    dead = stream(client, "dead")
    for _ in range(300):
        client.xadd(NAMES.records, {EVENT_FIELD: b"{no event"})
    ids = add(client, 20)
    assert [delivery.id for delivery in dead.read(1000)] == ids
    take_over_all(stream(client, "living", take_over_after_s=0.05), ids)
    assert client.xpending(NAMES.records, "monitor")["pending"] == 300


def test_what_is_behind_the_records_of_a_living_consumer_is_taken_over(client: redis.Redis) -> None:
    """One that holds 1,200 hid what a dead one held behind them."""
    held = add(client, 1200)
    living = stream(client, "living")
    assert len(living.read(1200)) == 1200
    ids = add(client, 50)
    stream(client, "dead").read(50)

    idle_ms = 3_600_000  # so that no speed of this machine makes the living one look dead
    client.xclaim(NAMES.records, "monitor", "dead", 0, ids, idle=idle_ms)
    take_over_all(stream(client, "third", take_over_after_s=idle_ms / 1000), ids)
    assert client.xpending(NAMES.records, "monitor")["pending"] == len(held)


def test_records_that_were_deleted_while_they_were_pending_are_done_with(client: redis.Redis) -> None:
    """They would be pending for ever: seen again by their own consumer, or by one that takes over."""
    ids = add(client, 9)
    stream(client, "first").read(3)
    stream(client, "second").read(3)
    client.xdel(NAMES.records, *ids[:2], *ids[3:5])
    assert [delivery.id for delivery in stream(client, "first").read(10)] == ids[2:3]
    assert client.xpending(NAMES.records, "monitor")["pending"] == 4
    take_over_all(stream(client, "third", take_over_after_s=0.05), [ids[2], *ids[5:]])
    assert client.xpending(NAMES.records, "monitor")["pending"] == 0
