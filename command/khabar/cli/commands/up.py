"""`khabar up`: the whole service on this machine."""

import signal
import threading
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from khabar.broker.local import password_file
from khabar.broker.url import hide_password
from khabar.cli.connect import Prefix
from khabar.cli.visible import visible
from khabar.errors import CommandError, Exit
from khabar.keys.names import DEFAULT_PORT, DEFAULT_PREFIX
from khabar.liveness.processes import Role
from khabar.settings import Settings, load_settings
from khabar.supervision.machine import Machine, build_machine, build_role
from khabar.supervision.supervisor import NotReady

if TYPE_CHECKING:
    from khabar.metrics.endpoint import Endpoint


class Only(StrEnum):
    """The roles that a container may have."""

    DISPATCHER = "dispatcher"
    WORKER = "worker"
    STORIES = "stories"


def up(
    var: Annotated[Path, typer.Option(help="Folder for data and logs.")] = Path("var"),
    port: Annotated[
        int, typer.Option(help="Port of the embedded broker on 127.0.0.1.", min=1, max=65535)
    ] = DEFAULT_PORT,
    redis_url: Annotated[
        str | None,
        typer.Option(
            help="Use this Redis or Valkey instead of the embedded broker; several with commas are several ledgers.",
            metavar="URL",
        ),
    ] = None,
    children: Annotated[
        int | None, typer.Option(help="Worker processes; KHABAR_CHILDREN, or one more than cores if not given.", min=1)
    ] = None,
    prefix: Prefix = DEFAULT_PREFIX,
    password: Annotated[
        bool,
        typer.Option(
            "--password/--no-password",
            help="Whether the embedded broker asks for the password in VAR/broker/password. Without it, every user of this "
            "machine can read and delete articles.",
        ),
    ] = True,
    only: Annotated[
        Only | None,
        typer.Option(
            help="Run only this role, against --redis-url or KHABAR_REDIS_URL, and log to standard output: for a container."
        ),
    ] = None,
    metrics: Annotated[
        str | None,
        typer.Option(
            help="Serve /metrics for Prometheus and /healthz here; a PORT without a host is on 127.0.0.1. "
            "KHABAR_METRICS if not given.",
            metavar="HOST:PORT",
        ),
    ] = None,
) -> None:
    """Run the service on this machine: broker, dispatcher, workers and stories. Ctrl-C stops it.

    Restarts any process that exits or hangs. Accepted articles that are not finished are kept under --var until the next start.

    Examples:
        khabar up

        khabar up --redis-url redis://:secret@10.0.0.5:6379/0 --children 8

        khabar up --only worker --redis-url redis://10.0.0.5:6379/0 --metrics 0.0.0.0:9464
    """
    console = Console(stderr=True)
    stop = threading.Event()
    machine: Machine | None = None

    def say(event: str) -> None:
        console.print(Text(visible(event)), soft_wrap=True)

    def on_signal(_number: int, _frame: object) -> None:
        if stop.is_set() and machine is not None:  # asked twice: now
            machine.supervisor.hurry()
        stop.set()

    # First: a signal without a handler does nothing to the first process of a container.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    overrides = {"children": children, "redis_url": redis_url, "prefix": prefix, "metrics": metrics}
    settings = load_settings(**{name: value for name, value in overrides.items() if value is not None})
    if redis_url or only:
        _refuse_several(settings, only)
    if only is None:
        machine = build_machine(
            var,
            port=port,
            redis_url=redis_url,
            children=settings.children,
            prefix=prefix,
            on_event=say,
            has_password=password,
        )
    else:
        machine = build_role(Role(only), settings, on_event=say)
    endpoint = _open_endpoint(machine, settings, only) if settings.metrics else None
    try:
        machine.supervisor.start(stop)
    except NotReady as error:
        machine.release()
        raise CommandError(str(error), Exit.FAILED) from error
    if len(machine.watches) > 1 and settings.stories:
        say("no stories are made: they need all articles of a deployment in one ledger")
    if not stop.is_set():
        console.print(
            _welcome(machine, var, port, prefix)
            if only is None
            else Text(f"{only} is up, with {visible(hide_password(machine.broker_url))}")
        )
    try:
        machine.supervisor.watch(stop)
    finally:
        say("stopping; running batches are finished first (Ctrl-C again: at once)")
        if endpoint is not None:
            endpoint.close()
        machine.stop()
    say("stopped")


def _refuse_several(settings: Settings, only: Only | None) -> None:
    """Refuse options that work with only one ledger.

    Raises:
        CommandError: such an option was given, and there are several ledgers.
    """
    if len(settings.ledgers) > 1 and (only or settings.metrics):
        what = f"--only {only}" if only else "--metrics"
        raise CommandError(
            f"{what} is about one ledger; give one of the brokers with --redis-url and --prefix", Exit.USAGE
        )


def _open_endpoint(machine: Machine, settings: Settings, only: Only | None) -> "Endpoint":
    """Before the processes start, so that a start that fails can be asked about; the broker may be away."""
    from khabar.metrics.endpoint import Endpoint  # here: who wants no metrics starts without what they need
    from khabar.metrics.host import host_metrics
    from khabar.metrics.source import Source

    folder = machine.folder.path if machine.folder else None
    source = Source(
        settings.model_copy(update={"redis_url": machine.broker_url}),
        partial(host_metrics, machine.services, folder),
        role=Role(only) if only else None,
    )
    try:
        return Endpoint(settings.metrics or "", source)
    except BaseException:
        machine.release()
        raise


def _welcome(machine: Machine, var: Path, port: int, prefix: str) -> Panel:
    embedded = machine.port is not None
    address = f"redis://127.0.0.1:{port}/0" if embedded else hide_password(machine.broker_url)
    option = "" if embedded and port == DEFAULT_PORT else f" --redis-url {address}"
    option += f" --prefix '{prefix}'" if "," in prefix else ""
    lines = [f"broker   {address}"]
    if embedded and password_file(var).exists():
        lines.append(f"password {password_file(var)}; khabar's own clients of this user on this machine find it there")
    lines += [
        f"data     {var}   logs {var / 'log'}",
        f"push     khabar push articles.jsonl{option}",
        f"read     khabar records --follow{option}",
        f"look     khabar status{option}",
    ]
    return Panel.fit(Text(visible("\n".join(lines), lines=True)), title="khabar is up")
