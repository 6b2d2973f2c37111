"""`khabar up`: the whole service on this machine."""

import os
import signal
import threading
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.panel import Panel

from contracts.broker_url import hide_password
from contracts.names import DEFAULT_PREFIX
from khabar.exit_codes import CommandError, Exit
from khabar.machine import Machine, build_machine
from khabar.supervisor import NotReady

DEFAULT_PORT = 6390


def up(
    var: Annotated[Path, typer.Option(help="Folder for data and logs.")] = Path("var"),
    port: Annotated[
        int, typer.Option(help="Port of the embedded broker on 127.0.0.1.", min=1, max=65535)
    ] = DEFAULT_PORT,
    redis_url: Annotated[
        str | None, typer.Option(help="Use this Redis or Valkey instead of the embedded broker.", metavar="URL")
    ] = None,
    children: Annotated[int | None, typer.Option(help="Worker processes; one a core if not given.", min=1)] = None,
    prefix: Annotated[
        str, typer.Option(envvar="KHABAR_PREFIX", help="Begins every key in the broker.")
    ] = DEFAULT_PREFIX,
) -> None:
    """Run the service on this machine: broker, dispatcher and workers, restarted when they exit. Ctrl-C stops it.

    Articles that were accepted and not yet worked on are kept under --var and go on at the next start.

    Examples:
        khabar up

        khabar up --redis-url redis://:secret@10.0.0.5:6379/0 --children 8
    """
    console = Console(stderr=True)
    machine = build_machine(
        var,
        port=port,
        redis_url=redis_url,
        children=children or os.cpu_count() or 1,
        prefix=prefix,
        on_event=lambda event: console.print(event, highlight=False),
    )
    stop = threading.Event()

    def on_signal(_number: int, _frame: object) -> None:
        if stop.is_set():  # asked twice: now
            machine.supervisor.kill()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    try:
        machine.supervisor.start()
    except NotReady as error:
        raise CommandError(str(error), Exit.FAILED) from error
    console.print(_welcome(machine, var))
    try:
        machine.supervisor.watch(stop)
    finally:
        console.print("stopping; running batches are finished first (Ctrl-C again: at once)", highlight=False)
        machine.supervisor.stop()
    console.print("stopped")


def _welcome(machine: Machine, var: Path) -> Panel:
    option = (
        "" if machine.broker_url.endswith(f":{DEFAULT_PORT}/0") else f" --redis-url {hide_password(machine.broker_url)}"
    )
    return Panel.fit(
        f"broker   {hide_password(machine.broker_url)}\n"
        f"data     {var}   logs {var / 'log'}\n"
        f"push     khabar push articles.jsonl{option}\n"
        f"read     khabar records --follow{option}\n"
        f"look     khabar status{option}",
        title="khabar is up",
    )
