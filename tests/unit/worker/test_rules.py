"""What counts as down, stuck and stalled, over ages; a stall of 60 s."""

import pytest

from khabar.liveness.processes import Process, Role, queue_busy_s, reading_stopped
from khabar.liveness.rules import Health, judge, muteness, silence, standstill

STALL_S = 60.0


def dispatcher(silent_s: float = 0.5, *, busy_s: float | None = None, full: str | None = None) -> Process:
    return Process(Role.DISPATCHER, "a", 1, silent_s, silent_s, busy_s, full)


def worker(silent_s: float = 0.5, *, unmoved_s: float = 1.0, host: str = "a", pid: int = 2) -> Process:
    return Process(Role.WORKER, host, pid, silent_s, unmoved_s)


@pytest.mark.parametrize(
    ("process", "watched_s", "is_starting", "stuck_s"),
    [
        (dispatcher(29), 1_000, False, None),
        (dispatcher(31), 1_000, False, 31),
        (dispatcher(31), 5, False, None),  # the broker is just back
        (dispatcher(900), 31, True, None),  # the signs of an earlier process of the same id
        (dispatcher(900), 301, True, 301),
        (None, 299, True, None),  # still starting, on a busy machine
        (None, 301, True, 301),  # never came to show life
        (None, 31, False, 31),  # its signs were lost with the broker's data, and no new one comes
    ],
)
def test_silence_counts_from_when_signs_could_have_come(
    process: Process | None, watched_s: float, is_starting: bool, stuck_s: int | None
) -> None:
    """An outage of the broker makes everybody silent, and a restart makes a slow start no quicker."""
    reason = silence(process, watched_s=watched_s, stall_s=STALL_S, is_starting=is_starting)
    assert reason == (f"has shown no life for {stuck_s} s although the broker answers" if stuck_s else None)


@pytest.mark.parametrize(
    ("unmoved_s", "busy_s", "watched_s", "is_stuck"),
    [
        (600, None, 600, False),  # nothing to do
        (600, 59, 600, False),  # work came just now
        (59, 600, 600, False),  # a long batch
        (600, 600, 59, False),  # just started
        (600, 61, 600, True),
    ],
)
def test_a_worker_stands_still_only_while_batches_wait(
    unmoved_s: float, busy_s: float | None, watched_s: float, is_stuck: bool
) -> None:
    """Restarting an idle worker every minute would be a fault of its own."""
    reason = standstill(worker(unmoved_s=unmoved_s), busy_s, watched_s=watched_s, stall_s=STALL_S)
    assert (reason == "has finished no batch for 61 s although batches wait") if is_stuck else reason is None


def test_a_broker_is_stuck_when_it_is_mute_for_a_third_of_a_stall() -> None:
    """Its own pauses last a second."""
    assert muteness(19.9, stall_s=STALL_S) is None
    assert muteness(21, stall_s=STALL_S) == "has answered nothing for 21 s although its process lives"


@pytest.mark.parametrize(
    ("processes", "expected"),
    [
        ([dispatcher(), worker()], None),
        ([dispatcher(0), dispatcher(40), worker(), worker(100)], None),  # one of each is enough
        ([dispatcher(busy_s=600), worker(unmoved_s=5)], None),  # full load
        ([dispatcher(), worker(unmoved_s=9_000)], None),  # nothing to do
        ([], Role.DISPATCHER),
        ([worker()], Role.DISPATCHER),
        ([dispatcher(7), worker()], Role.DISPATCHER),
        ([dispatcher(), worker(7)], Role.WORKER),
    ],
)
def test_down_names_who_is_missing(processes: list[Process], expected: Role | None) -> None:
    """Three missed signs of life are too many."""
    verdict = judge(processes, stall_s=STALL_S)
    if expected is None:
        assert verdict.health is Health.WELL
    else:
        assert verdict.health is Health.DOWN
        assert f"no {expected} is at work" in verdict.reason


def test_stalled_is_when_batches_wait_and_no_worker_finishes_one() -> None:
    """All are alive, a check of processes is content, and nothing moves."""
    verdict = judge([dispatcher(busy_s=90), worker(unmoved_s=80), worker(unmoved_s=95, pid=3)], stall_s=STALL_S)
    assert verdict.health is Health.STALLED
    assert verdict.reason == "batches have waited for 90 s and no worker has finished one for 80 s"


def test_stopped_reading_is_a_stall_of_the_service_and_no_illness_of_a_container() -> None:
    """A dispatcher that is replaced because records fill would not make them fewer."""
    processes = [dispatcher(full="100,000 records wait"), worker()]
    assert judge(processes, stall_s=STALL_S).reason == "reading has stopped: 100,000 records wait"
    for role in (Role.DISPATCHER, Role.WORKER):
        assert judge(processes, stall_s=STALL_S, role=role).health is Health.WELL


def test_a_container_is_asked_for_its_own_process() -> None:
    """A worker elsewhere does not make this one well, nor one elsewhere that is gone this one ill."""
    processes = [dispatcher(busy_s=90), worker(host="a", unmoved_s=80), worker(host="b", pid=3, unmoved_s=1)]
    assert judge(processes, stall_s=STALL_S).health is Health.WELL
    assert judge(processes, stall_s=STALL_S, role=Role.WORKER, host="a").health is Health.STALLED
    assert judge(processes, stall_s=STALL_S, role=Role.WORKER, host="b").health is Health.WELL
    assert judge(processes, stall_s=STALL_S, role=Role.WORKER, host="c").reason.startswith("no worker is at work on c")
    assert judge(processes, stall_s=STALL_S, role=Role.DISPATCHER, host="b").health is Health.DOWN


def test_the_queue_counts_as_busy_only_if_no_living_dispatcher_saw_it_empty() -> None:
    """Each looks for itself; the dead do not look."""
    assert queue_busy_s([dispatcher(busy_s=90), dispatcher(busy_s=30)]) == 30
    assert queue_busy_s([dispatcher(busy_s=90), dispatcher(busy_s=None)]) is None
    assert queue_busy_s([dispatcher(busy_s=90), dispatcher(100, busy_s=None)]) == 90
    assert queue_busy_s([worker()]) is None


def test_reading_goes_on_while_one_dispatcher_reads() -> None:
    """They look at the same marks, a second apart."""
    assert reading_stopped([dispatcher(full="full"), dispatcher()]) is None
    assert reading_stopped([dispatcher(full="full"), dispatcher(full="full")]) == "full"
