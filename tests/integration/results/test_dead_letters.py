"""Dead letters are put back once, whatever happens meanwhile."""

from collections.abc import Iterator

import pytest
import redis

from khabar.broker.connection import connect
from khabar.errors import Code, RejectedArticle
from khabar.keys.names import EVENT_FIELD, Lane, Names
from khabar.messages.envelope import EventType, event_bytes
from khabar.messages.rejection import make_rejection
from khabar.results.dead_letters import DeadLetters
from tests.broker import Broker

NAMES = Names("test:")
LETTERS = 150  # more than a page


@pytest.fixture
def client(broker: Broker) -> Iterator[redis.Redis]:
    client = connect(broker.url)
    yield client
    client.close()


def reject(client: redis.Redis) -> None:
    """Write a dead letter as a worker does."""
    error = RejectedArticle(Code.NOT_ARABIC, field=None, reason="looks like English", place="language")
    rejection = make_rejection(error, b'{"text": "roads"}', lane=Lane.LIVE)
    event = event_bytes(EventType.REJECTION, rejection, event_id="a" * 32, subject=None)
    client.xadd(NAMES.dead, {EVENT_FIELD: event})


def test_requeueing_all_ends_although_every_one_is_rejected_again(client: redis.Redis) -> None:
    """A worker writes the new dead letter while the command still reads: 20 letters were once tried 181 times."""
    for _ in range(LETTERS):
        reject(client)
    letters = DeadLetters(client, NAMES, done_generation_s=86_400)
    requeued = 0
    for letter in letters:
        requeued += letters.requeue(letter)
        reject(client)
        assert requeued <= LETTERS
    assert requeued == LETTERS
    assert client.xlen(NAMES.ledger(Lane.LIVE)) == LETTERS


def test_no_dead_letters_are_none(client: redis.Redis) -> None:
    """The stream does not exist before the first one."""
    assert list(DeadLetters(client, NAMES, done_generation_s=86_400)) == []
