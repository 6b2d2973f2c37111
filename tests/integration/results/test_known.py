"""Remembered archives: ids told once, found in the step that decides duplicates, and forgotten."""

import hashlib
from collections.abc import Iterator

import pytest
import redis

from khabar.keys.known import BUCKETS, bucket_of, entry_of, known_key
from khabar.keys.names import ARTICLE_FIELD, GROUP, Lane, Names
from khabar.results.known import KnownIds
from khabar.results.outcome import Outcome, OutcomeName
from khabar.results.publisher import ResultPublisher
from tests.broker import Broker

DAY_S = 86_400


@pytest.fixture
def client(any_broker: Broker) -> Iterator[redis.Redis]:
    """Return a client in bytes, as the service's is."""
    with redis.Redis.from_url(any_broker.url, protocol=2) as client:
        client.xgroup_create(Names().ledger(Lane.LIVE), GROUP, id="0", mkstream=True)
        yield client


def _ids(count: int, first: int = 0) -> list[bytes]:
    return [hashlib.sha256(str(number).encode()).digest()[:16] for number in range(first, first + count)]


def _settle(client: redis.Redis, *outcomes: tuple[bytes, bytes | None]) -> list[str]:
    """Let the queue end an article with each of these ids, the better version's behind it."""
    names = Names()
    ledger = names.ledger(Lane.LIVE)
    found = []
    for own, better in outcomes:
        entry = client.xadd(ledger, {ARTICLE_FIELD: b"{}"}).decode()
        client.xreadgroup(GROUP, "worker", {ledger: ">"})
        found.append(Outcome(Lane.LIVE, entry, OutcomeName.RECORD, own.hex(), b"{}", better.hex() if better else None))
    return ResultPublisher(client, names, done_generation_s=DAY_S).publish(found)


def test_a_remembered_article_is_a_duplicate_until_it_is_forgotten(client: redis.Redis) -> None:
    """Each id of a bucket is found, wherever it stands; one that differs in its last kept byte is not."""
    known, names = KnownIds(client, Names()), Names()
    same = [
        bytes([7, 1]) + number.to_bytes(7) + bytes(7) for number in (0, 1, 255, 256, 2**24, 2**32 - 1, 2**55, 2**56 - 1)
    ]
    others = [bytes([7, 1]) + number.to_bytes(7) + bytes(7) for number in (2, 254, 2**32, 2**56 - 2)]
    assert known.remember([b"".join(same + _ids(300)), b"".join(same)]) == known.count() == len(same) + 300
    assert client.strlen(known_key(names, same[0])) % 7 == 0

    assert _settle(client, *((each, None) for each in same + others)) == ["duplicate"] * 8 + ["record"] * 4
    assert _settle(client, *((each, None) for each in _ids(20, first=295))) == ["duplicate"] * 5 + ["record"] * 15
    better = _settle(client, (_ids(1, first=900)[0], _ids(1)[0]), (_ids(1, first=901)[0], _ids(1, first=902)[0]))
    assert better == ["duplicate", "record"]
    assert int(client.hget(names.counters, "duplicate")) == 8 + 5 + 1

    assert known.remember(_ids(300)) == 0
    assert known.forget([same[0], *_ids(10)]) == 11
    assert known.count() == len(same) - 1 + 290
    assert _settle(client, (same[0], None), (same[1], None)) == ["record", "duplicate"]
    assert known.forget(same + _ids(300)) == 297
    assert client.keys(names.known(0).rpartition(":")[0] + ":*") == []


def test_two_commands_at_once_lose_nothing(client: redis.Redis) -> None:
    """Each puts a whole bucket in the place of the one that it has read."""
    names = Names()
    late, early = KnownIds(client, names), KnownIds(client, names)
    ids = [bytes([0, 0]) + number.to_bytes(7) + bytes(7) for number in range(4)]
    put = late._put

    def slow(buckets: list[int], before: list[bytes], after: list[bytes]) -> list[bool]:
        late._put = put  # type: ignore[method-assign]
        early.remember(ids[:2])
        return put(buckets, before, after)

    late._put = slow  # type: ignore[method-assign]
    assert late.remember(ids[1:]) == 2
    assert late.count() == 4


def test_a_key_of_another_type_stops_no_article(client: redis.Redis) -> None:
    """Whoever wrote it: the queue goes on."""
    client.lpush(known_key(Names(), bytes(16)), "x")
    assert _settle(client, (bytes(16), None)) == ["record"]


def test_buckets_and_entries_cover_70_bits() -> None:
    """The chance of a wrong duplicate is computed from them."""
    low, high = bytes(16), b"\xff" * 16
    assert (bucket_of(low), bucket_of(high)) == (0, BUCKETS - 1)
    assert entry_of(bytes(range(16))) == bytes(range(2, 9))
