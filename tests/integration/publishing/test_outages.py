"""A producer in an outage: nothing raised while it is short, the true cause when it is long, nothing doubled ever."""

import json
import threading
from collections.abc import Iterator

import pytest

from khabar.errors import BrokerUnavailable, QueueFull
from khabar.keys.names import ARTICLE_FIELD, Lane, Names
from khabar.publishing.publisher import ArticlePublisher
from tests.broker import Broker
from tests.outages import OUTAGES

LIVE = Names().ledger(Lane.LIVE)
ARTICLES = 300
CAUSES = {
    "killed": "No answer from the broker",
    "READONLY": "read-only replica; give the address of the primary",
    "NOREPLICAS": "fewer replicas",
    "MISCONF": "cannot write its data; free its disk",
}


def article(number: int) -> bytes:
    return f'{{"id":{number}, "body":"نص {number}"}}'.encode()


def on_ledger(broker: Broker) -> list[int]:
    with broker.client() as client:
        return [json.loads(entry[ARTICLE_FIELD])["id"] for _, entry in client.xrange(LIVE)]


def push_through(broker: Broker, kind: str, outage_s: float) -> ArticlePublisher:
    """Push articles, with an outage of so many seconds after the first half; returns the publisher, closed."""
    half, gone = threading.Event(), threading.Event()

    def items() -> Iterator[bytes]:
        for number in range(ARTICLES):
            if number == ARTICLES // 2:
                half.set()
                assert gone.wait(20)  # the second half meets the outage for certain
            yield article(number)

    publisher = ArticlePublisher(broker.url, batch=10)
    pushing = threading.Thread(target=publisher.publish, args=(items(),))
    pushing.start()
    assert half.wait(20)
    with OUTAGES[kind](broker):
        gone.set()
        pushing.join(outage_s)
        assert pushing.is_alive()
    pushing.join(30)
    publisher.close()
    return publisher


@pytest.mark.parametrize("kind", OUTAGES)
def test_a_short_outage_raises_nothing_and_doubles_nothing(kind: str, broker: Broker) -> None:
    """Of any kind; a scraper that stops for it would have to be looked after."""
    publisher = push_through(broker, kind, 1)
    assert publisher.report.accepted == ARTICLES
    assert on_ledger(broker) == list(range(ARTICLES))


def test_an_outage_of_ten_seconds_is_a_short_one(broker: Broker) -> None:
    """What is promised; the broker is killed, away for ten seconds, and comes back."""
    publisher = push_through(broker, "killed", 10)
    assert publisher.report.accepted == ARTICLES
    assert on_ledger(broker) == list(range(ARTICLES))


@pytest.mark.parametrize("kind", CAUSES)
def test_a_long_outage_names_its_cause_and_the_batch_is_kept(kind: str, broker: Broker) -> None:
    """Each needs another remedy; and what was added goes on once it is over."""
    heard: list[str] = []
    with ArticlePublisher(broker.url, outage_s=0.3, on_outage=heard.append) as publisher:
        publisher.add(article(1))
        with OUTAGES[kind](broker), pytest.raises(BrokerUnavailable, match=CAUSES[kind]):
            publisher.flush()
        assert len(heard) == 1
        publisher.flush()
    assert on_ledger(broker) == [1]


def test_a_full_memory_stays_backpressure(broker: Broker) -> None:
    """Workers make room; it is waited for as long as for a full queue, not as for an outage."""
    with ArticlePublisher(broker.url, outage_s=60, wait_s=0) as publisher:
        publisher.add(article(1))
        with OUTAGES["OOM"](broker), pytest.raises(QueueFull, match="no memory left"):
            publisher.flush()
        publisher.flush()
    assert on_ledger(broker) == [1]
