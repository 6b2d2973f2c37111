"""Writes the records owed to a dead group to a file that outlives the broker's copy; khabar/consuming/archive.py reads it."""

import gzip
import os
from base64 import b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote
from uuid import uuid4

import orjson
from redis import Redis

from khabar.broker.replies import text
from khabar.keys.names import EVENT_FIELD

PAGE = 100  # records a round trip: 1.4 MB
Fields = dict[bytes, bytes]


def owed(
    client: "Redis", stream: str, pending: Iterable[str], *, after: str, until: str
) -> Iterator[tuple[bytes, Fields]]:
    """Yield what a group has not acknowledged, the oldest first; what has been deleted by hand is left out.

    Args:
        stream: the records.
        pending: ids that the group was given, in order.
        after: the last id that it was given.
        until: the last id to yield.
    """
    page: list[str] = []
    for entry in pending:
        page.append(entry)
        if len(page) == PAGE:
            yield from _fetch(client, stream, page)
            page = []
    yield from _fetch(client, stream, page)
    start = f"({after}"
    while entries := _range(client, stream, start, until):
        yield from entries
        start = f"({text(entries[-1][0])}"


def write_archive(folder: Path, group: str, entries: Iterable[tuple[bytes, Fields]], *, until: str) -> tuple[Path, int]:
    """Write records to `<group>-<until>-<random>.jsonl.gz`, a JSON object a line: {"id": entry id, "event": CloudEvent}.

    An entry that holds no JSON event is written as {"id", "fields_base64": {name: value}}. When this returns, the file is whole,
    read back and on the disk under its name; if it fails, there is nothing under that name.

    Returns:
        The file and how many records it holds.

    Raises:
        OSError: it cannot be written (a full disk, no permission).
    """
    folder.mkdir(parents=True, exist_ok=True)
    # random: no file is ever written over, whoever else archives, and whatever id the group was set back to
    path = folder / f"{quote(group, safe='')}-{until}-{uuid4().hex[:8]}.jsonl.gz"
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            written = _write(file, entries)
            file.flush()
            os.fsync(file.fileno())
        with gzip.open(part) as lines:  # the records go from the broker on the strength of this file
            found = sum(1 for _ in lines)
        if found != written:
            raise OSError(f"{part} holds {found} records instead of {written}")
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(folder)
    return path, written


def _write(file: IO[bytes], entries: Iterable[tuple[bytes, Fields]]) -> int:
    written = 0
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as zipped:
        for entry, fields in entries:
            zipped.write(_line(entry, fields))
            written += 1
    return written


def _line(entry: bytes, fields: Fields) -> bytes:
    line: dict[str, Any] = {"id": text(entry)}
    event = fields.get(EVENT_FIELD.encode())
    try:
        # Loaded to know that it is JSON, written as it was: the same bytes as in the stream.
        value = orjson.loads(event or b"")
        line["event"] = value if event is None or b"\n" in event else orjson.Fragment(event)
    except orjson.JSONDecodeError:
        line["fields_base64"] = {text(name): b64encode(value).decode() for name, value in fields.items()}
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _fetch(client: "Redis", stream: str, ids: list[str]) -> Iterator[tuple[bytes, Fields]]:
    with client.pipeline(transaction=False) as pipe:
        for entry in ids:
            pipe.xrange(stream, entry, entry)
        for found in pipe.execute():
            yield from found


def _range(client: "Redis", stream: str, start: str, end: str) -> list[tuple[bytes, Fields]]:
    found: Any = client.xrange(stream, start, end, count=PAGE)
    return list(found)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)  # the name too, not only the contents
    finally:
        os.close(descriptor)
