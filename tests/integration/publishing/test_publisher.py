"""ArticlePublisher against a real broker: nothing lost, nothing doubled, every refusal accounted for."""

import contextlib
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import redis

from khabar.broker.url import hide_password
from khabar.errors import BrokerRefused, BrokerUnavailable, QueueFull, SourceError
from khabar.keys.names import ARTICLE_FIELD, EVENT_FIELD, Lane, Names
from khabar.messages.envelope import open_event
from khabar.publishing.publisher import ArticlePublisher
from khabar.sources import open_source
from khabar.sources.items import Item, Refused
from tests.broker import Broker, free_port
from tests.waiting import wait_until

NAMES = Names()
LIVE = NAMES.ledger(Lane.LIVE)


def article(number: int) -> bytes:
    return f'{{"id":{number}, "body":"نص {number}"}}'.encode()


def on_ledger(broker: Broker, ledger: str = LIVE) -> list[int]:
    with broker.client() as client:
        return [json.loads(entry[ARTICLE_FIELD])["id"] for _, entry in client.xrange(ledger)]


def test_articles_are_on_the_ledger_byte_for_byte_and_in_order(broker: Broker) -> None:
    """The worker reads what the producer wrote."""
    with ArticlePublisher(broker.url, batch=7) as publisher:
        report = publisher.publish(article(number) for number in range(50))
    assert report.accepted == 50
    with broker.client() as client:
        assert [entry[ARTICLE_FIELD].encode() for _, entry in client.xrange(LIVE)] == [article(n) for n in range(50)]


def test_the_lane_and_prefix_choose_the_ledger(broker: Broker) -> None:
    """An archive must not hold up the news; two services may share a database."""
    with ArticlePublisher(broker.url, lane=Lane.BACKFILL, prefix="other:") as publisher:
        publisher.publish([{"id": 1, "body": "نص"}])
    assert on_ledger(broker, Names("other:").ledger(Lane.BACKFILL)) == [1]
    assert on_ledger(broker) == []


def test_invalid_items_become_dead_letters_and_are_reported(broker: Broker) -> None:
    """Nothing is dropped silently, and one bad line does not hold up the others."""
    heard: list[Refused] = []
    items = [
        article(0),
        b'{"title": [5], "body": "y"}',
        b'{"body": "\xd3"}',
        {"body": "x", "image": b"x"},
        article(4),
    ]
    with ArticlePublisher(broker.url, batch=3, on_rejected=heard.append) as publisher:
        report = publisher.publish(items)
    assert (report.accepted, report.rejected) == (2, 3)
    assert report.refused == heard
    assert [(refused.number, refused.code, refused.field) for refused in heard] == [
        (2, "wrong_type", "title"),
        (3, "undecodable", None),
        (4, "wrong_type", "image"),
    ]
    with broker.client() as client:
        events = [open_event(entry[EVENT_FIELD].encode()) for _, entry in client.xrange(NAMES.dead)]
    assert [event.rejection().original_bytes for event in events][:2] == items[1:3]
    assert {event.type for event in events} == {"khabar.rejection.v1"}


def test_leaving_the_context_flushes(broker: Broker) -> None:
    """add() alone confirms nothing; leaving does."""
    with ArticlePublisher(broker.url) as publisher:
        publisher.add(article(1))
        assert on_ledger(broker) == []
    assert on_ledger(broker) == [1]


def test_a_full_ledger_takes_nothing_and_says_so(broker: Broker) -> None:
    """Backpressure reaches the producer; a batch is added whole or not at all."""
    with ArticlePublisher(broker.url, max_ledger=25, batch=10, wait_s=0) as publisher:
        with pytest.raises(QueueFull, match="may hold 25 articles"):
            publisher.publish(article(number) for number in range(100))
        assert publisher.report.accepted == 20
        assert on_ledger(broker) == list(range(20))
        with broker.client() as client:
            client.xtrim(LIVE, maxlen=0, approximate=False)
        publisher.flush()
    assert on_ledger(broker) == list(range(20, 30))


def test_a_publisher_waits_for_room(broker: Broker) -> None:
    """Workers make room all the time; a full queue is no error by itself."""
    publisher = ArticlePublisher(broker.url, max_ledger=10, batch=10, wait_s=30)
    pushing = threading.Thread(target=publisher.publish, args=([article(number) for number in range(20)],))
    pushing.start()
    wait_until(lambda: len(on_ledger(broker)) == 10)
    with broker.client() as client:
        client.xtrim(LIVE, maxlen=0, approximate=False)
    pushing.join(timeout=60)
    publisher.close()
    assert on_ledger(broker) == list(range(10, 20))


