"""`khabar farasa`: Farasa's own jars, for KHABAR_ENGINE=farasapy."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from khabar.errors import CommandError, Exit
from khabar.farasa_jars.accepted import LICENCE, accept, read_accepted
from khabar.farasa_jars.download import URL, DownloadFailed, download, install
from khabar.farasa_jars.errors import FarasaNotReady
from khabar.farasa_jars.jars import find_jars
from khabar.settings import load_settings

app = typer.Typer(
    help="Farasa's own jars: download or accept them, and try them out. The default engine needs none.",
    no_args_is_help=True,
)

Folder = Annotated[
    Path | None, typer.Argument(help="Folder of the jars; KHABAR_FARASA_JARS if not given.", show_default=False)
]
Acceptance = Annotated[bool, typer.Option("--accept-licence", help="Accept the licence, which you have read.")]


@app.command("download")
def download_jars(
    folder: Folder = None,
    url: Annotated[str, typer.Option(help="Address of the archive; the default is farasapy's.")] = URL,
    archive: Annotated[
        Path | None, typer.Option(help="Use this zip file instead of a download.", dir_okay=False)
    ] = None,
    sha256: Annotated[str | None, typer.Option(help="Expected SHA-256 of the archive.")] = None,
    ca: Annotated[Path | None, typer.Option(help="Certificates to trust instead of the system's.", exists=True)] = None,
    replace: Annotated[bool, typer.Option(help="Accept another archive in place of the earlier one.")] = False,
    accept_licence: Acceptance = False,
) -> None:
    """Fetch Farasa's jars (200 MB) over verified TLS, unpack them, and record their SHA-256; it is checked from then on.

    Their licence is shown first and has to be accepted: research use only.

    Examples:
        khabar farasa download ~/farasa

        khabar farasa download ~/farasa --archive farasa_bin.zip --accept-licence
    """
    folder = _folder(folder)
    _ask(accept_licence=accept_licence)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            source = archive or Path(scratch) / "farasa_bin.zip"
            if archive is None:
                with Progress(console=Console(stderr=True), transient=True) as progress:
                    bar = progress.add_task("fetching")
                    download(
                        url,
                        source,
                        ca=ca,
                        on_bytes=lambda got, size: progress.update(bar, completed=got, total=size or None),
                    )
            elif not archive.is_file():
                raise CommandError(f"{archive} is not a file", Exit.UNREADABLE)
            record = install(source, folder, source=str(archive or url), sha256=sha256, may_replace=replace)
    except DownloadFailed as error:
        raise CommandError(str(error), Exit.FAILED) from error
    except OSError as error:
        raise CommandError(f"cannot write {error.filename or folder}: {error.strerror}", Exit.FAILED) from error
    typer.echo(f"{len(record.files)} files in {folder}; the archive's SHA-256 is {record.archive_sha256}")
    typer.echo(f"use them with KHABAR_ENGINE=farasapy KHABAR_FARASA_JARS={folder}; try them with `khabar farasa check`")


@app.command("accept")
def accept_jars(folder: Folder = None, accept_licence: Acceptance = False) -> None:
    """Accept the licence of jars that you copied into a folder, and record their SHA-256.

    Example:
        khabar farasa accept /opt/farasa --accept-licence
    """
    folder = _folder(folder)
    jars = find_jars(folder)
    _ask(accept_licence=accept_licence)
    try:
        record = accept(jars, source="by hand")
    except OSError as error:
        raise CommandError(
            f"cannot write the acceptance into {jars.folder} ({error.strerror}): run this as a user who may write there",
            Exit.FAILED,
        ) from error
    typer.echo(f"{len(record.files)} files in {jars.folder} are accepted; from now on, a changed file is refused")


@app.command()
def check(folder: Folder = None) -> None:
    """Start the segmenter and say how it answers, what it normalizes, and which jars are there.

    Example:
        KHABAR_FARASA_JARS=~/farasa khabar farasa check
    """
    from khabar.farasa_jars.build import FarasaJars
    from khabar.farasa_jars.report import report

    settings = load_settings(engine="farasapy", **({} if folder is None else {"farasa_jars": folder}))
    jars = FarasaJars(settings)
    accepted = read_accepted(jars.jars.folder)
    for name, value in report(jars.jars, jars.segmenter_tool()).items():
        typer.echo(f"{name:12} {value}")
    if accepted is not None:
        typer.echo(f"{'accepted':12} {accepted.at}, from {accepted.source}")


def _folder(folder: Path | None) -> Path:
    folder = folder or load_settings().farasa_jars
    if folder is None:
        raise CommandError("name a folder for Farasa's jars, or set KHABAR_FARASA_JARS", Exit.USAGE)
    return folder.expanduser().absolute()


def _ask(*, accept_licence: bool) -> None:
    Console(stderr=True).print(LICENCE, highlight=False, markup=False, soft_wrap=True)
    if accept_licence:
        return
    if not sys.stdin.isatty():
        raise FarasaNotReady("accept Farasa's licence, shown above, with --accept-licence")
    if not typer.confirm("Do you accept this licence?", err=True):
        raise CommandError("not accepted; nothing was done", Exit.USAGE)
