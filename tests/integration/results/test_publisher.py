"""An article ends exactly once, whatever is sent twice, on both brokers."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import redis

from khabar.broker.connection import connect
from khabar.counting import BOUNDS, Counted, Measure
from khabar.keys.done import done_field, done_keys
from khabar.keys.names import ARTICLE_FIELD, EVENT_FIELD, GROUP, Lane, Names
from khabar.results.outcome import Outcome, OutcomeName
from khabar.results.publisher import ResultPublisher
from tests.broker import Broker
from tests.waiting import wait_until

NAMES = Names("test:")
GENERATION_S = 86_400


@pytest.fixture
def client(any_broker: Broker) -> Iterator[redis.Redis]:
    client = connect(any_broker.url)
    client.xgroup_create(NAMES.ledger(Lane.LIVE), GROUP, id="0", mkstream=True)
    yield client
    client.close()


@pytest.fixture
def publisher(client: redis.Redis) -> ResultPublisher:
    return ResultPublisher(client, NAMES, done_generation_s=GENERATION_S)


def read_one(client: redis.Redis, article: str = "{}") -> str:
    """Add an article to the ledger and read it as the group does."""
    entry = client.xadd(NAMES.ledger(Lane.LIVE), {ARTICLE_FIELD: article}).decode()
    client.xreadgroup(GROUP, "dispatcher:t", {NAMES.ledger(Lane.LIVE): ">"})
    return entry


def record(entry: str, outcome_id: str = "a" * 32, event: bytes = b'{"specversion":"1.0"}') -> Outcome:
    return Outcome(Lane.LIVE, entry, OutcomeName.RECORD, outcome_id, event)


def now(client: redis.Redis) -> int:
    """Return the generation by the broker's clock."""
    return int(client.time()[0]) // GENERATION_S


def pending(client: redis.Redis) -> int:
    return client.xpending(NAMES.ledger(Lane.LIVE), GROUP)["pending"]


def test_a_record_is_published_remembered_and_acknowledged(client: redis.Redis, publisher: ResultPublisher) -> None:
    """All three, or the promise breaks at the next crash."""
    entry = read_one(client)
    assert publisher.publish([record(entry)]) == ["record"]
    [(published, fields)] = client.xrange(NAMES.records)
    assert fields == {EVENT_FIELD.encode(): b'{"specversion":"1.0"}'}
    noted = client.hget(done_keys(NAMES, "a" * 32, generation=now(client))[0], done_field("a" * 32))
    assert noted == published.partition(b"-")[0]
    assert pending(client) == 0
    assert client.xlen(NAMES.ledger(Lane.LIVE)) == 0


def test_publishing_twice_publishes_once(client: redis.Redis, publisher: ResultPublisher) -> None:
    """redis-py sends again when a reply is cut."""
    entry = read_one(client)
    assert publisher.publish([record(entry), record(entry)]) == ["record", "settled"]
    assert client.xlen(NAMES.records) == 1


def test_the_same_article_twice_in_the_ledger_is_one_record(client: redis.Redis, publisher: ResultPublisher) -> None:
    """Ten producers may push the same article at once."""
    first, second = read_one(client), read_one(client)
    assert publisher.publish([record(first), record(second)]) == ["record", "duplicate"]
    assert client.xlen(NAMES.records) == 1
    assert pending(client) == 0


def test_what_is_out_in_the_better_version_is_not_published_in_the_other(
    client: redis.Redis, publisher: ResultPublisher
) -> None:
    """A backfill that overlaps with what was read live must not send its readers all of that again."""
    live, backfill, other = read_one(client), read_one(client), read_one(client)
    better, plain = "a" * 32, "b" * 32
    publisher.publish([record(live, better)])
    assert publisher.publish([replace(record(backfill, plain), better=better)]) == ["duplicate"]
    assert publisher.publish([replace(record(other, plain), better="c" * 32)]) == ["record"]
    assert (client.xlen(NAMES.records), pending(client)) == (2, 0)


@pytest.mark.parametrize("generation", [1, 2])
def test_an_article_known_from_the_generation_before_or_after_is_a_duplicate(
    generation: int, client: redis.Redis, publisher: ResultPublisher
) -> None:
    """The turn of a generation must not forget yesterday's articles, nor a broker's clock that was set back today's."""
    client.hset(done_keys(NAMES, "a" * 32, generation=now(client))[generation], done_field("a" * 32), "1")
    assert publisher.publish([record(read_one(client))]) == ["duplicate"]


def test_a_slow_worker_cannot_publish_after_the_one_that_took_over(
    client: redis.Redis, publisher: ResultPublisher
) -> None:
    """Neither a second record nor a record beside a rejection."""
    entry = read_one(client)
    rejection = Outcome(Lane.LIVE, entry, OutcomeName.REJECTION, "a" * 32, b"{}")
    assert publisher.publish([rejection]) == ["rejection"]
    assert publisher.publish([record(entry, "b" * 32)]) == ["settled"]
    assert (client.xlen(NAMES.dead), client.xlen(NAMES.records)) == (1, 0)


def test_each_entry_counts_one_outcome(client: redis.Redis, publisher: ResultPublisher) -> None:
    """Counters that do not add up to the articles are worth nothing."""
    entries = [read_one(client) for _ in range(3)]
    publisher.publish([record(entries[0], "a" * 32), record(entries[1], "a" * 32), record(entries[1], "a" * 32)])
    publisher.publish([Outcome(Lane.LIVE, entries[2], OutcomeName.REJECTION, "c" * 32, b"{}", code="not_arabic")])
    counters = client.hgetall(NAMES.counters)
    assert {name: count for name, count in counters.items() if not name.startswith(b"article_ms")} == {
        b"process_cpu_s": b"0",
        b"record": b"1",
        b"duplicate": b"1",
        b"rejection": b"1",
        b"articles|live|record|": b"1",
        b"articles|live|duplicate|": b"1",
        b"articles|live|rejection|not_arabic": b"1",
    }
    counted = Counted({name.decode(): int(count) for name, count in counters.items() if b"|" in name})
    assert counted.histograms(Measure.ARTICLE_MS)[("live",)].count == 3


