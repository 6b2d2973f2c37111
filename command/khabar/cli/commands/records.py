"""`khabar records`: what came out."""

import sys
from enum import StrEnum
from typing import Annotated

import orjson
import typer
from redis import Redis
from rich.console import Console

from khabar.broker.first_contact import connected
from khabar.cli.connect import DEFAULT_URL, BrokerUrl
from khabar.cli.show import render_record
from khabar.consuming.delivery import START, Delivery
from khabar.consuming.stream import RecordStream, browse
from khabar.errors import CommandError, Exit, GroupDetached
from khabar.keys.names import DEFAULT_PREFIX, Names


class Form(StrEnum):
    """How a record is written."""

    JSON = "json"
    EVENT = "event"
    PRETTY = "pretty"


def records(
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with records as they come; Ctrl-C ends it.")
    ] = False,
    group: Annotated[
        str | None,
        typer.Option(
            help="Read as this consumer group: each record once, acknowledged when it is written; kept until then."
        ),
    ] = None,
    form: Annotated[
        Form, typer.Option("--format", help="json: a record a line; event: in its CloudEvent; pretty: for a person.")
    ] = Form.JSON,
    limit: Annotated[int | None, typer.Option(help="Stop after so many.", min=1)] = None,
    redis_url: BrokerUrl = DEFAULT_URL,
    prefix: Annotated[
        str, typer.Option(envvar="KHABAR_PREFIX", help="Begins every key in the broker.")
    ] = DEFAULT_PREFIX,
) -> None:
    """Read records from the results stream; without --group nothing is remembered and all are shown again next time.

    Examples:
        khabar records > records.jsonl

        khabar records --follow --group archive >> archive.jsonl
    """
    client = connected(redis_url)
    try:
        stream = RecordStream(client, group, prefix=prefix) if group else None
        _copy(stream, client, Names(prefix).records, form, follow=follow, limit=limit)
    except GroupDetached as error:
        raise CommandError(str(error), Exit.FAILED) from error


def _copy(
    stream: RecordStream | None, client: "Redis", records: str, form: Form, *, follow: bool, limit: int | None
) -> None:
    after, left = START, limit if limit is not None else sys.maxsize
    while left:
        count = min(100, left)
        if stream:
            deliveries = stream.read(count, wait=follow)
        else:
            deliveries = browse(client, stream=records, after=after, wait=follow, count=count)
        for delivery in deliveries:
            _write(delivery, form)
        if deliveries:
            sys.stdout.flush()  # what is acknowledged must have left this process
            after = deliveries[-1].id
            left -= len(deliveries)
            if stream:
                stream.acknowledge(deliveries)
        elif not follow:
            break


def _write(delivery: Delivery, form: Form) -> None:
    if form is Form.PRETTY:
        Console().print(render_record(delivery.event.data))
        return
    value = delivery.event.data if form is Form.JSON else delivery.event
    sys.stdout.buffer.write(
        orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE, default=lambda model: model.model_dump())
    )
