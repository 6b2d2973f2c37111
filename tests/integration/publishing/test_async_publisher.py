"""AsyncArticlePublisher: the promises of ArticlePublisher in an event loop, whoever is cancelled."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from khabar.errors import BrokerError, BrokerRefused, BrokerUnavailable, QueueFull, SourceError
from khabar.keys.names import ARTICLE_FIELD, EVENT_FIELD, Lane, Names
from khabar.messages.envelope import open_event
from khabar.publishing.aio import AsyncArticlePublisher
from khabar.sources import open_source
from khabar.sources.items import Refused
from tests.broker import Broker, free_port
from tests.faults.proxy import Manner, Proxy
from tests.outages import OUTAGES

NAMES = Names()
LIVE = NAMES.ledger(Lane.LIVE)
BACKFILL = NAMES.ledger(Lane.BACKFILL)


def article(number: int) -> bytes:
    return f'{{"id":{number}, "body":"نص {number}"}}'.encode()


def articles(count: int, first: int = 0) -> list[bytes]:
    return [article(number) for number in range(first, first + count)]


def on_ledger(broker: Broker, ledger: str = LIVE) -> list[int]:
    with broker.client() as client:
        return [json.loads(entry[ARTICLE_FIELD])["id"] for _, entry in client.xrange(ledger)]


async def until(condition: Callable[[], bool], *, timeout_s: float = 30.0) -> None:
    """Wait for a condition, with the event loop running."""
    async with asyncio.timeout(timeout_s):
        while not condition():
            await asyncio.sleep(0.01)


def test_articles_are_on_the_ledger_byte_for_byte_and_in_order(broker: Broker) -> None:
    """From a list, and from an asynchronous source."""

    async def scraped() -> AsyncIterator[bytes]:
        for number in range(50, 100):
            await asyncio.sleep(0)
            yield article(number)

    async def main() -> None:
        async with AsyncArticlePublisher(broker.url, batch=7) as publisher:
            assert (await publisher.publish(articles(50))).accepted == 50
            assert on_ledger(broker) == list(range(50))
            assert (await publisher.publish(scraped())).accepted == 100

    asyncio.run(main())
    with broker.client() as client:
        assert [entry[ARTICLE_FIELD].encode() for _, entry in client.xrange(LIVE)] == articles(100)


def test_invalid_items_become_dead_letters_and_are_reported(broker: Broker) -> None:
    """As with the blocking publisher: the same checks, the same script."""
    heard: list[Refused] = []

    async def main() -> None:
        async with AsyncArticlePublisher(broker.url, on_rejected=heard.append) as publisher:
            report = await publisher.publish([article(0), b'{"title": [5], "body": "y"}', {"body": "x", "image": b"x"}])
        assert (report.accepted, report.rejected, report.refused) == (1, 2, heard)

    asyncio.run(main())
    assert [(refused.number, refused.code, refused.field) for refused in heard] == [
        (2, "wrong_type", "title"),
        (3, "wrong_type", "image"),
    ]
    with broker.client() as client:
        events = [open_event(entry[EVENT_FIELD].encode()) for _, entry in client.xrange(NAMES.dead)]
    assert {event.type for event in events} == {"khabar.rejection.v1"}


def test_leaving_the_context_flushes_unless_an_exception_is_on_its_way(broker: Broker) -> None:
    """add() alone confirms nothing; leaving does."""

    async def main() -> None:
        async with AsyncArticlePublisher(broker.url) as publisher:
            await publisher.add(article(1))
            assert on_ledger(broker) == []
        with pytest.raises(KeyError):
            async with AsyncArticlePublisher(broker.url) as publisher:
                await publisher.add(article(2))
                raise KeyError

    asyncio.run(main())
    assert on_ledger(broker) == [1]


def test_answers_that_are_cut_off_double_nothing(broker: Broker) -> None:
    """The broker has the batch and the publisher does not know it: sent again it must be added once."""

    async def main(proxy: Proxy) -> None:
        async with AsyncArticlePublisher(proxy.url, batch=5) as publisher:
            assert (await publisher.publish(articles(100))).accepted == 100

    with Proxy(broker.port, Manner(cut_share=0.3)) as proxy:
        asyncio.run(main(proxy))
        assert proxy.cuts > 5
    assert on_ledger(broker) == list(range(100))


@pytest.mark.parametrize("kind", OUTAGES)
def test_a_short_outage_raises_nothing_and_doubles_nothing(kind: str, broker: Broker) -> None:
    """Of any kind, and the event loop goes on meanwhile."""
    heard: list[str] = []

    async def main() -> None:
        async with AsyncArticlePublisher(broker.url, batch=10, on_outage=heard.append) as publisher:
            await publisher.publish(articles(100))
            with OUTAGES[kind](broker):
                publishing = asyncio.create_task(publisher.publish(articles(100, first=100)))
                done, _ = await asyncio.wait([publishing], timeout=0.5)
                assert not done
            await publishing

    asyncio.run(main())
    assert on_ledger(broker) == list(range(200))


def test_a_long_outage_names_its_cause_and_the_batch_is_kept(broker: Broker) -> None:
    """What was added goes on once it is over."""

    async def main() -> None:
        async with AsyncArticlePublisher(broker.url, outage_s=0.3) as publisher:
            await publisher.add(article(1))
            with OUTAGES["READONLY"](broker), pytest.raises(BrokerUnavailable, match="read-only replica"):
                await publisher.flush()
            await publisher.flush()

    asyncio.run(main())
    assert on_ledger(broker) == [1]


def test_a_full_ledger_takes_nothing_and_says_so(broker: Broker) -> None:
    """Backpressure reaches the producer; a batch is added whole or not at all."""

    async def main() -> None:
        async with AsyncArticlePublisher(broker.url, max_ledger=25, batch=10, wait_s=0) as publisher:
            with pytest.raises(QueueFull, match="may hold 25 articles"):
                await publisher.publish(articles(100))
            assert publisher.report.accepted == 20
            make_room(broker)
            await publisher.flush()

    asyncio.run(main())
    assert on_ledger(broker) == list(range(20, 30))


def test_what_add_was_given_is_kept_when_it_raises(broker: Broker) -> None:
    """Whoever goes on with the next article, as the documentation says, loses none; tasks that share the publisher as well."""

    async def scrape(publisher: AsyncArticlePublisher, first: int) -> None:
        for number in range(first, first + 10):
            with contextlib.suppress(BrokerUnavailable):
                await publisher.add(article(number))

    async def main() -> None:
        async with AsyncArticlePublisher(broker.url, batch=3, outage_s=0) as publisher:
            with OUTAGES["READONLY"](broker):
                await asyncio.gather(*(scrape(publisher, 10 * task) for task in range(4)))
                assert (publisher.report.accepted, publisher.unsent) == (0, 40)
            await publisher.flush()
            assert publisher.report.accepted == 40

    asyncio.run(main())
    assert sorted(on_ledger(broker)) == list(range(40))


def test_what_came_is_pushed_while_the_next_is_long_in_coming(broker: Broker) -> None:
    """A live source: its articles must not wait until there are a hundred."""

    async def main() -> None:
        async def live() -> AsyncIterator[bytes]:
            for number in range(3):
                yield article(number)
                await until(lambda number=number: on_ledger(broker) == list(range(number + 1)))  # type: ignore[misc]

        async with AsyncArticlePublisher(broker.url) as publisher:
            assert (await publisher.publish(live())).accepted == 3

    asyncio.run(main())
    assert on_ledger(broker) == [0, 1, 2]


def test_what_is_added_is_sent_though_nothing_more_is(broker: Broker) -> None:
    """A service that gets an article an hour must not keep it until the next."""

    async def main() -> None:
        async with AsyncArticlePublisher(broker.url, flush_after_s=0.05) as publisher:
            for number in (1, 2):
                await publisher.add(article(number))
                await until(lambda number=number: on_ledger(broker)[-1:] == [number])  # type: ignore[misc]
            await until(lambda: publisher.unsent == 0)
            assert publisher.report.accepted == 2

    asyncio.run(main())


def make_room(broker: Broker) -> None:
    with broker.client() as client:
        client.xtrim(LIVE, maxlen=0, approximate=False)


def test_a_publisher_waits_for_room_and_lets_others_run(broker: Broker) -> None:
    """Workers make room all the time; a scraper goes on fetching meanwhile."""

    async def main() -> None:
        async with AsyncArticlePublisher(broker.url, max_ledger=10, batch=10, wait_s=30) as publisher:
            publishing = asyncio.create_task(publisher.publish(articles(20)))
            await until(lambda: len(on_ledger(broker)) == 10)
            make_room(broker)
            await publishing

    asyncio.run(main())
    assert on_ledger(broker) == list(range(10, 20))


def test_a_task_that_is_cancelled_while_it_waits_leaves_its_batch(broker: Broker) -> None:
    """The next flush sends it, and whatever of it the broker has already is not added again."""

    async def main() -> None:
        async with AsyncArticlePublisher(broker.url, max_ledger=10, batch=10, wait_s=60) as publisher:
            publishing = asyncio.create_task(publisher.publish(articles(20)))
            await until(lambda: publisher.report.accepted == 10)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(publishing, 0.2)
            make_room(broker)
            await publisher.flush()
            assert publisher.report.accepted == 20

    asyncio.run(main())
    assert on_ledger(broker) == list(range(10, 20))


def test_cancellations_at_any_moment_lose_and_double_nothing(broker: Broker) -> None:
    """A batch may be in when its task is cancelled before the answer."""

    async def main() -> None:
        async with AsyncArticlePublisher(broker.url) as publisher:
            for number in range(100):
                await publisher.add(article(number))
                flushing = asyncio.ensure_future(publisher.flush())
                for _ in range(number % 25):
                    await asyncio.sleep(0)
                flushing.cancel()
                await asyncio.wait([flushing])

    asyncio.run(main())
    assert on_ledger(broker) == list(range(100))


def test_several_tasks_share_a_publisher(broker: Broker) -> None:
    """A scraper has many; each is told when its own articles are in."""

    async def scrape(publisher: AsyncArticlePublisher, first: int) -> None:
        for page in range(5):
            numbers = range(first + 10 * page, first + 10 * page + 7)
            for number in numbers:
                await publisher.add(article(number))
                await asyncio.sleep(0)
            await publisher.flush()
            assert set(numbers) <= set(on_ledger(broker))

    async def main() -> None:
        async with AsyncArticlePublisher(broker.url, batch=4) as publisher:
            await asyncio.gather(*(scrape(publisher, 1000 * task) for task in range(6)))
            assert publisher.report.accepted == 6 * 5 * 7

    asyncio.run(main())
    found = on_ledger(broker)
    assert len(found) == len(set(found)) == 6 * 5 * 7


def test_two_publishers_live_in_one_event_loop(broker: Broker) -> None:
    """Each with its own lane, through an outage that meets both."""

    async def main() -> None:
        async with (
            AsyncArticlePublisher(broker.url, batch=3) as live,
            AsyncArticlePublisher(broker.url, batch=5, lane=Lane.BACKFILL) as backfill,
        ):
            await asyncio.gather(live.publish(articles(30)), backfill.publish(articles(40)))
            await asyncio.to_thread(broker.kill)
            both = asyncio.gather(live.publish(articles(30, 30)), backfill.publish(articles(40, 40)))
            await asyncio.to_thread(broker.start)
            await both

    asyncio.run(main())
    assert on_ledger(broker) == list(range(60))
    assert on_ledger(broker, BACKFILL) == list(range(80))


def test_progress_is_kept_with_each_batch_and_resumed(broker: Broker, tmp_path: Path) -> None:
    """As with the blocking publisher, and each can go on where the other stopped."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join(articles(50)))
    source = open_source(path)
    progress = source.progress
    assert progress is not None

    async def main() -> None:
        async with AsyncArticlePublisher(broker.url, batch=10) as publisher:
            assert await publisher.resume_from(progress) == 0
            await publisher.publish((item for item in source.items() if item.number <= 30), progress=progress)
            assert await publisher.resume_from(progress) == 30
            await publisher.publish(source.items(skip=30), progress=progress)
            assert await publisher.resume_from(progress) == 50

    asyncio.run(main())
    assert on_ledger(broker) == list(range(50))


