"""`khabar status`: is it well, how much waits where, which settings are in force."""

import socket
import time
from collections import deque
from enum import StrEnum
from typing import Annotated

import typer
from redis.exceptions import RedisError
from rich.console import Console, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from khabar.broker.url import hide_password
from khabar.cli.connect import BrokerUrl
from khabar.cli.findings import reading_stops
from khabar.cli.look import Report, look_once, looks
from khabar.cli.visible import cell, visible, write_json
from khabar.cli.watching import WINDOW_S, Look, frame
from khabar.errors import BrokerUnavailable, CommandError, Exit
from khabar.liveness.processes import Process, Role
from khabar.liveness.rules import Health
from khabar.settings import GROUPS, Settings, each_of, load_settings
from khabar.status import GroupState, State, StoriesState

LOOK_EVERY_S = 0.5
# Outcomes as they are counted; what is not named here is no noun, or of a later version.
PLURALS = {"record": "records", "rejection": "rejections", "duplicate": "duplicates"}


class Asked(StrEnum):
    """The values of `--role`."""

    DISPATCHER = "dispatcher"
    WORKER = "worker"
    STORIES = "stories"
    BROKER = "broker"


def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
    role: Annotated[Asked | None, typer.Option(help="Check only this role, for a container's health check.")] = None,
    here: Annotated[bool, typer.Option("--here", help="Check only the processes of this host.")] = False,
    wait_s: Annotated[
        float, typer.Option("--wait", help="Most seconds to wait for exit code 0; for scripts.", min=0)
    ] = 0.0,
    show_settings: Annotated[
        bool,
        typer.Option(
            "--settings", help="Also show the settings in force, each with its meaning; --json always has them."
        ),
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Refresh until Ctrl-C, with rates and latency of the last 10 s.")
    ] = False,
    every_s: Annotated[float, typer.Option("--every", help="Seconds between refreshes of --watch.", min=0.2)] = 1.0,
    redis_url: BrokerUrl = "",
) -> None:
    """Show waiting articles and running processes; the exit code serves as a health check.

    0: articles can pass. 4: no broker. 7: no dispatcher or no worker is alive. 8: they are alive, but batches wait and
    none was finished for KHABAR_STALL_S, or reading has stopped because records or memory are full. 9: articles pass, but
    within the hour the machine caused dead letters, or reading will soon stop for lack of room. With --role, 9 is not used.

    Examples:
        khabar status

        khabar status --watch

        khabar status --json | jq .lanes

        khabar status --wait 30 && khabar push articles.jsonl

        khabar status --role worker --here
    """
    settings = load_settings(**({"redis_url": redis_url} if redis_url else {}))
    ledgers = each_of(settings)
    if role is Asked.STORIES:
        del ledgers[1:]  # of several ledgers the first has their process
    if watch:
        if as_json or role or here:
            raise CommandError("--watch shows the whole service; only --every may be given with it", Exit.USAGE)
        if len(ledgers) > 1:
            raise CommandError("--watch shows one ledger; give its broker with --redis-url", Exit.USAGE)
        _watch(settings, every_s)
        return
    host = socket.gethostname() if here else None
    deadline = time.monotonic() + wait_s
    reports = [_when_well(own, role, host, deadline) for own in ledgers]
    states = [_described(own, report) for own, report in zip(ledgers, reports, strict=True)]
    if as_json:
        write_json(states[0] if len(states) == 1 else _summed(states))
    else:
        for own, report in zip(ledgers, reports, strict=True):
            _print(report.state, own, _shown(own))
        if show_settings:
            _print_settings(_shown(settings))
    _judge(
        [
            ("" if len(ledgers) == 1 else f"{_place(own)}: ", report)
            for own, report in zip(ledgers, reports, strict=True)
        ]
    )


def _shown(settings: Settings) -> dict[str, object]:
    return settings.model_dump(mode="json") | {"redis_url": hide_password(settings.redis_url)}


def _described(settings: Settings, report: Report) -> dict[str, object]:
    """Write what `--json` says of one ledger."""
    is_well = report.verdict.health is Health.WELL
    health = {
        "healthy": is_well and not report.findings,
        "health": "ailing" if is_well and report.findings else report.verdict.health,
        "reason": report.verdict.reason or " ".join(report.findings),
        "findings": report.findings,
    }
    return report.state.as_dict() | health | {"settings": _shown(settings)}


def _summed(states: list[dict[str, object]]) -> dict[str, object]:
    """Write what `--json` says of several ledgers: whether all are well, and each."""
    return {"healthy": all(state["healthy"] for state in states), "ledgers": states}


def _judge(reports: list[tuple[str, Report]]) -> None:
    """End with the exit code of the worst.

    Args:
        reports: each behind the name of its ledger.

    Raises:
        CommandError: not all is well.
    """
    for health, code in ((Health.DOWN, Exit.UNHEALTHY), (Health.STALLED, Exit.STALLED)):
        if reasons := [name + report.verdict.reason for name, report in reports if report.verdict.health is health]:
            raise CommandError("; ".join(reasons), code)
    if findings := [name + finding for name, report in reports for finding in report.findings]:
        raise CommandError("; ".join(findings), Exit.AILING)


