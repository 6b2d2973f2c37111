"""Row 2: a child is killed in mid-batch; its parent lives and must notice."""

import contextlib
import time
from pathlib import Path

import psutil

from tests.broker import Broker
from tests.faults.load import Load
from tests.faults.noting_worker import MODULE, runs
from tests.faults.orphans import held, under_way_again_s
from tests.faults.row import Row, Scale, Verdict
from tests.faults.stage import Stage
from tests.waiting import wait_until

BATCH = 32
BAR_S = 5.0


def run(folder: Path, broker: Broker, scale: Scale) -> Verdict:
    """Kill one of two children, wait until its work and its successor are under way, and again."""
    kills = scale.of(20, 2)
    noted = folder / "runs"
    orphans: list[int] = []
    works: list[float] = []
    children: list[float] = []
    with Stage(folder, broker, module=MODULE, fault_runs=noted, batch_articles=BATCH) as stage:
        with Load(stage, producers=1):
            for _ in range(kills):
                before = {child.pid for child in stage.children("worker-0")}
                victim, batch = kill_in_mid_batch(stage)
                start = time.monotonic()
                orphans.append(len(batch))
                works.append(under_way_again_s(stage, batch, [victim]))
                wait_until(lambda before=before: has_new_child_at_work(stage, before))
                children.append(time.monotonic() - start)
        verdict = Verdict(stage.finish(), kills)
    counts = runs(noted)
    reruns = counts.total() - len(counts)
    verdict.figures["re-runs"] = f"{reruns} of at most {sum(orphans)} begun"
    verdict.figures["slowest batch"] = f"{max(works):.1f} s"
    verdict.figures["slowest new child"] = f"{max(children):.1f} s"
    verdict.figures["dead letters by fault"] = str(verdict.tally.by_fault())
    verdict.require(max(orphans) <= BATCH, f"a child had begun {max(orphans)} articles, more than a batch of {BATCH}")
    verdict.require(reruns <= sum(orphans), f"{reruns} re-runs, although only {sum(orphans)} articles were begun")
    bar_s = scale.bar_s(BAR_S)
    verdict.require(max(works) <= bar_s, f"a killed child's batch was under way again after {max(works):.1f} s")
    verdict.require(max(children) <= bar_s, f"a new child was at work after {max(children):.1f} s")
    return verdict


def kill_in_mid_batch(stage: Stage) -> tuple[int, list[str]]:
    """Kill a child that has begun a batch and not ended it; returns its pid and the batch."""

    def stopped_in_mid_batch() -> tuple[psutil.Process, list[str]] | None:
        for child in stage.children("worker-0"):
            with contextlib.suppress(psutil.NoSuchProcess):
                child.suspend()  # so that the batch cannot end between the look and the kill
                if batch := held(stage, [child.pid]):
                    return child, batch
                child.resume()
        return None

    found = wait_until(stopped_in_mid_batch, every_s=0.01)
    assert found is not None
    child, batch = found
    child.kill()
    return child.pid, batch


def has_new_child_at_work(stage: Stage, before: set[int]) -> bool:
    """Whether a child that was not there before has begun a batch."""
    return bool(held(stage, [child.pid for child in stage.children("worker-0") if child.pid not in before]))


ROW = Row(2, "kill -9 of a child in mid-batch", run)
