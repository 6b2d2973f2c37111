"""This host's metrics: the processes of one `khabar up`, and what the machine has left."""

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric

from khabar.supervision.supervisor import Service

PROC = Path("/proc")


def host_metrics(services: Sequence[Service], folder: Path | None) -> Iterator[Metric]:
    """Yield the metrics of these processes; memory and children only where there is /proc.

    Args:
        folder: whose disk is looked at; None where nothing is written.
    """
    yield InfoMetricFamily("khabar", "The version that runs here.", value={"version": version("khabar")})
    runs = GaugeMetricFamily("khabar_service_up", "1 while the process runs.", labels=["service"])
    restarts = CounterMetricFamily("khabar_service_restarts", "Starts after the first.", labels=["service"])
    memory = GaugeMetricFamily(
        "khabar_service_memory_bytes", "Proportional memory of a process and its children.", labels=["service"]
    )
    children = GaugeMetricFamily("khabar_service_children", "Child processes.", labels=["service"])
    for service in services:
        runs.add_metric([service.name], service.is_running)
        restarts.add_metric([service.name], service.restarts)
        if service.pid is not None and service.is_running and PROC.is_dir():
            family = descendants(service.pid)
            children.add_metric([service.name], len(family))
            memory.add_metric([service.name], sum(map(memory_bytes, (service.pid, *family))))
    yield from (runs, restarts, memory, children)
    if (available := available_memory_bytes()) is not None:
        yield GaugeMetricFamily("khabar_host_available_memory_bytes", "MemAvailable of the machine.", value=available)
    if folder is not None:
        with suppress(OSError):
            free = shutil.disk_usage(folder).free
            yield GaugeMetricFamily("khabar_host_free_disk_bytes", "On the disk of `--var`.", value=free)


def available_memory_bytes() -> int | None:
    """Return how much memory the machine can still give; None where it does not say."""
    with suppress(OSError):
        found = re.search(r"^MemAvailable:\s+(\d+) kB", (PROC / "meminfo").read_text(), re.MULTILINE)
        return 1024 * int(found[1]) if found else None
    return None


def descendants(pid: int) -> list[int]:
    """Return the processes below one; those that have ended meanwhile are left out."""
    found: list[int] = []
    with suppress(OSError):
        for child in (PROC / f"{pid}/task/{pid}/children").read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def memory_bytes(pid: int) -> int:
    """Return a process's share of memory: a page that several share counts once in all of them together."""
    with suppress(OSError):
        found = re.search(r"^Pss:\s+(\d+) kB", (PROC / f"{pid}/smaps_rollup").read_text(), re.MULTILINE)
        return 1024 * int(found[1]) if found else 0
    return 0
