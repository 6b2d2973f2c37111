"""A small broker and large articles: the ledger fills the memory, and everything gets through all the same."""

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
import redis

from khabar.broker.connection import connect
from khabar.keys.names import ARTICLE_FIELD, EVENT_FIELD, Lane, Names
from khabar.messages.envelope import open_event
from tests.articles import article
from tests.broker import DEBIAN, VALKEY, Broker, debian_redis
from tests.faults.stage import Stage
from tests.waiting import wait_until

NAMES = Names()
LEDGER = NAMES.ledger(Lane.LIVE)
GROUP = "eager"
LIMIT_MB = 30
pytestmark = pytest.mark.timeout(900)
HTML = "<p>" + "x" * 60_000
PATIENCE_S = 300.0


@pytest.fixture(params=[VALKEY, DEBIAN])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Broker:
    """A broker of 30 MB, not yet started."""
    binary = debian_redis() if request.param == DEBIAN else None
    return Broker(tmp_path / "broker", None, "--maxmemory", f"{LIMIT_MB}mb", binary=binary)


def large(number: int) -> bytes:
    """Return an article whose scraper sends the page along."""
    return orjson.dumps(article(number, sentences=1) | {"html": HTML})


class Eager:
    """A consumer in another language: reads, notes and acknowledges at once, with plain commands."""

    def __init__(self, url: str) -> None:
        self.seen: Counter[str | None] = Counter()
        self.errors: list[redis.RedisError] = []
        self._client = connect(url)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Eager":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._client.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                reply = self._client.xreadgroup(GROUP, "one", {NAMES.records: ">"}, count=50, block=100)
                for _, entries in reply or []:
                    self.seen.update(open_event(fields[EVENT_FIELD.encode()]).subject for _, fields in entries)
                    self._client.xack(NAMES.records, GROUP, *(entry for entry, _ in entries))
            except redis.RedisError as error:
                self.errors.append(error)
                return


@contextlib.contextmanager
def started(broker: Broker) -> Iterator[redis.Redis]:
    """Run the broker alone for a while."""
    broker.start()
    with contextlib.closing(broker.client()) as client:
        client.xgroup_create(NAMES.records, GROUP, id="0", mkstream=True)
        yield client
    broker.stop()


def test_a_ledger_that_raw_producers_have_filled_to_the_limit_is_emptied(tmp_path: Path, broker: Broker) -> None:
    """XADD from anywhere asks nobody. Only reading and settling make room again, and both are writes of a full broker."""
    with started(broker) as client:
        accepted = 0
        with pytest.raises(redis.exceptions.OutOfMemoryError):
            while True:
                client.xadd(LEDGER, {ARTICLE_FIELD: large(accepted)})
                accepted += 1
        while True:  # and the last gap, with small ones
            try:
                client.xadd(LEDGER, {ARTICLE_FIELD: orjson.dumps(article(accepted, sentences=1))})
                accepted += 1
            except redis.exceptions.OutOfMemoryError:
                break
    with Stage(tmp_path, broker, waits_for_children=False) as stage, Eager(broker.url) as eager:
        wait_until(lambda: len(eager.seen) == accepted or eager.errors, timeout_s=PATIENCE_S)
        assert eager.errors == []
        assert eager.seen.most_common(1)[0][1] == 1
        assert stage.client.xlen(LEDGER) == 0
        assert stage.client.xlen(NAMES.dead) == 0


def test_producers_of_large_articles_wait_and_all_of_them_get_through(tmp_path: Path, broker: Broker) -> None:
    """More than the broker's memory, 60 kB of page an article, from two producers: told to wait, not held up for good."""
    each, most = 300, [0]
    with started(broker):
        pass
    with Stage(tmp_path, broker) as stage, Eager(broker.url) as eager:

        def push(first: int) -> None:
            with stage.publisher(batch=10, wait_s=PATIENCE_S) as publisher:
                for number in range(first, first + each):
                    publisher.add(large(number))

        producers = [threading.Thread(target=push, args=(number * each,), daemon=True) for number in range(2)]
        for producer in producers:
            producer.start()

        def all_seen() -> bool:
            most[0] = max(most[0], int(stage.client.info("memory")["used_memory"]))
            return len(eager.seen) == 2 * each or bool(eager.errors)

        wait_until(all_seen, timeout_s=PATIENCE_S)
        for producer in producers:
            producer.join(PATIENCE_S)
        assert eager.errors == []
        assert eager.seen.most_common(1)[0][1] == 1
        assert stage.client.info("errorstats").get("errorstat_OOM") is None
        assert stage.client.xlen(NAMES.dead) == 0
        assert most[0] < LIMIT_MB << 20
