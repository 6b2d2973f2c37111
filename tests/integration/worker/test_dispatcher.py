"""The dispatcher: a few batches ahead and no more, through outages, and the one place where poison ends."""

import threading
from collections.abc import Iterator

import pytest
import redis

from khabar.broker.connection import connect
from khabar.dispatcher import Dispatcher
from khabar.keys.names import ARTICLE_FIELD, Lane, Names
from khabar.ledger.entries import Batch, Failure
from khabar.ledger.queue_side import LedgerQueue
from khabar.ledger.worker_side import LedgerHolder
from khabar.liveness.processes import Role
from khabar.liveness.pulse import Pulse
from khabar.retention.house import House
from khabar.settings import Settings
from tests.broker import Broker
from tests.leases import LEASE_S, end_leases
from tests.waiting import wait_until

NAMES = Names("test:")


class Desk:
    """A dispatcher whose sent batches stay in the queue's list until a test takes them."""

    def __init__(self, url: str, me: str = "d", **settings: object) -> None:
        self.settings = Settings(
            **{"prefix": NAMES.prefix, "lease_s": LEASE_S, "batch_articles": 2, "lead_batches": 3} | settings
        )  # type: ignore[arg-type]
        self.client: redis.Redis = connect(url)
        self.sent: list[Batch] = []
        self.rejected: list[Batch] = []
        queue = LedgerQueue(self.client, NAMES, me=me, lease_s=self.settings.lease_s, lead_batches=3)
        queue.ensure_groups()
        house = House(self.client, self.settings)
        self.dispatcher = Dispatcher(
            self.client,
            NAMES,
            queue,
            house,
            pulse=Pulse(self.client, NAMES, role=Role.DISPATCHER, me="host:1"),
            send=self.send,
            reject=self.rejected.append,
            settings=self.settings,
        )
        self.holder = LedgerHolder(self.client, NAMES, me="w", retry_base_s=0.001)

    def send(self, batch: Batch) -> None:
        self.sent.append(batch)
        self.client.rpush(NAMES.queue, "message")

    def take(self) -> Batch:
        self.client.lpop(NAMES.queue)
        return self.sent.pop(0)

    def add(self, count: int) -> list[str]:
        return [self.client.xadd(NAMES.ledger(Lane.LIVE), {ARTICLE_FIELD: "{}"}).decode() for _ in range(count)]


@pytest.fixture
def desk(broker: Broker) -> Iterator[Desk]:
    desk = Desk(broker.url)
    yield desk
    desk.client.close()


def test_it_stays_a_few_batches_ahead_and_no_more(desk: Desk) -> None:
    """What waits in the queue would be lost with it and has to wait for its lease; the ledger keeps the rest."""
    desk.add(20)
    assert desk.dispatcher.step()
    assert [len(batch.ids) for batch in desk.sent] == [2, 2, 2]
    assert not desk.dispatcher.step()
    assert len(desk.sent) == 3
    desk.take()
    assert desk.dispatcher.step()
    assert len(desk.sent) == 3


def test_a_message_that_was_lost_is_sent_again_after_its_lease(desk: Desk) -> None:
    """Kill -9 of a worker takes the messages that it had fetched along."""
    ids = desk.add(2)
    desk.dispatcher.step()
    desk.take()
    end_leases(desk.client, NAMES)
    wait_until(lambda: desk.dispatcher.step() and desk.sent)
    assert desk.sent == [Batch(Lane.LIVE, ids, 0)]
    assert desk.sent[0].goes_first


def test_what_was_lost_does_not_wait_for_room_in_a_full_queue(broker: Broker, desk: Desk) -> None:
    """Its articles are the oldest; but what waits in the queue longer than its lease is not sent again for ever."""
    lead, ids = desk.settings.lead_batches, desk.add(20)
    desk.dispatcher.step()
    lost = [desk.take() for _ in range(lead)]
    desk.dispatcher.step()  # others take their place
    assert len(desk.sent) == lead
    end_leases(desk.client, NAMES, [entry for batch in lost for entry in batch.ids])
    wait_until(lambda: desk.dispatcher.step() or len(desk.sent) == 2 * lead)
    assert desk.sent[lead:] == lost
    assert ids[: 2 * lead] == [entry for batch in lost for entry in batch.ids]
    end_leases(desk.client, NAMES)
    another = Desk(broker.url, me="another")  # looks for what was lost in its first step
    another.dispatcher.step()
    assert another.sent == []
    another.client.close()


def test_an_entry_that_has_used_up_its_attempts_is_rejected(desk: Desk) -> None:
    """Not sent a fifth time."""
    ids = desk.add(1)
    desk.dispatcher.step()
    for _ in range(desk.settings.max_attempts):
        desk.take()
        assert desk.holder.begin(Lane.LIVE, ids)[0]
        desk.holder.fail(Lane.LIVE, ids, Failure("timed_out", "ran longer than 8 s", "pipeline"))
        wait_until(lambda: desk.dispatcher.step() and (desk.sent or desk.rejected))
    assert desk.sent == []
    assert desk.rejected == [Batch(Lane.LIVE, ids, desk.settings.max_attempts)]


