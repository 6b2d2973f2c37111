"""`khabar schema`: the contract as files for other languages."""

from pathlib import Path
from typing import Annotated

import typer

from khabar.cli.visible import visible
from khabar.errors import CommandError, Exit
from khabar.extractors.registry import load_guests
from khabar.messages.schema import make_documents


def schema(
    folder: Annotated[Path, typer.Argument(help="Folder to write to; created if missing.")] = Path("docs/schema"),
) -> None:
    """Write the JSON Schemas (2020-12) of Article, Record, Rejection and Event, and the AsyncAPI 3.0 document.

    Also writes custom.LAYER.schema.json for each layer of an extractor from another installed package.

    Example:
        khabar schema docs/schema
    """
    documents = make_documents({extractor.layer: extractor.json_schema for extractor in load_guests()})
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in documents.items():
            (folder / name).write_text(content, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"cannot write {error.filename or folder}: {error.strerror}", Exit.FAILED) from error
    for name in documents:
        typer.echo(visible(folder / name))
