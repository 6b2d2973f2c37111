"""What is lost is taken over: leases, and what a worker that died had begun."""

import pytest

from khabar.counting import Measure
from khabar.keys.names import Lane
from khabar.ledger.entries import Batch
from khabar.ledger.queue_side import LedgerQueue
from khabar.ledger.worker_side import LedgerHolder
from tests.integration.ledger.conftest import FAILURE, Ledger, counted, settle
from tests.leases import LEASE_S, end_leases


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


def test_what_is_taken_over_is_counted_by_what_was_lost(ledger: Ledger) -> None:
    """A message that waits behind slow articles is no lost worker, and no alarm shall say so."""
    ids = ledger.add(*"أبت")
    ledger.queue.new(32)
    ledger.worker.begin(Lane.LIVE, ids[:1])
    end_leases(ledger.client, ledger.names)
    assert len(list(ledger.queue.lost(32, together=32))) == 2
    assert counted(ledger, Measure.TAKEN_OVER) == {"taken_over|live|running": 1, "taken_over|live|queued": 2}
