"""A push that breaks off in the middle, or that the broker has no memory for, on both brokers: never "accepted" for nothing."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from khabar.errors import BrokerRefused, QueueFull
from khabar.keys.done import Generation
from khabar.keys.names import ARTICLE_FIELD, Lane, Names
from khabar.publishing.publisher import ArticlePublisher
from khabar.sources.items import Progress
from tests.broker import Broker, debian_redis

NAMES = Names()
LEDGER = NAMES.ledger(Lane.LIVE)
HIGHEST = 2**64 - 1


@pytest.fixture
def client(any_broker: Broker) -> Iterator[redis.Redis]:
    with contextlib.closing(any_broker.client()) as client:
        yield client


def article(number: int) -> bytes:
    return json.dumps({"id": number, "body": f"نص {number}"}).encode()


def on_ledger(client: redis.Redis) -> list[int]:
    return [json.loads(fields[ARTICLE_FIELD])["id"] for _, fields in client.xrange(LEDGER)]


def fill(client: redis.Redis, stream: str) -> int:
    """Add 10 MB, in pieces that leave no large buffer behind; return the bytes in use."""
    for _ in range(100):
        client.xadd(stream, {"x": "x" * 100_000})
    return int(client.info("memory")["used_memory"])


def full(publisher: ArticlePublisher) -> ArticlePublisher:
    """Add three articles and two items that are none."""
    for number in range(3):
        publisher.add(article(number))
    for bad in (b'{"title": [5], "body": "y"}', b'{"title": [6], "body": "y"}'):
        publisher.add(bad)
    return publisher


@pytest.mark.parametrize("key", [LEDGER, NAMES.dead])
def test_after_a_key_of_the_wrong_type_the_same_batch_is_added(
    any_broker: Broker, client: redis.Redis, key: str
) -> None:
    """The operator mends it and the caller flushes again, as the docstring says: nothing may count as added before."""
    client.set(key, "of another service")
    publisher = full(ArticlePublisher(any_broker.url))
    with pytest.raises(BrokerRefused, match="WRONGTYPE"):
        publisher.flush()
    client.delete(key)
    assert client.dbsize() == 0
    publisher.flush()
    assert (publisher.report.accepted, publisher.report.rejected) == (3, 2)
    assert on_ledger(client) == [0, 1, 2]
    assert client.xlen(NAMES.dead) == 2


def test_after_a_wrong_progress_key_the_same_batch_is_added(any_broker: Broker, client: redis.Redis) -> None:
    """What is looked at last would break off a batch that is in already."""
    progress = Progress("file", "digest")
    pushed = NAMES.pushed("live:file")
    client.set(pushed, "of another service")
    publisher = ArticlePublisher(any_broker.url)
    with pytest.raises(BrokerRefused, match="WRONGTYPE"):
        publisher.publish([article(0)], progress=progress)
    client.delete(pushed)
    assert client.dbsize() == 0
    publisher.flush()
    assert on_ledger(client) == [0]


@pytest.mark.parametrize("key", [LEDGER, NAMES.dead])
def test_a_stream_that_somebody_has_ended_is_told_each_time(any_broker: Broker, client: redis.Redis, key: str) -> None:
    """Whoever may XADD may take the highest id there is; after that the stream takes nothing."""
    client.xadd(key, {"x": "y"}, id=f"{HIGHEST}-{HIGHEST}")
    publisher = full(ArticlePublisher(any_broker.url))
    for _ in range(2):
        with pytest.raises(BrokerRefused, match="exhausted"):
            publisher.flush()
    assert publisher.report.accepted == 0
    client.delete(key)
    publisher.flush()
    assert on_ledger(client) == [0, 1, 2]
    dead = client.xlen(NAMES.dead)
    assert dead == 2, "a rejection was lost or doubled"


def test_producers_are_told_full_well_below_the_limit(any_broker: Broker, client: redis.Redis) -> None:
    """What is accepted has to become records, and needs memory for it."""
    used = fill(client, "ballast")
    client.config_set("maxmemory", int(used / 0.75))
    with ArticlePublisher(any_broker.url, wait_s=0) as publisher:
        publisher.add(article(0))
        with pytest.raises(QueueFull, match=r"uses [\d,]+ of its [\d,]+ bytes \(maxmemory\)"):
            publisher.flush()
        assert publisher.report.accepted == 0
        client.config_set("maxmemory", int(used / 0.6))
        publisher.flush()
    assert on_ledger(client) == [0]


def test_rejections_are_remembered_by_the_brokers_clock(
    any_broker: Broker, client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A producer whose clock is months off makes no second dead letter of the same bad line."""
    for days in (0, -70, 45):
        seconds = Generation(1).number + days * 86_400
        with monkeypatch.context() as patch:
            patch.setattr("khabar.keys.done.time.time", lambda seconds=seconds: seconds)
            publisher: Any = ArticlePublisher(any_broker.url, done_generation_s=86_400)
            publisher.publish([b'{"title": [5], "body": "y"}'])
    assert client.xlen(NAMES.dead) == 1


def test_a_producer_may_see_the_memory_and_nothing_else(tmp_path: Any) -> None:
    """INFO tells of every client and key space."""
    from khabar.keys.access import Role
    from tests.access import GuardedBroker

    for number, binary in enumerate((None, debian_redis())):
        guarded = GuardedBroker(tmp_path / str(number), binary=binary)
        guarded.broker.start()
        try:
            with guarded.client() as admin:
                admin.config_set("maxmemory", int(fill(admin, "khabar:ballast") / 0.75))
            publisher = ArticlePublisher(guarded.url(Role.PRODUCER), wait_s=0)
            publisher.add(b'{"title": [5], "body": "y"}')
            with pytest.raises(QueueFull, match="maxmemory"):
                publisher.flush()
            with guarded.client() as admin:
                admin.config_set("maxmemory", 0)
            publisher.flush()
            assert guarded.refusals() == []
        finally:
            guarded.broker.kill()
