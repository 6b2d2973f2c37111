"""Row 5: who seems dead and is not: long tasks, a host that stood still, a host that was cut off."""

import contextlib
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil

from tests.broker import Broker
from tests.faults.hosts import Hosts
from tests.faults.load import Load
from tests.faults.news import news
from tests.faults.noting_worker import MARK, MODULE, runs
from tests.faults.orphans import held
from tests.faults.row import Row, Scale, Verdict
from tests.faults.stage import Stage
from tests.waiting import wait_until

VICTIM = "worker-1"
BATCH = 8


class Lease(NamedTuple):
    """The lease, and how long a task, a standstill or a cut lasts: some leases."""

    lease_s: float
    long_s: float


FULL, SHORT = (
    Lease(1.5, 4.5),
    Lease(4.0, 8.0),
)  # beside other tests a host that is well may be without processor for a second


def run(folder: Path, broker: Broker, scale: Scale) -> Verdict:
    """Three stages on the same broker's data."""
    accepted: list[str] = []
    figures: dict[str, str] = {}
    lease = FULL if scale.is_full else SHORT
    twice = long_tasks(folder / "long", broker, scale.of(10, 2), lease, accepted, figures)
    still(folder / "still", broker, scale.of(3, 1), lease, accepted, figures)
    verdict = cut_off(folder / "cut", broker, scale.of(3, 1), lease, accepted, figures)
    verdict.faults = scale.of(10 + 3 + 3, 2 + 1 + 1)
    verdict.require(twice == 0, f"{twice} long tasks ran twice")
    verdict.require(verdict.tally.by_fault() == 0, f"{verdict.tally.by_fault()} dead letters because of the fault")
    return verdict


def long_tasks(
    folder: Path,
    broker: Broker,
    count: int,
    lease: Lease,
    accepted: list[str],
    figures: dict[str, str],
) -> int:
    """Articles that take some leases, one a batch, with quick ones around them; returns how many ran twice."""

    def make(number: int) -> dict[str, str]:
        article = news(number)
        text = "text" if "text" in article else "body"
        return {**article, text: f"{article[text]} {MARK}"} if number % BATCH == 0 else article

    noted = folder / "runs"
    slow = {"fault_runs": noted, "fault_slow_s": lease.long_s, "article_timeout_s": 2 * lease.long_s, "stall_s": 600}
    with Stage(
        folder, broker, dispatchers=2, module=MODULE, batch_articles=BATCH, lease_s=lease.lease_s, **slow
    ) as stage:
        stage.accepted = accepted
        stage.push(count * BATCH, make=make)
        stage.finish()
    counts = runs(noted)
    twice = sum(number > 1 for number in counts.values())
    figures[f"long tasks ({lease.long_s:g} s under a lease of {lease.lease_s:g} s)"] = (
        f"{count}, {twice} articles run twice"
    )
    return twice


def still(
    folder: Path,
    broker: Broker,
    times: int,
    lease: Lease,
    accepted: list[str],
    figures: dict[str, str],
) -> None:
    """One of two hosts stands still for some leases with begun work in hand, and goes on."""
    with Stage(folder, broker, hosts=2, children=1, lease_s=lease.lease_s) as stage:
        stage.accepted = accepted
        with Load(stage):
            for _ in range(times):
                with standing_still(stage):
                    time.sleep(lease.long_s)
                wait_until(lambda: is_at_work(stage), every_s=0.005)
        stage.finish()
    figures["hosts that stood still"] = f"{times} times {lease.long_s:g} s"


@contextlib.contextmanager
def standing_still(stage: Stage) -> Iterator[None]:
    """Stop parent and children while a child has a batch in hand."""

    def stopped() -> list[psutil.Process]:
        parent = stage.process(VICTIM)
        tree = [parent, *parent.children()]
        signal_all(tree, signal.SIGSTOP)
        if held(stage, [process.pid for process in tree]):
            return tree
        signal_all(tree, signal.SIGCONT)
        return []

    tree = wait_until(stopped, every_s=0.01)
    try:
        yield
    finally:
        signal_all(tree, signal.SIGCONT)


def signal_all(processes: list[psutil.Process], number: signal.Signals) -> None:
    """Send a signal to those that are still there."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def is_at_work(stage: Stage) -> bool:
    """Whether the victim has begun a batch."""
    return bool(held(stage, [child.pid for child in stage.children(VICTIM)]))


def cut_off(
    folder: Path,
    broker: Broker,
    times: int,
    lease: Lease,
    accepted: list[str],
    figures: dict[str, str],
) -> Verdict:
    """One of two worker hosts loses its cable for longer than a lease while it is at work, and gets it back."""
    slowest = 0.0
    with Hosts(2, broker.port) as hosts:
        broker.options = (*broker.options, "--bind", f"127.0.0.1 {hosts.broker_address}", "--protected-mode", "no")
        url = f"redis://{hosts.broker_address}:{broker.port}/0"

        def through(name: str) -> list[str]:
            return hosts.through(int(name[-1])) if name.startswith("worker") else []

        with Stage(folder, broker, hosts=2, children=1, lease_s=lease.lease_s, url=url, through=through) as stage:
            stage.accepted = accepted
            with Load(stage):
                for _ in range(times):
                    wait_until(lambda: is_at_work(stage), every_s=0.005)
                    hosts.cut(int(VICTIM[-1]))
                    time.sleep(lease.long_s)
                    left = set(held(stage, [child.pid for child in stage.children(VICTIM)]))
                    hosts.join(int(VICTIM[-1]))
                    start = time.monotonic()
                    wait_until(lambda left=left: has_begun_besides(stage, left))
                    slowest = max(slowest, time.monotonic() - start)
            tally = stage.finish()
    figures["hosts cut off"] = f"{times} times {lease.long_s:g} s, back at work after {slowest:.1f} s at most"
    return Verdict(tally, times, figures)


def has_begun_besides(stage: Stage, left: set[str]) -> bool:
    """Whether the victim has begun a batch that it did not have when its cable came back."""
    return not left.issuperset(held(stage, [child.pid for child in stage.children(VICTIM)]))


ROW = Row(5, "tasks longer than the lease, a host stopped, a host cut off", run)
