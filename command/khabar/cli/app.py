"""The `khabar` command: one subcommand a file, errors as one sentence, named exit codes."""

import errno
import gc
import itertools
import signal
import sys
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Final, NoReturn

from khabar.cli import complete
from khabar.cli.streams import flush_streams, give_up_stdout, mend_streams
from khabar.errors import CommandError, Exit, KhabarError

# One module each in khabar.cli.commands, in the order in which the help shows them, with the first sentences of its own help: so
# the help of `khabar` itself loads none of them. A test compares the sentences.
COMMANDS: Final = {
    "up": "Run the service on this machine: broker, dispatcher, workers and stories. Ctrl-C stops it.",
    "push": "Push articles: JSON, CSV, texts, XML, Parquet, web pages, feeds, WARC, and folders of them, "
    "also compressed.",
    "relay": "Move articles from a Redis list onto the queue, for any program that can RPUSH, such as scrapy-redis.",
    "records": "Read records from the results stream. Without --group nothing is remembered: the next run "
    "shows all of them again.",
    "extract": "Extract without a queue: one JSON line for each article, in order: its record, or its "
    "rejection with the reason.",
    "view": "Write one record as a self-contained HTML page: the article with its names, quotations, figures and dates.",
    "browse": "Serve pages for a browser on this machine: search in records, stories, and an overview.",
    "remember": "Make the broker remember an archive's records: the same articles in the queue then count as duplicates.",
    "replay": "Extract the articles of earlier records again, and say which layers differ.",
    "stories": "Group records into stories, each about one event, or show the stories of a running service, the "
    "largest first.",
    "segment": "Segment words or text from standard input, line by line, in Farasa's form: '+' separates the parts "
    "of a word.",
    "farasa": "Farasa's own jars: download or accept them, and try them out. The default engine needs none.",
    "dead": "Dead letters: articles that could not become a record, with the reason.",
    "groups": "Show the consumer groups of the records: how many records each has not read, and which are dead.",
    "janitor": "Clean up once: trim records that every group has acknowledged, apply the policies of dead "
    "groups, delete stale entries.",
    "status": "Show waiting articles and running processes; the exit code serves as a health check.",
    "acl": "Print an ACL file for Redis 7 or Valkey: each role gets its own user, and no more rights than "
    "its work needs.",
    "schema": "Write the JSON Schemas (2020-12) of Article, Record, Rejection and Event, and the AsyncAPI 3.0 "
    "document.",
    "demo": "Push sample articles through a temporary service with its own broker and folder, and show the records.",
    "completion": "Print a shell script that completes khabar's commands, options and their values.",
}


def main() -> None:
    """Run the command; every failure is one sentence and an exit code."""
    mend_streams()
    try:
        try:
            _run(sys.argv[1:])
        finally:
            flush_streams()
            gc.freeze()  # or the end looks through a million objects to find none to give back
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


def _chosen(arguments: Sequence[str]) -> Collection[str]:
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
