"""`khabar demo`: the main job on sample articles, through a real broker and real workers."""

import sys
import tempfile
import threading
import time
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer
from redis import Redis
from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from khabar.broker.connection import connect
from khabar.cli.page_file import page_of, write_page
from khabar.cli.show import render_record, render_rejection
from khabar.cli.visible import visible
from khabar.consuming.stream import browse
from khabar.errors import CommandError, Exit
from khabar.keys.names import DEFAULT_PREFIX, Lane, Names
from khabar.publishing.publisher import ArticlePublisher
from khabar.sources.opening import open_source
from khabar.supervision.embedded_broker import free_port
from khabar.supervision.machine import build_machine
from khabar.supervision.supervisor import NotReady

SAMPLES = ("article.txt", "scraped.jsonl")
PAGE = Path("khabar-demo.html")
DEADLINE_S = 60.0


def demo(
    children: Annotated[int, typer.Option(help="Worker processes.", min=1)] = 2,
    to: Annotated[
        Path, typer.Option(metavar="FILE.html", help="Write the page of the first sample article to this file.")
    ] = PAGE,
) -> None:
    """Push sample articles through a temporary service with its own broker and folder, and show the records.

    The first article's record is written as a page, as `khabar view` does.

    Example:
        khabar demo
    """
    console = Console()
    stop = threading.Event()
    with tempfile.TemporaryDirectory(prefix="khabar-demo-") as var:
        machine = build_machine(
            Path(var),
            port=free_port(),
            redis_url=None,
            children=children,
            prefix=DEFAULT_PREFIX,
            on_event=lambda event: console.print(Text(visible(event), style="yellow")),
        )
        console.print(Rule("starting broker, dispatcher and workers"))
        try:
            machine.supervisor.start()
        except NotReady as error:
            machine.release()
            raise CommandError(str(error), Exit.FAILED) from error
        watch = threading.Thread(target=machine.supervisor.watch, args=(stop,))
        watch.start()
        try:
            pushed = _push(machine.broker_url)
            console.print(Rule(f"{pushed} articles pushed; what came out"))
            _show(connect(machine.broker_url), pushed, console, to)
        finally:
            stop.set()
            watch.join()
            machine.stop()


def _push(url: str) -> int:
    publisher = ArticlePublisher(url, lane=Lane.LIVE)
    with publisher:
        for name in SAMPLES:
            publisher.publish(open_source(str(files("khabar.cli").joinpath("samples", name))).items())
    return publisher.report.accepted


def _show(client: "Redis", pushed: int, console: Console, to: Path) -> None:
    names = Names()
    deadline = time.monotonic() + DEADLINE_S
    while client.xlen(names.records) + client.xlen(names.dead) < pushed:
        if time.monotonic() > deadline:
            raise CommandError(f"not all articles came out within {DEADLINE_S:.0f} s", Exit.FAILED)
        time.sleep(0.02)
    shown = None
    for delivery in browse(client, stream=names.records):
        console.print(render_record(delivery.event.data))
        if delivery.event.data["article"]["title"] == _title():
            shown = {"outcome_id": delivery.event.id, **delivery.event.data}
    for delivery in browse(client, stream=names.dead):
        console.print(render_rejection(delivery.event.data))
    if shown is not None:
        try:
            write_page(to, page_of(shown))
        except CommandError:
            if to != PAGE:
                raise
            to = Path(tempfile.gettempdir()) / PAGE  # a folder that cannot be written is no fault of the demo
            write_page(to, page_of(shown))
        console.print(Rule("the first article as a page, for a browser"))
        console.print(Text(visible(to.resolve())), soft_wrap=True)
    console.print(Rule("what next"))
    for line in _next_steps():
        console.print(Text(line), soft_wrap=True)


def _next_steps() -> list[str]:
    """Return what to type next, with the command as it was called here."""
    program = visible(sys.argv[0]) if Path(sys.argv[0]).name == "khabar" and "/" in sys.argv[0] else "khabar"
    here = Path.cwd()
    if program.startswith(f"{here}/"):
        program = program.removeprefix(f"{here}/")
    steps = {
        "up": "starts the service here, and keeps it running",
        "push article.json": "sends an article; JSON, CSV, HTML, feeds and more are read",
        "records --format pretty": "shows what came out",
    }
    width = max(map(len, steps))
    return [
        *(f"{program} {step:<{width}}  {does}" for step, does in steps.items()),
        "The tutorial, docs/tutorial.md, goes from here to a program of your own in ten minutes.",
    ]


def _title() -> str:
    """Return the first line of the sample article."""
    return files("khabar.cli").joinpath("samples", SAMPLES[0]).read_text(encoding="utf-8").partition("\n")[0]
