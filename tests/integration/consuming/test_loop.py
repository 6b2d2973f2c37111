"""`for delivery in stream:` waits for ever, survives the broker, ends when it is told to, handles nothing twice without need."""

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import redis

from khabar.broker.connection import connect
from khabar.consuming.stream import RecordStream
from khabar.consuming.stream import connect as consumer_client
from khabar.errors import BrokerRefused, BrokerUnavailable, GroupDetached
from khabar.keys.groups import Detached, GroupEntry
from tests.broker import Broker, free_port
from tests.faults.proxy import Manner, Proxy
from tests.integration.consuming.entries import GROUP, NAMES, add, pending, questions
from tests.outages import frozen
from tests.waiting import wait_until

SOON_S = 30.0  # a quarter of a second is promised; the rest is for a busy machine, and far below an outage's patience

# Acknowledges the first two records it gets, and waits for more.
LOOPS = """
import signal, sys
from khabar.consuming.stream import RecordStream
with RecordStream(sys.argv[1], "monitor", consumer="first", prefix="test:", stop_on=[signal.SIGTERM]) as stream:
    for number, delivery in enumerate(stream):
        if number < 2:
            stream.acknowledge(delivery)
        print(delivery.id, flush=True)
print("ended", flush=True)
"""


@pytest.fixture
def client(broker: Broker) -> Iterator[redis.Redis]:
    client = connect(broker.url)
    yield client
    client.close()


def opened(broker: "Broker | Proxy | redis.Redis", **options: Any) -> RecordStream:
    target = broker if isinstance(broker, redis.Redis) else broker.url
    return RecordStream(target, GROUP, **{"consumer": "first", "prefix": NAMES.prefix} | options)


class Loop:
    """A loop in a thread: what it has got, and what ended it."""

    def __init__(self, stream: RecordStream) -> None:
        self.stream = stream
        self.ids: list[str] = []
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            for delivery in self.stream:
                self.ids.append(delivery.id)
                self.stream.acknowledge(delivery)
        except Exception as error:
            self.error = error

    def ended(self, within_s: float = 60) -> bool:
        self._thread.join(within_s)
        return not self._thread.is_alive()


@contextmanager
def looping(broker: "Broker | Proxy | redis.Redis", **options: Any) -> Iterator[Loop]:
    with opened(broker, **options) as stream:
        loop = Loop(stream)
        yield loop
        stream.close()
        assert loop.ended()