class CutsReplies:
    """A client whose script runs, but whose reply is lost, as when the network breaks in between."""

    def __init__(self, client: redis.Redis, losses: int) -> None:
        self._client, self.losses = client, losses

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def evalsha(self, *arguments: Any) -> Any:
        """Run the script and lose the answer."""
        answer = self._client.evalsha(*arguments)
        if self.losses:
            self.losses -= 1
            raise redis.ConnectionError("the reply was cut off")
        return answer


def test_a_batch_whose_reply_was_lost_is_not_added_twice(broker: Broker) -> None:
    """redis-py and this publisher both send again what was not answered."""
    with broker.client() as client:
        cutting: Any = CutsReplies(client, losses=3)
        with ArticlePublisher(cutting, batch=5) as publisher:
            publisher.publish(article(number) for number in range(20))
    assert on_ledger(broker) == list(range(20))


def test_what_add_was_given_is_kept_when_it_raises(broker: Broker) -> None:
    """A scraper that is told of trouble goes on with the next article, as the documentation says; each is there once."""
    with ArticlePublisher(broker.url, batch=3, max_ledger=5, wait_s=0) as publisher:
        errors = 0
        for number in range(20):
            try:
                publisher.add(article(number))
            except QueueFull:
                errors += 1
        assert errors > 0
        assert publisher.report.accepted + publisher.unsent == 20
        while publisher.unsent:
            with broker.client() as client:
                found = on_ledger(broker)
                client.copy(LIVE, f"kept:{publisher.unsent}")
                client.delete(LIVE)
            assert len(found) <= 5
            with contextlib.suppress(QueueFull):
                publisher.flush()
        assert publisher.report.accepted == 20
    with broker.client() as client:
        kept = [number for key in client.keys("kept:*") for number in on_ledger(broker, key)]
    assert sorted(kept + on_ledger(broker)) == list(range(20))


def test_what_is_added_is_sent_though_nothing_more_is(broker: Broker) -> None:
    """A scraper that finds an article an hour must not keep it until the next."""
    with ArticlePublisher(broker.url, flush_after_s=0.05) as publisher:
        for number in (1, 2):
            publisher.add(article(number))
            wait_until(lambda number=number: on_ledger(broker)[-1:] == [number])  # type: ignore[misc]
        wait_until(lambda: publisher.unsent == 0)
        assert publisher.due_in_s is None
        assert publisher.report.accepted == 2


def test_a_source_that_is_slow_is_sent_as_it_comes(broker: Broker) -> None:
    """What a generator gave waits for nobody."""

    def slow() -> Iterator[bytes]:
        for number in range(2):
            yield article(number)
            wait_until(lambda number=number: on_ledger(broker)[-1:] == [number])  # type: ignore[misc]

    with ArticlePublisher(broker.url, flush_after_s=0.05) as publisher:
        assert publisher.publish(slow()).accepted == 2


def test_several_threads_share_a_publisher(broker: Broker) -> None:
    """A scraper with a pool of threads has one."""
    with ArticlePublisher(broker.url, batch=7, flush_after_s=0.001) as publisher, ThreadPoolExecutor(4) as pool:
        list(pool.map(publisher.add, map(article, range(100))))
        publisher.flush()
    assert sorted(on_ledger(broker)) == list(range(100))


def test_what_the_timer_could_not_send_is_told_and_sent_later(broker: Broker) -> None:
    """The outage falls between two adds: the second hears of it, and nothing is lost."""
    with broker.client() as client:
        client.set(NAMES.ledger(Lane.LIVE), "in the way")
        with ArticlePublisher(broker.url, flush_after_s=0.01, outage_s=0) as publisher:
            publisher.add(article(1))
            wait_until(lambda: publisher._late is not None)
            with pytest.raises(BrokerRefused):
                publisher.add(article(2))
            client.delete(NAMES.ledger(Lane.LIVE))
            wait_until(lambda: on_ledger(broker) == [1, 2])
            publisher.add(article(3))
    assert on_ledger(broker) == [1, 2, 3]


def test_an_item_of_any_kind_is_a_dead_letter_and_ends_nobody(broker: Broker) -> None:
    """What a scraper hands over by mistake is reported like any other bad item."""
    with ArticlePublisher(broker.url) as publisher:
        for item in (None, 5, ["x"], article(1)):
            publisher.add(item)  # type: ignore[arg-type]
    assert (publisher.report.accepted, publisher.report.rejected) == (1, 3)
    assert on_ledger(broker) == [1]


