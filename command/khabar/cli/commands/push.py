"""`khabar push`: articles onto the queue."""

import sys
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from khabar.broker.first_contact import connected
from khabar.broker.ledgers import Ledger, ledgers_of
from khabar.broker.patience import PRODUCER_OUTAGE_S
from khabar.cli.connect import DEFAULT_URL, BrokerUrl, Prefix
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
from khabar.cli.refusals import Refusals
from khabar.cli.visible import cell, isolated
from khabar.errors import BrokerError, CommandError, Exit, QueueFull
from khabar.keys.defaults import DEFAULT_BATCH
from khabar.keys.names import DEFAULT_PREFIX, Lane
from khabar.publishing.dealing import DealingPublisher
from khabar.publishing.publisher import ArticlePublisher
from khabar.settings import load_settings
from khabar.sources.base import Source
from khabar.sources.items import Item
from khabar.spans import close_traces, open_traces


def push(
    paths: Inputs = None,
    lane: Annotated[Lane, typer.Option(help="live goes before backfill.")] = Lane.LIVE,
    again: Annotated[
        bool,
        typer.Option("--again", help="Start from the beginning, even after an earlier push; no record is doubled."),
    ] = False,
    wait_s: Annotated[float, typer.Option("--wait", help="Seconds to wait while the queue is full.", min=0)] = 3600.0,
    outage_s: Annotated[
        float,
        typer.Option("--outage", help="Seconds to keep trying while the broker is unreachable or refuses.", min=0),
    ] = PRODUCER_OUTAGE_S,
    format: InputFormat = None,
    encoding: InputEncoding = "utf-8",
    fields: InputFields = None,
    items: InputItems = None,
    redis_url: BrokerUrl = DEFAULT_URL,
    prefix: Prefix = DEFAULT_PREFIX,
) -> None:
    """Push articles: JSON, CSV, texts, XML, Parquet, web pages, feeds, WARC, and folders of them, also compressed.

    An article is accepted when the broker has it; it then becomes one record or one dead letter. An item that is not an
    article becomes a dead letter at once, with the reason. If the command is stopped, the same command continues from there.

    Examples:
        khabar push articles.jsonl

        zcat crawl.json.gz | khabar push --lane backfill -

        khabar push --field text=النص --field date=تاريخ export.csv
    """
    shape = read_shape(fields, items)
    stdin_is_terminal = sys.stdin is not None and sys.stdin.isatty()
    sources = open_inputs(paths, stdin_is_terminal=stdin_is_terminal, format=format, encoding=encoding, shape=shape)
    settings = load_settings()
    open_traces(settings.traces)
    console = Console(stderr=True)

    def say(sentence: str) -> None:
        console.print(cell(sentence), soft_wrap=True)

    ledgers = ledgers_of(redis_url, prefix)
    for each in ledgers:
        connected(each.url, outage_s=outage_s, on_outage=say).close()
    with readable(), show_progress(console) as progress:
        try:
            publisher = _open_publisher(
                ledgers,
                lane=lane,
                max_ledger=settings.max_ledger,
                batch=min(DEFAULT_BATCH, settings.max_ledger),
                wait_s=wait_s,
                outage_s=outage_s,
                wait_replicas=settings.wait_replicas,
                max_bytes=settings.max_article_bytes,
                done_generation_s=settings.done_generation_s,
                full_memory_share=settings.full_memory_share,
                on_rejected=Refusals(console),
                on_outage=say,
            )
            try:
                for source in sources:
                    _push(publisher, source, progress, again=again, max_bytes=settings.max_article_bytes)
            except (KeyboardInterrupt, SystemExit):  # Ctrl-C, SIGTERM
                if publisher.unsent:
                    say(f"interrupted; sending the {publisher.unsent:,} that were read, Ctrl-C again leaves them out")
                    publisher.flush()
                raise
            finally:
                publisher.close()
                close_traces()
                report = publisher.report
                progress.stop()
                left = f"; {publisher.unsent:,} were read and are not accepted" if publisher.unsent else ""
                say(f"{report.accepted:,} accepted, {report.rejected:,} rejected{left}")
        except QueueFull as error:
            raise CommandError(f"{error} Run the same command again to continue.", Exit.QUEUE_FULL) from error
        except BrokerError as error:
            raise CommandError(str(error), Exit.NO_BROKER) from error
    tell_missed(shape)
    if report.rejected and not report.accepted:
        raise CommandError("every article was rejected; `khabar dead list` shows why", Exit.ALL_REJECTED)


def _open_publisher(ledgers: Sequence[Ledger], **options: Any) -> ArticlePublisher | DealingPublisher:
    if len(ledgers) == 1:
        return ArticlePublisher(ledgers[0].url, prefix=ledgers[0].prefix, **options)
    return DealingPublisher(ledgers, **options)


def _push(
    publisher: ArticlePublisher | DealingPublisher, source: Source, progress: Progress, *, again: bool, max_bytes: int
) -> None:
    task = progress.add_task(isolated(source.name), total=None)

    def say(sentence: str) -> None:
        progress.console.print(cell(sentence), soft_wrap=True)

    resume = source.progress
    skip = 0
    if resume and not again and isinstance(publisher, DealingPublisher):
        if skip := publisher.resume_from(resume):
            say(f"{source.name}: {skip:,} were pushed before, continuing after them")
    elif resume and not again and isinstance(publisher, ArticlePublisher):
        before, mark = publisher.remembered(resume)
        skip = resume.still_in(before, mark)
        if skip:
            say(f"{source.name}: {skip:,} were pushed before; continuing after them")
        elif before:
            say(
                f"{source.name}: has changed since {before:,} were pushed; starting from its beginning, which doubles no record"
            )
    if source.live:
        source.live.due_in_s, source.live.when_due = (lambda: publisher.due_in_s), publisher.flush

    def counted() -> Iterator[Item]:
        for item in source.items(skip=skip, max_bytes=max_bytes):
            progress.advance(task)
            yield item

    if isinstance(publisher, DealingPublisher):
        publisher.publish(counted(), progress=resume, again=again)
    else:
        publisher.publish(counted(), progress=resume)
    progress.update(task, total=progress.tasks[task].completed)
