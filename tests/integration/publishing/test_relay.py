"""ListRelay: what any program puts on a Redis list comes onto the ledger, whatever dies on the way."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from scrapy.utils.serialize import ScrapyJSONEncoder

from khabar.errors import BrokerRefused
from khabar.keys.names import ARTICLE_FIELD, Lane, Names
from khabar.publishing.publisher import ArticlePublisher
from khabar.relaying.relay import ListRelay
from khabar.sources.shape import Shape
from tests.broker import Broker
from tests.waiting import wait_until

NAMES = Names()
KEY = "spider:items"
PROGRAM = f"""
import sys
from khabar.publishing.publisher import ArticlePublisher
from khabar.relaying.relay import ListRelay
with ArticlePublisher(sys.argv[1]) as publisher:
    ListRelay(sys.argv[1], {KEY!r}, publisher, batch=7).run()
"""


@pytest.fixture
def client(broker: Broker) -> Iterator[redis.Redis]:
    with broker.client() as connected:
        yield connected


def fill(client: redis.Redis, count: int, first: int = 0) -> list[str]:
    """As scrapy-redis's RedisPipeline does, with Scrapy's own encoder."""
    ids = [f"a-{number}" for number in range(first, first + count)]
    encode = ScrapyJSONEncoder().encode
    client.rpush(KEY, *(encode({"id": name, "title": ["عنوان"], "text": ["نص المقال"]}) for name in ids))
    return ids


def on_ledger(client: redis.Redis) -> list[str]:
    return [json.loads(entry[ARTICLE_FIELD])["id"] for _, entry in client.xrange(NAMES.ledger(Lane.LIVE))]


def test_items_come_onto_the_ledger_in_order_and_the_lists_are_empty(broker: Broker, client: redis.Redis) -> None:
    """Items of scrapy-redis, more than a batch, and one that is no article."""
    ids = fill(client, 25)
    client.rpush(KEY, "{broken")
    with ArticlePublisher(broker.url) as publisher:
        ListRelay(broker.url, KEY, publisher, batch=10).run(until_empty=True)
    assert on_ledger(client) == ids
    assert client.xlen(NAMES.dead) == 1
    assert client.keys(f"{KEY}*") == []


def test_fields_have_any_name(broker: Broker, client: redis.Redis) -> None:
    """A program of somebody else's cannot be changed."""
    client.rpush(KEY, json.dumps({"id": "a-1", "نص_الخبر": "نص المقال"}))
    with ArticlePublisher(broker.url) as publisher:
        ListRelay(broker.url, KEY, publisher, shape=Shape({"text": "نص_الخبر"})).run(until_empty=True)
        assert (publisher.report.accepted, publisher.report.rejected) == (1, 0)


def test_a_key_of_another_type_is_refused(broker: Broker, client: redis.Redis) -> None:
    """scrapy-redis keeps requests in a sorted set beside the items."""
    client.zadd(KEY, {"x": 1})
    with (
        ArticlePublisher(broker.url) as publisher,
        pytest.raises(BrokerRefused, match="holds a zset, and a relay reads a list"),
    ):
        ListRelay(broker.url, KEY, publisher).run(until_empty=True)


class Died(BaseException):
    """The relay's process is gone at this call."""


@pytest.mark.parametrize("after", [True, False], ids=["after the call", "before the call"])
def test_a_relay_that_dies_at_any_call_loses_nothing(broker: Broker, client: redis.Redis, after: bool) -> None:
    """Each step is a call; what the next relay finds decides."""
    ids: list[str] = []
    died = 0
    for last in range(40):
        ids += fill(client, 3, first=len(ids))
        publisher = ArticlePublisher(broker.url)
        relay = ListRelay(broker.url, KEY, publisher, batch=2)
        asked, calls = relay._call, iter(range(1000))

        def call(ask: Any, asked: Any = asked, calls: Iterator[int] = calls, last: int = last) -> Any:
            dies = next(calls) == last
            if dies and not after:
                raise Died
            answer = asked(ask)
            if dies:
                raise Died
            return answer

        relay._call = call  # type: ignore[method-assign]
        try:
            relay.run(until_empty=True)
        except Died:
            died += 1
        publisher.close()  # without a flush, as death does
        relay.close()
        client.delete(relay.lease)  # its time is over
    assert died > 5
    with ArticlePublisher(broker.url) as publisher:
        ListRelay(broker.url, KEY, publisher).run(until_empty=True)
    assert set(on_ledger(client)) == set(ids)
    assert client.keys(f"{KEY}*") == []


def test_relays_that_are_killed_lose_nothing(broker: Broker, client: redis.Redis) -> None:
    """The same with real processes; what is on the ledger twice has one id, and becomes one record."""
    ids: list[str] = []
    for _ in range(3):
        ids += fill(client, 300, first=len(ids))
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, broker.url])
        before = client.xlen(NAMES.ledger(Lane.LIVE))
        wait_until(lambda before=before: client.xlen(NAMES.ledger(Lane.LIVE)) > before + 20)  # type: ignore[misc]
        process.send_signal(signal.SIGKILL)
        process.wait()
        client.delete(f"{KEY}:khabar-relay-lease")
    with ArticlePublisher(broker.url) as publisher:
        ListRelay(broker.url, KEY, publisher).run(until_empty=True)
    found = on_ledger(client)
    assert set(found) == set(ids)
    assert len(found) - len(ids) <= 3 * 7  # at most a batch each


def test_a_second_relay_stands_by_and_takes_over(broker: Broker, client: redis.Redis) -> None:
    """Two hosts run one each; only one is at work, and the list is never without."""
    told: list[str] = []
    client.set(f"{KEY}:khabar-relay-lease", "the other", px=400)
    ids = fill(client, 3)
    with ArticlePublisher(broker.url) as publisher:
        ListRelay(broker.url, KEY, publisher, on_trouble=told.append).run(until_empty=True)
    assert on_ledger(client) == ids
    assert told == [f"another relay has {KEY}; waiting for it to end"]
