"""Asynchronous clients under sentinels: they find the primary, wait for replicas and follow a failover."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from khabar.consuming.aio import AsyncRecordStream
from khabar.keys.names import EVENT_FIELD, Lane, Names
from khabar.messages.envelope import EventType, event_bytes
from khabar.publishing.aio import AsyncArticlePublisher
from tests.sentinel import Deployment

NAMES = Names()
ARTICLES = [f'{{"id": {number}, "body": "نص"}}' for number in range(20)]


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    running = Deployment(tmp_path / "sentinel")
    try:
        yield running.start()
    finally:
        running.kill()


def test_publisher_and_stream_follow_a_failover(deployment: Deployment) -> None:
    """What a replica has confirmed is on the new primary, and the loop goes on reading there."""
    event = event_bytes(EventType.RECORD, b"{}", event_id="e", subject=None)

    async def main() -> None:
        async with (
            AsyncArticlePublisher(deployment.url, batch=5, wait_replicas=1) as publisher,
            AsyncRecordStream(deployment.url, group="g") as stream,
        ):
            await publisher.publish(ARTICLES)
            waiting = asyncio.ensure_future(anext(stream))
            dead = await asyncio.to_thread(deployment.fail_over)
            with deployment.primary().client() as client:
                assert client.xlen(NAMES.ledger(Lane.LIVE)) == len(ARTICLES)
                entry = client.xadd(NAMES.records, {EVENT_FIELD: event})
            assert (await asyncio.wait_for(waiting, 30)).id == entry
            await asyncio.to_thread(deployment.revive, dead)
            await publisher.publish(ARTICLES)
            with deployment.primary().client() as client:
                assert client.xlen(NAMES.ledger(Lane.LIVE)) == 2 * len(ARTICLES)

    asyncio.run(main())
