"""Row 4: worker hosts are asked to stop while they are at work: SIGTERM, SIGQUIT, and as process 1 of a container."""

import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from khabar.host.shutdown import QUICK_STOP_S, SOFT_STOP_S
from tests.broker import Broker
from tests.faults.load import Load
from tests.faults.orphans import held
from tests.faults.row import Row, Scale, Unavailable, Verdict
from tests.faults.stage import Stage
from tests.waiting import PATIENCE_S, wait_until

BARS_S = {"SIGTERM": SOFT_STOP_S + 2.0, "SIGQUIT": QUICK_STOP_S + 2.0, "container stop": SOFT_STOP_S + 2.0}
CONTAINER = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
PLAIN, CONTAINED = ("worker-0", "worker-1"), "worker-2"


def run(folder: Path, broker: Broker, scale: Scale) -> Verdict:
    """Stop hosts, wait for their end, let the supervisor start them again, and again."""
    if not can_contain():
        raise Unavailable("no process namespaces here; run as root, with `unshare` of util-linux")
    stops = {"SIGTERM": scale.of(25, 2), "SIGQUIT": scale.of(10, 1), "container stop": scale.of(3, 1)}
    longest = dict.fromkeys(stops, 0.0)
    with Stage(folder, broker, hosts=3, children=1, lease_s=3, through=contained) as stage:
        with Load(stage):
            for kind, count in stops.items():
                longest[kind] = longest_stop_s(stage, kind, count)
        verdict = Verdict(stage.finish(), sum(stops.values()))
    for kind, took in longest.items():
        verdict.figures[f"longest exit, {stops[kind]} x {kind}"] = f"{took:.1f} s"
        bar_s = scale.bar_s(BARS_S[kind])
        verdict.require(took <= bar_s, f"{kind}: the exit took {took:.1f} s, longer than {bar_s:g} s")
    verdict.figures["dead letters by fault"] = str(verdict.tally.by_fault())
    verdict.require(verdict.tally.by_fault() == 0, f"{verdict.tally.by_fault()} dead letters because of a stop")
    return verdict


def longest_stop_s(stage: Stage, kind: str, count: int) -> float:
    """Stop so often, the plain hosts at the same time; returns the longest."""
    hosts = (CONTAINED,) if kind == "container stop" else PLAIN
    with ThreadPoolExecutor(len(hosts)) as pool:
        shares = [
            pool.submit(stops_s, stage, kind, host, len(range(n, count, len(hosts)))) for n, host in enumerate(hosts)
        ]
        return max(took for share in shares for took in share.result())


def stops_s(stage: Stage, kind: str, name: str, count: int) -> list[float]:
    """Stop one host so often; returns what each stop took."""
    return [stop_s(stage, kind, name) for _ in range(count)]


def contained(name: str) -> list[str]:
    """Put the last host into a process namespace of its own, where it is process 1."""
    return CONTAINER if name == CONTAINED else []


def can_contain() -> bool:
    """Whether this machine lets us make a process namespace."""
    if shutil.which(CONTAINER[0]) is None:
        return False
    process = psutil.Popen([*CONTAINER, "true"])
    return bool(process.wait() == 0)


def own_pid(process: psutil.Process) -> int:
    """Return the pid that a process knows itself by: in a namespace it has another one than here."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[-1]) for line in status.splitlines() if line.startswith("NSpid:"))


def stop_s(stage: Stage, kind: str, name: str) -> float:
    """Stop a host that has work in hand; returns seconds until the last of its processes is gone."""

    def at_work() -> psutil.Process | None:
        try:
            parent = stage.process(name)
            if name == CONTAINED:
                [parent] = parent.children()  # process 1; its own parent is `unshare`
            return parent if held(stage, [own_pid(child) for child in parent.children()]) else None
        except (psutil.NoSuchProcess, FileNotFoundError, ValueError):  # it is being started
            return None

    parent = wait_until(at_work, every_s=0.01)
    assert parent is not None
    stage.about_to_end(name)
    tree = [parent, *parent.children(recursive=True)]
    start = time.monotonic()
    parent.send_signal(signal.SIGQUIT if kind == "SIGQUIT" else signal.SIGTERM)
    _, alive = psutil.wait_procs(tree, timeout=PATIENCE_S)
    return float("inf") if alive else time.monotonic() - start


ROW = Row(4, "SIGTERM, SIGQUIT and container stop at full load", run)
