"""`khabar relay`: from a Redis list onto the queue."""

import signal
from typing import Annotated

import typer
from rich.console import Console

from khabar.broker.first_contact import connected
from khabar.cli.connect import DEFAULT_URL, BrokerUrl
from khabar.cli.inputs import InputFields, read_shape, tell_missed
from khabar.cli.refusals import Refusals
from khabar.cli.visible import cell
from khabar.errors import BrokerError, CommandError, Exit, QueueFull
from khabar.keys.defaults import DEFAULT_BATCH
from khabar.keys.names import DEFAULT_PREFIX, Lane
from khabar.publishing.publisher import ArticlePublisher
from khabar.relaying.relay import ListRelay
from khabar.settings import load_settings


def relay(
    key: Annotated[
        str, typer.Argument(metavar="KEY", help="The list, filled by RPUSH; each item is one article as JSON.")
    ],
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="URL", help="The Redis server that has the list; the broker if not given."),
    ] = None,
    lane: Annotated[Lane, typer.Option(help="live goes before backfill.")] = Lane.LIVE,
    once: Annotated[
        bool, typer.Option("--once", help="End when the list is empty, instead of waiting for more.")
    ] = False,
    fields: InputFields = None,
    outage_s: Annotated[
        float,
        typer.Option(
            "--outage", help="Seconds to keep trying while a server is unreachable; without limit if not given.", min=0
        ),
    ] = float("inf"),
    redis_url: BrokerUrl = DEFAULT_URL,
    prefix: Annotated[
        str, typer.Option(envvar="KHABAR_PREFIX", help="First part of every key in the broker.")
    ] = DEFAULT_PREFIX,
) -> None:
    """Move articles from a Redis list onto the queue, for any program that can RPUSH, such as scrapy-redis.

    An item moves from the list to KEY:khabar-relay, and is deleted there when the broker has accepted it. So no item is lost if a
    process dies, and an item that is sent twice becomes one record. One relay works on a list; others wait to take over.
    SIGTERM and Ctrl-C end it after its batch.

    Examples:
        khabar relay myspider:items

        khabar relay news --from redis://crawler:6379/0 --lane backfill --once
    """
    shape = read_shape(fields, None)
    settings = load_settings()
    console = Console(stderr=True)
    stopping = False

    def say(sentence: str) -> None:
        console.print(cell(sentence), soft_wrap=True)

    def stop(_number: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    for url in dict.fromkeys((redis_url, source or redis_url)):
        connected(url, outage_s=outage_s, on_outage=say).close()
    publisher = ArticlePublisher(
        redis_url,
        lane=lane,
        prefix=prefix,
        max_ledger=settings.max_ledger,
        batch=min(DEFAULT_BATCH, settings.max_ledger),
        outage_s=outage_s,
        wait_replicas=settings.wait_replicas,
        max_bytes=settings.max_article_bytes,
        done_generation_s=settings.done_generation_s,
        full_memory_share=settings.full_memory_share,
        on_rejected=Refusals(console),
        on_outage=say,
    )
    moving = ListRelay(source or redis_url, key, publisher, shape=shape, outage_s=outage_s, on_trouble=say)
    try:
        moving.run(is_stopped=lambda: stopping, until_empty=once)
    except QueueFull as error:
        raise CommandError(f"{error} The items taken so far wait in {moving.held}.", Exit.QUEUE_FULL) from error
    except BrokerError as error:
        raise CommandError(str(error), Exit.NO_BROKER) from error
    finally:
        moving.close()
        publisher.close()
        say(f"{publisher.report.accepted:,} accepted, {publisher.report.rejected:,} rejected")
    tell_missed(shape)
