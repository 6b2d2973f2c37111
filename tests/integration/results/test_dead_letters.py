"""Dead letters: what an operator does to all of them ends."""

from contracts.envelope import EventType, event_bytes
from contracts.errors import Code, RejectedArticle
from contracts.names import EVENT_FIELD, Names
from contracts.rejection import make_rejection
from tests.broker import Broker
from worker.broker.connection import connect
from worker.results.dead_letters import DeadLetters


def test_requeueing_all_ends_though_each_is_rejected_again_at_once(broker: Broker) -> None:
    """A fast worker rejects what is requeued while the rest is still being read; requeueing that too would never end."""
    names = Names("test:")
    client = connect(broker.url)
    error = RejectedArticle(Code.NOT_ARABIC, field="text", reason="is not Arabic", place="language")

    def reject(number: int) -> None:
        event = event_bytes(EventType.REJECTION, make_rejection(error, b"{}"), event_id=f"{number}", subject=None)
        client.xadd(names.dead, {EVENT_FIELD: event})

    for number in range(3):
        reject(number)
    letters = DeadLetters(client, names, done_generation_s=60)
    requeued = 0
    for letter in letters:
        requeued += letters.requeue(letter)
        reject(requeued + 100)
        assert requeued < 10
    assert requeued == 3
    assert client.xlen(names.dead) == 3
    client.close()
