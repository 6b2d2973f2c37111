"""One batch in a worker: what fails harms neither its fellows nor itself for ever."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import orjson
import pytest
import redis

from khabar.batch.runner import BatchRunner
from khabar.broker.connection import connect
from khabar.keys.names import ARTICLE_FIELD, GROUP, Lane, Names
from khabar.ledger.entries import Begun
from khabar.ledger.queue_side import LedgerQueue
from khabar.ledger.worker_side import LedgerHolder
from khabar.limits import Allowance
from khabar.messages.envelope import unreadable_id
from khabar.results.dead_letters import DeadLetters
from khabar.results.exhausted import ExhaustedRejecter
from khabar.results.outcome import Outcome, OutcomeName
from khabar.results.publisher import ResultPublisher
from tests.broker import Broker
from tests.leases import LEASE_S, end_leases
from tests.waiting import wait_until

GENERATION_S = 86_400
NAMES = Names("test:")


@dataclass
class Bench:
    """A ledger with a dispatcher's and a worker's hand on it."""

    client: redis.Redis
    queue: LedgerQueue
    publisher: ResultPublisher

    def add(self, *articles: str) -> list[str]:
        ids = [self.client.xadd(NAMES.ledger(Lane.LIVE), {ARTICLE_FIELD: text}).decode() for text in articles]
        self.queue.new(100)
        return ids

    def runner(
        self, process: Callable[[Begun], Outcome], *, lease_s: float = 10, article_timeout_s: float = 5
    ) -> BatchRunner:
        holder = LedgerHolder(self.client, NAMES, me="w", retry_base_s=0.001)
        may_take = Allowance(article_timeout_s, article_timeout_s, 60)
        return BatchRunner(holder, self.publisher, process, lease_s=lease_s, allow=lambda _lane, _bytes: may_take)

    def records(self) -> list[bytes]:
        return [fields[b"event"] for _, fields in self.client.xrange(NAMES.records)]

    def failures(self) -> dict[str, dict[str, str]]:
        return {
            key.decode().split()[1]: orjson.loads(value) for key, value in self.client.hgetall(NAMES.failures).items()
        }


@pytest.fixture
def bench(broker: Broker) -> Iterator[Bench]:
    client = connect(broker.url)
    queue = LedgerQueue(client, NAMES, me="d", lease_s=LEASE_S, lead_batches=8)
    queue.ensure_groups()
    yield Bench(client, queue, ResultPublisher(client, NAMES, done_generation_s=GENERATION_S))
    client.close()


def echo(begun: Begun) -> Outcome:
    """A record that is the article itself."""
    return Outcome(begun.lane, begun.id, OutcomeName.RECORD, unreadable_id(begun.id.encode()), begun.article or b"")


def test_an_article_that_raises_costs_its_fellows_nothing(bench: Bench) -> None:
    """One of 32 must not hold up 31; and the reason names class and place, never the words."""

    def process(begun: Begun) -> Outcome:
        if begun.article == b"bad":
            raise KeyError("words of the article")
        return echo(begun)

    ids = bench.add("one", "bad", "two")
    bench.runner(process).run(Lane.LIVE, ids)
    assert bench.records() == [b"one", b"two"]
    failure = bench.failures()[ids[1]]
    assert failure["code"] == "extraction_failed"
    assert failure["reason"].startswith("KeyError at test_batch.py:")
    assert "words" not in str(failure)


def test_an_article_that_hangs_is_stopped_and_its_fellows_go_on(bench: Bench) -> None:
    """Its own limit, not the batch's."""

    def process(begun: Begun) -> Outcome:
        while begun.article == b"slow":
            time.sleep(0.01)
        return echo(begun)

    ids = bench.add("one", "slow", "two")
    bench.runner(process, article_timeout_s=0.2).run(Lane.LIVE, ids)
    assert bench.records() == [b"one", b"two"]
    assert bench.failures()[ids[1]]["code"] == "timed_out"


def test_a_batch_longer_than_its_lease_keeps_it(bench: Bench) -> None:
    """Otherwise a slow batch would run twice."""

    def process(begun: Begun) -> Outcome:
        for _ in range(3):
            end_leases(bench.client, NAMES)
            wait_until(has_been_renewed)
            assert list(bench.queue.lost(100, together=32)) == []
        return echo(begun)

    def has_been_renewed() -> bool:
        [entry] = bench.client.xpending_range(NAMES.ledger(Lane.LIVE), GROUP, "-", "+", 1)
        return int(entry["time_since_delivered"]) < LEASE_S * 1000

    ids = bench.add("one")
    bench.runner(process, lease_s=0.3).run(Lane.LIVE, ids)
    assert bench.records() == [b"one"]


def test_a_batch_of_large_articles_is_run_to_its_end(bench: Bench) -> None:
    """Part by part, each published before the next is begun."""
    seen: list[int] = []

    def process(begun: Begun) -> Outcome:
        seen.append(len(bench.records()))
        return echo(begun)

    texts = [letter * 700_000 for letter in "abcd"]
    bench.runner(process).run(Lane.LIVE, bench.add(*texts))
    assert bench.records() == [text.encode() for text in texts]
    assert seen == [0, 0, 2, 2]


def test_an_article_that_takes_the_memory_fails_alone(bench: Bench) -> None:
    """With a code of its own: another limit is another remedy."""

    def process(begun: Begun) -> Outcome:
        if begun.article == b"large":
            raise MemoryError
        return echo(begun)

    ids = bench.add("one", "large", "two")
    bench.runner(process).run(Lane.LIVE, ids)
    assert bench.records() == [b"one", b"two"]
    assert bench.failures()[ids[1]]["code"] == "out_of_memory"


def test_what_fails_every_time_ends_as_a_dead_letter_with_its_last_reason(bench: Bench) -> None:
    """Bounded: so many runs, then out of the way, the original kept."""

    def process(begun: Begun) -> Outcome:
        raise ValueError(begun.id)

    text = '{"id": "a", "text": "خبر"}'
    ids = bench.add(text)
    runner = bench.runner(process)
    runner.run(Lane.LIVE, ids)
    for _ in range(2):
        [batch] = wait_until(lambda: bench.queue.due(10))
        runner.run(batch.lane, batch.ids)
    [batch] = wait_until(lambda: bench.queue.due(10))
    assert batch.attempts == 3
    ExhaustedRejecter(
        bench.client, NAMES, bench.publisher, versions=lambda: dict.fromkeys(Lane, "1"), max_bytes=10_000
    )(batch)
    [letter] = DeadLetters(bench.client, NAMES, done_generation_s=GENERATION_S)
    assert (letter.rejection.code, letter.rejection.attempts, letter.rejection.article_id) == (
        "extraction_failed",
        3,
        "a",
    )
    assert letter.rejection.original == text
    assert "tried 3 times" in letter.rejection.reason
    assert bench.client.xpending(NAMES.ledger(Lane.LIVE), GROUP)["pending"] == 0
    assert bench.failures() == {}
