"""Row 7: a bad network between everything and the broker: replies are lost, or late, or late by chance."""

from pathlib import Path

from tests.broker import Broker
from tests.faults.proxy import Manner, Proxy
from tests.faults.row import Row, Scale, Verdict
from tests.faults.stage import Stage
from tests.faults.tally import Tally

MANNERS = {
    "replies cut on 5 % of all calls": Manner(cut_share=0.05),
    "latency 200 ms": Manner(latency_s=0.2),
    "jitter 0 to 200 ms": Manner(jitter_s=0.2),
}
ARTICLES = {  # full, short: every call of a dispatcher waits for its reply, so latency sets the pace
    "replies cut on 5 % of all calls": (3_000, 600),
    "latency 200 ms": (300, 64),
    "jitter 0 to 200 ms": (600, 128),
}


def run(folder: Path, broker: Broker, scale: Scale) -> Verdict:
    """One manner after the other, each with new processes and the broker's data of the one before."""
    accepted: list[str] = []
    figures: dict[str, str] = {}
    faults = 0
    tally = Tally(accepted)
    for name, manner in MANNERS.items():
        with (
            Proxy(broker.port, manner) as proxy,
            # a child tries its connection once when it starts, and again with its first batch
            Stage(folder / name.split()[0], broker, lease_s=3, url=proxy.url, waits_for_children=False) as stage,
        ):
            stage.accepted = accepted
            stage.push(scale.of(*ARTICLES[name]))
            tally = stage.finish()
        faults += proxy.cuts
        figures[name] = f"{proxy.calls:,} calls" + (f", {proxy.cuts:,} cut" if proxy.cuts else "")
    verdict = Verdict(tally, faults, figures)
    verdict.require(faults > 0, "no reply was cut")
    by_fault = tally.by_fault()
    verdict.require(by_fault == 0, f"{by_fault} dead letters because of the network")
    return verdict


ROW = Row(7, "replies cut, latency, jitter", run)
