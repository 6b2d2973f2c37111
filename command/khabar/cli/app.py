"""The `khabar` command: one subcommand a file, errors as one sentence, named exit codes."""

import errno
import itertools
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.text import Text

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
from khabar.cli.streams import flush_streams, give_up_stdout, mend_streams
from khabar.cli.visible import visible
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
    context_settings={"help_option_names": ["-h", "--help"]},
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
    """Run the command; every failure is one sentence and an exit code."""
    from redis.exceptions import RedisError

    mend_streams()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        try:
            if _says_version(sys.argv[1:]):
                typer.echo(f"khabar {version('khabar')}")
            else:
                app()
        finally:
            flush_streams()
    except KhabarError as error:
        _end(str(error), error.exit_code)
    except RedisError as error:
        _end(f"the broker: {str(error)[:300]}", Exit.NO_BROKER)  # redis-py names host and port, never the URL
    except KeyboardInterrupt:
        sys.exit(Exit.INTERRUPTED)
    except OSError as error:
        _end_by_system(error)
    except Exception as error:  # a fault of khabar's own: its places help, its message may quote an article
        from khabar.logs import describe_exception

        _end(f"a fault in khabar itself, please report it: {'; '.join(describe_exception(error))}", Exit.FAILED)


def _says_version(arguments: Sequence[str]) -> bool:
    """Whether --version is among the options, of whichever part of the command: each knows it."""
    return "--version" in itertools.takewhile(lambda argument: argument != "--", arguments)


@app.callback()
def _root(
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit; every command knows it.")
    ] = False,
) -> None:
    """Hold what the help of `khabar` itself shows; `main` looks for --version before any part of the command is chosen."""


def _end_by_system(error: OSError) -> NoReturn:
    if error.filename is not None:
        _end(f"{error.filename}: {error.strerror}", Exit.FAILED)
    give_up_stdout()
    if error.errno == errno.EPIPE:  # who read it has enough, as `head` does
        sys.exit(Exit.FAILED)
    why = "it is closed" if error.errno == errno.EBADF else error.strerror or str(error)
    _end(f"standard output cannot be written: {why}", Exit.FAILED)


def _end(message: str, code: Exit) -> NoReturn:
    with suppress(OSError):  # nobody may listen
        Console(stderr=True).print(Text.assemble(("khabar: ", "red"), visible(message)), soft_wrap=True)
    sys.exit(code)
