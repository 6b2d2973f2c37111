"""A child that has done its work keeps it through an outage of any kind, and publishes it once."""

import threading
from collections.abc import Iterator

import pytest
import redis
from redis.client import Pipeline

from khabar.broker.connection import connect
from khabar.broker.patience import CHILD
from khabar.keys.names import ARTICLE_FIELD, GROUP, Lane, Names
from khabar.results.outcome import Outcome, OutcomeName
from khabar.results.publisher import ResultPublisher
from tests.broker import Broker
from tests.outages import OUTAGES, cut_off

NAMES = Names("test:")
LEDGER = NAMES.ledger(Lane.LIVE)
ARTICLES = 3


@pytest.fixture
def client(broker: Broker) -> Iterator[redis.Redis]:
    client = connect(broker.url, CHILD)
    client.xgroup_create(LEDGER, GROUP, id="0", mkstream=True)
    yield client
    client.close()


@pytest.fixture
def publisher(client: redis.Redis) -> ResultPublisher:
    return ResultPublisher(client, NAMES, done_generation_s=86_400)


def begun(client: redis.Redis) -> list[Outcome]:
    """Put articles into the ledger, and return what a worker has made of them."""
    entries = [client.xadd(LEDGER, {ARTICLE_FIELD: "{}"}).decode() for _ in range(ARTICLES)]
    client.xreadgroup(GROUP, "worker:t", {LEDGER: ">"})
    return [
        Outcome(Lane.LIVE, entry, OutcomeName.RECORD, f"{number:032}", b"{}") for number, entry in enumerate(entries)
    ]


@pytest.mark.parametrize(
    "kind", sorted(OUTAGES.keys() - {"OOM"})
)  # settling makes room, and is never refused for lack of it
def test_a_finished_batch_is_published_once_when_the_broker_is_back(
    kind: str, broker: Broker, client: redis.Redis, publisher: ResultPublisher
) -> None:
    """The work is done: an error would count an attempt against articles that did nothing wrong."""
    outcomes = begun(client)
    answers: list[list[str]] = []
    publishing = threading.Thread(target=lambda: answers.append(publisher.publish(outcomes)))
    with OUTAGES[kind](broker):
        publishing.start()
        publishing.join(1)  # not a wait for the clock: it must not have ended in the outage
        assert publishing.is_alive()
    publishing.join(10)
    assert len(answers) == 1
    assert set(answers[0]) <= {"record", "settled"}  # settled: the first sending got through, its answer did not
    assert client.xlen(NAMES.records) == ARTICLES
    assert client.xlen(LEDGER) == 0
    assert client.hget(NAMES.counters, "record") == str(ARTICLES).encode()


def test_a_connection_that_was_cut_is_made_anew(
    broker: Broker, client: redis.Redis, publisher: ResultPublisher
) -> None:
    """A firewall forgets idle connections."""
    outcomes = begun(client)
    with cut_off(broker):
        assert publisher.publish(outcomes) == ["record"] * ARTICLES


def test_scripts_that_a_restart_swallowed_in_mid_call_are_given_again(
    broker: Broker, client: redis.Redis, publisher: ResultPublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """redis-py looks whether the broker has them before it sends a pipeline, not when it sends it again."""
    outcomes = begun(client)
    load, losses = Pipeline.load_scripts, [None] * 2

    def load_and_lose(pipe: Pipeline) -> None:
        load(pipe)
        if losses:
            losses.pop()
            with broker.client() as other:
                other.script_flush()

    monkeypatch.setattr(Pipeline, "load_scripts", load_and_lose)
    assert publisher.publish(outcomes) == ["record"] * ARTICLES
    assert not losses
