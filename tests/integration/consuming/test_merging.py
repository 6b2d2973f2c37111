"""MergedStream over two real brokers: one group reads all records, each acknowledged where it came from."""

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from khabar.broker.ledgers import Ledger
from khabar.consuming.merging import MergedStream
from khabar.keys.names import EVENT_FIELD, Names
from khabar.messages.envelope import EventType, event_bytes
from tests.broker import Broker
from tests.waiting import wait_until

RECORDS = Names().records
EACH = 25


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Broker]]:
    """Two for all tests."""
    running = [Broker(tmp_path_factory.mktemp("ledger")).start() for _ in range(2)]
    yield running
    for server in running:
        server.kill()


@pytest.fixture
def ledgers(servers: list[Broker]) -> list[Ledger]:
    """Two empty ones."""
    for server in servers:
        with server.client() as client:
            client.flushall()
    return [Ledger(server.url) for server in servers]


def put(server: Broker, names: range, *, entry: str = "*") -> None:
    with server.client() as client:
        for name in names:
            event = event_bytes(EventType.RECORD, b"{}", event_id=f"{name:032x}", subject=None)
            client.xadd(RECORDS, {EVENT_FIELD: event}, id=entry)


def pending(server: Broker) -> int:
    with server.client() as client:
        return int(client.xpending(RECORDS, "g")["pending"])


def test_both_are_read_and_each_record_is_acknowledged_where_it_is(
    servers: list[Broker], ledgers: list[Ledger]
) -> None:
    """Two ledgers may have given two records one entry id; acknowledging one must not lose the other."""
    for place, server in enumerate(servers):
        put(server, range(place, place + 1), entry="5-1")
        put(server, range(10 + place * EACH, 10 + place * EACH + EACH))
    with MergedStream(ledgers, "g") as stream:
        assert stream.has_made_group
        found = stream.read(2 * EACH + 10)
        assert {int(each.event.id, 16) for each in found} == {0, 1, *range(10, 10 + 2 * EACH)}
        stream.acknowledge(next(each for each in found if each.id == "5-1" and each.ledger == 1))
        assert [pending(server) for server in servers] == [EACH + 1, EACH]
        stream.acknowledge(found)
        assert [pending(server) for server in servers] == [0, 0]
        assert stream.read(5) == []


def test_the_loop_gives_all_in_turns_and_waits_for_either(servers: list[Broker], ledgers: list[Ledger]) -> None:
    """A ledger with much does not hold up one with little, and a quiet one does not hold up the other."""
    put(servers[0], range(100))
    with MergedStream(ledgers, "g", prefetch=10, consumer="c") as stream:
        first = [next(stream) for _ in range(5)]
        put(servers[1], range(1_000, 1_003))
        more = [next(stream) for _ in range(40)]
        assert {int(each.event.id, 16) for each in more if each.ledger} == {1_000, 1_001, 1_002}
        stream.acknowledge([*first, *more])
    with MergedStream(ledgers, "g", consumer="c") as stream:
        rest = [next(stream) for _ in range(58)]
        stream.acknowledge(rest)
        seen = [int(each.event.id, 16) for each in (*first, *more, *rest)]
        assert sorted(seen) == [*range(100), 1_000, 1_001, 1_002]
        put(servers[1], range(2_000, 2_001))
        assert int(next(stream).event.id, 16) == 2_000


def test_a_signal_ends_the_loop(ledgers: list[Ledger], tmp_path: Path) -> None:
    """SIGTERM ends a consumer of several ledgers as it ends one of one."""
    with MergedStream(ledgers, "g", stop_on=[signal.SIGUSR1]) as stream:
        timer = threading.Timer(0.2, signal.raise_signal, [signal.SIGUSR1])
        timer.start()
        assert list(stream) == []
        assert stream.is_closed
        timer.join()
    assert signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL


def test_a_ledger_that_is_away_is_waited_for(servers: list[Broker], ledgers: list[Ledger]) -> None:
    """A part must not be taken for the whole; what the other holds is delivered when both are back."""
    found: list[int] = []
    with MergedStream(ledgers, "g") as stream:
        servers[0].kill()
        reading = threading.Thread(target=lambda: found.extend(int(each.event.id, 16) for each in stream))
        reading.start()
        put(servers[1], range(3))
        servers[0].start()
        put(servers[0], range(3, 6))
        wait_until(lambda: sorted(found) == [*range(6)])
        stream.close()
        reading.join()
