"""CSV tables in a folder: articles, entities, mentions, quotations, statements, quantities and temporal, joined by outcome_id."""

import csv
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from khabar.consuming.delivery import Delivery
from khabar.errors import SinkError
from khabar.sinks.base import Sink
from khabar.sinks.files import AppendFile, Remembered, broken, open_folder, sync_folder
from khabar.sinks.tables import HEADERS, rows

TARGETS: Final = (".csv/",)
_SIZES: Final = ".sizes.json"  # table -> bytes that are safe; what a crash has left behind them is cut off


class CsvSink(Sink):
    """One file a table, UTF-8, as RFC 4180 has it; an empty cell is null, a list or object is JSON."""

    def __init__(self, folder: Path) -> None:
        """Open or make the folder and its files.

        Raises:
            SinkError: they cannot be used, hold other columns, or another process writes to them.
        """
        self._folder = folder
        self._lock = open_folder(folder)
        self._files: dict[str, AppendFile] = {}
        try:
            sizes = self._sizes()
            for table, header in HEADERS.items():
                self._files[table] = file = AppendFile(folder / f"{table}.csv")
                head = _lines([header])
                if table in sizes:
                    _check(file.path, header)
                    file.cut(sizes[table])
                elif head.startswith(file.path.read_bytes()[: len(head) + 1]):  # new, or a crash in its first line
                    file.cut(0)
                    file.append(head)
                else:
                    raise SinkError(f"{file.path}: is not a file of khabar's; give another folder")
            self.flush()
            self._known = Remembered(_ids(folder / "articles.csv"))
        except OSError as error:
            self.close()
            raise broken(folder, error) from error
        except SinkError:
            self.close()
            raise

    def write(self, deliveries: Sequence[Delivery]) -> None:
        """Append the rows of records whose outcome is not there yet."""
        new = {each.event.id: each.event.data for each in deliveries if each.event.id not in self._known}
        found: dict[str, list[Sequence[Any]]] = {}
        for outcome_id, record in new.items():
            for table, row in rows(outcome_id, record):
                found.setdefault(table, []).append(row)
        before = {table: file.size_bytes for table, file in self._files.items()}
        try:
            for table, lines in found.items():
                self._files[table].append(_lines(lines))
        except SinkError:
            for table, size in before.items():
                self._files[table].cut(size)  # no table has rows of an article that others lack
            raise
        self._known.add(new)

    def flush(self) -> None:
        """Bring the tables onto the disk, then note how long they are: up to there all of them belong together."""
        for file in self._files.values():
            file.sync()
        sizes = {table: file.size_bytes for table, file in self._files.items()}
        part = self._folder / f"{_SIZES}.part"
        try:
            with part.open("wb") as noted:
                noted.write(orjson.dumps(sizes))
                noted.flush()
                os.fsync(noted.fileno())
            part.replace(self._folder / _SIZES)
            sync_folder(self._folder)
        except OSError as error:
            raise broken(self._folder, error) from error

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()
        os.close(self._lock)

    def _sizes(self) -> Mapping[str, int]:
        path = self._folder / _SIZES
        try:
            found = orjson.loads(path.read_bytes()) if path.exists() else {}
            return {str(table): int(size) for table, size in found.items()}
        except (ValueError, TypeError, AttributeError) as error:
            raise SinkError(f"{path}: cannot be read; give another folder") from error


def sink(target: str) -> Sink:
    """Return the sink of this folder.

    Args:
        target: path of the folder.
    """
    return CsvSink(Path(target))


def _lines(found: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([[_cell(value) for value in row] for row in found])
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return orjson.dumps(value).decode()
    return str(value).lower() if isinstance(value, bool) else value


def _check(path: Path, header: Sequence[str]) -> None:
    """Refuse a table of other columns, which another version has made.

    Raises:
        SinkError: it is one.
    """
    with path.open(encoding="utf-8", newline="") as file:
        if next(csv.reader(file), []) != list(header):
            raise SinkError(f"{path}: has other columns than this version of khabar writes; give another folder")


def _ids(path: Path) -> list[str]:
    limit = csv.field_size_limit(1 << 30)  # the text of an article is one cell
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [row[0] for row in csv.reader(file) if row][1:]
    finally:
        csv.field_size_limit(limit)
