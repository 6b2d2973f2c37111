"""Row 3: the broker is away in every way that it can be, while producers push."""

import time
from pathlib import Path

from tests.broker import Broker
from tests.faults.load import Load
from tests.faults.outages import Outage, cut, frozen, killed, out_of_memory, read_only, without_replicas
from tests.faults.progress import FLOW, ended_on, flows_again_s
from tests.faults.row import Row, Scale, Verdict
from tests.faults.stage import Stage
from tests.waiting import wait_until

BAR_S = 5.0
PRODUCER_S = 10.0  # outages up to this raise no error in a producer
KILLS_S = (0.0, 0.0, 0.5, 0.5, 1.0, 1.0, 2.0, 3.0, 5.0, 9.5)  # 10 restarts, down for so long
OTHERS: tuple[tuple[str, Outage], ...] = (
    ("connections cut", cut),
    ("read-only", read_only),
    ("no replicas", without_replicas),
    ("out of memory", out_of_memory),
)


def run(folder: Path, broker: Broker, scale: Scale) -> Verdict:
    """One outage after the other, each when work flows."""
    outages: list[tuple[str, Outage, float]] = [
        *(("killed", killed, down_s) for down_s in (KILLS_S if scale.is_full else (0.5,))),
        ("frozen", frozen, scale.of(60.0, 1.0)),
        *((name, outage, scale.of(5.0, 1.0)) for name, outage in OTHERS),
    ]
    recoveries: dict[str, float] = {}
    errors: list[str] = []
    with Stage(folder, broker, dispatchers=2, lease_s=3) as stage:
        with Load(stage) as load:
            for name, outage, down_s in outages:
                before = ended_on(stage)
                wait_until(lambda before=before: ended_on(stage) >= before + FLOW)
                start = time.monotonic()
                with outage(stage):
                    time.sleep(down_s)
                recoveries[name] = max(recoveries.get(name, 0.0), flows_again_s(stage))
                if down_s <= PRODUCER_S:
                    errors += [f"{name}: {error}" for error in load.errors_since(start)]
        verdict = Verdict(stage.finish(), len(outages))
    verdict.figures["work flows again after"] = ", ".join(f"{name} {took:.1f} s" for name, took in recoveries.items())
    verdict.figures["errors in producers"] = str(len(errors))
    verdict.require(not errors, f"a producer was told of a short outage: {'; '.join(errors[:3])}")
    for name, took in recoveries.items():
        bar_s = scale.bar_s(BAR_S)
        verdict.require(took <= bar_s, f"{name}: work flowed again after {took:.1f} s, later than {bar_s:g} s")
    by_fault = verdict.tally.by_fault()
    verdict.require(by_fault == 0, f"{by_fault} dead letters because of an outage")
    return verdict


ROW = Row(3, "broker killed, frozen, cut off, read-only, out of memory", run)
