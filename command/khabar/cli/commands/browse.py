"""`khabar browse`: records in a browser, on this machine."""

import socket
import sys
import tempfile
import webbrowser
from contextlib import ExitStack
from hashlib import blake2b
from pathlib import Path
from shutil import copyfileobj
from typing import Annotated

import typer
from rich.console import Console

from khabar.broker.first_contact import connected
from khabar.broker.url import hide_password
from khabar.cli.connect import DEFAULT_URL, BrokerUrl
from khabar.cli.visible import cell
from khabar.errors import CommandError, Exit, NotInstalled
from khabar.keys.names import DEFAULT_PREFIX, Names

PORT = 8790
KEPT = 100_000


def browse(
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE|-",
            help="A file of records, one on each line; the records of the running service if not given.",
        ),
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; with any but 127.0.0.1, others can read the records.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 for a free one.", min=0, max=65535)] = PORT,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="Another host name under which browsers may open it."),
    ] = None,
    index: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Folder of the index, which is a cache; by default browse/ in $KHABAR_CACHE_DIR or ~/.cache/khabar.",
        ),
    ] = None,
    keep: Annotated[
        int, typer.Option(metavar="N", help="Most records in the index; the oldest are removed first.", min=1)
    ] = KEPT,
    show: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    redis_url: BrokerUrl = DEFAULT_URL,
    prefix: Annotated[
        str, typer.Option(envvar="KHABAR_PREFIX", help="First part of every key in the broker.")
    ] = DEFAULT_PREFIX,
) -> None:
    """Serve pages for a browser on this machine: search in records, stories, and an overview.

    Records are found by word, person, place, topic, outlet and date. New records of the service appear within seconds. Nothing
    is written to the broker, and nothing is fetched from the network.

    Examples:
        khabar browse

        khabar browse records.jsonl --open
    """
    try:
        import uvicorn

        from khabar.browsing.app import build_app
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("starlette", "uvicorn"):
            raise
        raise NotInstalled(f"khabar browse needs {error.name}; run: pip install 'khabar[browse]'") from error
    from khabar.browsing.feeding import Feeder, feed_file, feed_stream
    from khabar.browsing.index import Index

    console = Console(stderr=True)
    with ExitStack() as stack:
        if file is None:
            source = f"{hide_password(redis_url)} {prefix}"
            client = connected(redis_url)
            names = Names(prefix)
            feed = feed_stream(client, names.records, f"{prefix}stories")
        else:
            path = _file(file, stack)
            source = str(path)
            feed = feed_file(path, "standard input" if file == "-" else path.name)
        listening = stack.enter_context(_listen(host, port))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) if file == "-" else index or _cache()
        made = Index(folder / f"{blake2b(source.encode(), digest_size=8).hexdigest()}.sqlite", keep=keep)
        stack.callback(made.close)
        feeder = Feeder(made, feed)
        feeder.start()
        stack.callback(feeder.close)
        address = f"http://{_spelt(host)}:{listening.getsockname()[1]}/"
        console.print(cell(f"{address}  (Ctrl-C ends it; index: {made.path})"), soft_wrap=True)
        if not _is_loopback(host):
            console.print("anybody who reaches this address can read the records: there is no password", style="yellow")
        if show:
            webbrowser.open(address)
        app = build_app(made.path, hosts=_hosts(host, allow_host or ()), status=feeder.status)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, lifespan="on", limit_concurrency=64, ws="none",
            timeout_graceful_shutdown=2,
        )  # fmt: skip
        uvicorn.Server(config).run(sockets=[listening])


def _file(file: str, stack: ExitStack) -> Path:
    if file != "-":
        path = Path(file).resolve()
        if not path.is_file():
            raise CommandError(f"cannot read {file}: there is no such file", Exit.UNREADABLE)
        return path
    spool = stack.enter_context(tempfile.NamedTemporaryFile(prefix="khabar-browse-"))  # noqa: SIM115
    copyfileobj(sys.stdin.buffer, spool)
    spool.flush()
    return Path(spool.name)


def _cache() -> Path:
    from khabar.engines.farasa_embedded.cache import default_cache_dir

    return default_cache_dir() / "browse"


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise CommandError(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another with --port", Exit.USAGE
        ) from error
    return listening


def _hosts(host: str, more: "tuple[str, ...] | list[str]") -> list[str]:
    """Return the names that a browser may send as Host; ports do not count."""
    own = ["127.0.0.1", "localhost", "[::1]"] if _is_loopback(host) else []
    return [*own, *({_spelt(host)} - {"0.0.0.0", "[::]"}), *more]  # noqa: S104


def _is_loopback(host: str) -> bool:
    return host == "localhost" or host == "::1" or host.startswith("127.")


def _spelt(host: str) -> str:
    return f"[{host}]" if ":" in host else host
