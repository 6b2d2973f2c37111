"""`khabar status`: is it well, how much waits where, which settings are in force."""

import socket
import sys
from enum import StrEnum
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from khabar.broker.first_contact import connected
from khabar.broker.url import hide_password
from khabar.cli.connect import BrokerUrl
from khabar.errors import CommandError, Exit
from khabar.liveness.processes import Process, Role
from khabar.liveness.rules import Health, Verdict, judge
from khabar.settings import GROUPS, Settings, load_settings
from khabar.status import GroupState, State, read_state


class Asked(StrEnum):
    """What `--role` may be."""

    DISPATCHER = "dispatcher"
    WORKER = "worker"
    BROKER = "broker"


def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
    role: Annotated[
        Asked | None, typer.Option(help="Ask only whether this is well: for a container's health check.")
    ] = None,
    here: Annotated[bool, typer.Option("--here", help="Ask only about the processes of this host.")] = False,
    redis_url: BrokerUrl = "",
) -> None:
    """Show what waits where, who is at work and the settings in force; the exit code is the answer to a health check.

    0: articles can pass. 4: no broker. 7: no dispatcher or no worker is at work. 8: they are, but batches wait and none was
    finished for KHABAR_STALL_S, or reading has stopped because something is full.

    Examples:
        khabar status

        khabar status --json | jq .lanes

        khabar status --role worker --here
    """
    settings = load_settings(**({"redis_url": redis_url} if redis_url else {}))
    state = read_state(connected(settings.redis_url), settings.names, group_dead_s=settings.group_dead_s)
    shown = settings.model_dump(mode="json") | {"redis_url": hide_password(settings.redis_url)}
    verdict = Verdict(Health.WELL)  # of a broker: it has answered
    if role is not Asked.BROKER:
        asked = Role(role) if role else None
        host = socket.gethostname() if here else None
        verdict = judge(state.processes, stall_s=settings.stall_s, role=asked, host=host)
    if as_json:
        health = {"healthy": verdict.health is Health.WELL, "health": verdict.health, "reason": verdict.reason}
        shown_all = state.as_dict() | health | {"settings": shown}
        sys.stdout.buffer.write(orjson.dumps(shown_all, option=orjson.OPT_APPEND_NEWLINE))
    else:
        _print(state, settings, shown)
    if verdict.health is not Health.WELL:
        raise CommandError(verdict.reason, Exit.UNHEALTHY if verdict.health is Health.DOWN else Exit.STALLED)


def _describe(group: GroupState) -> str:
    """Return one line for a person; what needs attention stands out."""
    line = f"{group.unread:,} unread, {group.unacknowledged:,} unacknowledged"
    if group.state == "dead":
        line += f", [red]dead[/red]: silent for {group.idle_s / 60:,.0f} min, policy {group.policy} (khabar groups)"
    elif group.state != "alive":
        line += f", {group.state}: nothing is kept for it (khabar groups)"
    return line


def _print(state: State, settings: Settings, shown: dict[str, object]) -> None:
    console = Console()
    flow = Table.grid(padding=(0, 2))
    flow.add_row("broker", f"{state.broker} at {shown['redis_url']}, {state.used_memory_bytes / 1e6:,.0f} MB used")
    flow.add_row("at work", f"{state.dispatchers} dispatchers, {state.workers} workers")
    for process in state.processes:
        flow.add_row(f"  {process.role}", f"{process.host}:{process.pid}, {_signs(process)}")
    for lane, ledger in state.lanes.items():
        flow.add_row(
            f"{lane} lane", f"{ledger.waiting:,} waiting, {ledger.in_work:,} in work, of {settings.max_ledger:,}"
        )
    flow.add_row("queue", f"{state.queued_batches} batches, {state.retrying:,} articles wait for another attempt")
    flow.add_row("records", f"{state.records:,} of {settings.max_records:,}")
    for name, group in state.groups.items():
        flow.add_row(f"  group {escape(name)}", _describe(group))
    flow.add_row("dead letters", f"{state.dead:,}")
    flow.add_row(
        "so far", ", ".join(f"{count:,} {name}" for name, count in sorted(state.counters.items())) or "nothing yet"
    )
    console.print(flow)
    table = Table("setting", "value", "meaning", title="settings in force", title_justify="left", box=None)
    for title, members in GROUPS.items():
        table.add_row(f"[bold]{title}[/bold]")
        for name, info in members.model_fields.items():
            table.add_row(f"  KHABAR_{name.upper()}", escape(str(shown[name])), escape(info.description or ""))
    console.print(table)


def _signs(process: Process) -> str:
    signs = f"last sign of life {process.silent_s:.0f} s ago" + ("" if process.is_alive else ": gone or stuck")
    if process.role is Role.WORKER:
        signs += f", last batch finished {process.unmoved_s:.0f} s ago"
    return signs + (f", reading has stopped: {process.reading_stopped}" if process.reading_stopped else "")