def _place(settings: Settings) -> str:
    return f"{hide_password(settings.redis_url)}, prefix {settings.prefix}"


def _when_well(settings: Settings, role: Asked | None, host: str | None, deadline: float) -> Report:
    """Look until all is well, or the time (of time.monotonic) has come; the last look counts.

    Raises:
        BrokerError: there was no broker by the end.
    """
    asked = Role(role) if role and role is not Asked.BROKER else None
    while True:
        try:
            report = look_once(settings, asked, host, judged=role is not Asked.BROKER)
            if report.is_well or time.monotonic() >= deadline:
                return report
        except (BrokerUnavailable, RedisError):
            if time.monotonic() >= deadline:
                raise
        time.sleep(min(LOOK_EVERY_S, max(deadline - time.monotonic(), 0)))


def _watch(settings: Settings, every_s: float) -> None:
    """Show a frame after each look until Ctrl-C; an outage of the broker is shown, and waited through."""
    console = Console()
    kept: deque[Look] = deque()
    with Live(console=console, screen=console.is_terminal, auto_refresh=False, vertical_overflow="crop") as live:
        while True:
            try:
                for look in looks(settings):
                    kept.append(look)
                    while len(kept) > 1 and kept[-1].at_s - kept[1].at_s >= WINDOW_S:
                        kept.popleft()
                    _show(live, frame(kept, settings))
                    time.sleep(every_s)
            except (BrokerUnavailable, RedisError) as error:
                kept.clear()  # rates over an outage mean nothing
                _show(live, cell(f"the broker: {error}", "bold red"))
                time.sleep(every_s)


def _show(live: Live, what: RenderableType) -> None:
    if live.console.is_terminal:
        live.update(what, refresh=True)
    else:  # into a file or a pipe: one frame below the other
        live.console.print(what, Text(), soft_wrap=True)


def _group(group: GroupState) -> Text:
    """Return one line for a person; what needs attention stands out."""
    line = Text(f"{group.unread:,} unread, {group.unacknowledged:,} unacknowledged")
    if group.state == "dead":
        line.append(", ").append("dead", "red")
        line.append(visible(f": silent for {group.idle_s / 60:,.0f} min, policy {group.policy} (khabar groups)"))
    elif group.state != "alive":
        line.append(visible(f", {group.state}: nothing is kept for it (khabar groups)"))
    return line


def _behind(stories: StoriesState) -> str:
    return "not made" if stories.behind is None else f"{stories.behind:,} records behind"


def _print(state: State, settings: Settings, shown: dict[str, object]) -> None:
    console = Console()
    flow = Table.grid(padding=(0, 2))

    def row(name: str, value: object) -> None:
        flow.add_row(cell(name), value if isinstance(value, Text) else cell(value))

    row("broker", f"{state.broker} at {shown['redis_url']}, {state.used_memory_bytes / 1e6:,.0f} MB used")
    row("at work", f"{_count(state.dispatchers, 'dispatcher')}, {_count(state.workers, 'worker')}")
    for process in state.processes:
        row(f"  {process.role}", f"{process.host}:{process.pid}, {_signs(process)}")
    for lane, ledger in state.lanes.items():
        row(f"{lane} lane", f"{ledger.waiting:,} waiting, {ledger.in_work:,} in work, of {settings.max_ledger:,}")
    waiting = "waits" if state.retrying == 1 else "wait"
    row(
        "queue",
        f"{_count(state.queued_batches, 'batch', 'batches')}, {_count(state.retrying, 'article')} {waiting} for another attempt",
    )
    when = reading_stops(state, settings) if state.records else ""
    row("records", f"{state.records:,} of {settings.max_records:,}{f'; {when}' if when else ''}")
    for name, group in state.groups.items():
        row(f"  group {name}", _group(group))
    row("stories", f"{state.stories.open:,} open, {state.stories.revisions:,} revisions kept, {_behind(state.stories)}")
    row("dead letters", f"{state.dead:,}")
    counted = (
        f"{count:,} {name if count == 1 else PLURALS.get(name, name)}" for name, count in sorted(state.counters.items())
    )
    row("so far", ", ".join(counted) or "nothing yet")
    console.print(flow)


def _print_settings(shown: dict[str, object]) -> None:
    table = Table("setting", "value", "meaning", title="settings in force", title_justify="left", box=None)
    for title, members in GROUPS.items():
        table.add_row(cell(title, "bold"))
        for name, info in members.model_fields.items():
            table.add_row(cell(f"  KHABAR_{name.upper()}"), cell(shown[name]), cell(info.description or ""))
    Console().print(table)


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def _signs(process: Process) -> str:
    signs = f"last sign of life {process.silent_s:.0f} s ago" + ("" if process.is_alive else ": gone or stuck")
    if process.role is Role.WORKER:
        signs += f", last batch finished {process.unmoved_s:.0f} s ago"
    return signs + (f", reading has stopped: {process.reading_stopped}" if process.reading_stopped else "")
