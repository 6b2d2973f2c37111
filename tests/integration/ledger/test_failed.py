"""What fails or is given back waits, and is tried again."""

from khabar.counting import Measure
from khabar.keys.names import ARTICLE_FIELD, GROUP, Lane
from khabar.ledger.entries import Batch
from khabar.ledger.worker_side import LedgerHolder
from tests.integration.ledger.conftest import FAILURE, Ledger, counted
from tests.waiting import wait_until


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
