"""`khabar extract`: articles in, records out, without a broker."""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from khabar.archive.files import FORMS
from khabar.archive.outcomes import outcome_of
from khabar.archive.running import Job
from khabar.archive.shards import list_shards, own_shards, parse_slice
from khabar.bootstrap import build_pipeline
from khabar.cli.inputs import (
    InputEncoding,
    InputFields,
    InputFormat,
    InputItems,
    Inputs,
    open_inputs,
    read_shape,
    readable,
    tell_missed,
)
from khabar.cli.progress import show_progress
from khabar.cli.visible import isolated, write_bytes
from khabar.errors import CommandError, Exit
from khabar.pipeline.verdict import judge
from khabar.settings import load_settings
from khabar.sources.formats import formats
from khabar.sources.shape import parse_fields


def extract(
    paths: Inputs = None,
    format: InputFormat = None,
    encoding: InputEncoding = "utf-8",
    fields: InputFields = None,
    items: InputItems = None,
    shards: Annotated[
        Path | None,
        typer.Option(
            "--shards", metavar="FOLDER", help="Write each input file's results into its own folder below this one."
        ),
    ] = None,
    shard: Annotated[
        str, typer.Option("--shard", metavar="I/N", help="With --shards: this is machine number I of N.")
    ] = "1/1",
    form: Annotated[
        str, typer.Option("--to", metavar="FORM", help=f"With --shards: {', '.join(FORMS)}; parquet needs DuckDB.")
    ] = FORMS[0],
    processes: Annotated[
        int | None,
        typer.Option("--processes", min=1, help="With --shards: number of processes; as many as cores if not given."),
    ] = None,
) -> None:
    """Extract without a queue: one JSON line for each article, in order: its record, or its rejection with the reason.

    A record has the key `text`, a rejection the key `code`. A record's `outcome_id` is the key to upsert by.

    With --shards, each input file is a shard: its results are written completely or not at all, with a manifest. After a
    stop or a kill, the same command continues. Several commands may work on one folder. docs/how-to/archives.md tells more.

    Examples:
        khabar extract articles.jsonl > records.jsonl

        khabar extract < article.txt | jq .sentences

        khabar extract --shards records/ 2024/*.jsonl.gz
    """
    if shards is not None:
        _extract_shards(paths, shards, shard, form, processes, format, encoding, fields, items)
        return
    shape = read_shape(fields, items)
    sources = open_inputs(paths, stdin_is_terminal=sys.stdin.isatty(), format=format, encoding=encoding, shape=shape)
    settings = load_settings()
    pipeline = build_pipeline(settings)
    judging = partial(judge, pipeline=pipeline, max_bytes=settings.max_article_bytes)
    records = rejections = 0
    console = Console(stderr=True)
    with readable(), show_progress(console, hidden=sys.stdout.isatty()) as progress:
        for source in sources:
            task = progress.add_task(isolated(source.name), total=None)
            for item in source.items(max_bytes=settings.max_article_bytes):
                outcome = outcome_of(item.raw, judging, pipeline.version, error=item.error)
                write_bytes(outcome.line + b"\n")
                records += outcome.is_record
                rejections += not outcome.is_record
                progress.advance(task)
            progress.update(task, total=progress.tasks[task].completed)
    sys.stdout.flush()
    console.print(f"{records:,} records, {rejections:,} rejections", highlight=False)
    tell_missed(shape)
    if rejections and not records:
        raise CommandError("every article was rejected; the lines on standard output say why", Exit.ALL_REJECTED)


def _extract_shards(
    paths: list[str] | None,
    output: Path,
    shard: str,
    form: str,
    processes: int | None,
    format: str | None,
    encoding: str,
    fields: list[str] | None,
    items: str | None,
) -> None:
    from khabar.cli.archive import default_processes, extract_shards  # here: lines need none of it

    if not paths or "-" in paths:
        raise CommandError("with --shards, give files or folders to read", Exit.USAGE)
    if form not in FORMS:
        raise CommandError(f"--to: there is no form {form!r}; there are {', '.join(FORMS)}", Exit.USAGE)
    if format is not None and format not in formats().names:
        raise CommandError(f"there is no format {format!r}; there are {', '.join(formats().names)}", Exit.USAGE)
    read_shape(fields, items)
    try:
        slice_ = parse_slice(shard)
    except ValueError as error:
        raise CommandError(f"--shard: {error}", Exit.USAGE) from error
    with readable():
        found = list_shards(paths, output)
    pairs = tuple(parse_fields(fields or []))
    job = Job(own_shards(found, slice_), output, form, format, encoding, pairs, items)
    extract_shards(job, found, processes or default_processes())
