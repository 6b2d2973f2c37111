"""Which format an input has, and its Source."""

import codecs
import os
import stat
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

from khabar.errors import SourceError
from khabar.messages.items import BOM
from khabar.sources.base import Format, Source
from khabar.sources.binary import check_text
from khabar.sources.compressed import buffered, peek_head, uncompressed, without_ending
from khabar.sources.csv import Csv
from khabar.sources.encodings import check_encoding, is_wide, marked_encoding, narrow_head, transcoded
from khabar.sources.folder import files_still_in, list_folder, read_folder
from khabar.sources.formats import FOLDER, formats
from khabar.sources.items import Item, Progress
from khabar.sources.live import LiveInput
from khabar.sources.proof import items_still_in, marked
from khabar.sources.shape import Shape
from khabar.sources.wrapped import MAX_BYTES as WRAPPED_BYTES
from khabar.sources.wrapped import may_be_wrapped

_HEAD_BYTES: Final = 1 << 16
_UTF8: Final = "utf-8"


@dataclass(frozen=True)
class _Reading:
    """The user's options for all inputs."""

    format: str | None
    encoding: str
    shape: Shape

    @property
    def key(self) -> str:
        return f"#{self.encoding}{self.shape.key}"


@dataclass(frozen=True)
class _Found:
    """The format, encoding and shape that were found for one input."""

    name: str
    reader: Format
    encoding: str
    shape: Shape
    unwraps: bool

    def read(self, stream: BinaryIO, where: str, skip: int, max_bytes: int) -> Iterator[Item]:
        """Give out the items of a stream whose compression is undone."""
        opened, encoding = buffered(stream), self.encoding
        if is_wide(encoding) and _is_text(self.reader):
            opened, encoding = transcoded(opened, encoding), _UTF8
        if self.unwraps:
            most = max(max_bytes, WRAPPED_BYTES)
            items = self.reader.read(opened, where=where, encoding=encoding, skip=0, max_bytes=most)
            return self.shape.unwrapped(items, max_bytes, skip=skip)
        items = self.reader.read(opened, where=where, encoding=encoding, skip=skip, max_bytes=max_bytes)
        return map(self.shape.renamed, items) if self.shape.ours else items


def open_source(
    path: str | Path,
    *,
    format: str | None = None,
    encoding: str = _UTF8,
    shape: Shape | None = None,
    stdin: BinaryIO | None = None,
) -> Source:
    """Find out what an input is: by its name, else by its beginning. gzip, bzip2, xz and Zstandard are undone.

    Args:
        path: a file, a folder of files, each of its own format, or "-" for standard input.
        format: jsonl, json, csv, text, or any other name of `formats()`, when it is known; a folder's of each file.
        encoding: of the input; a folder's of each file. UTF-16 that begins with its mark is found without.
        shape: how its items become articles.
        stdin: instead of the process's own.

    Raises:
        SourceError: missing, empty, binary, a folder without anything to read, an unknown format or encoding, or another encoding
            than was said; one sentence.
    """
    if format is not None:
        formats()[format]
    try:
        b"".decode(encoding)  # lookup() also knows codecs that are no text, such as base64
        encoding = codecs.lookup(encoding).name
    except LookupError as error:
        raise SourceError(f"There is no encoding {encoding!r}; Arabic texts have utf-8 or cp1256.") from error
    reading = _Reading(format, encoding, shape or Shape())
    if str(path) == "-":
        return _from_stream(stdin or _standard_input(), "standard input", "-", reading)
    path = Path(path)
    if path.is_dir():
        return _from_folder(path, reading)
    return _from_file(path, reading)


def _from_stream(
    stream: BinaryIO | LiveInput, name: str, where: str, reading: _Reading, *, file_name: str = ""
) -> Source:
    try:
        opened = uncompressed(buffered(stream))
        head = opened.peek(1)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{name}: cannot be read: {error}") from error
    found = _find(name, file_name, head, reading, otherwise="text")

    def read(skip: int, max_bytes: int) -> Iterator[Item]:
        return found.read(opened, where, skip, max_bytes)

    return Source(name, found.name, read, live=stream if isinstance(stream, LiveInput) else None)


