"""`khabar groups`: who is owed records, and what becomes of a group that is dead."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from khabar.broker.first_contact import connected
from khabar.cli.connect import BrokerUrl
from khabar.cli.visible import cell, visible, write_json
from khabar.consuming.archive import read_archive
from khabar.errors import CommandError, Exit
from khabar.keys.groups import GroupPolicy
from khabar.retention.group import Group
from khabar.retention.groups import GroupError, GroupRegistry
from khabar.settings import load_settings

app = typer.Typer()

Prefix = Annotated[str, typer.Option(help="First part of every key in the broker; KHABAR_PREFIX if not given.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="As `khabar groups` shows it.")]


@app.callback(invoke_without_command=True)
def list_groups(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object a line instead of a table.")] = False,
    redis_url: BrokerUrl = "",
    prefix: Prefix = "",
) -> None:
    """Show the consumer groups of the records: how many records each has not read, and which are dead.

    A group is dead when it has unread records and none of its consumers has read for KHABAR_GROUP_DEAD_S. Its records are
    kept until it reads again, or until `khabar janitor` applies its policy: alert (keep them), archive (write them to a file
    and move the group on), detach (stop waiting for it).

    Examples:
        khabar groups

        khabar groups --json | jq 'select(.state == "dead")'

        khabar groups set monitor --policy archive

        khabar groups detach old-monitor
    """
    if context.invoked_subcommand:
        return
    groups = _registry(redis_url, prefix).groups()
    if as_json:
        for group in groups:
            write_json(_as_dict(group))
        return
    table = Table(
        "group", "state", "unread", "unacknowledged", "consumers", "silent for", "policy", "archives", box=None
    )
    for group in groups:
        state = cell(group.state, "red" if group.is_dead else "")
        counts = (f"{group.unread:,}", f"{group.unacknowledged:,}", str(group.consumers))
        archives = str(len(group.entry.archives)) if group.entry else "0"
        table.add_row(cell(group.name), state, *counts, f"{group.idle_s:,.0f} s", cell(group.policy_name), archives)
    Console().print(table if groups else "no consumer group has registered: nothing is trimmed until one does")


@app.command("set")
def set_policy(
    name: Name,
    policy: Annotated[
        GroupPolicy, typer.Option(help="Treatment of the group's records by `khabar janitor` when the group is dead.")
    ],
    redis_url: BrokerUrl = "",
    prefix: Prefix = "",
) -> None:
    """Set the policy for a group's records when it is dead; `khabar janitor` applies it.

    Examples:
        khabar groups set monitor --policy archive

        khabar groups set monitor --policy alert
    """
    with _errors():
        _registry(redis_url, prefix).set_policy(name, policy)
    typer.echo(f"{visible(name)}: {policy.value}")


@app.command()
def detach(name: Name, redis_url: BrokerUrl = "", prefix: Prefix = "") -> None:
    """Detach a group: its unread records no longer stop trimming. Its position is remembered.

    Example:
        khabar groups detach old-monitor
    """
    registry = _registry(redis_url, prefix)
    with _errors():
        group = registry.detach(name)
    typer.echo(
        f"{visible(name)} is detached; {group.owed:,} records are no longer kept for it. "
        f"`khabar groups attach {visible(name)}` takes it back"
    )
    if not any(other.is_attached for other in registry.groups()):
        typer.echo("no group is left: nothing is trimmed until one registers", err=True)


@app.command()
def attach(name: Name, redis_url: BrokerUrl = "", prefix: Prefix = "") -> None:
    """Attach a detached group at its position again, and print how many records it has missed.

    Example:
        khabar groups attach old-monitor
    """
    with _errors():
        found = _registry(redis_url, prefix).attach(name)
    typer.echo(f"{visible(name)} is attached; {found.owed:,} records wait for it, {found.missed:,} are gone")


@app.command()
def forget(name: Name, redis_url: BrokerUrl = "", prefix: Prefix = "") -> None:
    """Remove a detached or deleted group from the list, with its position and its policy.

    Example:
        khabar groups forget old-monitor
    """
    with _errors():
        _registry(redis_url, prefix).forget(name)
    typer.echo(f"{visible(name)} is forgotten")


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An archive that `khabar janitor` wrote.")],
) -> None:
    """Write the records of an archive to standard output, a JSON object a line, as `khabar records` does. Needs no broker.

    Example:
        khabar groups replay var/archive/monitor-1767225600000-0-5f1d22c0.jsonl.gz >> monitor.jsonl
    """
    try:
        for delivery in read_archive(file):
            write_json(delivery.event.data)
    except (OSError, EOFError, ValueError) as error:
        raise CommandError(f"{file} cannot be read: {error}", Exit.UNREADABLE) from error


@contextmanager
def _errors() -> Iterator[None]:
    """Turn what cannot be done to a group into the command's one sentence."""
    try:
        yield
    except GroupError as error:
        raise CommandError(str(error), Exit.USAGE) from error


def _registry(redis_url: str, prefix: str) -> GroupRegistry:
    settings = load_settings(**_given(redis_url=redis_url, prefix=prefix))
    return GroupRegistry(connected(settings.redis_url), settings.names, dead_s=settings.group_dead_s)


def _given(**values: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _as_dict(group: Group) -> dict[str, Any]:
    entry = group.entry.model_dump(mode="json", exclude={"detached": {"pending"}}) if group.entry else {}
    return entry | {
        "group": group.name,
        "state": group.state,
        "unread": group.unread,
        "unacknowledged": group.unacknowledged,
        "consumers": group.consumers,
        "idle_s": group.idle_s,
        "policy": group.policy_name,
    }
