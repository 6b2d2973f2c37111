"""`khabar status`: is it well, how much waits where, which settings are in force."""

import sys
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from contracts.broker_url import hide_password
from khabar.connect import BrokerUrl, connected
from khabar.exit_codes import CommandError, Exit
from worker.results.state import GroupState, State, read_state
from worker.settings import Settings, load_settings


def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
    redis_url: BrokerUrl = "",
) -> None:
    """Show what waits where and the settings in force. Exits with 0 if articles can pass, 4 without broker, 7 without dispatcher.

    Examples:
        khabar status

        khabar status --json | jq .lanes
    """
    settings = load_settings(**({"redis_url": redis_url} if redis_url else {}))
    state = read_state(connected(settings.redis_url), settings.names, group_dead_s=settings.group_dead_s)
    shown = settings.model_dump(mode="json") | {"redis_url": hide_password(settings.redis_url)}
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(state.as_dict() | {"settings": shown}, option=orjson.OPT_APPEND_NEWLINE))
    else:
        _print(state, settings, shown)
    if not state.is_healthy:
        raise CommandError("no dispatcher is at work: nothing moves until one runs (`khabar up`)", Exit.UNHEALTHY)


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
    flow.add_row("dispatchers", str(state.dispatchers))
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
    for name, info in Settings.model_fields.items():
        table.add_row(f"KHABAR_{name.upper()}", str(shown[name]), info.description or "")
    console.print(table)
