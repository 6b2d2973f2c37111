"""Records from a file or a pipe, for the commands that read them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from khabar.errors import CommandError, Exit


def read_records(source: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Read the records among the lines, each with the number of its line; events are opened, rejections left out.

    Args:
        source: a path, or - for standard input.

    Raises:
        CommandError: it cannot be read, or a line is no record.
    """
    with _opened(source) as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                value = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise CommandError(f"{source}, line {number} is not JSON", Exit.UNREADABLE) from error
            if isinstance(value, dict) and "specversion" in value:
                value = value.get("data")
            if not isinstance(value, dict):
                raise CommandError(f"{source}, line {number} is not a record", Exit.UNREADABLE)
            if "code" not in value:  # else it is a rejection
                yield number, value


def _opened(source: str) -> BinaryIO:
    if source == "-":
        return sys.stdin.buffer
    try:
        return Path(source).open("rb")
    except OSError as error:
        raise CommandError(f"cannot read {source}: {error.strerror}", Exit.UNREADABLE) from error