@contextmanager
def process(broker: Broker) -> Iterator["subprocess.Popen[str]"]:
    running = subprocess.Popen(
        [sys.executable, "-c", LOOPS, broker.url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    yield running
    running.kill()
    running.communicate()


def actions(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [entry.__dict__["action"] for entry in caplog.records if "action" in entry.__dict__]


def test_the_loop_waits_longer_than_one_question_for_a_record(broker: Broker, client: redis.Redis) -> None:
    """A consumer is a service; the loop that ended after two quiet seconds had to be started again for ever."""
    with looping(broker) as loop:
        wait_until(lambda: questions(client) > 10)  # two and a half seconds
        ids = add(client, 3)
        wait_until(lambda: loop.ids == ids)
    wait_until(lambda: pending(client) == 0)


def test_close_from_another_thread_ends_a_waiting_loop_soon(broker: Broker, client: redis.Redis) -> None:
    """A service that is stopped has seconds."""
    with looping(broker) as loop:
        wait_until(lambda: questions(client) > 1)
        loop.stream.close()
        assert loop.ended(SOON_S)
        assert loop.error is None
        assert list(loop.stream) == []


def test_close_ends_a_loop_that_waits_for_the_broker(broker: Broker, caplog: pytest.LogCaptureFixture) -> None:
    """An outage of hours must not keep a service from being stopped."""
    with looping(broker) as loop:
        broker.kill()
        wait_until(lambda: "broker_away" in actions(caplog))
        loop.stream.close()
        assert loop.ended(SOON_S)
        assert loop.error is None


def test_sigterm_ends_the_loop_with_exit_code_0_and_loses_nothing(broker: Broker, client: redis.Redis) -> None:
    """What was not acknowledged comes again, at once under the same name."""
    ids = add(client, 5)
    with process(broker) as running:
        assert running.stdout
        assert [running.stdout.readline().strip() for _ in ids] == ids
        running.send_signal(signal.SIGTERM)
        said, errors = running.communicate(timeout=60)
        assert (running.returncode, said, errors) == (0, "ended\n", "")
    assert [delivery.id for delivery in opened(client).read()] == ids[2:]


def test_ctrl_c_is_a_keyboard_interrupt_and_loses_nothing(broker: Broker, client: redis.Redis) -> None:
    """As in any Python program."""
    ids = add(client, 5)
    with process(broker) as running:
        assert running.stdout
        assert [running.stdout.readline().strip() for _ in ids] == ids
        running.send_signal(signal.SIGINT)
        said, errors = running.communicate(timeout=60)
        assert said == ""
        assert errors.rstrip().endswith("KeyboardInterrupt")
    assert [delivery.id for delivery in opened(client).read()] == ids[2:]


def test_signals_are_handled_inside_the_block_alone_and_once(broker: Broker) -> None:
    """A library that keeps a handler surprises; a second signal must end a program that is stuck."""
    heard: list[int] = []

    def before(number: int, _frame: object) -> None:
        heard.append(number)

    found = signal.signal(signal.SIGUSR1, before)
    try:
        with opened(broker, stop_on=[signal.SIGUSR1]) as stream:
            signal.raise_signal(signal.SIGUSR1)
            assert (stream.is_closed, heard) == (True, [])
            signal.raise_signal(signal.SIGUSR1)
            assert heard == [signal.SIGUSR1]
        with opened(broker, stop_on=[signal.SIGUSR1]):
            pass
        assert signal.getsignal(signal.SIGUSR1) is before
    finally:
        signal.signal(signal.SIGUSR1, found)


def test_the_loop_survives_a_broker_that_is_away_longer_than_any_patience(
    broker: Broker, client: redis.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    """And says so: when it went, and when it is back."""
    caplog.set_level(logging.INFO)
    with looping(broker, outage_s=0.01) as loop:
        first = add(client)
        wait_until(lambda: loop.ids == first)
        broker.kill()
        wait_until(lambda: "broker_away" in actions(caplog))
        broker.start()
        second = add(client)
        wait_until(lambda: loop.ids == first + second)
    assert [action for action in actions(caplog) if "broker" in action][:2] == ["broker_away", "broker_back"]


def test_acknowledging_waits_for_the_broker_as_the_loop_does(broker: Broker, client: redis.Redis) -> None:
    """Or the loop would survive in its head and die in its body."""
    with opened(broker, outage_s=0.01) as stream:
        add(client)
        delivery = next(stream)
        broker.kill()
        acknowledging = threading.Thread(target=stream.acknowledge, args=(delivery,))
        acknowledging.start()
        acknowledging.join(1)
        assert acknowledging.is_alive()
        broker.start()
        acknowledging.join(20)
    assert pending(client) == 0


def test_a_client_of_the_callers_is_looped_over_and_left_open(broker: Broker, client: redis.Redis) -> None:
    """As read() has always had it."""
    own = consumer_client(broker.url, outage_s=1)
    ids = add(client, 2)
    with looping(own) as loop:
        wait_until(lambda: loop.ids == ids)
    assert own.connection_pool._available_connections
    own.close()


def test_a_frozen_broker_holds_the_loop_up_and_no_more(broker: Broker, client: redis.Redis) -> None:
    """It accepts connections and says nothing; what it answers too late is not lost."""
    with looping(broker) as loop:
        wait_until(lambda: questions(client) > 1)
        with frozen(broker):
            assert not loop.ended(0.1)
        ids = add(client, 20)
        wait_until(lambda: loop.ids == ids)


def test_a_password_that_is_refused_ends_the_loop(broker: Broker, client: redis.Redis) -> None:
    """Waiting mends no password."""
    with looping(broker) as loop:
        client.config_set("requirepass", "secret")
        client.execute_command("CLIENT KILL TYPE normal SKIPME yes")
        assert loop.ended()
        assert isinstance(loop.error, BrokerRefused)
        assert "refuses access" in str(loop.error)


def test_a_group_that_is_taken_out_ends_the_loop(broker: Broker, client: redis.Redis) -> None:
    """It would miss records without a word."""
    detached = Detached(at=1, last_delivered="0-0", pending=[], unread=0, entries_added=0)
    entry = GroupEntry(registered_at=1, active_at=1, detached=detached)
    with looping(broker) as loop:
        client.hset(NAMES.groups, GROUP, entry.model_dump_json(exclude_none=True))
        client.xgroup_destroy(NAMES.records, GROUP)
        assert loop.ended()
        assert isinstance(loop.error, GroupDetached)


def test_no_broker_at_the_start_is_an_error_after_the_outage_time() -> None:
    """A wrong address is the likelier reason, and whoever starts the service sees it."""
    with pytest.raises(BrokerUnavailable, match=r"No answer from the broker at redis://127\.0\.0\.1"):
        RecordStream(f"redis://127.0.0.1:{free_port()}/0", GROUP, outage_s=0.1)
    with pytest.raises(BrokerRefused, match="no usable URL"):
        RecordStream("http://127.0.0.1", GROUP)


def test_one_delivery_or_several_are_acknowledged(broker: Broker, client: redis.Redis) -> None:
    """The loop has one, read() has several."""
    add(client, 5)
    with opened(broker) as stream:
        first, second, *others = stream.read()
        stream.acknowledge(first)
        stream.acknowledge([second])
        stream.acknowledge([])
        assert pending(client) == 3
        stream.acknowledge(delivery for delivery in others)
    assert pending(client) == 0


def test_what_another_consumer_has_taken_over_is_not_given_out(broker: Broker, client: redis.Redis) -> None:
    """A slow consumer holds records that it has not begun; one of them must not be handled by two."""
    ids = add(client, 4)
    with opened(broker, take_over_after_s=0.2, prefetch=4) as slow, opened(broker, consumer="quick") as quick:
        assert next(slow).id == ids[0]
        taken = quick._client.xautoclaim(NAMES.records, GROUP, "quick", 0, ids[1], count=2)
        assert [entry.decode() for entry, _ in taken[1]] == ids[1:3]
        wait_until(lambda: idle_ms(client, ids[3]) > 150)
        assert next(slow).id == ids[3]


def test_what_a_slow_consumer_holds_is_kept_from_being_taken_over(broker: Broker, client: redis.Redis) -> None:
    """It is at work, not dead: asking again begins their time anew, and gives nothing out twice."""
    ids = add(client, 6)
    with opened(broker, take_over_after_s=0.2, prefetch=6) as slow:
        first = [next(slow).id for _ in range(3)]
        wait_until(lambda: idle_ms(client, ids[5]) > 150)
        assert first + [next(slow).id for _ in range(3)] == ids
        entries = client.xpending_range(NAMES.records, GROUP, "-", "+", 10)
        assert [entry["times_delivered"] for entry in entries] == [1, 1, 1, 2, 2, 2]
        more = add(client)
        assert next(slow).id == more[0]


def idle_ms(client: redis.Redis, entry: str) -> int:
    return int(client.xpending_range(NAMES.records, GROUP, entry, entry, 1)[0]["time_since_delivered"])


def test_answers_that_are_cut_off_are_delivered_at_once_all_the_same(broker: Broker, client: redis.Redis) -> None:
    """The broker holds them for this consumer already; nobody waits a minute for them to be taken over."""
    ids = add(client, 60)
    with Proxy(broker.port, Manner(cut_share=0.2)) as proxy:
        with looping(proxy, prefetch=5, take_over_after_s=3_600) as loop:
            wait_until(lambda: len(loop.ids) >= len(ids))
        assert proxy.cuts > 5
    assert loop.ids == ids
