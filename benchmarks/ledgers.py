"""What two ledgers carry, by that of one: python -m benchmarks.ledgers [ARTICLES [ROUNDS]].

On a machine of few cores the workers share all processor time whatever the number of brokers, so articles a second say nothing.
What a broker and a dispatcher spend on a deployment's articles does: each is one thread, and the busiest one's time bounds the
rate. Brokers are measured in the whole service, with an extraction that costs nearly nothing; idle seconds are not subtracted.
Dispatchers are measured with all articles before them and without workers: beside slow workers they mostly look whether the queue
has room, fifty times a second, and that is a cost of time and not of articles.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import psutil
import redis

from khabar.keys.names import Lane, Names
from tests.articles import article, json_lines
from tests.broker import Broker

KHABAR = str(Path(sys.executable).parent / "khabar")
ENVIRONMENT = os.environ | {"KHABAR_LAYERS": "hashtags", "KHABAR_STORIES": "false", "KHABAR_RECOGNIZER": "fast"}
PATIENCE_S = 550.0


def main() -> None:
    """Print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 6_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    spent: dict[int, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory(prefix="khabar-bench-") as folder:
        articles = Path(folder, "articles.jsonl")
        articles.write_text(json_lines(count), encoding="utf-8")
        for number in range(rounds):
            for ledgers in (1, 2):
                place = Path(folder, f"{number}-{ledgers}")
                pair = serve(articles, count, ledgers, place), dispatch(articles, count, ledgers, place / "dispatch")
                spent.setdefault(ledgers, []).append(pair)
    print(
        f"{count:,} articles of {len(str(article(0))):,} characters, {rounds} rounds, medians; microseconds an article"
    )
    print(f"{'ledgers':<10}{'busiest broker':>16}{'busiest dispatcher':>20}")
    medians = {
        ledgers: [1e6 * median(pair[kind] for pair in pairs) / count for kind in (0, 1)]
        for ledgers, pairs in spent.items()
    }
    for ledgers, (broker, dispatcher) in medians.items():
        print(f"{ledgers:<10}{broker:>16.1f}{dispatcher:>20.1f}")
    print(f"{'ratio':<10}{medians[1][0] / medians[2][0]:>16.2f}{medians[1][1] / medians[2][1]:>20.2f}")


def serve(articles: Path, count: int, ledgers: int, folder: Path) -> float:
    """Return processor seconds of the busiest broker of a service, from the push to the last record."""
    with brokers(folder, ledgers) as servers, ExitStack() as stack:
        urls = ",".join(server.url for server in servers)
        log = stack.enter_context((folder / "up.log").open("wb"))
        command = [KHABAR, "up", "--var", str(folder / "var"), "--redis-url", urls, "--children", "2"]
        up = subprocess.Popen(command, env=ENVIRONMENT, stdout=log, stderr=log)
        try:
            wait(lambda: b"is up" in (folder / "up.log").read_bytes())
            before = [cpu_s(server.pid) for server in servers]
            push(articles, urls)
            clients = [stack.enter_context(server.client()) for server in servers]
            wait(lambda: sum(int(client.xlen(Names().records)) for client in clients) == count)
            return busiest("broker", before, [cpu_s(server.pid) for server in servers])
        finally:
            up.send_signal(signal.SIGINT)
            up.wait(60)


def dispatch(articles: Path, count: int, ledgers: int, folder: Path) -> float:
    """Return processor seconds of the busiest dispatcher that has all articles before it, and room for them in the queue."""
    with brokers(folder, ledgers) as servers, ExitStack() as stack:
        urls = ",".join(server.url for server in servers)
        running = []
        for server in servers:
            environment = ENVIRONMENT | {"KHABAR_REDIS_URL": server.url, "KHABAR_LEAD_BATCHES": str(count)}
            command = [sys.executable, "-P", "-m", "khabar.host", "dispatch"]
            running.append(subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL))
            stack.callback(running[-1].wait)
            stack.callback(running[-1].kill)
        clients = [stack.enter_context(server.client()) for server in servers]
        wait(lambda: all(client.exists(Names().alive) for client in clients))
        for process in running:
            process.send_signal(signal.SIGSTOP)
        push(articles, urls)
        before = [cpu_s(process.pid) for process in running]
        for process in running:
            process.send_signal(signal.SIGCONT)
        wait(lambda: sum(handed_out(client) for client in clients) == count)
        return busiest("dispatcher", before, [cpu_s(process.pid) for process in running])


@contextmanager
def brokers(folder: Path, count: int) -> Iterator[list[Broker]]:
    """Run so many brokers."""
    folder.mkdir(parents=True)
    servers = [Broker(folder / f"broker-{number}").start() for number in range(count)]
    try:
        yield servers
    finally:
        for server in servers:
            server.kill()


def push(articles: Path, urls: str) -> None:
    """Push all articles."""
    subprocess.run([KHABAR, "push", str(articles), "--redis-url", urls], check=True, stderr=subprocess.DEVNULL)


def handed_out(client: redis.Redis) -> int:
    """Return how many articles a dispatcher has taken from its ledger."""
    groups: Any = client.xinfo_groups(Names().ledger(Lane.LIVE))
    return sum(int(group["entries-read"] or 0) for group in groups)


def busiest(what: str, before: list[float], after: list[float]) -> float:
    """Return what the busiest of some processes has spent."""
    used = [now - was for was, now in zip(before, after, strict=True)]
    print(f"{what}: {', '.join(f'{each:.2f} s' for each in used)}", file=sys.stderr, flush=True)
    return max(used)


def cpu_s(pid: int | None) -> float:
    """Return user and system seconds of a process."""
    assert pid is not None  # psutil would take this process
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def wait(is_so: Callable[[], bool]) -> None:
    """Wait for a condition."""
    give_up_at = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > give_up_at:
            raise SystemExit("this takes too long")
        time.sleep(0.1)


if __name__ == "__main__":
    main()
