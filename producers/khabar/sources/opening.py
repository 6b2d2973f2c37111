"""Which format an input has, and its Source."""

import codecs
import os
import stat
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from khabar.errors import SourceError
from khabar.messages.items import BOM
from khabar.sources.base import Source
from khabar.sources.compressed import buffered, peek_head, uncompressed
from khabar.sources.folder import files_still_in, list_folder, read_folder
from khabar.sources.formats import FOLDER, formats
from khabar.sources.items import Item, Progress
from khabar.sources.live import LiveInput
from khabar.sources.proof import items_still_in, marked


def open_source(
    path: str | Path,
    *,
    format: str | None = None,
    encoding: str = "utf-8",
    stdin: BinaryIO | None = None,
) -> Source:
    """Find out what an input is: by its name, else by its beginning. gzip is undone wherever it occurs.

    Args:
        path: a file, a folder of *.txt files, or "-" for standard input.
        format: jsonl, json, csv, text, or one that another package registers, when it is known.
        encoding: of the input; a folder's of each file.
        stdin: instead of the process's own.

    Raises:
        SourceError: missing, empty, a folder without texts, an unknown format or encoding; one sentence.
    """
    if format is not None:
        formats()[format]
    try:
        b"".decode(encoding)  # lookup() also knows codecs that are no text, such as base64
        encoding = codecs.lookup(encoding).name
    except LookupError as error:
        raise SourceError(f"There is no encoding {encoding!r}; Arabic texts have utf-8 or cp1256.") from error
    if str(path) == "-":
        return _from_stream(stdin or _standard_input(), "standard input", "-", format, encoding)
    path = Path(path)
    if path.is_dir():
        return _from_folder(path, format, encoding)
    return _from_file(path, format, encoding)


def _from_stream(
    stream: BinaryIO | LiveInput, name: str, where: str, given: str | None, encoding: str, *, ending: str = ""
) -> Source:
    try:
        opened = buffered(stream)
        head = peek_head(opened).removeprefix(BOM)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{name}: cannot be read: {error}") from error
    _require_something(name, head)
    chosen = given or formats().find(name, ending, head, encoding) or "text"
    reader = formats()[chosen]

    def read(skip: int, max_bytes: int) -> Iterator[Item]:
        return reader.read(uncompressed(opened), where=where, encoding=encoding, skip=skip, max_bytes=max_bytes)

    return Source(name, chosen, read, live=stream if isinstance(stream, LiveInput) else None)


def _from_folder(path: Path, given: str | None, encoding: str) -> Source:
    if given not in (None, "text"):
        raise SourceError(f"{path} is a folder; only texts are read from folders, not {given}.")
    found, skipped = list_folder(path)
    if not found:
        raise SourceError(f"{path} is a folder without any *.txt file.")

    def read(skip: int, max_bytes: int) -> Iterator[Item]:
        return read_folder(path, encoding=encoding, skip=skip, max_bytes=max_bytes)

    progress = Progress(_key(path, FOLDER, encoding), lambda items, mark: files_still_in(path, items, mark))
    return Source(str(path), FOLDER, read, progress, skipped=tuple(skipped))


def _from_file(path: Path, given: str | None, encoding: str) -> Source:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe by its name: opened a second time, it would begin later
            live = LiveInput(os.open(path, os.O_RDONLY))
            return _from_stream(live, str(path), str(path), given, encoding, ending=path.suffix)
        with path.open("rb") as file:
            head = peek_head(buffered(file)).removeprefix(BOM)
    except FileNotFoundError as error:
        raise SourceError(f"{path}: there is no such file.") from error
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    _require_something(str(path), head)
    suffix = path.with_suffix("").suffix if path.suffix.lower() == ".gz" else path.suffix
    chosen = given or formats().find(str(path), suffix, head, encoding)
    if chosen is None:
        known = ", ".join(formats().names)
        raise SourceError(f"{path}: neither name nor beginning tell what it is; say which of {known}.")
    reader = formats()[chosen]

    def read(skip: int, max_bytes: int) -> Iterator[Item]:
        with path.open("rb") as file:
            stream, marks = marked(uncompressed(file))
            for item in reader.read(stream, where=str(path), encoding=encoding, skip=skip, max_bytes=max_bytes):
                yield replace(item, mark=marks.mark)

    def still_in(items: int, mark: str) -> int:
        try:
            with path.open("rb") as file:
                return items_still_in(uncompressed(file), items, mark)
        except (OSError, EOFError, zlib.error):  # the reading says what is wrong
            return 0

    return Source(str(path), chosen, read, Progress(_key(path, chosen, encoding), still_in))


def _key(path: Path, format: str, encoding: str) -> str:
    """Name a source for the broker: the same file read in another way has other items."""
    return f"{path.resolve()}#{format}#{encoding}"


def _standard_input() -> LiveInput:
    try:
        return LiveInput(sys.stdin.fileno())
    except (AttributeError, OSError, ValueError) as error:
        raise SourceError("standard input: is closed.") from error


def _require_something(name: str, head: bytes) -> None:
    if not head.strip():
        raise SourceError(f"{name}: is empty.")
