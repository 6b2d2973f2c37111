"""`khabar records`: what came out."""

import sys
from typing import Annotated

import typer
from redis import Redis
from rich.console import Console

from khabar.broker.first_contact import connected
from khabar.broker.patience import PRODUCER_OUTAGE_S
from khabar.cli.connect import DEFAULT_URL, BrokerUrl
from khabar.cli.output import Form, open_output
from khabar.cli.visible import cell
from khabar.consuming.delivery import START
from khabar.consuming.stream import RecordStream, browse
from khabar.errors import CommandError, Exit, GroupDetached
from khabar.keys.names import DEFAULT_PREFIX, Names
from khabar.sinks.base import Sink
from khabar.sinks.registry import open_sink


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
    outage_s: Annotated[
        float, typer.Option("--outage", help="Seconds to go on trying while the broker is away or in trouble.", min=0)
    ] = PRODUCER_OUTAGE_S,
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
    console = Console(stderr=True)

    def say(sentence: str) -> None:
        console.print(cell(sentence), soft_wrap=True)

    out = open_output(form) if sink is None or to is None else open_sink(sink, to)
    try:
        client = connected(redis_url, outage_s=outage_s, on_outage=say)
        stream = RecordStream(client, group, prefix=prefix) if group else None
        if stream and stream.has_made_group:
            say(f"group {group} made: from now on records wait for it; `khabar groups detach {group}` ends that")
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
