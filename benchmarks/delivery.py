"""How fast the service is, end to end: push, ledger to records, CPU of the delivery path, and where it goes.

    python -m benchmarks.delivery [--text FILE.jsonl] [--articles N] [--children N]

Starts `khabar up` with a broker of its own. Every figure is of this run on this machine.
"""

import argparse
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import redis

from benchmarks.texts import add_text_option, articles
from khabar.broker.connection import connect
from khabar.keys.names import Lane, Names
from khabar.supervision.embedded_broker import free_port

KHABAR = str(Path(sys.executable).parent / "khabar")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_text_option(parser)
    parser.add_argument("--articles", type=int, default=16_000)
    parser.add_argument("--children", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="khabar-bench-") as folder:
        file = Path(folder) / "articles.jsonl"
        lines = articles(options.text, options.articles)
        file.write_bytes(b"\n".join(lines) + b"\n")
        size_bytes = file.stat().st_size / len(lines)
        print(f"{len(lines):,} articles of {size_bytes:,.0f} bytes, {options.children} children")
        run(file, Path(folder) / "var", options.children)


def run(file: Path, var: Path, children: int) -> None:
    """Push with dispatcher and workers stopped, then let them go: so each half is measured by itself."""
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    command = [KHABAR, "up", "--var", str(var), "--port", str(port), "--children", str(children)]
    up = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        client, names = connect(url), Names()
        wait(lambda: is_ready(client, names, children))
        processes = roles(up.pid)
        stopped = [processes["dispatcher"], processes["worker"], *processes["worker"].children()]
        for process in stopped:
            process.suspend()
        articles = measure_push(file, url, processes, client.xlen, names)
        for process in stopped:
            process.resume()
        measure_flow(articles, processes, client, names)
        measure_children(processes["worker"], client)
    finally:
        up.send_signal(signal.SIGINT)
        up.wait(60)


def measure_push(
    file: Path, url: str, processes: dict[str, psutil.Process], length: Callable[[str], int], names: Names
) -> int:
    """Push the file with the command; returns how many articles wait now."""
    before, own_before = cpu(processes)["broker"], children_cpu_s()
    started = time.perf_counter()
    subprocess.run([KHABAR, "push", str(file), "--redis-url", url], check=True, stderr=subprocess.DEVNULL)
    seconds = time.perf_counter() - started
    waiting = length(names.ledger(Lane.LIVE))
    print(
        f"khabar push, its start of 0.7 s included: {waiting / seconds:,.0f} articles/s; benchmarks/push.py has the rate"
    )
    show("producer", children_cpu_s() - own_before, waiting)
    show("broker", cpu(processes)["broker"] - before, waiting)
    return waiting


def measure_flow(articles: int, processes: dict[str, psutil.Process], client: "redis.Redis", names: Names) -> None:
    """Wait until all waiting articles have ended; print rate and CPU by role."""
    before, started = cpu(processes), time.perf_counter()
    wait(lambda: client.xlen(names.records) + client.xlen(names.dead) >= articles, every_s=0.01)
    seconds = time.perf_counter() - started
    spent = {role: after - before[role] for role, after in cpu(processes).items()}
    process_s = float(client.hget(names.counters, "process_cpu_s") or 0)
    total = sum(spent.values())
    print(f"ledger to records: {articles / seconds:,.0f} articles/s")
    print(f"  {client.xlen(names.records):,} records, {client.xlen(names.dead):,} dead letters")
    show("CPU in all", total, articles)
    show("validate, extract, serialize", process_s, articles)
    show("delivery path", total - process_s, articles)
    spent["children, articles aside"] = spent.pop("children") - process_s
    for role, used in sorted(spent.items(), key=lambda item: -item[1]):
        show(f"  {role}", used, articles)


def measure_children(worker: psutil.Process, client: "redis.Redis") -> None:
    """Print what a child adds in memory, and how fast a killed one is replaced."""
    for child in worker.children():
        memory = child.memory_full_info()
        print(f"child: {memory.uss / 1e6:.0f} MB of its own, {memory.rss / 1e6:.0f} MB resident with shared pages")
    replaced = [replace_child(worker, client) for _ in range(10)]
    print(f"a child starts in {max(start for _, start in replaced):.2f} s at most of {len(replaced)} times")
    print(f"Celery notices that one was killed after {', '.join(f'{noticed:.2f}' for noticed, _ in replaced)} s")


def show(what: str, seconds: float, articles: int) -> None:
    """Print CPU seconds as microseconds an article."""
    print(f"  {what:<30}{seconds / articles * 1e6:6.0f} CPU-us an article")


def children_cpu_s() -> float:
    """Return CPU seconds of the commands that this process has run and waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def roles(pid: int) -> dict[str, psutil.Process]:
    """Return the processes of a `khabar up` by what they do: broker, dispatcher, worker, stories.

    Raises:
        KeyError: a process has another role, so its cost would be left out of the result.
    """
    return {_role(process.cmdline()): process for process in psutil.Process(pid).children()}


def _role(command: list[str]) -> str:
    if "valkey" in command[0] or "redis" in command[0]:
        return "broker"
    return {"dispatch": "dispatcher", "khabar.host": "worker", "khabar.story_service": "stories"}[command[-1]]


def cpu(processes: dict[str, psutil.Process]) -> dict[str, float]:
    """Return user + system seconds of each role so far."""
    seconds = {role: sum(process.cpu_times()[:2]) for role, process in processes.items()}
    seconds["children"] = sum(sum(child.cpu_times()[:2]) for child in processes["worker"].children())
    return seconds


def replace_child(worker: psutil.Process, client: "redis.Redis") -> tuple[float, float]:
    """Kill a child.

    Returns:
        Seconds until Celery has noticed and forked its successor, and from there until that has opened its connection,
        which is its last step.
    """

    def ready() -> set[str]:
        return {entry["name"] for entry in client.client_list() if entry["name"].startswith("worker:")}

    children, connected = worker.children(), ready()
    started = time.perf_counter()
    children[0].kill()
    wait(lambda: set(worker.children()) - set(children), every_s=0.002)
    forked = time.perf_counter()
    wait(lambda: ready() - connected, every_s=0.002)
    return forked - started, time.perf_counter() - forked


def is_ready(client: "redis.Redis", names: Names, children: int) -> bool:
    """Whether the dispatcher has made its group and every child has connected."""
    try:
        connected = [entry for entry in client.client_list() if entry["name"].startswith("worker:")]
        return bool(client.xinfo_groups(names.ledger(Lane.LIVE))) and len(connected) >= children
    except redis.RedisError:
        return False


def wait(condition: Callable[[], object], every_s: float = 0.05, timeout_s: float = 300) -> None:
    """Wait until it is true."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit("took too long")
        time.sleep(every_s)


if __name__ == "__main__":
    main()
