"""`khabar schema`: the contract as files for other languages."""

from pathlib import Path
from typing import Annotated

import typer

from khabar.errors import CommandError, Exit
from khabar.messages.schema import make_documents


def schema(
    folder: Annotated[Path, typer.Argument(help="Where to write; made if missing.")] = Path("docs/schema"),
) -> None:
    """Write the JSON Schemas (2020-12) of Article, Record, Rejection and Event, and the AsyncAPI 3.0 document.

    Example:
        khabar schema docs/schema
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in make_documents().items():
            (folder / name).write_text(content, encoding="utf-8")
            typer.echo(folder / name)
    except OSError as error:
        raise CommandError(f"cannot write {error.filename or folder}: {error.strerror}", Exit.FAILED) from error
