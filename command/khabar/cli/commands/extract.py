"""`khabar extract`: articles in, records out, without a broker."""

import sys
from functools import partial

from rich.console import Console

from khabar.archive.outcomes import outcome_of
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
from khabar.cli.visible import write_bytes
from khabar.errors import CommandError, Exit
from khabar.pipeline.verdict import judge
from khabar.settings import load_settings


def extract(
    paths: Inputs = None,
    format: InputFormat = None,
    encoding: InputEncoding = "utf-8",
    fields: InputFields = None,
    items: InputItems = None,
) -> None:
    """Extract without any queue: for each article one JSON line, in order; its record, or its rejection with the reason.

    A record has the key `text`, a rejection the key `code`. A record's `outcome_id` is the key to upsert by.

    Examples:
        khabar extract articles.jsonl > records.jsonl

        khabar extract < article.txt | jq .sentences
    """
    shape = read_shape(fields, items)
    sources = open_inputs(paths, stdin_is_terminal=sys.stdin.isatty(), format=format, encoding=encoding, shape=shape)
    settings = load_settings()
    pipeline = build_pipeline(settings)
    judging = partial(judge, pipeline=pipeline, max_bytes=settings.max_article_bytes)
    records = rejections = 0
    with readable():
        for source in sources:
            for item in source.items(max_bytes=settings.max_article_bytes):
                outcome = outcome_of(item.raw, judging, pipeline.version, error=item.error)
                write_bytes(outcome.line + b"\n")
                records += outcome.is_record
                rejections += not outcome.is_record
    sys.stdout.flush()
    Console(stderr=True).print(f"{records:,} records, {rejections:,} rejections", highlight=False)
    tell_missed(shape)
    if rejections and not records:
        raise CommandError("every article was rejected; the lines on standard output say why", Exit.ALL_REJECTED)
