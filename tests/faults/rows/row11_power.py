"""Row 11: the power goes, again and again: the broker dies, and its disk forgets what was not synced."""

import random
import time
from pathlib import Path

from tests.articles import article
from tests.broker import Broker, repair
from tests.faults.load import Load
from tests.faults.power import Power
from tests.faults.progress import ended_on
from tests.faults.row import Row, Scale, Verdict
from tests.faults.stage import Stage
from tests.waiting import wait_until

SEED = 2026
BETWEEN = 100  # articles that are accepted, and that end, between two cuts
LATEST_S = 0.3  # the moment of a cut, swept over the work that follows
TEAR = 4_096  # bytes of an unsynced write that survive at most
AHEAD = 400  # articles in the ledger: the more wait, the more a cut could lose
REWRITE = ("--auto-aof-rewrite-min-size", "2mb")  # small, so that cuts meet rewrites, which rename and remove files


def run(folder: Path, broker: Broker, scale: Scale) -> Verdict:
    """Cut the power under load, and let the broker start on what its disk has kept."""
    return cut_power(folder, broker, scale.cuts)


def cut_power(folder: Path, broker: Broker, cuts: int) -> Verdict:
    """Cut so often; the broker's options decide what it syncs, and so what the cuts may cost."""
    draw = random.Random(SEED)
    broker.options = (*REWRITE, *broker.options)
    slowest_s, started = 0.0, time.monotonic()
    with Power(broker.folder, tear=TEAR) as power, Stage(folder, broker, layers="links", lease_s=10) as stage:
        with Load(stage, ahead=AHEAD, make=lambda number: article(number, sentences=1)):
            for _ in range(cuts):
                accepted, ended = len(stage.accepted), max(ended_on(stage), 0)
                wait_until(
                    lambda accepted=accepted, ended=ended: (
                        len(stage.accepted) >= accepted + BETWEEN and ended_on(stage) >= ended + BETWEEN
                    )
                )
                time.sleep(draw.uniform(0, LATEST_S))
                broker.kill()
                power.cut()
                repair(broker)
                began = time.monotonic()
                broker.start()
                slowest_s = max(slowest_s, time.monotonic() - began)
                if stage.settled():
                    stage.counting.trim(stage.client)
            took_s = time.monotonic() - started
        verdict = Verdict(stage.finish(), cuts)
    verdict.figures["a cut and the work between"] = f"{took_s / cuts:.1f} s"
    verdict.figures["broker back after"] = f"{slowest_s:.1f} s at most"
    verdict.require(verdict.tally.by_fault() == 0, f"{verdict.tally.by_fault()} dead letters because of a cut")
    return verdict


ROW = Row(11, "power cuts: the broker dies and its disk forgets what was not synced", run)
