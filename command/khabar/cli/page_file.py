"""A record's page, in a file."""

import os
from pathlib import Path
from typing import Any

from khabar.errors import CommandError, Exit
from khabar.page.page import record_page
from khabar.pipeline.left_out import left_out


def page_of(record: dict[str, Any]) -> str:
    """Return a record's page.

    Raises:
        CommandError: it is no record.
    """
    try:
        return record_page(record, left_out(record))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise CommandError(f"it is not a record of khabar ({type(error).__name__})", Exit.UNREADABLE) from error


def write_page(path: Path, page: str) -> None:
    """Write a page whole or not at all.

    Raises:
        CommandError: the folder cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(page.encode())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise CommandError(f"cannot write {path}: {error.strerror}", Exit.FAILED) from error
