"""What two ledgers carry, by that of one: python -m benchmarks.ledgers [ARTICLES [ROUNDS]].

The whole service runs, with an extraction that costs nearly nothing. On a machine of few cores the workers share all processor
time whatever the number of brokers, so articles a second say nothing; what a broker and a dispatcher spend on a deployment's
articles does: each is one thread, and the busiest one's time bounds the rate. Idle seconds are not subtracted.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import psutil

from khabar.keys.names import Names
from tests.articles import article, json_lines
from tests.broker import Broker

KHABAR = str(Path(sys.executable).parent / "khabar")
LAYERS = "hashtags"
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
                spent.setdefault(ledgers, []).append(run(articles, count, ledgers, Path(folder, f"{number}-{ledgers}")))
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


def run(articles: Path, count: int, ledgers: int, folder: Path) -> tuple[float, float]:
    """Return processor seconds of the busiest broker and dispatcher, from the push to the last record."""
    servers = [Broker(folder / f"broker-{number}").start() for number in range(ledgers)]
    urls = ",".join(server.url for server in servers)
    environment = os.environ | {"KHABAR_LAYERS": LAYERS, "KHABAR_STORIES": "false", "KHABAR_RECOGNIZER": "fast"}
    log = (folder / "up.log").open("wb")
    command = [KHABAR, "up", "--var", str(folder / "var"), "--redis-url", urls, "--children", "2"]
    up = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    clients = [server.client() for server in servers]
    try:
        wait(lambda: b"is up" in (folder / "up.log").read_bytes())
        brokers = [psutil.Process(server.pid) for server in servers]
        dispatchers = [each for each in psutil.Process(up.pid).children() if each.cmdline()[-1] == "dispatch"]
        before = [cpu_s(each) for each in (*brokers, *dispatchers)]
        subprocess.run([KHABAR, "push", str(articles), "--redis-url", urls], check=True, stderr=subprocess.DEVNULL)
        wait(lambda: sum(int(client.xlen(Names().records)) for client in clients) == count)
        used = [cpu_s(each) - was for each, was in zip((*brokers, *dispatchers), before, strict=True)]
        print(f"{ledgers}: {', '.join(f'{each:.2f} s' for each in used)}", file=sys.stderr, flush=True)
        return max(used[:ledgers]), max(used[ledgers:])
    finally:
        up.send_signal(signal.SIGINT)
        up.wait(60)
        log.close()
        for client, server in zip(clients, servers, strict=True):
            client.close()
            server.kill()


def cpu_s(process: psutil.Process) -> float:
    """Return user and system seconds."""
    times = process.cpu_times()
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
