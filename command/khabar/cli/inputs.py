"""Inputs named on the command line, for the commands that read articles."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console

from khabar.cli.visible import cell
from khabar.errors import CommandError, Exit, SourceError
from khabar.sources.base import Source
from khabar.sources.formats import formats
from khabar.sources.opening import open_source
from khabar.sources.shape import Shape, parse_fields

Inputs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILE…|-",
        help="Files, folders, or - for standard input (also if none is given and it is a pipe).",
    ),
]
InputFormat = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="Format of the input: jsonl (JSON lines), json (an array), csv (with a header row), text, "
        "xml (of trafilatura and Scrapy), parquet, html, feed (RSS, Atom), warc, or one of an installed package; "
        "found out if not given.",
    ),
]
InputEncoding = Annotated[
    str,
    typer.Option(
        "--encoding", help="Encoding of the input, such as cp1256; UTF-16 with a byte order mark is recognized."
    ),
]
InputFields = Annotated[
    list[str] | None,
    typer.Option(
        "--field",
        metavar="FIELD=NAME",
        help="khabar's name of a field and its name in the input: text=النص, date=post.published. May be given several times.",
    ),
]
InputItems = Annotated[
    str | None,
    typer.Option(
        "--items",
        metavar="PATH",
        help="Path of the articles inside JSON: data.posts, hits.hits._source; well-known places are tried if not given.",
    ),
]


SHOWN_SKIPPED = 5  # of each folder


def read_shape(fields: list[str] | None, items: str | None) -> Shape:
    """Read what was said of the items of all inputs.

    Raises:
        CommandError: a field that khabar does not know.
    """
    try:
        return Shape(parse_fields(fields or []), items)
    except ValueError as error:
        raise CommandError(f"--field: {error}", Exit.USAGE) from error


def tell_missed(shape: Shape) -> None:
    """Say which names of --field no item had: a slip there is a text in `extra`."""
    for name in shape.missed:
        Console(stderr=True).print(cell(f"--field: no item had a field {name!r}"), soft_wrap=True)


def open_inputs(
    paths: list[str] | None, *, stdin_is_terminal: bool, format: str | None, encoding: str, shape: Shape
) -> list[Source]:
    """Open every input before the first is read, so that a wrong name is said at once; say what a folder holds besides.

    Raises:
        CommandError: one of them is missing, empty or of no known format; nothing has been read.
    """
    if not paths:
        if stdin_is_terminal:
            raise CommandError("give files to read, or - for standard input", Exit.USAGE)
        paths = ["-"]
    if format is not None and format not in formats().names:
        raise CommandError(f"there is no format {format!r}; there are {', '.join(formats().names)}", Exit.USAGE)
    with readable():
        sources = [open_source(path, format=format, encoding=encoding, shape=shape) for path in paths]
    for source in sources:
        if source.skipped:
            _tell_skipped(source)
    return sources


def _tell_skipped(source: Source) -> None:
    named = ", ".join(source.skipped[:SHOWN_SKIPPED])
    more = len(source.skipped) - SHOWN_SKIPPED
    line = f"{source.name}: {len(source.skipped):,} not read: {named}" + (f" and {more:,} more" if more > 0 else "")
    Console(stderr=True).print(cell(line), soft_wrap=True)


@contextmanager
def readable() -> Iterator[None]:
    """Turn what a source says of its input into the command's last sentence."""
    try:
        yield
    except SourceError as error:
        raise CommandError(str(error), Exit.UNREADABLE) from error
