"""docs/reference/metrics.md: every metric that `/metrics` gives, from the code that gives them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from prometheus_client.core import Metric

from khabar.metrics.deployment import deployment_metrics
from khabar.metrics.host import host_metrics
from khabar.metrics.source import broker_up
from khabar.settings import load_settings
from khabar.supervision.supervisor import Service
from manual.markdown import code, page, table
from tests.unit.metrics.looks import full_look

ABOUT = """
The metrics that `khabar up --metrics HOST:PORT` gives at `/metrics`.
How to read them, the alarms, and what to do: [operations.md](../how-to/operations.md).
The metrics of the deployment are the same at each endpoint: take `max by (...)` over the instances, not a bare `sum`.
"""
_ENDINGS = {"counter": "_total", "info": "_info"}


def metrics_page() -> str:
    """Return the page."""
    groups = (("The deployment", deployment()), ("One host", host()))
    head = ("metric", "kind", "labels", "meaning")
    return page(
        "Metrics", ABOUT, *(part for title, found in groups for part in (f"## {title}", table(head, rows(found))))
    )


def deployment() -> list[Metric]:
    """Return one of each metric that is read from the broker."""
    return list(deployment_metrics(full_look(), load_settings()))


def host() -> list[Metric]:
    """Return one of each metric of a host and its processes; the one of the broker is seen from there."""
    return [broker_up(True), *host_metrics([Service("worker", ["sleep", "60"], None, {})], Path.cwd())]


def rows(found: list[Metric]) -> Iterator[tuple[str, str, str, str]]:
    """Yield name, kind, labels and meaning."""
    for metric in found:
        labels: Sequence[str] = getattr(
            metric, "_labelnames", ()
        )  # of the samples only those that are there have labels
        name = metric.name + _ENDINGS.get(metric.type, "")
        yield code(name), metric.type, ", ".join(map(code, labels)), metric.documentation
