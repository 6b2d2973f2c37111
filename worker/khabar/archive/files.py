"""The files of a shard's results: JSON lines, compressed or not, or Parquet with the same column types as the sinks."""

import gzip
import os
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol, cast

import orjson

from khabar.archive.outcomes import Outcome
from khabar.errors import NotInstalled, SinkError
from khabar.sinks.typed import CONFIG, load_duckdb, write_parquet

FORMS: Final = ("jsonl.zst", "jsonl.gz", "jsonl", "parquet")
_LEVEL: Final = 3  # of Zstandard: a third of the time of 9 for 1.05 times the bytes
_GZIP_LEVEL: Final = 6
ROWS: Final = 1_000  # in a Parquet file: about 15 MB of JSON, held in memory until the file is written


class Output(Protocol):
    """Takes outcomes; all of them are on the disk when `close` returns.

    Raises:
        OSError, SinkError: the disk is full or broken.
    """

    def write(self, outcome: Outcome) -> None:
        """Take one outcome."""
        ...

    def close(self) -> list[Path]:
        """Write everything to the disk; return the files."""
        ...

    def discard(self) -> None:
        """Close the files without finishing them; their folder is about to be deleted."""
        ...


def check_form(form: str) -> None:
    """Check that results can be written in a form.

    Raises:
        NotInstalled: a package is missing.
    """
    if form == "parquet":
        load_duckdb()
    elif form == "jsonl.zst":
        _zstd()


def open_output(folder: Path, form: str) -> Output:
    """Open the records of a shard."""
    return Parquet(folder) if form == "parquet" else Lines(folder / f"records.{form}")


def open_rejections(folder: Path, form: str) -> Output:
    """Open the rejections: JSON lines in every form, each beginning with its outcome_id."""
    return Lines(folder / f"rejections.{'jsonl.gz' if form == 'parquet' else form}", with_id=True)


class Lines:
    """JSON lines."""

    def __init__(self, path: Path, *, with_id: bool = False) -> None:
        self._path = path
        self._with_id = with_id
        self._file = path.open("xb")
        self._stream = _compressed(self._file, path)

    def write(self, outcome: Outcome) -> None:
        """Write one outcome as a line."""
        line = outcome.line
        if self._with_id:
            line = b'{"outcome_id":"' + outcome.id.encode() + b'",' + line.removeprefix(b"{")
        self._stream.write(line + b"\n")

    def close(self) -> list[Path]:
        """Write what is left."""
        if self._stream is not self._file:
            self._stream.close()
        if self._path.suffix == ".zst" and not self._file.tell():
            self._file.write(_zstd().compress(b""))  # an empty frame: tools call a file without a byte broken
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return [self._path]

    def discard(self) -> None:
        """Close the file."""
        with suppress(OSError, ValueError):
            self._stream.close()
        with suppress(OSError):
            self._file.close()


class Ids:
    """Outcome ids, 16 bytes each."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("xb")

    def write(self, outcome: Outcome) -> None:
        """Write the id of one outcome."""
        self._file.write(bytes.fromhex(outcome.id))

    def close(self) -> list[Path]:
        """Write what is left."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return [self._path]

    def discard(self) -> None:
        """Close the file."""
        with suppress(OSError):
            self._file.close()


class Parquet:
    """Files of a thousand records with the columns and types of `khabar records --to x.parquet`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        duckdb = load_duckdb()
        self._error = duckdb.Error
        self._db = duckdb.connect(config=CONFIG | {"threads": 1})
        self._rows: list[Outcome] = []
        self._files: list[Path] = []

    def write(self, outcome: Outcome) -> None:
        """Keep a record for the next file."""
        self._rows.append(outcome)
        if len(self._rows) >= ROWS:
            self._write()

    def close(self) -> list[Path]:
        """Write the last file. A shard without records gets one file without rows, which shows the columns."""
        if self._rows or not self._files:
            self._write()
        self._db.close()
        return self._files

    def discard(self) -> None:
        """Close the database, which is in memory."""
        self._db.close()

    def _write(self) -> None:
        path = self._folder / f"records-{len(self._files):05d}.parquet"
        try:
            write_parquet(self._db, ((each.id, orjson.loads(each.line)) for each in self._rows), path)
        except self._error as error:
            raise SinkError(f"{path}: cannot be written: {str(error)[:300]}") from error
        with path.open("rb") as file:
            os.fsync(file.fileno())
        self._files.append(path)
        self._rows.clear()


def _compressed(file: BinaryIO, path: Path) -> Any:
    if path.suffix == ".zst":
        return _zstd().ZstdFile(file, "wb", level=_LEVEL)
    if path.suffix == ".gz":  # no time and no name inside, so that equal lines give equal bytes
        return gzip.GzipFile(filename="", mode="wb", compresslevel=_GZIP_LEVEL, fileobj=file, mtime=0)
    return cast("Any", file)


def _zstd() -> Any:
    for name in ("compression.zstd", "backports.zstd"):
        try:
            return import_module(name)
        except ImportError:
            continue
    raise NotInstalled("Zstandard is not installed; run: pip install 'khabar[zstd]', or give --to jsonl.gz")