def test_items_before_a_break_in_the_source_are_accepted(broker: Broker) -> None:
    """Half an archive is better than none."""

    def breaking() -> Iterator[bytes]:
        yield from articles(2)
        raise SourceError("after item 2")

    async def main() -> None:
        async with AsyncArticlePublisher(broker.url) as publisher:
            with pytest.raises(SourceError, match="after item 2"):
                await publisher.publish(breaking())

    asyncio.run(main())
    assert on_ledger(broker) == [0, 1]


def test_errors_are_one_sentence_without_the_password(broker: Broker) -> None:
    """They are printed and logged."""

    async def error(url: str) -> BrokerError:
        publisher = AsyncArticlePublisher(url, outage_s=0.1)
        try:
            with pytest.raises(BrokerError) as caught:
                await publisher.publish([article(1)])
        finally:
            await publisher.aclose()
        assert "secret" not in str(caught.value)
        return caught.value

    away = asyncio.run(error(f"redis://user:secret@127.0.0.1:{free_port()}/3"))
    assert isinstance(away, BrokerUnavailable)
    assert "user:***@127.0.0.1" in str(away)
    refused = asyncio.run(error(broker.url.replace("127.", "user:secret@127.")))
    assert isinstance(refused, BrokerRefused)
    assert "refuses access" in str(refused)
    with pytest.raises(BrokerRefused, match="no usable URL"):
        AsyncArticlePublisher("http://127.0.0.1")


def test_a_client_of_the_callers_is_left_open(broker: Broker) -> None:
    """It is the caller's."""

    async def main() -> None:
        async with Redis.from_url(broker.url, protocol=2) as own:
            async with AsyncArticlePublisher(own) as publisher:
                await publisher.publish(articles(3))
            assert await own.xlen(LIVE) == 3

    asyncio.run(main())