def _from_folder(path: Path, reading: _Reading) -> Source:
    files, skipped = list_folder(path)
    readers: dict[Path, Callable[[BinaryIO, int], Iterator[Item]]] = {}
    for file in files:
        try:
            readers[file] = _reader(_find(str(file), file.name, _head_of(file), reading), str(file))
        except SourceError as error:
            skipped[file] = str(error).removeprefix(f"{file}: ").rstrip(".")
    left = tuple(f"{file.relative_to(path)} ({why})" for file, why in sorted(skipped.items()))
    if not readers:
        why = f": {left[0]}" + (f" and {len(left) - 1:,} more" if len(left) > 1 else "") if left else ""
        raise SourceError(f"{path} is a folder without any file that khabar can read{why}.")
    paths = list(readers)

    def read(skip: int, max_bytes: int) -> Iterator[Item]:
        return read_folder(path, readers, skip=skip, max_bytes=max_bytes)

    key = f"{path.resolve()}#{reading.format or FOLDER}{reading.key}"
    progress = Progress(key, lambda items, mark: files_still_in(path, paths, items, mark))
    return Source(str(path), FOLDER, read, progress, skipped=left)


def _reader(found: _Found, where: str) -> Callable[[BinaryIO, int], Iterator[Item]]:
    return lambda stream, max_bytes: found.read(uncompressed(stream), where, 0, max_bytes)


def _from_file(path: Path, reading: _Reading) -> Source:
    try:
        is_regular = stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError as error:
        raise SourceError(f"{path}: there is no such file.") from error
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}.") from error
    if not is_regular:  # a pipe by its name: opened a second time, it would begin later
        live = LiveInput(os.open(path, os.O_RDONLY))
        return _from_stream(live, str(path), str(path), reading, file_name=path.name)
    found = _find(str(path), path.name, _head_of(path), reading)

    read_bytes = 0

    def read(skip: int, max_bytes: int) -> Iterator[Item]:
        nonlocal read_bytes
        with path.open("rb") as file:
            stream, marks = marked(uncompressed(file))
            for item in found.read(stream, str(path), skip, max_bytes):
                read_bytes = file.tell()
                yield replace(item, mark=marks.mark)

    def still_in(items: int, mark: str) -> int:
        try:
            with path.open("rb") as file:
                return items_still_in(uncompressed(file), items, mark)
        except (OSError, EOFError, zlib.error):  # the reading says what is wrong
            return 0

    # The same file read in another way has other items.
    progress = Progress(f"{path.resolve()}#{found.name}{reading.key}", still_in)
    return Source(str(path), found.name, read, progress, read_bytes=lambda: read_bytes)


def _head_of(path: Path) -> bytes:
    try:
        with path.open("rb", buffering=_HEAD_BYTES) as file:
            return peek_head(file)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def _find(name: str, file_name: str, head: bytes, reading: _Reading, *, otherwise: str | None = None) -> _Found:
    """Tell what an input is by what the user said, by its name and by its beginning.

    Args:
        name: of the input, for a person.
        file_name: empty for a stream.
        head: its first bytes, compression undone.
        reading: what the user said.
        otherwise: the format where nothing tells one; None refuses.

    Raises:
        SourceError: it cannot be read; one sentence.
    """
    encoding = reading.encoding
    if encoding == _UTF8 or is_wide(encoding):
        encoding = marked_encoding(head) or encoding
    narrow = narrow_head(head, encoding) if is_wide(encoding) else head.removeprefix(BOM)
    if not narrow.strip():
        raise SourceError(f"{name}: is empty.")
    ending = Path(without_ending(file_name)).suffix
    chosen = reading.format or formats().find(name, ending, narrow, _UTF8 if is_wide(encoding) else encoding)
    if chosen is None and _with_columns(formats()["csv"], reading.shape).recognizes(narrow, encoding):
        chosen = "csv"
    reader = formats()[chosen] if chosen else None
    if reader is None or _is_text(reader):
        check_text(name, narrow)
        check_encoding(name, narrow, _UTF8 if is_wide(encoding) else encoding)
    if reader is None and otherwise is None:
        known = ", ".join(formats().names)
        raise SourceError(f"{name}: neither its name nor its first bytes show the format; give one of {known}.")
    chosen = chosen or str(otherwise)
    unwraps = chosen in ("json", "jsonl") and (reading.shape.items is not None or may_be_wrapped(narrow))
    return _Found(chosen, _with_columns(reader or formats()[chosen], reading.shape), encoding, reading.shape, unwraps)


def _is_text(reader: Format) -> bool:
    """Whether a format is text in the input's encoding; others say themselves what they are, as HTML does."""
    return bool(getattr(reader, "is_text", True))


def _with_columns(reader: Format, shape: Shape) -> Format:
    """Tell a table which of its columns the user has named."""
    return Csv(shape.ours) if isinstance(reader, Csv) and shape.ours else reader


def _standard_input() -> LiveInput:
    try:
        return LiveInput(sys.stdin.fileno())
    except (AttributeError, OSError, ValueError) as error:
        raise SourceError("standard input: is closed.") from error