def test_after_an_outage_those_who_hold_articles_have_a_lease_to_renew_them(
    broker: Broker, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody can renew while the broker is away; taking over at once would run everything under way a second time."""
    ids = desk.add(1)
    desk.dispatcher.step()
    assert desk.holder.begin(Lane.LIVE, desk.take().ids)[0]
    end_leases(desk.client, NAMES)  # the outage is longer than a lease
    stop = threading.Event()
    broker.kill()
    thread = threading.Thread(target=desk.dispatcher.run, args=(stop,))
    thread.start()
    try:
        wait_until(lambda: "broker unavailable" in caplog.text)
        broker.start()
        new = desk.add(1)
        wait_until(lambda: desk.sent)
        assert desk.sent == [Batch(Lane.LIVE, new)]
        assert desk.holder.renew(Lane.LIVE, ids) == 1
    finally:
        stop.set()
        thread.join()


def test_a_slow_line_does_not_put_take_over_off_for_ever(broker: Broker) -> None:
    """A step is many round trips; with 400 ms each, every step gave grace, and a dead host's articles waited for ever."""
    desk = Desk(broker.url, lease_s=5)
    desk.add(400)  # a steady backlog: while there is none, steps are short
    execute = desk.client.execute_command

    def slowly(*args: object, **options: object) -> object:
        line.wait(0.4)  # an event that never comes: the line, not the test, takes this long
        return execute(*args, **options)

    line = threading.Event()
    desk.client.execute_command = slowly  # type: ignore[method-assign]
    workers = connect(broker.url)

    def is_sent_again() -> bool:
        workers.delete(NAMES.queue)  # and die with what they took
        desk.dispatcher.step()
        sent = [entry for batch in desk.sent for entry in batch.ids]
        return len(set(sent)) < len(sent)

    wait_until(is_sent_again, timeout_s=60)
    workers.close()
    desk.client.close()


def test_full_records_stop_new_reading_but_not_what_is_under_way(broker: Broker) -> None:
    """Backpressure reaches back to the producers; what was begun is brought to its end."""
    first = Desk(broker.url, max_records=100)
    ids = first.add(2)
    first.dispatcher.step()
    first.take()
    for number in range(100):
        first.client.xadd(NAMES.records, {"n": number})
    first.add(5)
    end_leases(first.client, NAMES)
    second = Desk(broker.url, max_records=100)  # looks at the records in its first step
    wait_until(lambda: second.dispatcher.step() or second.sent)
    assert second.sent == [Batch(Lane.LIVE, ids, 0)]
    for desk in (first, second):
        desk.client.close()


def test_it_lives_through_a_restart_of_the_broker(broker: Broker, desk: Desk) -> None:
    """An outage is waited through; what comes after is dispatched."""
    stop = threading.Event()
    thread = threading.Thread(target=desk.dispatcher.run, args=(stop,))
    thread.start()
    try:
        desk.add(2)
        wait_until(lambda: len(desk.sent) == 1)
        broker.kill()
        broker.start()
        ids = desk.add(1)
        wait_until(lambda: any(batch.ids == ids for batch in desk.sent))
    finally:
        stop.set()
        thread.join()


def test_a_batch_that_cannot_be_dispatched_is_that_batchs_problem(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """One that ended its dispatcher took all along that had been taken over with it: 64 innocents were pending for ever."""
    ids = desk.add(6)

    def send(batch: Batch) -> None:
        if ids[2] in batch.ids:
            raise RecursionError
        desk.send(batch)

    desk.dispatcher.send = send
    desk.dispatcher.step()
    assert [batch.ids for batch in desk.sent] == [ids[:2], ids[4:]]
    assert [entry.__dict__.get("action") for entry in caplog.records] == ["batch_not_dispatched"]
    desk.dispatcher.send = desk.send
    desk.take()
    end_leases(desk.client, NAMES)
    wait_until(lambda: desk.dispatcher.step() and any(ids[2] in batch.ids for batch in desk.sent))


def test_members_of_the_retry_set_that_name_no_entry_are_passed_over_and_stay(desk: Desk) -> None:
    """`live notanid` ended each look for what is due, and with it all dispatching."""
    ids = desk.add(1)
    desk.dispatcher.step()
    desk.take()
    assert desk.holder.begin(Lane.LIVE, ids)[0]
    desk.holder.fail(Lane.LIVE, ids, Failure("timed_out", "ran longer than 8 s", "pipeline"))
    foreign = {f"later {number}-1": 0 for number in range(250)} | {
        "live notanid": 0,
        "live 99999999999999999999-1": 0,
        "x": 0,
    }
    desk.client.zadd(NAMES.retry, foreign)
    desk.client.set(NAMES.suspect(Lane.LIVE), "notanid")
    wait_until(lambda: desk.dispatcher.step() and desk.sent)
    assert [batch.ids for batch in desk.sent] == [ids]
    assert desk.client.zcard(NAMES.retry) == len(foreign)
