"""The `khabar` command: one subcommand a file, errors as one sentence, named exit codes."""

import errno
import itertools
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from khabar.cli import complete
from khabar.cli.streams import flush_streams, give_up_stdout, mend_streams
from khabar.cli.visible import visible
from khabar.errors import Exit, KhabarError

EXIT_CODES = "Exit codes: " + ", ".join(f"{code.value} {code.name.lower().replace('_', ' ')}" for code in Exit) + "."

# One module each in khabar.cli.commands, in the order in which the help shows them.
COMMANDS = (
    "up",
    "push",
    "relay",
    "records",
    "extract",
    "replay",
    "stories",
    "segment",
    "farasa",
    "dead",
    "groups",
    "janitor",
    "status",
    "acl",
    "schema",
    "demo",
    "completion",
)


def build(names: Sequence[str] = COMMANDS) -> typer.Typer:
    """Return the command with these subcommands; only their modules are loaded."""
    app = typer.Typer(
        name="khabar",
        help="Arabic news in, structured records out.",
        epilog=EXIT_CODES,
        callback=_root,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for name in names:
        module = import_module(f"khabar.cli.commands.{name}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command()(getattr(module, name))
    return app


def name_all() -> typer.Typer:
    """Return the commands' names with nothing behind them: a shell that completes one waits for nothing to load."""
    app = typer.Typer(callback=_root, context_settings={"help_option_names": ["-h", "--help"]}, add_completion=False)
    for name in COMMANDS:
        app.command(name)(_nothing)
    return app


def _nothing() -> None:
    """Stand for a command that is only named."""


def main() -> None:
    """Run the command; every failure is one sentence and an exit code."""
    from redis.exceptions import RedisError

    mend_streams()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        try:
            if complete.is_asked():
                complete.prepare()
                name = next(iter(complete.words()), "")
                (build((name,)) if name in COMMANDS else name_all())(prog_name="khabar")
            elif _says_version(sys.argv[1:]):
                typer.echo(f"khabar {version('khabar')}")
            else:
                build(_chosen(sys.argv[1:]))()
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


def _chosen(arguments: Sequence[str]) -> Sequence[str]:
    """Return the one subcommand that is named, or all of them: for the help, or to say which there are."""
    name = next((argument for argument in arguments if not argument.startswith("-")), "")
    return (name,) if name in COMMANDS else COMMANDS


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