def test_latency_falls_into_the_bucket_that_python_names(client: redis.Redis, publisher: ResultPublisher) -> None:
    """Two languages reckon one histogram: around each bound, and far above the last."""
    bounds = BOUNDS[Measure.ARTICLE_MS]
    seconds, microseconds = client.time()
    now_ms = seconds * 1000 + microseconds // 1000
    # A second before and behind each bound above ten seconds: the test itself takes less.
    ages_ms = [bound + off for bound in bounds if bound > 10_000 for off in (-1_500, 50)] + [5 * bounds[-1]]
    client.delete(NAMES.ledger(Lane.LIVE))
    entries = [f"{now_ms - age_ms}-1" for age_ms in sorted(ages_ms, reverse=True)]
    for entry in entries:
        client.xadd(NAMES.ledger(Lane.LIVE), {"article": "{}"}, id=entry)
    client.xgroup_create(NAMES.ledger(Lane.LIVE), GROUP, "0")
    client.xreadgroup(GROUP, "w", {NAMES.ledger(Lane.LIVE): ">"})
    publisher.publish([record(entry, f"{number:032x}") for number, entry in enumerate(entries)])
    counted = Counted(
        {field.decode(): int(count) for field, count in client.hgetall(NAMES.counters).items() if b"|" in field}
    )
    found = counted.histograms(Measure.ARTICLE_MS)[("live",)]
    assert found.count == len(ages_ms)
    for bound in bounds:
        assert found.buckets[bound] == sum(age_ms <= bound for age_ms in ages_ms), bound


def test_a_broker_out_of_memory_settles_all_the_same(client: redis.Redis, publisher: ResultPublisher) -> None:
    """Settling is what takes articles out of a ledger that has filled the memory; refused, it would stay full for ever."""
    entry = read_one(client)
    client.config_set("maxmemory", 1)
    with pytest.raises(redis.exceptions.OutOfMemoryError):
        client.set("x", "y")
    assert publisher.publish([record(entry)], process_cpu_s=1.5) == ["record"]
    assert (pending(client), client.xlen(NAMES.ledger(Lane.LIVE)), client.xlen(NAMES.records)) == (0, 0, 1)
    assert client.hget(NAMES.counters, "process_cpu_s") == b"1.5"


@pytest.mark.parametrize("days", [-70, -45, 45, 400])
def test_a_host_whose_clock_is_wrong_doubles_nothing(
    client: redis.Redis, publisher: ResultPublisher, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    """Outcomes are remembered by the broker's clock: a host that is months off finds what the others have published."""
    assert publisher.publish([record(read_one(client)), record(read_one(client), "b" * 32)]) == ["record", "record"]
    right = time.time
    with monkeypatch.context() as patch:
        patch.setattr("khabar.keys.done.time.time", lambda: right() + days * 86_400)
        wrong = ResultPublisher(client, NAMES, done_generation_s=GENERATION_S)
        again = [record(read_one(client)), record(read_one(client), "c" * 32), record(read_one(client), "b" * 32)]
        assert wrong.publish(again) == ["duplicate", "record", "duplicate"]
    assert publisher.publish([record(read_one(client), "c" * 32)]) == ["duplicate"]
    assert client.xlen(NAMES.records) == 3


def test_a_generation_that_turns_under_a_publisher_is_noticed(client: redis.Redis) -> None:
    """A worker runs for months."""
    publisher = ResultPublisher(client, NAMES, done_generation_s=1)  # by the second
    for number in range(3):
        assert publisher.publish([record(read_one(client), f"{number:032}")]) == ["record"]
        assert publisher.publish([record(read_one(client), f"{number:032}")]) == ["duplicate"]
        before = client.time()[0]
        wait_until(lambda before=before: client.time()[0] > before)


def test_a_restarted_broker_gets_the_script_again(
    any_broker: Broker, client: redis.Redis, publisher: ResultPublisher
) -> None:
    """Scripts are not kept over a restart; articles are."""
    publisher.publish([record(read_one(client))])
    entry = read_one(client)
    any_broker.kill()
    any_broker.start()
    assert publisher.publish([record(entry, "b" * 32)]) == ["record"]
    assert client.xlen(NAMES.records) == 2


def test_what_could_not_be_remembered_is_not_published(any_broker: Broker, client: redis.Redis) -> None:
    """A user who may publish but not remember published at each attempt, and a refusal counts none."""
    others = " ".join(f"~{name}" for name in (NAMES.failures, NAMES.counters))
    client.acl_setuser("half", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-hset"])
    client.execute_command("ACL", "SETUSER", "half", f"(+hset {others})")
    entry = read_one(client)
    with connect(any_broker.url.replace("redis://", "redis://half:any@")) as other:
        half = ResultPublisher(other, NAMES, done_generation_s=GENERATION_S)
        for _ in range(2):
            with pytest.raises(redis.exceptions.ResponseError):
                half.publish([record(entry)])
    assert client.xlen(NAMES.records) == 0
    assert ResultPublisher(client, NAMES, done_generation_s=GENERATION_S).publish([record(entry)]) == ["record"]
