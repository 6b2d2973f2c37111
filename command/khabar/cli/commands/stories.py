"""`khabar stories`: which records tell one story, of a file without a broker or of a running service."""

import sys
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Annotated, Any

import orjson
import typer
from pydantic import ValidationError
from rich.console import Console

from khabar.broker.ledgers import ledgers_of
from khabar.cli.connect import DEFAULT_URL, BrokerUrl
from khabar.cli.record_lines import read_records
from khabar.cli.running_stories import show_running
from khabar.cli.visible import write_bytes
from khabar.errors import CommandError, Exit
from khabar.keys.names import DEFAULT_PREFIX, Names
from khabar.messages.dates import read_date
from khabar.messages.record import Record
from khabar.messages.story import Story
from khabar.stories.digest import day_of
from khabar.stories.grouping import WINDOW_DAYS, Grouping
from khabar.stories.needed import read_needed
from khabar.stories.telling import Teller


def stories(
    records: Annotated[
        str | None,
        typer.Argument(
            metavar="[RECORDS.jsonl|-]", help="Records, one JSON object a line; a running service if not given."
        ),
    ] = None,
    days: Annotated[
        float,
        typer.Option(
            "--days", metavar="N", help="For a file: days beyond which two articles are not compared.", min=0.1, max=60
        ),
    ] = WINDOW_DAYS,
    least: Annotated[int, typer.Option("--least", metavar="N", help="Leave out stories of fewer articles.", min=1)] = 1,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", help="For a service: most stories to show.", min=1)
    ] = 20,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="For a service: keep reading revisions as they come; Ctrl-C ends it.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="For a service: one JSON line for each story, as for a file.")
    ] = False,
    redis_url: BrokerUrl = DEFAULT_URL,
    prefix: Annotated[
        str, typer.Option(envvar="KHABAR_PREFIX", help="First part of every key in the broker.")
    ] = DEFAULT_PREFIX,
) -> None:
    """Group records into stories, each about one event, or show the stories of a running service, the largest first.

    For a file: one JSON line for each story. Records are sorted by their time first. Each article is in exactly one story,
    with its role: first, own, or copy_of another article. A story is written when its last article has left the window, or at
    the end.

    Examples:
        khabar extract articles.jsonl | khabar stories - > stories.jsonl

        khabar stories records.jsonl --least 2 | jq -r '[.independent_sources, .headline] | @tsv'

        khabar stories --limit 10

        khabar stories --follow --least 3
    """
    if records is None:
        home = ledgers_of(redis_url, prefix)[0]  # of several ledgers the first has the stories
        show_running(home.url, Names(home.prefix), limit=limit, least=least, follow=follow, as_json=as_json)
        return
    if follow:
        raise CommandError("--follow is for a running service: leave out the file", Exit.USAGE)
    grouping, teller = Grouping(window_days=days), Teller()
    articles = written = 0
    for record in _by_time(records):
        change = grouping.add(record)
        articles += change.article is not None
        teller.take(record, change)
        for story in change.closed:
            written += _write(teller.close(story), least)
    for story in grouping.open_stories():
        written += _write(teller.close(story), least)
    sys.stdout.flush()
    Console(stderr=True).print(f"{articles:,} articles, {written:,} stories written", highlight=False)
    if not articles:
        raise CommandError(f"{records} holds no record", Exit.UNREADABLE)


def _write(story: Story, least: int) -> bool:
    if len(story.articles) < least:
        return False
    write_bytes(orjson.dumps(story.model_dump(mode="json")) + b"\n")
    return True


def _by_time(source: str) -> Iterator[Record]:
    """Yield the records in the order of their time; one without a time stays behind the one before it in the file."""
    order: list[tuple[float, int, int]] = []
    at = 0.0
    with TemporaryFile() as spool:  # records are large: a file is sorted on the disk
        for number, value in read_records(source):
            at = _time(value, at)
            order.append((at, number, spool.tell()))
            spool.write(orjson.dumps(value) + b"\n")
        for _, number, place in sorted(order):
            spool.seek(place)
            try:
                yield read_needed(orjson.loads(spool.readline()))
            except ValidationError as error:
                raise CommandError(f"{source}, line {number} is not a record of khabar", Exit.UNREADABLE) from error


def _time(value: dict[str, Any], before: float) -> float:
    article = value.get("article")
    for field in ("published_at", "scraped_at"):
        moment = read_date(article.get(field)) if isinstance(article, dict) else None
        if moment is not None:
            return day_of(moment)
    return before
