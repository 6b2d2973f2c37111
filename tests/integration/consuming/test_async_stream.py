"""AsyncRecordStream: the promises of RecordStream in an event loop, and a cancelled wait loses nothing."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
import redis
from redis.asyncio import Redis

from khabar.broker.connection import connect
from khabar.consuming.aio import AsyncRecordStream
from khabar.consuming.delivery import Unreadable
from khabar.errors import BrokerRefused, BrokerUnavailable, GroupDetached
from khabar.keys.groups import Detached, GroupEntry
from khabar.keys.names import EVENT_FIELD
from tests.broker import Broker, free_port
from tests.faults.proxy import Manner, Proxy
from tests.integration.consuming.entries import GROUP, NAMES, add, pending, questions
from tests.waiting import PATIENCE_S

SOON_S = 30.0  # a quarter of a second is promised; the rest is for a busy machine, and far below an outage's patience


@pytest.fixture
def client(broker: Broker) -> Iterator[redis.Redis]:
    client = connect(broker.url)
    yield client
    client.close()


def opened(broker: "Broker | Proxy | Redis", **options: Any) -> AsyncRecordStream:
    target = broker if isinstance(broker, Redis) else broker.url
    return AsyncRecordStream(target, GROUP, **{"consumer": "first", "prefix": NAMES.prefix} | options)


async def collect(stream: AsyncRecordStream, into: list[str]) -> None:
    async for delivery in stream:
        into.append(delivery.id)
        await stream.acknowledge(delivery)


async def until(condition: Any, *, timeout_s: float = PATIENCE_S) -> None:
    """Wait for a condition, with the event loop running."""
    async with asyncio.timeout(timeout_s):
        while not condition():
            await asyncio.sleep(0.01)


def test_the_loop_waits_for_records_and_ends_when_it_is_closed(broker: Broker, client: redis.Redis) -> None:
    """As the blocking one, and the event loop goes on meanwhile."""

    async def main() -> None:
        found: list[str] = []
        async with opened(broker) as stream:
            loop = asyncio.create_task(collect(stream, found))
            await until(lambda: questions(client) > 10)  # two and a half seconds
            ids = add(client, 40)
            await until(lambda: found == ids)
            stream.close()
            await asyncio.wait_for(loop, SOON_S)

    asyncio.run(main())
    assert pending(client) == 0


def test_a_cancelled_wait_loses_nothing_and_delays_nothing(broker: Broker, client: redis.Redis) -> None:
    """The broker may answer in the moment of the cancellation; what it answered is read again, not taken over a minute later."""
    found: list[str] = []
    ids: list[str] = []
    cancelled = 0

    async def main() -> None:
        nonlocal cancelled
        async with opened(broker) as stream:
            for number in range(200):
                waiting = asyncio.ensure_future(anext(stream))
                for _ in range(
                    number % 15
                ):  # at another point each time: before the question, while it waits, at its answer
                    await asyncio.sleep(0)
                if number % 3:
                    ids.extend(add(client))
                for _ in range(number % 4):
                    await asyncio.sleep(0)
                waiting.cancel()
                with suppress(asyncio.CancelledError):
                    found.append((await waiting).id)
                cancelled += waiting.cancelled()
            async with asyncio.timeout(30):
                while len(found) < len(ids):
                    found.append((await anext(stream)).id)

    asyncio.run(main())
    assert cancelled > 20
    assert found == ids


def test_a_cancelled_loop_goes_on_where_it_was(broker: Broker, client: redis.Redis) -> None:
    """asyncio.timeout() around a loop is how one waits for a while."""

    async def main() -> None:
        found: list[str] = []
        async with opened(broker, prefetch=3) as stream:
            ids = add(client, 5)
            for _ in range(2):
                loop = asyncio.create_task(collect(stream, found))
                await until(partial(_are_equal, found, ids))
                loop.cancel()  # it may be waiting for the answer to an acknowledgement
                with pytest.raises(asyncio.CancelledError):
                    await loop
                ids += add(client, 5)
            await asyncio.wait_for(_drain(stream, found, len(ids)), 20)
            assert found == ids

    asyncio.run(main())


def _are_equal(found: list[str], ids: list[str]) -> bool:
    return found == ids


async def _drain(stream: AsyncRecordStream, found: list[str], count: int) -> None:
    async for delivery in stream:
        found.append(delivery.id)
        await stream.acknowledge(delivery)
        if len(found) == count:
            return


def test_several_tasks_share_a_stream(broker: Broker, client: redis.Redis) -> None:
    """Each record goes to one of them."""

    async def main() -> None:
        found: list[list[str]] = [[], [], []]
        async with opened(broker, prefetch=4) as stream:
            loops = [asyncio.create_task(collect(stream, part)) for part in found]
            ids = add(client, 100)
            await until(lambda: sum(map(len, found)) >= len(ids))
            stream.close()
            await asyncio.gather(*loops)
        assert sorted(entry for part in found for entry in part) == sorted(ids)
        assert all(found)

    asyncio.run(main())


def test_the_loop_survives_a_broker_restart(broker: Broker, client: redis.Redis) -> None:
    """Of any length, whatever outage_s says about read()."""

    async def main() -> None:
        found: list[str] = []
        async with opened(broker, outage_s=0.01) as stream:
            loop = asyncio.create_task(collect(stream, found))
            ids = add(client)
            await until(lambda: found == ids)
            await asyncio.to_thread(broker.kill)
            with pytest.raises(BrokerUnavailable):
                async with opened(broker, consumer="second", outage_s=0.3):
                    pass
            await asyncio.to_thread(broker.start)
            ids += add(client)
            await until(lambda: found == ids)
            stream.close()
            await loop

    asyncio.run(main())


def test_answers_that_are_cut_off_are_delivered_at_once_all_the_same(broker: Broker, client: redis.Redis) -> None:
    """The broker holds them for this consumer already."""
    ids = add(client, 60)
    found: list[str] = []

    async def main(proxy: Proxy) -> None:
        async with opened(proxy, prefetch=5) as stream:
            await asyncio.wait_for(_drain(stream, found, len(ids)), 50)

    with Proxy(broker.port, Manner(cut_share=0.2)) as proxy:
        asyncio.run(main(proxy))
        assert proxy.cuts > 5
    assert found == ids


def test_what_waiting_cannot_mend_ends_the_loop(broker: Broker, client: redis.Redis) -> None:
    """A group that was taken out, a password that is refused, an address that is wrong."""

    async def detached() -> None:
        async with opened(broker) as stream:
            waiting = asyncio.ensure_future(anext(stream))
            taken_out = Detached(at=1, last_delivered="0-0", pending=[], unread=0, entries_added=0)
            entry = GroupEntry(registered_at=1, active_at=1, detached=taken_out)
            client.hset(NAMES.groups, GROUP, entry.model_dump_json(exclude_none=True))
            client.xgroup_destroy(NAMES.records, GROUP)
            with pytest.raises(GroupDetached):
                await waiting

    async def refused() -> None:
        client.delete(NAMES.groups)
        async with opened(broker) as stream:
            client.config_set("requirepass", "secret")
            client.execute_command("CLIENT KILL TYPE normal SKIPME yes")
            with pytest.raises(BrokerRefused, match="refuses access"):
                await anext(stream)

    async def nobody() -> None:
        with pytest.raises(BrokerUnavailable, match="No answer"):
            async with AsyncRecordStream(f"redis://127.0.0.1:{free_port()}/0", GROUP, outage_s=0.1):
                pass

    for case in (detached, refused, nobody):
        asyncio.run(case())
    with pytest.raises(BrokerRefused, match="no usable URL"):
        AsyncRecordStream("http://127.0.0.1", GROUP)


def test_a_client_of_the_callers_is_used_and_left_open(broker: Broker, client: redis.Redis) -> None:
    """It may answer in text, and read() registers the group by itself."""

    async def main() -> None:
        async with Redis.from_url(broker.url, protocol=2, decode_responses=True) as own:
            stream = opened(own)
            ids = add(client, 3)
            deliveries = await stream.read(2)
            assert [delivery.id for delivery in deliveries] == ids[:2]
            await stream.acknowledge(deliveries)
            assert (await anext(stream)).id == ids[2]
            await stream.aclose()
            assert await own.ping()

    asyncio.run(main())
    assert pending(client) == 1


def test_an_unreadable_entry_may_be_put_aside_by_a_coroutine(broker: Broker, client: redis.Redis) -> None:
    """Where it goes is usually I/O, too."""
    aside: list[str] = []

    async def put_aside(entry: Unreadable) -> None:
        await asyncio.sleep(0)
        aside.append(entry.id)

    async def main() -> None:
        async with opened(broker, on_unreadable=put_aside) as stream:
            bad = client.xadd(NAMES.records, {EVENT_FIELD: b"{no event"}).decode()
            ids = add(client)
            assert [(await anext(stream)).id] == ids
            assert aside == [bad]

    asyncio.run(main())
    assert pending(client) == 1


def test_a_signal_ends_the_loop(broker: Broker, client: redis.Redis) -> None:
    """The same argument as the blocking stream's; handlers are put back."""

    async def main() -> None:
        async with opened(broker, stop_on=[signal.SIGUSR1]) as stream:
            loop = asyncio.create_task(collect(stream, []))
            await until(lambda: questions(client) > 1)
            signal.raise_signal(signal.SIGUSR1)
            await asyncio.wait_for(loop, SOON_S)

    found = signal.getsignal(signal.SIGUSR1)
    asyncio.run(main())
    assert signal.getsignal(signal.SIGUSR1) is found
