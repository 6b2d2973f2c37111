"""Who holds which article, on both brokers: begun once for each dispatch, put back when it fails, taken over when it is lost."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import redis

from khabar.broker.connection import connect
from khabar.counting import Measure
from khabar.keys.names import ARTICLE_FIELD, GROUP, TRACEPARENT_FIELD, Lane, Names
from khabar.ledger.entries import Batch, Failure
from khabar.ledger.queue_side import LedgerQueue
from khabar.ledger.worker_side import LedgerHolder
from tests.broker import Broker
from tests.leases import LEASE_S, end_leases
from tests.waiting import wait_until

FAILURE = Failure("extraction_failed", "KeyError in somewhere:1", "somewhere:1")


@dataclass
class Ledger:
    """Both sides of one ledger."""

    client: redis.Redis
    names: Names
    queue: LedgerQueue
    worker: LedgerHolder
    other_worker: LedgerHolder

    def add(self, *articles: str, lane: Lane = Lane.LIVE) -> list[str]:
        return [self.client.xadd(self.names.ledger(lane), {ARTICLE_FIELD: article}).decode() for article in articles]

    def lost(self) -> list[Batch]:
        return list(self.queue.lost(100, together=32))

    def lost_after_lease(self) -> list[Batch]:
        end_leases(self.client, self.names)
        return wait_until(self.lost)


@pytest.fixture
def ledger(any_broker: Broker) -> Iterator[Ledger]:
    client, names = connect(any_broker.url), Names("test:")
    queue = LedgerQueue(client, names, me="d1", lease_s=LEASE_S, lead_batches=8)
    queue.ensure_groups()
    workers = [LedgerHolder(client, names, me=name, retry_base_s=0.001) for name in ("w1", "w2")]
    yield Ledger(client, names, queue, *workers)
    client.close()


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


def test_ten_dispatchers_fill_one_gap_once(ledger: Ledger) -> None:
    """The lead over the workers is bounded for all of them together."""
    ledger.add("واحد", "اثنان", "ثلاثة")
    ledger.client.rpush(ledger.names.queue, *["message"] * 7)
    assert ledger.queue.new(1) is not None
    ledger.client.rpush(ledger.names.queue, "message")
    other = LedgerQueue(ledger.client, ledger.names, me="d2", lease_s=LEASE_S, lead_batches=8)
    assert other.new(1) is None


def test_what_is_lost_is_found_behind_any_number_that_wait(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day on which thousands fail must not hide a lost article among those that wait for another attempt."""
    monkeypatch.setattr("khabar.ledger.queue_side.SCAN_ENTRIES", 2)
    patient = LedgerHolder(ledger.client, ledger.names, me="w3", retry_base_s=3600)
    ids = ledger.add(*map(str, range(6)))
    ledger.queue.new(32)
    patient.begin(Lane.LIVE, ids)
    patient.fail(Lane.LIVE, ids[:5], FAILURE)
    assert ledger.lost_after_lease() == [Batch(Lane.LIVE, ids[5:], 1)]


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


def test_what_no_worker_began_is_taken_over_together(ledger: Ledger) -> None:
    """The messages were lost with the queue; nothing is wrong with the articles."""
    ids = ledger.add("واحد", "اثنان")
    ledger.queue.new(32)
    assert ledger.lost_after_lease() == [Batch(Lane.LIVE, ids, 0)]


def test_what_a_worker_began_is_taken_over_alone(ledger: Ledger) -> None:
    """One of them may be what killed the worker; its fellows must not die with it again."""
    ids = ledger.add("واحد", "اثنان")
    ledger.queue.new(32)
    ledger.worker.begin(Lane.LIVE, ids)
    assert ledger.lost_after_lease() == [Batch(Lane.LIVE, [ids[0]], 1), Batch(Lane.LIVE, [ids[1]], 1)]
    assert [entry.attempt for entry in ledger.other_worker.begin(Lane.LIVE, ids)[0]] == [2, 2]


def test_those_lost_twice_go_one_after_the_other(ledger: Ledger) -> None:
    """One of them may kill its host each time; whoever ran beside it four times would be given up with it."""
    ids = ledger.add("قاتل", "بريء", "غيره")
    ledger.queue.new(32)
    ledger.worker.begin(Lane.LIVE, ids)
    assert len(ledger.lost_after_lease()) == 3
    ledger.worker.begin(Lane.LIVE, ids[:2])
    settle(ledger, ids[2])
    assert ledger.lost_after_lease() == [Batch(Lane.LIVE, ids[:1], 2)]
    assert ledger.lost() == []  # queued
    ledger.worker.begin(Lane.LIVE, ids[:1])
    assert ledger.lost() == []  # under way
    settle(ledger, ids[0])
    assert ledger.lost() == [Batch(Lane.LIVE, ids[1:2], 2)]


