"""Row 1: the whole worker host is killed, parent and children at once, as when its machine fails."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tests.broker import Broker
from tests.faults.orphans import held, in_no_queue, under_way_again_s
from tests.faults.progress import ended_on
from tests.faults.row import Row, Scale, Verdict
from tests.faults.stage import Stage
from tests.waiting import wait_until

LEASE_S = 3.0
BAR_S = LEASE_S + 2.0


def run(folder: Path, broker: Broker, scale: Scale) -> Verdict:
    """Kill one of two hosts again and again while both are at work."""
    kills, articles = scale.of(25, 2), scale.of(25_000, 1_500)
    recoveries: list[Future[float]] = []
    orphaned = 0
    with Stage(folder, broker, hosts=2, children=1, lease_s=LEASE_S) as stage, ThreadPoolExecutor(kills) as watchers:
        stage.push(articles)
        for kill in range(kills):
            due = kill * articles // (kills + 1)
            wait_until(lambda due=due: ended_on(stage) >= due and is_at_full_load(stage), timeout_s=60, every_s=0.002)
            victim = f"worker-{kill % 2}"
            pids = [child.pid for child in stage.children(victim)]
            stage.kill_host(victim)
            orphans = held(stage, pids) + in_no_queue(stage)
            orphaned += len(orphans)
            recoveries.append(watchers.submit(under_way_again_s, stage, orphans, pids))
        slowest = max(recovery.result() for recovery in recoveries)
        verdict = Verdict(stage.finish(), kills)
    verdict.figures["orphans"] = f"{orphaned:,}"
    verdict.figures["slowest recovery"] = f"{slowest:.1f} s (lease {LEASE_S:g} s)"
    verdict.figures["dead letters by fault"] = str(verdict.tally.by_fault())
    verdict.require(
        slowest <= BAR_S, f"orphaned work was under way again after {slowest:.1f} s, later than {BAR_S:g} s"
    )
    return verdict


def is_at_full_load(stage: Stage) -> bool:
    """Whether every host has begun work in hand."""
    return all(held(stage, [child.pid for child in stage.children(host.name)]) for host in stage.hosts)


ROW = Row(1, "kill -9 of a whole worker host at full load", run)
