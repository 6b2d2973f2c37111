"""`khabar records`: what came out."""

import signal
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated

import typer
from redis import Redis
from rich.console import Console

from khabar.broker.first_contact import connected
from khabar.broker.ledgers import Ledger, ledgers_of
from khabar.broker.patience import PRODUCER_OUTAGE_S
from khabar.cli.connect import DEFAULT_URL, BrokerUrl, Prefix
from khabar.cli.output import JSON, open_output
from khabar.cli.visible import cell
from khabar.consuming.delivery import START, Delivery
from khabar.consuming.merging import MergedStream
from khabar.consuming.stream import RecordStream, browse
from khabar.errors import CommandError, Exit, GroupDetached
from khabar.keys.names import DEFAULT_PREFIX, Names
from khabar.sinks.filling import BATCH, copy, fill
from khabar.sinks.registry import open_sink, sink_of

LONGEST_LINGER_S = 25.0  # below half of the time after which another consumer of the group takes the records over


def records(
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Keep reading records as they come; Ctrl-C and SIGTERM end it.")
    ] = False,
    group: Annotated[
        str | None,
        typer.Option(
            help="Read as this consumer group: each record once, acknowledged when it is written; records are kept until then."
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
            help="Write to this target instead of standard output: FILE.jsonl, FOLDER.parquet, FILE.duckdb, "
            "FOLDER.csv/, postgresql://…, opensearch+http://HOST:9200/INDEX, https://… (a webhook). "
            "Each record is there once, also after a crash.",
        ),
    ] = None,
    sink: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The sink, if the target does not show it: csv, duckdb, jsonl, opensearch, parquet, postgresql, "
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
            help="With --follow: seconds that a batch waits to be filled.",
            min=0,
            max=LONGEST_LINGER_S,
        ),
    ] = 0.0,
    limit: Annotated[int | None, typer.Option(help="Stop after this many records.", min=1)] = None,
    outage_s: Annotated[
        float,
        typer.Option("--outage", help="Seconds to keep trying while the broker is unreachable or refuses.", min=0),
    ] = PRODUCER_OUTAGE_S,
    redis_url: BrokerUrl = DEFAULT_URL,
    prefix: Prefix = DEFAULT_PREFIX,
) -> None:
    """Read records from the results stream. Without --group nothing is remembered: the next run shows all of them again.

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

    ledgers = ledgers_of(redis_url, prefix)
    out = open_output(form) if to is None else open_sink(sink or sink_of(to), to, options)
    try:
        clients = [connected(each.url, outage_s=outage_s, on_outage=say) for each in ledgers]
        if group:
            with _open_stream(clients, ledgers, group, outage_s) as stream:
                if stream.has_made_group:
                    say(
                        f"group {group} made: from now on records wait for it; `khabar groups detach {group}` ends that"
                    )
                fill(out, stream, follow=follow, batch=batch, linger_s=linger_s, limit=limit or sys.maxsize)
        else:
            read = Browser(clients, [Names(each.prefix).records for each in ledgers])
            copy(read, out, _nothing, follow=follow, batch=batch, linger_s=linger_s, limit=limit or sys.maxsize)
    except GroupDetached as error:
        raise CommandError(str(error), Exit.FAILED) from error
    finally:
        out.close()


def _open_stream(
    clients: Sequence[Redis], ledgers: Sequence[Ledger], group: str, outage_s: float
) -> RecordStream | MergedStream:
    if len(ledgers) == 1:
        return RecordStream(clients[0], group, prefix=ledgers[0].prefix, stop_on=[signal.SIGTERM])
    return MergedStream(ledgers, group, outage_s=outage_s, stop_on=[signal.SIGTERM])


class Browser:
    """Reads the records of all ledgers from their beginning, without a group."""

    def __init__(self, clients: Sequence[Redis], streams: Sequence[str]) -> None:
        self._sources = list(zip(clients, streams, strict=True))
        self._after = [START] * len(self._sources)
        self._waits_for = 0

    def __call__(self, count: int, *, wait: bool) -> list[Delivery]:
        """Return the next deliveries."""
        found: list[Delivery] = []
        for ledger in range(len(self._sources)):
            if len(found) < count:
                found += self._read(ledger, count - len(found), wait=wait and len(self._sources) == 1)
        if not found and wait and len(self._sources) > 1:  # for one of them, the next time for another
            self._waits_for = (self._waits_for + 1) % len(self._sources)
            found = self._read(self._waits_for, count, wait=True)
        return found

    def _read(self, ledger: int, count: int, *, wait: bool) -> list[Delivery]:
        client, stream = self._sources[ledger]
        found = browse(client, stream=stream, after=self._after[ledger], wait=wait, count=count)
        if found:
            self._after[ledger] = found[-1].id
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
