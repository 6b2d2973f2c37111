"""`khabar records`: what came out."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer
from redis import Redis
from rich.console import Console

from khabar.broker.first_contact import connected
from khabar.cli.connect import DEFAULT_URL, BrokerUrl
from khabar.cli.show import render_record
from khabar.cli.visible import write_json
from khabar.consuming.delivery import START, Delivery
from khabar.consuming.stream import RecordStream, browse
from khabar.errors import CommandError, Exit, GroupDetached
from khabar.keys.names import DEFAULT_PREFIX, Names
from khabar.sinks.base import Sink
from khabar.sinks.registry import open_sink


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
    sink: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Write into this sink, not to standard output: jsonl (a file of events), or one of an installed package. "
            "Each event is in it once, also after a crash.",
        ),
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="TARGET", help="Of the sink; for jsonl a file.")] = None,
    limit: Annotated[int | None, typer.Option(help="Stop after so many.", min=1)] = None,
    redis_url: BrokerUrl = DEFAULT_URL,
    prefix: Annotated[
        str, typer.Option(envvar="KHABAR_PREFIX", help="Begins every key in the broker.")
    ] = DEFAULT_PREFIX,
) -> None:
    """Read records from the results stream; without --group nothing is remembered and all are shown again next time.

    Examples:
        khabar records > records.jsonl

        khabar records --follow --group archive --sink jsonl --to archive.jsonl
    """
    if (sink is None) != (to is None):
        raise CommandError("--sink and --to go together", Exit.USAGE)
    out = _Output(form) if sink is None or to is None else open_sink(sink, to)
    client = connected(redis_url)
    try:
        stream = RecordStream(client, group, prefix=prefix) if group else None
        _copy(stream, client, Names(prefix).records, out, follow=follow, limit=limit)
    except GroupDetached as error:
        raise CommandError(str(error), Exit.FAILED) from error
    finally:
        out.close()


def _copy(
    stream: RecordStream | None, client: "Redis", records: str, out: Sink, *, follow: bool, limit: int | None
) -> None:
    after, left = START, limit if limit is not None else sys.maxsize
    while left:
        count = min(100, left)
        if stream:
            deliveries = stream.read(count, wait=follow)
        else:
            deliveries = browse(client, stream=records, after=after, wait=follow, count=count)
        if deliveries:
            out.write(deliveries)
            out.flush()  # what is acknowledged must have left this process
            after = deliveries[-1].id
            left -= len(deliveries)
            if stream:
                stream.acknowledge(deliveries)
        elif not follow:
            break


class _Output(Sink):
    """Standard output, which cannot know what it was given before."""

    def __init__(self, form: Form) -> None:
        self._form = form

    def write(self, deliveries: Sequence[Delivery]) -> None:
        """Write each in the form that was asked for."""
        for delivery in deliveries:
            if self._form is Form.PRETTY:
                Console().print(render_record(delivery.event.data))
                continue
            value = delivery.event.data if self._form is Form.JSON else delivery.event
            write_json(value, default=lambda model: model.model_dump())

    def flush(self) -> None:
        """Hand it on."""
        sys.stdout.flush()

    def close(self) -> None:
        """It stays open."""
