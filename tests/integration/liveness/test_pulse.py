"""Signs of life in a real broker: timed by its clock, and left even when it is full."""

from collections.abc import Iterator

import orjson
import pytest
import redis

from khabar.broker.connection import connect
from khabar.broker.patience import LOOK
from khabar.keys.names import GROUP, Lane
from khabar.ledger.entries import Batch
from khabar.liveness.processes import Process, Role, read_processes
from khabar.liveness.pulse import FORGET_AFTER_S, Pulse
from khabar.status import read_state
from tests.broker import Broker
from tests.integration.worker.test_dispatcher import NAMES, Desk
from tests.waiting import wait_until


@pytest.fixture
def client(any_broker: Broker) -> Iterator[redis.Redis]:
    client = connect(any_broker.url)
    yield client
    client.close()


def pulse(client: redis.Redis, role: Role, me: str = "host:7") -> Pulse:
    return Pulse(client, NAMES, role=role, me=me)


def only(client: redis.Redis) -> Process:
    [process] = read_processes(client, NAMES)
    return process


def test_life_and_progress_are_told_apart(client: redis.Redis) -> None:
    """A parent lives while its children get nowhere."""
    worker = pulse(client, Role.WORKER)
    worker.start()
    wait_until(lambda: only(client).unmoved_s > 0.05)
    worker.live()
    seen = only(client)
    assert (str(seen), seen.is_alive) == ("worker:host:7", True)
    assert seen.silent_s < seen.unmoved_s
    worker.progress()
    assert only(client).unmoved_s < 0.05


def test_a_start_forgets_an_earlier_process_of_the_same_id(client: redis.Redis) -> None:
    """A restarted container has the same host name and small process ids."""
    hour_ago = orjson.dumps({"life_ms": 1, "progress_ms": 1, "busy_since_ms": 1})
    client.hset(NAMES.alive, "dispatcher:host:7", hour_ago)
    pulse(client, Role.DISPATCHER).start()
    seen = only(client)
    assert seen.unmoved_s < 1
    assert seen.queue_busy_s is None


def test_a_busy_queue_is_timed_from_the_first_look_that_found_it_so(client: redis.Redis) -> None:
    """And one look that finds it empty begins anew."""
    dispatcher = pulse(client, Role.DISPATCHER)
    dispatcher.live(queue_is_busy=True, reading_stopped="100 records wait")
    wait_until(lambda: (only(client).queue_busy_s or 0) > 0.05)
    dispatcher.live(queue_is_busy=True)
    assert (only(client).queue_busy_s or 0) > 0.05
    assert only(client).reading_stopped is None
    dispatcher.live(queue_is_busy=False)
    assert only(client).queue_busy_s is None


def test_a_full_broker_takes_signs_of_life(client: redis.Redis) -> None:
    """Otherwise the one trouble would look like another, and supervisors would restart everything over and over."""
    pulse(client, Role.WORKER).start()
    client.config_set("maxmemory", 1)
    with pytest.raises(redis.exceptions.OutOfMemoryError):
        client.set("any", "thing")
    pulse(client, Role.WORKER).beat()


def test_an_orderly_end_leaves_nothing_and_the_long_silent_are_forgotten(client: redis.Redis) -> None:
    """The hash has an entry a process, not one for every process that there ever was."""
    first, second = pulse(client, Role.WORKER, "host:7"), pulse(client, Role.WORKER, "host:8")
    first.start()
    second.start()
    second.end()
    now_ms = client.time()[0] * 1000
    gone = {"life_ms": now_ms - (FORGET_AFTER_S + 9) * 1000, "progress_ms": now_ms}
    client.hset(NAMES.alive, "worker:host:9", orjson.dumps(gone))
    first.sweep()
    assert str(only(client)) == "worker:host:7"


def test_signs_go_on_after_an_outage_and_a_loss_of_the_brokers_data(any_broker: Broker, client: redis.Redis) -> None:
    """An outage is no error of who shows life; what was lost is begun anew."""
    worker = Pulse(connect(any_broker.url, LOOK), NAMES, role=Role.WORKER, me="host:7")
    worker.start()
    any_broker.kill()
    worker.live()
    any_broker.start()
    client.flushall()
    worker.live()
    assert only(client).is_alive


def test_a_dispatcher_before_a_full_queue_is_alive(broker: Broker) -> None:
    """At full load with slow articles it reads nothing for as long as the queue is full."""
    desk = Desk(broker.url)
    desk.add(20)

    def has_read_nothing_for_long() -> bool:
        desk.dispatcher.step()
        return all(c["idle"] > 7_000 for c in desk.client.xinfo_consumers(NAMES.ledger(Lane.LIVE), GROUP))

    wait_until(has_read_nothing_for_long)
    state = read_state(desk.client, NAMES, group_dead_s=3_600)
    assert state.dispatchers == 1, state.processes
    assert state.processes[0].queue_busy_s is not None
    desk.client.close()


def test_a_dispatcher_that_cannot_send_shows_no_life(broker: Broker) -> None:
    """It takes step after step, and each of them in vain."""
    desk = Desk(broker.url)
    desk.add(1)

    def refuse(_batch: Batch) -> None:
        raise redis.ConnectionError("the queue's connection is gone")

    desk.dispatcher.send = refuse
    with pytest.raises(redis.ConnectionError):
        desk.dispatcher.step()
    assert read_processes(desk.client, NAMES) == []
    desk.client.close()
