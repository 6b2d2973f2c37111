"""The `khabar` command: one subcommand a file, errors as one sentence, named exit codes."""

import sys
from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from khabar.cli.commands import (
    acl,
    dead,
    demo,
    extract,
    farasa,
    groups,
    janitor,
    push,
    records,
    replay,
    schema,
    segment,
    status,
    up,
)
from khabar.errors import Exit, KhabarError

EXIT_CODES = "Exit codes: " + ", ".join(f"{code.value} {code.name.lower().replace('_', ' ')}" for code in Exit) + "."

app = typer.Typer(
    name="khabar",
    help="Arabic news in, structured records out.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="rich",
)
app.command()(up.up)
app.command()(push.push)
app.command()(records.records)
app.command()(extract.extract)
app.command()(replay.replay)
app.command()(segment.segment)
app.add_typer(farasa.app, name="farasa")
app.add_typer(dead.app, name="dead")
app.add_typer(groups.app, name="groups")
app.command()(janitor.janitor)
app.command()(status.status)
app.command()(acl.acl)
app.command()(schema.schema)
app.command()(demo.demo)


def main() -> None:
    """Run the command; every expected failure is one sentence and an exit code."""
    from redis.exceptions import RedisError

    try:
        app()
    except KhabarError as error:
        _end(str(error), error.exit_code)
    except RedisError as error:
        _end(f"the broker: {str(error)[:300]}", Exit.NO_BROKER)  # redis-py names host and port, never the URL
    except KeyboardInterrupt:
        sys.exit(Exit.INTERRUPTED)


def _end(message: str, code: Exit) -> NoReturn:
    Console(stderr=True).print(f"[red]khabar:[/red] {escape(message)}", highlight=False, soft_wrap=True)
    sys.exit(code)
