"""DealingPublisher against two real brokers: every article on one ledger, and none lost, whichever is full or away."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from khabar.broker.ledgers import Ledger, deal
from khabar.errors import BrokerUnavailable, QueueFull
from khabar.keys.names import ARTICLE_FIELD, Lane, Names
from khabar.publishing.dealing import DealingPublisher
from khabar.sources import open_source
from tests.broker import Broker

COUNT = 60
NAMES = Names()


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Broker]]:
    """Two for all tests."""
    running = [Broker(tmp_path_factory.mktemp("ledger")).start() for _ in range(2)]
    yield running
    for server in running:
        server.kill()


@pytest.fixture
def two(servers: list[Broker]) -> list[Broker]:
    """Both, empty."""
    for server in servers:
        with server.client() as client:
            client.flushall()
    return servers


def ledgers(two: list[Broker]) -> list[Ledger]:
    return [Ledger(server.url) for server in two]


def article(number: int, body: str = "نص") -> dict[str, str]:
    return {"id": f"a{number}", "body": f"{body} {number}"}


def ids(server: Broker, lane: Lane = Lane.LIVE) -> list[str]:
    with server.client() as client:
        return [json.loads(entry[ARTICLE_FIELD])["id"] for _, entry in client.xrange(NAMES.ledger(lane))]


def test_each_article_is_on_its_own_ledger_once_and_so_are_its_versions(two: list[Broker]) -> None:
    """Duplicates are found within a ledger, so all versions of an article must meet in one."""
    with DealingPublisher(ledgers(two), batch=7) as publisher:
        publisher.publish(article(number) for number in range(COUNT))
        publisher.publish(json.dumps(article(number, "نص مصحح")).encode() for number in range(COUNT))
        assert publisher.report.accepted == 2 * COUNT
        assert publisher.unsent == 0
    for place, server in enumerate(two):
        expected = [f"a{number}" for number in range(COUNT) if deal(f"a{number}", 2) == place]
        assert ids(server) == 2 * expected
        assert len(expected) > COUNT / 4


def test_what_is_no_article_is_one_dead_letter_of_one_ledger(two: list[Broker]) -> None:
    """The same rubbish goes to the same ledger each time, where its dead letter is known."""
    rubbish = [b"{", b"[]", b'{"body": 7}', b"\xff", b""]
    with DealingPublisher(ledgers(two)) as publisher:
        for _ in range(2):
            publisher.publish([*rubbish, article(1)])
        assert publisher.report.rejected == 2 * len(rubbish)
        assert [refused.number for refused in publisher.report.refused] == sorted([1, 2, 3, 4, 5, 7, 8, 9, 10, 11])
    dead = 0
    for server in two:
        with server.client() as client:
            dead += client.xlen(NAMES.dead)
    assert dead == len(rubbish)


def test_a_push_that_was_stopped_goes_on_with_what_each_ledger_lacks(two: list[Broker], tmp_path: Path) -> None:
    """One ledger may have got further than the other; nothing is missing, and nothing that is in is sent again."""
    path = tmp_path / "articles.jsonl"
    path.write_text("".join(f"{json.dumps(article(number))}\n" for number in range(COUNT)), encoding="utf-8")

    def push(*, max_ledger: int = 1_000, again: bool = False) -> DealingPublisher:
        source = open_source(str(path))
        publisher = DealingPublisher(ledgers(two), batch=3, wait_s=0, max_ledger=max_ledger)
        assert source.progress is not None
        skip = 0 if again else publisher.resume_from(source.progress)
        try:
            publisher.publish(source.items(skip=skip), progress=source.progress, again=again)
        finally:
            publisher.close()
        return publisher

    with pytest.raises(QueueFull):
        push(max_ledger=9)
    before = sum(len(ids(server)) for server in two)
    assert 9 <= before < COUNT
    assert push().report.accepted == COUNT - before
    assert sorted(name for server in two for name in ids(server)) == sorted(f"a{number}" for number in range(COUNT))
    assert push().report.accepted == 0
    assert push(again=True).report.accepted == COUNT


def test_a_ledger_that_is_away_keeps_nothing_from_the_other(two: list[Broker]) -> None:
    """flush() says what failed after all have been asked, and what is not in is kept for the next one."""
    two[0].kill()
    try:
        publisher = DealingPublisher(ledgers(two), outage_s=0, batch=1_000)
        for number in range(COUNT):
            publisher.add(article(number))
        with pytest.raises(BrokerUnavailable):
            publisher.flush()
        kept = publisher.unsent
        assert kept == sum(deal(f"a{number}", 2) == 0 for number in range(COUNT))
        assert len(ids(two[1])) == COUNT - kept
    finally:
        two[0].start()
    publisher.flush()
    publisher.close()
    assert sum(len(ids(server)) for server in two) == COUNT
    assert publisher.unsent == 0
