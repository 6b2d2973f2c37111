"""The frame that `khabar status --watch` shows again and again: a function of the looks of the last seconds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from khabar.cli.findings import reading_stops
from khabar.cli.visible import cell
from khabar.counting import Histogram, Measure
from khabar.liveness.processes import Role
from khabar.liveness.rules import Health, Verdict
from khabar.settings import Settings
from khabar.status import State

WINDOW_S = 10.0  # rates and percentiles are of so long
NONE = "–"


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the service.

    Attributes:
        at_s: when, by the monotonic clock.
        children: worker, as host:pid -> children of it that are connected.
        free_disk_bytes: of the broker's data, where it is on this machine; else None.
        free_memory_bytes: of this machine; None where it does not say.
    """

    at_s: float
    state: State
    verdict: Verdict
    findings: Sequence[str] = ()
    children: Counter[str] = field(default_factory=Counter)
    free_disk_bytes: int | None = None
    free_memory_bytes: int | None = None


def frame(looks: Sequence[Look], settings: Settings) -> RenderableType:
    """Return what is seen of the newest look, with rates and latency since the oldest.

    Args:
        looks: at least one, the oldest first.
    """
    look = looks[-1]
    return Group(
        _health(look),
        Text(),
        _lanes(looks, settings),
        Text(),
        _flow(look, settings),
        Text(),
        _groups(look),
        _processes(look),
    )


def _health(look: Look) -> Text:
    if look.verdict.health is not Health.WELL:
        return Text(look.verdict.health.value, style="bold red").append(": ").append_text(cell(look.verdict.reason))
    if look.findings:
        return Text("\n").join(
            Text("needs you: ", style="bold yellow").append_text(cell(each)) for each in look.findings
        )
    return Text("well", style="bold green")


def _lanes(looks: Sequence[Look], settings: Settings) -> Table:
    table = _table("lane", "waiting", "in work", "ended/s", "p50", "p95", "p99", "until full")
    first, last = looks[0], looks[-1]
    elapsed_s = last.at_s - first.at_s
    for name, lane in last.state.lanes.items():
        latency = _latency(last.state, name) - _latency(first.state, name)
        ended = _ended(last.state, name) - _ended(first.state, name)
        room = max(settings.max_ledger - lane.waiting - lane.in_work, 0)
        table.add_row(
            name,
            f"{lane.waiting:,}",
            f"{lane.in_work:,}",
            f"{ended / elapsed_s:,.1f}" if elapsed_s else NONE,
            *(_duration(latency.quantile(share)) for share in (0.5, 0.95, 0.99)),
            f"{room:,}",
        )
    return table


def _flow(look: Look, settings: Settings) -> Table:
    state = look.state
    table = Table.grid(padding=(0, 2))
    stops = reading_stops(state, settings)
    table.add_row("queue", f"{state.queued_batches:,} batches; {state.retrying:,} articles wait for another attempt")
    table.add_row("records", f"{state.records:,} of {settings.max_records:,}")
    if stops:
        table.add_row("", cell(stops, "yellow"))
    codes: Counter[str] = Counter()
    for (_, outcome, code), count in state.counted.plain(Measure.ARTICLES):
        if outcome == "rejection":
            codes[code] += count
    by_code = ", ".join(f"{count:,} {code}" for code, count in codes.most_common())
    table.add_row("dead letters", cell(f"{state.dead:,}" + (f"; of workers so far: {by_code}" if by_code else "")))
    most = f" of {state.max_memory_bytes / 1e6:,.0f}" if state.max_memory_bytes else ""
    memory = f"broker {state.used_memory_bytes / 1e6:,.0f}{most} MB"
    if look.free_memory_bytes is not None:
        memory += f"; this machine has {look.free_memory_bytes / 1e6:,.0f} MB left"
    table.add_row("memory", memory)
    if look.free_disk_bytes is not None:
        table.add_row("disk", f"{look.free_disk_bytes / 1e6:,.0f} MB left for the broker's data")
    return table


def _groups(look: Look) -> RenderableType:
    if not look.state.groups:
        return Text("no group reads the records", style="dim")
    table = _table("group", "unread", "unacknowledged", "consumers", "idle", "state")
    for name, group in look.state.groups.items():
        table.add_row(
            cell(name),
            f"{group.unread:,}",
            f"{group.unacknowledged:,}",
            f"{group.consumers:,}",
            _duration(group.idle_s * 1000),
            cell(group.state, "" if group.state == "alive" else "red"),
        )
    return table


def _processes(look: Look) -> Table:
    table = _table("process", "children", "last sign", "last batch")
    for process in look.state.processes:
        me = f"{process.host}:{process.pid}"
        is_worker = process.role is Role.WORKER
        table.add_row(
            cell(f"{process.role} {me}"),
            f"{look.children[me]}" if is_worker else "",
            Text(f"{process.silent_s:.0f} s", style="" if process.is_alive else "red"),
            f"{process.unmoved_s:.0f} s" if is_worker else "",
        )
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2), header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right", no_wrap=True)
    return table


def _latency(state: State, lane: str) -> Histogram:
    return state.counted.histograms(Measure.ARTICLE_MS).get((lane,), Histogram({}, 0, 0))


def _ended(state: State, lane: str) -> int:
    return sum(count for labels, count in state.counted.plain(Measure.ARTICLES) if labels[0] == lane)


def _duration(ms: float | None) -> str:
    if ms is None:
        return NONE
    if ms < 1_000:
        return f"{ms:.0f} ms"
    return f"{ms / 1_000:.1f} s" if ms < 120_000 else f"{ms / 60_000:,.0f} min"
