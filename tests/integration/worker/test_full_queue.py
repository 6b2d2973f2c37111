"""A dispatcher in front of a full queue is at work, though it reads nothing."""

from contracts.names import GROUP, Lane
from tests.broker import Broker
from tests.integration.worker.test_dispatcher import NAMES, Desk
from tests.waiting import wait_until
from worker.results.state import read_state


def test_a_dispatcher_before_a_full_queue_is_alive(broker: Broker) -> None:
    """At full load with slow articles it reads nothing for as long as the queue is full."""
    desk = Desk(broker.url)
    desk.add(20)

    def has_read_nothing_for_long() -> bool:
        desk.dispatcher.step()
        return all(c["idle"] > 7_000 for c in desk.client.xinfo_consumers(NAMES.ledger(Lane.LIVE), GROUP))

    wait_until(has_read_nothing_for_long)
    state = read_state(desk.client, NAMES)
    assert state.dispatchers == 1, state.processes
    desk.client.close()
