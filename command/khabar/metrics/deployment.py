"""The deployment's metrics, read from the broker at each scrape.

Every endpoint of a deployment gives the same figures: a sum over instances would count them several times, so rules and boards
take `max`. In return none of them is lost with a process, and any endpoint that is left gives them all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from khabar.counting import Histogram, Measure
from khabar.errors import MACHINE_CODES
from khabar.keys.names import Lane
from khabar.liveness.processes import Role, reading_stopped
from khabar.liveness.rules import Health, Verdict
from khabar.settings import Settings
from khabar.status import State

# Measure -> name, help and labels, as Prometheus has them.
COUNTERS: dict[Measure, tuple[str, str, Sequence[str]]] = {
    Measure.ARTICLES: (
        "khabar_articles",
        "Ledger entries that ended, each once: record, rejection (with its code) or duplicate.",
        ("lane", "outcome", "code"),
    ),
    Measure.FAILED: ("khabar_failed_attempts", "Attempts that failed and will be retried.", ("lane", "code")),
    Measure.GIVEN_BACK: (
        "khabar_excused_attempts",
        "Attempts that failed because of the machine or the broker, and do not count against the article.",
        ("lane",),
    ),
    Measure.TAKEN_OVER: (
        "khabar_leases_taken_over",
        "Ledger entries whose lease ended: running, if their worker was lost; queued, if their message was lost or waits long.",
        ("lane", "was"),
    ),
}
# Series that are there at 0 before anything happens: Prometheus sees no increase in one that begins at 1.
FROM_THE_START: dict[Measure, Sequence[tuple[str, ...]]] = {
    Measure.ARTICLES: [
        (lane, outcome, code)
        for lane in Lane
        for outcome, codes in (("record", ("",)), ("duplicate", ("",)), ("rejection", sorted(MACHINE_CODES)))
        for code in codes
    ],
    Measure.FAILED: [(lane, code) for lane in Lane for code in sorted(MACHINE_CODES)],
    Measure.GIVEN_BACK: [(lane,) for lane in Lane],
    Measure.TAKEN_OVER: [(lane, was) for lane in Lane for was in ("queued", "running")],
}
# And what one second is in the measure's unit; 1 where it is no time.
HISTOGRAMS: dict[Measure, tuple[str, str, Sequence[str], float]] = {
    Measure.ARTICLE_MS: ("khabar_article_seconds", "Time from push to record, rejection or duplicate.", ("lane",), 1e3),
    Measure.STEP_US: (
        "khabar_step_processor_seconds",
        "Processor time of one article, by step; by layer for the extractors.",
        ("lane", "step", "layer"),
        1e6,
    ),
    Measure.BATCH_ARTICLES: ("khabar_batch_articles", "Articles that a worker began together.", ("lane",), 1),
    Measure.BROKER_US: (
        "khabar_broker_call_seconds",
        "A worker's calls of the broker: begin a batch, settle a batch.",
        ("operation",),
        1e6,
    ),
}


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a deployment.

    Attributes:
        ping_s: one round trip to the broker.
    """

    state: State
    verdict: Verdict
    ping_s: float


def deployment_metrics(look: Look, settings: Settings) -> Iterator[Metric]:
    """Yield all metrics of a deployment."""
    state = look.state
    yield _gauge("khabar_broker_round_trip_seconds", "Time of one PING from this host.", look.ping_s)
    yield _gauge("khabar_broker_memory_bytes", "Memory that the broker uses.", state.used_memory_bytes)
    yield _gauge("khabar_broker_max_memory_bytes", "The broker's maxmemory; 0 for no limit.", state.max_memory_bytes)
    yield from _health(look)
    yield from _streams(state, settings)
    yield from _groups(state)
    for measure, (name, text, labels) in COUNTERS.items():
        counter = CounterMetricFamily(name, text, labels=labels)
        counted = dict.fromkeys(FROM_THE_START[measure], 0) | dict(state.counted.plain(measure))
        for values, count in counted.items():
            if len(values) == len(labels):  # else a later version's
                counter.add_metric(values, count)
        yield counter
    for measure, (name, text, labels, unit) in HISTOGRAMS.items():
        histogram = HistogramMetricFamily(name, text, labels=labels)
        for values, found in state.counted.histograms(measure).items():
            if len(values) == len(labels):
                histogram.add_metric(values, buckets=_buckets(found, unit), sum_value=found.sum / unit)
        yield histogram
    yield CounterMetricFamily(
        "khabar_processor_seconds", "Processor time spent on articles.", value=state.process_cpu_s
    )


def _buckets(found: Histogram, unit: float) -> Sequence[tuple[str, float]]:
    return [(str(bound / unit), count) for bound, count in found.buckets.items()] + [("+Inf", found.count)]


def _health(look: Look) -> Iterator[Metric]:
    state = look.state
    health = GaugeMetricFamily("khabar_health", "1 for the answer that `khabar status` would give.", labels=["health"])
    for each in Health:
        health.add_metric([each], look.verdict.health is each)
    yield health
    alive = GaugeMetricFamily("khabar_processes", "Processes that showed life within 6 s.", labels=["role"])
    for role in Role:
        alive.add_metric([role], sum(process.role is role and process.is_alive for process in state.processes))
    yield alive
    yield _gauge(
        "khabar_reading_stopped",
        "1 where no dispatcher reads articles, because records or memory are full.",
        reading_stopped(state.processes) is not None,
    )


def _streams(state: State, settings: Settings) -> Iterator[Metric]:
    ledger = GaugeMetricFamily("khabar_ledger_articles", "Articles that have not ended.", labels=["lane", "state"])
    for lane, found in state.lanes.items():
        ledger.add_metric([lane, "waiting"], found.waiting)
        ledger.add_metric([lane, "in_work"], found.in_work)
        ledger.add_metric([lane, "stranded"], found.stranded)
    yield ledger
    yield _gauge(
        "khabar_ledger_max_articles",
        "Number of articles in a lane at which producers get QueueFull.",
        settings.max_ledger,
    )
    yield _gauge("khabar_queue_batches", "Batches in Celery's queue.", state.queued_batches)
    yield _gauge("khabar_retrying_articles", "Articles that wait for another attempt.", state.retrying)
    yield _gauge("khabar_records", "Records on the stream.", state.records)
    yield _gauge("khabar_max_records", "Number of records at which reading stops.", settings.max_records)
    yield _gauge("khabar_dead_letters", "Dead letters on the stream, also those that producers made.", state.dead)


def _groups(state: State) -> Iterator[Metric]:
    owed = GaugeMetricFamily(
        "khabar_group_records", "Records that a group has not read or not acknowledged.", labels=["group", "state"]
    )
    idle = GaugeMetricFamily("khabar_group_idle_seconds", "Time since a group's last sign of life.", labels=["group"])
    alive = GaugeMetricFamily(
        "khabar_group_alive",
        "0 if a group has unread records and was silent for KHABAR_GROUP_DEAD_S.",
        labels=["group"],
    )
    for name, group in state.groups.items():
        if group.state not in ("alive", "dead"):  # detached or gone: nothing is kept for it
            continue
        owed.add_metric([name, "unread"], group.unread)
        owed.add_metric([name, "unacknowledged"], group.unacknowledged)
        idle.add_metric([name], group.idle_s)
        alive.add_metric([name], group.state == "alive")
    yield from (owed, idle, alive)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)