def test_one_that_was_lost_twice_does_not_hold_up_the_others_for_ever(ledger: Ledger) -> None:
    """Lost a third time, it waits its turn like the rest; the first in the ledger goes first."""
    ids = ledger.add("قاتل", "بريء")
    ledger.queue.new(32)
    for attempts in (1, 2):
        ledger.worker.begin(Lane.LIVE, ids)
        assert ledger.lost_after_lease()[0] == Batch(Lane.LIVE, ids[:1], attempts)
    ledger.worker.begin(Lane.LIVE, ids[:1])
    assert ledger.lost_after_lease() == [Batch(Lane.LIVE, ids[:1], 3)]
    settle(ledger, ids[0])
    assert ledger.lost_after_lease() == [Batch(Lane.LIVE, ids[1:], 2)]


def settle(ledger: Ledger, entry: str) -> None:
    """End an entry as the settle script does."""
    ledger.client.xack(ledger.names.ledger(Lane.LIVE), GROUP, entry)
    ledger.client.xdel(ledger.names.ledger(Lane.LIVE), entry)


def test_being_taken_over_is_no_attempt(ledger: Ledger) -> None:
    """A queue that is emptied again and again must not turn good articles into dead letters."""
    ids = ledger.add("خبر")
    ledger.queue.new(32)
    for _ in range(5):
        assert ledger.lost_after_lease() == [Batch(Lane.LIVE, ids, 0)]
    assert [entry.attempt for entry in ledger.worker.begin(Lane.LIVE, ids)[0]] == [1]


def test_a_renewed_lease_is_not_taken_over(ledger: Ledger) -> None:
    """Work that takes longer than a lease is still one run."""
    ids = ledger.add("خبر")
    ledger.queue.new(32)
    ledger.worker.begin(Lane.LIVE, ids)
    for _ in range(3):
        end_leases(ledger.client, ledger.names)
        assert ledger.worker.renew(Lane.LIVE, ids) == 1
        assert ledger.lost() == []


def test_a_lease_that_was_lost_cannot_be_renewed(ledger: Ledger) -> None:
    """A worker that was frozen must not take back what another runs now."""
    ids = ledger.add("خبر")
    ledger.queue.new(32)
    ledger.worker.begin(Lane.LIVE, ids)
    ledger.lost_after_lease()
    assert ledger.worker.renew(Lane.LIVE, ids) == 0


def test_a_failed_entry_is_due_after_its_pause_and_alone(ledger: Ledger) -> None:
    """A batch that failed is split, so that the fault is found."""
    ids = ledger.add("واحد", "اثنان")
    ledger.queue.new(32)
    ledger.worker.begin(Lane.LIVE, ids)
    assert ledger.worker.fail(Lane.LIVE, ids, FAILURE) == 2
    due: list[Batch] = []
    assert wait_until(lambda: len(due.__iadd__(ledger.queue.due(10))) == 2)
    assert sorted(due, key=lambda batch: batch.ids) == [Batch(Lane.LIVE, [entry], 1) for entry in ids]
    assert ledger.client.zcard(ledger.names.retry) == 0


def test_what_waits_for_another_attempt_is_not_lost(ledger: Ledger) -> None:
    """A pause longer than a lease must not be cut short by the take-over."""
    patient = LedgerHolder(ledger.client, ledger.names, me="w3", retry_base_s=3600)
    ids = ledger.add("خبر", "غيره")
    ledger.queue.new(32)
    patient.begin(Lane.LIVE, ids)
    patient.fail(Lane.LIVE, ids[:1], FAILURE)
    assert ledger.lost_after_lease() == [Batch(Lane.LIVE, ids[1:], 1)]
    assert ledger.queue.due(10) == []


def test_a_settled_entry_cannot_fail(ledger: Ledger) -> None:
    """The worker's parent puts back a whole batch; what was settled before the crash stays settled."""
    ids = ledger.add("خبر")
    ledger.queue.new(32)
    ledger.worker.begin(Lane.LIVE, ids)
    ledger.client.xack(ledger.names.ledger(Lane.LIVE), GROUP, ids[0])
    assert ledger.worker.fail(Lane.LIVE, ids, FAILURE) == 0
    assert ledger.client.zcard(ledger.names.retry) == 0


def test_what_another_has_taken_over_cannot_fail(ledger: Ledger) -> None:
    """A frozen worker that comes back must not have an article run a second time beside its new owner."""
    ids = ledger.add("خبر")
    ledger.queue.new(32)
    ledger.worker.begin(Lane.LIVE, ids)
    ledger.lost_after_lease()
    ledger.other_worker.begin(Lane.LIVE, ids)
    assert ledger.worker.fail(Lane.LIVE, ids, FAILURE) == 0
    assert ledger.other_worker.fail(Lane.LIVE, ids, FAILURE) == 1


def test_a_parent_puts_back_what_its_children_hold_and_no_more(ledger: Ledger) -> None:
    """A child that died cannot say so itself."""
    parent, child, stranger = (
        LedgerHolder(ledger.client, ledger.names, me=me, retry_base_s=0.001) for me in ("h:1", "h:1:7", "h:12")
    )
    ids = ledger.add("واحد", "اثنان")
    ledger.queue.new(32)
    child.begin(Lane.LIVE, ids[:1])
    stranger.begin(Lane.LIVE, ids[1:])
    assert parent.fail(Lane.LIVE, ids, FAILURE) == 1


