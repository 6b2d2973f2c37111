"""Row 1: the whole worker host is killed, parent and children at once, as when its machine fails."""

from pathlib import Path

from tests.broker import Broker
from tests.faults.load import Load
from tests.faults.orphans import held, in_no_queue, under_way_again_s
from tests.faults.progress import ended_on
from tests.faults.row import Row, Scale, Verdict
from tests.faults.stage import Stage
from tests.waiting import wait_until

LEASE_S = 2.0
BAR_S = LEASE_S + 2.0


def run(folder: Path, broker: Broker, scale: Scale) -> Verdict:
    """Kill one of two hosts again and again while both are at work."""
    kills, articles = scale.of(25, 2), scale.of(25_000, 1_500)
    took: list[float] = []
    orphaned = 0
    with Stage(folder, broker, hosts=2, children=1, lease_s=LEASE_S) as stage:
        stage.push(articles)
        with Load(stage, producers=1):  # more, should these not last: the load is full until the last kill
            for kill in range(kills):
                due = kill * articles // (kills + 1)
                wait_until(lambda due=due: ended_on(stage) >= due and is_at_full_load(stage), every_s=0.01)
                victim = f"worker-{kill % 2}"
                pids = [child.pid for child in stage.children(victim)]
                stage.kill_host(victim)
                orphans = held(stage, pids) + in_no_queue(stage)
                orphaned += len(orphans)
                # The next kill waits for this, or it would orphan some of the same entries anew, and the clock with them.
                took.append(under_way_again_s(stage, orphans, pids))
        verdict = Verdict(stage.finish(), kills)
    slowest, median = max(took), sorted(took)[kills // 2]
    verdict.figures["orphans"] = f"{orphaned:,}"
    verdict.figures["slowest recovery"] = f"{slowest:.1f} s, median {median:.1f} s (lease {LEASE_S:g} s)"
    verdict.figures["dead letters by fault"] = str(verdict.tally.by_fault())
    bar_s = scale.bar_s(BAR_S)
    verdict.require(
        slowest <= bar_s, f"orphaned work was under way again after {slowest:.1f} s, later than {bar_s:g} s"
    )
    return verdict


def is_at_full_load(stage: Stage) -> bool:
    """Whether every host has begun work in hand."""
    return all(held(stage, [child.pid for child in stage.children(host.name)]) for host in stage.hosts)


ROW = Row(1, "kill -9 of a whole worker host at full load", run)
