"""`khabar extract`: articles in, records out, without a broker."""

import sys

import orjson
from rich.console import Console

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
from khabar.errors import Code, CommandError, Exit, KhabarError, RejectedArticle
from khabar.messages.envelope import outcome_id
from khabar.messages.items import original_of
from khabar.messages.rejection import make_rejection
from khabar.pipeline.assemble import record_bytes
from khabar.pipeline.extract import describe
from khabar.pipeline.pipeline import Pipeline
from khabar.pipeline.verdict import Extracted, Refusal, judge
from khabar.settings import Settings, load_settings
from khabar.sources.items import Item


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
    records = rejections = 0
    console = Console(stderr=True)
    with readable(), show_progress(console, hidden=sys.stdout.isatty()) as progress:
        for source in sources:
            task = progress.add_task(isolated(source.name), total=None)
            for item in source.items(max_bytes=settings.max_article_bytes):
                line, is_record = _extract(item, pipeline, settings)
                write_bytes(line + b"\n")
                records += is_record
                rejections += not is_record
                progress.advance(task)
            progress.update(task, total=progress.tasks[task].completed)
    sys.stdout.flush()
    console.print(f"{records:,} records, {rejections:,} rejections", highlight=False)
    tell_missed(shape)
    if rejections and not records:
        raise CommandError("every article was rejected; the lines on standard output say why", Exit.ALL_REJECTED)


def _extract(item: Item, pipeline: Pipeline, settings: Settings) -> tuple[bytes, bool]:
    max_bytes = settings.max_article_bytes
    try:
        verdict = Refusal(None, item.error) if item.error else judge(item.raw, pipeline, max_bytes=max_bytes)
    except KhabarError:  # not the item's: Java does not answer, say
        raise
    except Exception as cause:  # here there is no second attempt, and the items behind it want their lines
        reason = describe(cause)
        verdict = Refusal(None, RejectedArticle(Code.EXTRACTION_FAILED, field=None, reason=reason, place="pipeline"))
    if isinstance(verdict, Extracted):
        article = verdict.article
        record = verdict.record.model_copy(
            update={"outcome_id": outcome_id(article.id, article.text, pipeline.version)}
        )
        return record_bytes(record), True
    error = verdict.error
    original = item.raw if isinstance(item.raw, bytes) else original_of(item.raw)
    article_id = verdict.article.id if verdict.article else None
    is_cut = item.error is not None and error.code is Code.TOO_LARGE  # one of too many tokens is whole
    rejection = make_rejection(error, original, article_id=article_id, is_cut=is_cut)
    return orjson.dumps(rejection.model_dump(mode="json")), False
