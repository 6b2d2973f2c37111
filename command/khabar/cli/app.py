"""The `khabar` command: one subcommand a file, errors as one sentence, named exit codes."""

import errno
import gc
import itertools
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from khabar.cli import complete
from khabar.cli.streams import flush_streams, give_up_stdout, mend_streams
from khabar.errors import CommandError, Exit, KhabarError

# One module each in khabar.cli.commands, in the order in which the help shows them.
COMMANDS = (
    "up",
    "push",
    "relay",
    "records",
    "extract",
    "view",
    "browse",
    "remember",
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


def main() -> None:
    """Run the command; every failure is one sentence and an exit code."""
    mend_streams()
    try:
        try:
            _run(sys.argv[1:])
        finally:
            flush_streams()
    except KhabarError as error:
        _end(str(error), error.exit_code)
    except KeyboardInterrupt:
        sys.exit(Exit.INTERRUPTED)
    except OSError as error:
        _end_by_system(error)
    except Exception as error:
        if _is_the_brokers(error):
            _end(f"the broker: {str(error)[:300]}", Exit.NO_BROKER)  # redis-py names host and port, never the URL
        # A fault of khabar's own: its places help, its message may quote an article.
        from khabar.logs import describe_exception

        _end(f"a fault in khabar itself, please report it: {'; '.join(describe_exception(error))}", Exit.FAILED)


def _run(arguments: Sequence[str]) -> None:
    if complete.is_asked():
        from khabar.cli.tree import build, name_all

        complete.prepare()
        name = next(iter(complete.words()), "")
        (build((name,)) if name in COMMANDS else name_all(COMMANDS))(prog_name="khabar")
    elif _says_version(arguments):
        from importlib.metadata import version

        sys.stdout.write(f"khabar {version('khabar')}\n")
    elif arguments[:1] in ([], ["-h"], ["--help"]):
        from khabar.cli.help import write_help

        write_help(COMMANDS)
        if not arguments:
            sys.exit(Exit.USAGE)
    elif arguments == ["segment"]:  # nothing to parse: typer, and pydantic with it, are two thirds of the start
        from khabar.cli.commands.segment import segment

        _end_in_order()
        segment()
    else:
        try:
            from khabar.cli.tree import build

            gc.disable()  # what a command loads stays
            command = build(_chosen(arguments))
            gc.freeze()
            gc.enable()
        except ModuleNotFoundError as error:
            say = f"the command needs {error.name}, which is not installed; run: pip install khabar"
            raise CommandError(say, Exit.FAILED) from error
        _end_in_order()
        command()


def _end_in_order() -> None:
    """End by an exception from here on: there is something to clean up."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _terminate)


def _terminate(_number: int, _frame: object) -> None:
    sys.exit(Exit.TERMINATED)


def _is_the_brokers(error: Exception) -> bool:
    """Whether redis-py raised it; a command that has not loaded that needs no broker."""
    redis = sys.modules.get("redis.exceptions")
    return redis is not None and isinstance(error, redis.RedisError)


def _says_version(arguments: Sequence[str]) -> bool:
    """Whether --version is among the options, of whichever part of the command: each knows it."""
    return "--version" in itertools.takewhile(lambda argument: argument != "--", arguments)


def _chosen(arguments: Sequence[str]) -> Sequence[str]:
    """Return the one subcommand that is named, or all of them: for the help, or to say which there are."""
    name = next((argument for argument in arguments if not argument.startswith("-")), "")
    return (name,) if name in COMMANDS else COMMANDS


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
        try:
            from rich.console import Console
            from rich.text import Text

            from khabar.cli.visible import visible
        except ModuleNotFoundError:
            sys.stderr.write(f"khabar: {message}\n")
        else:
            Console(stderr=True).print(Text.assemble(("khabar: ", "red"), visible(message)), soft_wrap=True)
    sys.exit(code)
