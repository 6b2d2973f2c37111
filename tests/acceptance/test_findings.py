"""`khabar status` is not well where articles pass and a person is needed, and says what for."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
import redis

from khabar.broker.connection import connect
from khabar.errors import Code, Exit, RejectedArticle
from khabar.keys.names import EVENT_FIELD, Lane, Names
from khabar.liveness.processes import Role
from khabar.liveness.pulse import open_pulse
from khabar.messages.envelope import EventType, event_bytes
from khabar.messages.rejection import make_rejection
from tests.acceptance.service import khabar
from tests.broker import Broker

NAMES = Names()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A broker with the signs of a dispatcher and a worker, so that nothing but the finding is amiss."""
    running = Broker(tmp_path / "broker").start()
    pulses = [
        open_pulse(running.url, NAMES, role, number) for number, role in enumerate((Role.DISPATCHER, Role.WORKER), 1)
    ]
    for pulse in pulses:
        pulse.keep_beating()
    yield running
    for pulse in pulses:
        pulse.end()
    running.kill()


@pytest.fixture
def client(broker: Broker) -> Iterator[redis.Redis]:
    client = connect(broker.url)
    yield client
    client.close()


def status(broker: Broker, *options: str, **settings: object) -> tuple[int, str, str]:
    env = {"KHABAR_REDIS_URL": broker.url} | {f"KHABAR_{name.upper()}": str(value) for name, value in settings.items()}
    done = khabar("status", *options, env=env)
    return done.returncode, done.stdout, done.stderr


def reject(client: redis.Redis, code: Code, *, entry: str = "*") -> None:
    rejection = make_rejection(RejectedArticle(code, field=None, reason="r", place="p"), b"{}", lane=Lane.LIVE)
    event = event_bytes(EventType.REJECTION, rejection, event_id="a" * 32, subject=None)
    client.xadd(NAMES.dead, {EVENT_FIELD: event}, id=entry)


def test_articles_that_the_machine_killed_are_told(broker: Broker, client: redis.Redis) -> None:
    """115 of 3,996 were dead on a busy machine, and it said well; a producer's own mistakes are not the machine's."""
    reject(client, Code.TIMED_OUT, entry="1-1")  # of 1970: somebody has had the time to look at it
    reject(client, Code.NO_TEXT)
    code, out, _ = status(broker)
    assert code == Exit.OK
    assert "1 dispatcher, 1 worker" in out
    client.xadd(NAMES.dead, {"nonsense": b"\xff"})
    for _ in range(2):
        reject(client, Code.TIMED_OUT)
    reject(client, Code.OUT_OF_MEMORY)
    code, _, said = status(broker)
    assert code == Exit.AILING
    assert (
        "3 articles became dead letters within the hour because of the machine (1 out_of_memory, 2 timed_out)" in said
    )
    assert "khabar dead requeue --all --code" in said
    _, out, _ = status(broker, "--json")
    state = orjson.loads(out)
    assert (state["healthy"], state["health"], len(state["findings"])) == (False, "ailing", 1)
    assert status(broker, "--role", "worker")[0] == Exit.OK  # a container that is replaced would be no better


def test_when_reading_will_stop_and_for_whom(broker: Broker, client: redis.Redis) -> None:
    """A group made by trying out stops the service at the last record; 90 of 100 are early enough to end it."""
    client.xgroup_create(NAMES.records, "tried", "0", mkstream=True)
    event = event_bytes(EventType.RECORD, b"{}", event_id="e", subject=None)
    for _ in range(50):
        client.xadd(NAMES.records, {EVENT_FIELD: event})
    code, out, _ = status(broker, max_records=100)
    assert code == Exit.OK
    assert "reading stops in 50 articles, because group tried has not read and acknowledged 50" in out
    for _ in range(49):
        client.xadd(NAMES.records, {EVENT_FIELD: event})
    code, _, said = status(broker, max_records=100)
    assert code == Exit.AILING
    assert "reading stops in 1 article, because group tried has not read and acknowledged 99" in said


def test_a_broker_whose_memory_nears_its_end_is_told(broker: Broker, client: redis.Redis) -> None:
    """Before reading stops, while there is time to do something."""
    client.config_set("maxmemory", int(client.info("memory")["used_memory"] * 1.2))
    code, _, said = status(broker)
    assert code == Exit.AILING
    assert "and reading stops at" in said


def test_a_script_can_wait_until_it_is_well(tmp_path: Path) -> None:
    """`khabar up &` takes seconds, and what follows it in a script needs it."""
    broker = Broker(tmp_path / "broker")
    assert status(broker, "--wait", "0.5")[0] == Exit.NO_BROKER
    broker.start()
    try:
        assert status(broker, "--wait", "0.5")[0] == Exit.UNHEALTHY
        pulses = [open_pulse(broker.url, NAMES, role, 1) for role in (Role.DISPATCHER, Role.WORKER)]
        for pulse in pulses:
            pulse.keep_beating()
        assert status(broker, "--wait", "60")[0] == Exit.OK
        for pulse in pulses:
            pulse.end()
    finally:
        broker.kill()
