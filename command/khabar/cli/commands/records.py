"""`khabar records`: what came out."""

import signal
import sys
from collections.abc import Iterable
from typing import Annotated

import typer
from redis import Redis
from rich.console import Console

from khabar.broker.first_contact import connected
from khabar.broker.patience import PRODUCER_OUTAGE_S
from khabar.cli.connect import DEFAULT_URL, BrokerUrl
from khabar.cli.output import JSON, open_output
from khabar.cli.visible import cell
from khabar.consuming.delivery import START, Delivery
from khabar.consuming.stream import RecordStream, browse
from khabar.errors import CommandError, Exit, GroupDetached
from khabar.keys.names import DEFAULT_PREFIX, Names
from khabar.sinks.filling import BATCH, copy, fill
from khabar.sinks.registry import open_sink, sink_of

LONGEST_LINGER_S = 25.0  # below half of the time after which another consumer of the group takes the records over


def records(
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with records as they come; Ctrl-C and SIGTERM end it.")
    ] = False,
    group: Annotated[
        str | None,
        typer.Option(
            help="Read as this consumer group: each record once, acknowledged when it is written; kept until then."
        ),
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="NAME",
            help="json: a record a line, with its outcome_id; pretty: for a person; cloudevents (or event), schema_org, ninjs, "
            "web_annotation, bulk (of OpenSearch), or one of an installed package: docs/how-to/exporters.md.",
        ),
    ] = JSON,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="TARGET",
            envvar="KHABAR_RECORDS_TO",
            help="Write there, not to standard output: FILE.jsonl, FOLDER.parquet, FILE.duckdb, FOLDER.csv/, postgresql://…, "
            "opensearch+http://HOST:9200/INDEX, https://… (a webhook). Each record is there once, also after a crash.",
        ),
    ] = None,
    sink: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The sink of the target, where that does not tell: csv, duckdb, jsonl, opensearch, parquet, postgresql, "
            "webhook, or one of an installed package.",
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="An option of the sink, such as max_mb=100: docs/how-to/sinks.md."
        ),
    ] = None,
    batch: Annotated[int, typer.Option(help="Most records that are written and acknowledged at once.", min=1)] = BATCH,
    linger_s: Annotated[
        float,
        typer.Option(
            "--linger",
            help="With --follow: seconds for which a batch that is not full waits for more.",
            min=0,
            max=LONGEST_LINGER_S,
        ),
    ] = 0.0,
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

        khabar records --follow --group archive --to archive.jsonl --set max_mb=1000

        khabar records --follow --group lake --to news.parquet --batch 5000 --linger 25
    """
    if sink is not None and to is None:
        raise CommandError("--sink needs a target: --to TARGET", Exit.USAGE)
    if settings and to is None:
        raise CommandError("--set is for the sink of --to TARGET", Exit.USAGE)
    options = _options(settings or ())
    console = Console(stderr=True)

    def say(sentence: str) -> None:
        console.print(cell(sentence), soft_wrap=True)

    out = open_output(form) if to is None else open_sink(sink or sink_of(to), to, options)
    try:
        client = connected(redis_url, outage_s=outage_s, on_outage=say)
        if group:
            with RecordStream(client, group, prefix=prefix, stop_on=[signal.SIGTERM]) as stream:
                if stream.has_made_group:
                    say(
                        f"group {group} made: from now on records wait for it; `khabar groups detach {group}` ends that"
                    )
                fill(out, stream, follow=follow, batch=batch, linger_s=linger_s, limit=limit or sys.maxsize)
        else:
            read = Browser(client, Names(prefix).records)
            copy(read, out, _nothing, follow=follow, batch=batch, linger_s=linger_s, limit=limit or sys.maxsize)
    except GroupDetached as error:
        raise CommandError(str(error), Exit.FAILED) from error
    finally:
        out.close()


class Browser:
    """Reads the stream from its beginning, without a group."""

    def __init__(self, client: "Redis", records: str) -> None:
        self._client = client
        self._records = records
        self._after = START

    def __call__(self, count: int, *, wait: bool) -> list[Delivery]:
        """Return the next deliveries."""
        found = browse(self._client, stream=self._records, after=self._after, wait=wait, count=count)
        if found:
            self._after = found[-1].id
        return found


def _nothing(_deliveries: list[Delivery]) -> None:
    """Acknowledge nothing: without a group nothing is remembered."""


def _options(settings: Iterable[str]) -> dict[str, str]:
    options = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise CommandError(f"--set {setting}: is not of the form NAME=VALUE", Exit.USAGE)
        options[name] = value
    return options