def test_what_is_added_after_an_unconfirmed_batch_is_not_lost(broker: Broker) -> None:
    """The unconfirmed batch may be in: a new item must not be taken for a part of it."""
    with broker.client() as client:
        cutting: Any = CutsReplies(client, losses=1)
        publisher = ArticlePublisher(cutting, outage_s=0)
        publisher.add(article(1))
        with pytest.raises(BrokerUnavailable):
            publisher.flush()
        publisher.add(article(2))
        publisher.flush()
    assert on_ledger(broker) == [1, 2]


def test_the_broker_may_be_killed_and_restarted_while_articles_are_pushed(broker: Broker) -> None:
    """With the append-only file, what was confirmed is still there; the publisher goes on by itself."""
    publisher = ArticlePublisher(broker.url, batch=10)
    started, killed = threading.Event(), threading.Event()

    def items() -> Iterator[bytes]:
        for number in range(3000):
            if number == 500:
                started.set()
            if number == 1500:
                assert killed.wait(20)  # the second half meets the outage for certain
            yield article(number)

    pushing = threading.Thread(target=publisher.publish, args=(items(),))
    pushing.start()
    assert started.wait(20)
    broker.kill()
    killed.set()
    broker.start()
    pushing.join(timeout=60)
    publisher.close()
    assert publisher.report.accepted == 3000
    assert on_ledger(broker) == list(range(3000))


def test_progress_is_kept_with_each_batch_and_resumed(broker: Broker, tmp_path: Path) -> None:
    """A push of a hundred million articles is interrupted sooner or later."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join(article(number) for number in range(100)))
    source = open_source(path)
    progress = source.progress
    assert progress is not None

    def interrupted() -> Iterator[Item]:
        for item in source.items():
            if item.number == 35:
                raise KeyboardInterrupt
            yield item

    with pytest.raises(KeyboardInterrupt), ArticlePublisher(broker.url, batch=10) as first:
        assert first.resume_from(progress) == 0
        first.publish(interrupted(), progress=progress)
    with ArticlePublisher(broker.url, batch=10) as second:
        assert second.resume_from(progress) == 30
        second.publish(source.items(skip=30), progress=progress)
        assert second.resume_from(progress) == 100
    assert on_ledger(broker) == list(range(100))
    with ArticlePublisher(broker.url, lane=Lane.BACKFILL) as other_lane:
        assert other_lane.resume_from(progress) == 0
    path.write_bytes(article(7))
    changed = open_source(path).progress
    assert changed is not None
    with ArticlePublisher(broker.url) as third:
        assert third.resume_from(changed) == 0


def test_items_before_a_break_in_the_source_are_accepted(broker: Broker, tmp_path: Path) -> None:
    """Half an archive is better than none."""
    path = tmp_path / "a.json"
    path.write_bytes(b"[" + article(1) + b"," + article(2) + b', {"body"')
    with ArticlePublisher(broker.url) as publisher, pytest.raises(SourceError, match="after item 2"):
        publisher.publish(open_source(path).items())
    assert on_ledger(broker) == [1, 2]


def test_no_broker_is_one_sentence_without_the_password() -> None:
    """It is printed and logged."""
    url = f"redis://user:secret@127.0.0.1:{free_port()}/3"
    with pytest.raises(BrokerUnavailable) as caught:
        ArticlePublisher(url, outage_s=0.1).publish([article(1)])
    assert hide_password(url) in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_broker_without_memory_is_backpressure(broker: Broker) -> None:
    """noeviction: the broker refuses, nothing is evicted, nothing is half written."""
    with broker.client() as client:
        client.config_set("maxmemory", 1)
        with (
            pytest.raises(QueueFull, match="no memory left"),
            ArticlePublisher(broker.url, wait_s=0) as publisher,
        ):
            publisher.publish([article(1)])
        client.config_set("maxmemory", 0)
        assert client.dbsize() == 0


def test_a_broker_that_has_forgotten_its_scripts_is_given_them_again(broker: Broker) -> None:
    """It was restarted between two batches of one publisher."""
    with ArticlePublisher(broker.url) as publisher, broker.client() as client:
        for number in range(2):
            client.script_flush()
            publisher.publish([article(number)])
        assert client.xlen(LIVE) == 2


def test_refusals_of_the_broker_are_one_sentence(broker: Broker) -> None:
    """Each needs another remedy."""
    with broker.client() as client:
        client.set(LIVE, "x")
        with pytest.raises(BrokerRefused, match="WRONGTYPE"):
            ArticlePublisher(broker.url).publish([article(1)])
        client.delete(LIVE)
        client.config_set("requirepass", "secret")
        with pytest.raises(BrokerRefused, match="refuses access"):
            ArticlePublisher(broker.url).publish([article(1)])
    with pytest.raises(BrokerRefused, match="no usable URL"):
        ArticlePublisher("http://127.0.0.1")
