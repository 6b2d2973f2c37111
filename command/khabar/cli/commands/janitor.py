"""`khabar janitor`: clean up once, or say what would be cleaned up."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from khabar.broker.first_contact import connected
from khabar.cli.connect import BrokerUrl
from khabar.cli.visible import visible, write_json
from khabar.errors import CommandError, Exit
from khabar.retention.janitor import Action, Janitor, Kind
from khabar.settings import load_settings

SENTENCES = {
    Kind.NOTE: "note in the registry: {target}: {detail}",
    Kind.DELETE_CONSUMER: "delete consumer {target} {detail}; it holds nothing",
    Kind.FORGET: "forget the failure of {target}; its article is gone from the ledger",
    Kind.KEEP: "keep {records:,} records for group {target}: {detail}",
    Kind.ARCHIVE: "archive {records:,} records of the dead group {target} {detail}, and move it past them",
    Kind.DETACH: "detach the dead group {target}; {records:,} records are no longer kept for it",
    Kind.DROP_DEAD: "drop {records:,} dead letters: too many (KHABAR_MAX_DEAD) or too old (KHABAR_DEAD_DAYS)",
    Kind.TRIM: "trim {records:,} records {detail}; every group has acknowledged them",
}


def janitor(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object a line for each action.")] = False,
    archive_to: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder for the records of dead groups whose policy is archive.")
    ] = Path("var/archive"),
    redis_url: BrokerUrl = "",
    prefix: Annotated[
        str, typer.Option(help="First part of every key in the broker; KHABAR_PREFIX if not given.")
    ] = "",
) -> None:
    """Clean up once: trim records that every group has acknowledged, apply the policies of dead groups, delete stale entries.

    May run beside the service at any time, for example from cron. A group's unread records stay, unless it is dead and its
    policy says otherwise (`khabar groups set`).

    Examples:
        khabar janitor --dry-run

        khabar janitor --archive-to /srv/khabar/archive

        khabar janitor --json | jq 'select(.action == "archive")'
    """
    settings = load_settings(**{name: value for name, value in (("redis_url", redis_url), ("prefix", prefix)) if value})
    errors, quiet = [], True
    for action in Janitor(connected(settings.redis_url), settings, archive_to=archive_to).run(dry_run=dry_run):
        quiet = False
        if action.error:
            errors.append(f"{action.kind.value} of {action.target}: {action.error}")
        if as_json:
            fields = {"action": action.kind} | {name: value for name, value in asdict(action).items() if name != "kind"}
            write_json(fields | {"dry_run": dry_run})
            sys.stdout.buffer.flush()
        elif not action.error:
            typer.echo(("would " if dry_run else "") + visible(_sentence(action)))
    if quiet and not as_json:
        typer.echo("nothing to do")
    if errors:
        raise CommandError("; ".join(errors), Exit.FAILED)


def _sentence(action: Action) -> str:
    return SENTENCES[action.kind].format(target=action.target, records=action.records, detail=action.detail)
