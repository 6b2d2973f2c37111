"""Which article begins, once for each dispatch, in which order."""

import pytest
import redis

from khabar.keys.names import ARTICLE_FIELD, GROUP, TRACEPARENT_FIELD, Lane
from khabar.ledger.entries import Batch, Failure
from tests.integration.ledger.conftest import Ledger
from tests.waiting import wait_until


def test_a_batch_is_begun_with_its_articles(ledger: Ledger) -> None:
    """The queue carries ids only; the words come from the ledger."""
    ids = ledger.add("واحد", "اثنان")
    assert ledger.queue.new(32) == Batch(Lane.LIVE, ids)
    begun = ledger.worker.begin(Lane.LIVE, ids)[0]
    assert [(entry.id, entry.attempt, entry.article.decode()) for entry in begun] == [
        (ids[0], 1, "واحد"),
        (ids[1], 1, "اثنان"),
    ]


def test_a_message_delivered_twice_runs_once(ledger: Ledger) -> None:
    """Celery may deliver a message again; the ledger must not care."""
    ids = ledger.add("خبر")
    ledger.queue.new(32)
    assert len(ledger.worker.begin(Lane.LIVE, ids)[0]) == 1
    assert ledger.worker.begin(Lane.LIVE, ids)[0] == []
    assert ledger.other_worker.begin(Lane.LIVE, ids)[0] == []


def test_a_begin_that_is_sent_again_gives_the_same_answer(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """redis-py sends again when a reply is cut; an attempt in which nobody ran anything must not count."""
    ids = ledger.add("واحد", "اثنان")
    ledger.queue.new(32)
    monkeypatch.setattr("khabar.ledger.worker_side.secrets.token_hex", lambda _: "the same call")
    first = ledger.worker.begin(Lane.LIVE, ids)[0]
    assert ledger.worker.begin(Lane.LIVE, ids)[0] == first
    assert [entry.attempt for entry in first] == [1, 1]
    assert ledger.other_worker.begin(Lane.LIVE, ids)[0] == []


def test_large_articles_are_begun_a_few_at_a_time(ledger: Ledger) -> None:
    """A worker's memory is for a batch of ordinary articles; 32 of the largest would be 32 MiB of text and twenty times that."""
    large = "خ" * 300_000  # 600,000 bytes
    ids = ledger.add("واحد", large, large, "اثنان")
    ledger.queue.new(32)
    begun, rest = ledger.worker.begin(Lane.LIVE, ids)
    assert ([entry.id for entry in begun], rest) == (ids[:3], ids[3:])
    begun, rest = ledger.worker.begin(Lane.LIVE, rest)
    assert ([entry.id for entry in begun], rest) == (ids[3:], [])


def test_a_ledger_that_has_filled_the_broker_is_read_and_begun(ledger: Ledger) -> None:
    """Nothing else empties it: what is begun there is settled there too, failed and tried again."""
    first, second = ledger.add("خبر", "خبر آخر")
    ledger.client.config_set("maxmemory", 1)
    with pytest.raises(redis.exceptions.OutOfMemoryError):
        ledger.add("ثالث")
    ledger.queue.ensure_groups()
    assert ledger.queue.new(32) == Batch(Lane.LIVE, [first, second])
    assert [entry.attempt for entry in ledger.worker.begin(Lane.LIVE, [first, second])[0]] == [1, 1]
    assert ledger.worker.fail(Lane.LIVE, [first], Failure("timed_out", "ran longer than 1 s", "pipeline")) == 1
    [again] = wait_until(lambda: ledger.queue.due(32))
    assert again.ids == [first]


def test_a_lease_is_renewed_while_the_broker_is_out_of_memory(ledger: Ledger) -> None:
    """Whoever waits for room to publish keeps what it holds."""
    ids = ledger.add("خبر")
    ledger.queue.new(32)
    ledger.worker.begin(Lane.LIVE, ids)
    ledger.client.config_set("maxmemory", 1)
    assert ledger.worker.renew(Lane.LIVE, ids) == 1


def test_a_settled_entry_is_not_begun(ledger: Ledger) -> None:
    """A message that comes after the article's end does nothing."""
    ids = ledger.add("خبر")
    ledger.queue.new(32)
    ledger.client.xack(ledger.names.ledger(Lane.LIVE), GROUP, ids[0])
    assert ledger.worker.begin(Lane.LIVE, ids)[0] == []


def test_a_trimmed_entry_is_begun_without_article_or_not_at_all(ledger: Ledger) -> None:
    """Somebody who deletes from the ledger by hand must not stop a batch."""
    ids = ledger.add("خبر")
    ledger.queue.new(32)
    ledger.client.xdel(ledger.names.ledger(Lane.LIVE), ids[0])
    assert [entry.article for entry in ledger.worker.begin(Lane.LIVE, ids)[0]] in ([], [None])


def test_live_goes_before_backfill(ledger: Ledger) -> None:
    """News is worth more than archives."""
    old = ledger.add("قديم", lane=Lane.BACKFILL)
    new = ledger.add("جديد")
    assert ledger.queue.new(32) == Batch(Lane.LIVE, new)
    assert ledger.queue.new(32) == Batch(Lane.BACKFILL, old)
    assert ledger.queue.new(32) is None


def test_waiting_ends_with_the_first_article_of_either_lane(ledger: Ledger) -> None:
    """An idle dispatcher must not add latency."""
    ids = ledger.add("قديم", lane=Lane.BACKFILL)
    assert ledger.queue.wait(32, timeout_ms=1_000) == [Batch(Lane.BACKFILL, ids)]
    assert ledger.queue.wait(32, timeout_ms=10) == []


def test_groups_are_made_once(ledger: Ledger) -> None:
    """Every dispatcher makes them at its start."""
    ids = ledger.add("خبر")
    ledger.queue.ensure_groups()
    assert ledger.queue.new(32) == Batch(Lane.LIVE, ids)


def test_a_trace_context_comes_with_its_article(ledger: Ledger) -> None:
    """Behind or before it, whatever the order of the fields; what is none is nothing, and no part of the article."""
    context = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    entries: list[dict[str, str | bytes]] = [
        {ARTICLE_FIELD: "أ", TRACEPARENT_FIELD: context},
        {TRACEPARENT_FIELD: context, ARTICLE_FIELD: "أ"},
        {ARTICLE_FIELD: "أ", TRACEPARENT_FIELD: b"\xff\x1b[2J"},
        {ARTICLE_FIELD: "أ"},
    ]
    ids = [ledger.client.xadd(ledger.names.ledger(Lane.LIVE), entry).decode() for entry in entries]
    ledger.queue.new(32)
    begun = ledger.worker.begin(Lane.LIVE, ids)[0]
    assert [entry.traceparent for entry in begun] == [context, context, "", ""]
    assert {entry.article for entry in begun} == {"أ".encode()}
    assert all(entry.wrong_fields is None for entry in begun)