def test_groups_are_made_once(ledger: Ledger) -> None:
    """Every dispatcher makes them at its start."""
    ids = ledger.add("خبر")
    ledger.queue.ensure_groups()
    assert ledger.queue.new(32) == Batch(Lane.LIVE, ids)


def test_what_is_given_back_counts_no_attempt(ledger: Ledger) -> None:
    """The machine or the broker was at fault; a refusal of minutes would else end every article under way."""
    [entry] = ledger.add("خبر")
    ledger.queue.new(32)
    for _ in range(5):
        [begun] = ledger.worker.begin(Lane.LIVE, [entry])[0]
        assert begun.attempt == 1
        assert ledger.worker.give_back(Lane.LIVE, [entry]) == 1
        assert ledger.worker.give_back(Lane.LIVE, [entry]) == 1  # sent again after a cut reply
        [batch] = wait_until(lambda: ledger.queue.due(10))
        assert batch == Batch(Lane.LIVE, [entry])
    assert ledger.client.hgetall(ledger.names.failures) == {}


def test_what_is_given_back_keeps_the_attempts_that_were_its_own(ledger: Ledger) -> None:
    """Otherwise poison that meets an outage each time would never end."""
    [entry] = ledger.add("خبر")
    ledger.queue.new(32)
    ledger.worker.begin(Lane.LIVE, [entry])
    ledger.worker.fail(Lane.LIVE, [entry], FAILURE)
    wait_until(lambda: ledger.queue.due(10))
    assert ledger.worker.begin(Lane.LIVE, [entry])[0][0].attempt == 2
    ledger.worker.give_back(Lane.LIVE, [entry])
    [batch] = wait_until(lambda: ledger.queue.due(10))
    assert batch.attempts == 1


def test_the_pause_of_what_is_given_back_grows_with_its_age_up_to_a_minute(ledger: Ledger) -> None:
    """Nothing goes round in a circle for the length of an outage, and all goes on within two minutes of its end."""
    seconds, micros = ledger.client.time()
    now = seconds * 1000 + micros // 1000
    ages_ms = (7_200_000, 40_000)
    ids = [f"{now - age}-0" for age in ages_ms]
    for entry in ids:
        ledger.client.xadd(ledger.names.ledger(Lane.LIVE), {ARTICLE_FIELD: "خبر"}, id=entry)
    ledger.queue.new(32)
    ledger.worker.begin(Lane.LIVE, ids)
    assert ledger.worker.give_back(Lane.LIVE, ids) == 2
    due = {
        member.decode().split()[1]: score
        for member, score in ledger.client.zrange(ledger.names.retry, 0, -1, withscores=True)
    }
    assert 60_000 <= due[ids[0]] - now <= 200_000  # with jitter, and time that passed meanwhile
    assert 10_000 <= due[ids[1]] - now <= 100_000


def test_what_another_has_taken_over_is_not_given_back(ledger: Ledger) -> None:
    """A worker whose lease has ended has no say any more."""
    [entry] = ledger.add("خبر")
    ledger.queue.new(32)
    ledger.worker.begin(Lane.LIVE, [entry])
    ledger.lost_after_lease()
    assert ledger.worker.give_back(Lane.LIVE, [entry]) == 0


def counted(ledger: Ledger, *measures: Measure) -> dict[str, int]:
    """Return the counters of these measures."""
    fields = {field.decode(): int(count) for field, count in ledger.client.hgetall(ledger.names.counters).items()}
    return {field: count for field, count in fields.items() if field.partition("|")[0] in measures}


def test_what_is_taken_over_is_counted_by_what_was_lost(ledger: Ledger) -> None:
    """A message that waits behind slow articles is no lost worker, and no alarm shall say so."""
    ids = ledger.add(*"أبت")
    ledger.queue.new(32)
    ledger.worker.begin(Lane.LIVE, ids[:1])
    end_leases(ledger.client, ledger.names)
    assert len(list(ledger.queue.lost(32, together=32))) == 2
    assert counted(ledger, Measure.TAKEN_OVER) == {"taken_over|live|running": 1, "taken_over|live|queued": 2}


def test_an_attempt_that_ends_is_counted_once_however_often_it_is_told(ledger: Ledger) -> None:
    """A call that is sent again after a cut reply changes nothing, in the ledger or in the counters."""
    first, second = ledger.add("أ", "ب")
    ledger.queue.new(32)
    ledger.worker.begin(Lane.LIVE, [first, second])
    for _ in range(2):
        ledger.worker.fail(Lane.LIVE, [first], FAILURE)
        ledger.worker.give_back(Lane.LIVE, [second])
    assert counted(ledger, Measure.FAILED, Measure.GIVEN_BACK) == {
        "failed|live|extraction_failed": 1,
        "given_back|live": 1,
    }


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
