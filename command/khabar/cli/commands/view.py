"""`khabar view`: one record as a page."""

import sys
import webbrowser
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from khabar.broker.first_contact import connected
from khabar.cli.chosen_record import Record, is_of, record_of_file
from khabar.cli.connect import DEFAULT_URL, BrokerUrl
from khabar.cli.page_file import page_of, write_page
from khabar.cli.visible import cell
from khabar.consuming.delivery import START
from khabar.consuming.stream import browse
from khabar.errors import CommandError, Exit
from khabar.keys.names import DEFAULT_PREFIX, Names

PAGE = 200  # records at once, while one is looked for


def view(
    what: Annotated[
        str,
        typer.Argument(
            metavar="RECORD|FILE|-",
            help="A file of records or of articles, - for standard input, or an article of the service: its id or address.",
        ),
    ],
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.html",
            help="File to write; if not given, standard output, or a file in this folder if that is a terminal.",
        ),
    ] = None,
    line: Annotated[
        int | None,
        typer.Option("--line", metavar="N", help="Show the record on this line; the first if not given.", min=1),
    ] = None,
    id: Annotated[
        str | None,
        typer.Option("--id", metavar="ID", help="Show the record with this article id, address or outcome id."),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    redis_url: BrokerUrl = DEFAULT_URL,
    prefix: Annotated[
        str, typer.Option(envvar="KHABAR_PREFIX", help="First part of every key in the broker.")
    ] = DEFAULT_PREFIX,
) -> None:
    """Write one record as a self-contained HTML page: the article with its names, quotations, figures and dates.

    Articles are extracted first, with the current settings. The page needs no network.

    Examples:
        khabar view article.txt --open

        khabar view records.jsonl --id url:3844afd6e373edf05b08219e9a41862a > page.html

        khabar records --limit 1 | khabar view - > page.html
    """
    if line is not None and id is not None:
        raise CommandError("give --line or --id, not both", Exit.USAGE)
    console = Console(stderr=True)
    if what == "-" or Path(what).exists():
        record, is_more = record_of_file(what, line=line, id=id)
        if is_more:
            console.print("the first of several records; --line N or --id ID shows another", highlight=False)
    elif line is not None or id is not None or _looks_like_file(what):
        raise CommandError(f"cannot read {what}: there is no such file", Exit.UNREADABLE)
    else:
        record = _of_service(what, redis_url, Names(prefix).records)
    page = page_of(record)
    if to is None and sys.stdout.isatty():
        to = Path(f"khabar-{_short(record)}.html")
    if to is None:
        sys.stdout.buffer.write(page.encode())
        sys.stdout.flush()
        if show:
            raise CommandError("--open needs a file: --to FILE.html", Exit.USAGE)
        return
    write_page(to, page)
    console.print(cell(f"the page is {to.resolve()}"), soft_wrap=True)
    if show and not webbrowser.open(to.resolve().as_uri()):
        console.print("no browser was found; open the file yourself", highlight=False)


def _of_service(id: str, redis_url: str, stream: str) -> Record:
    client: Any = connected(redis_url)
    after, found = START, None
    while deliveries := browse(client, stream=stream, after=after, count=PAGE):
        after = deliveries[-1].id
        for delivery in deliveries:
            if is_of(delivery.event.data, delivery.event.id, id):
                found = {"outcome_id": delivery.event.id, **delivery.event.data}  # the last is the newest
    if found is None:
        raise CommandError(f"there is no file and no record {id}", Exit.UNREADABLE)
    return found


def _looks_like_file(what: str) -> bool:
    return "://" not in what and Path(what).suffix in (
        ".json",
        ".jsonl",
        ".ndjson",
        ".txt",
        ".csv",
        ".html",
        ".xml",
        ".gz",
    )


def _short(record: Record) -> str:
    name = str(record.get("outcome_id") or record["article"]["id"])
    return "".join(character for character in name if character.isascii() and character.isalnum())[:12] or "record"
