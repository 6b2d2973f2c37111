"""A folder of Parquet files with one schema: each batch is a file, which is there whole or not at all."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from khabar.consuming.delivery import Delivery
from khabar.errors import SinkError
from khabar.sinks.base import Sink
from khabar.sinks.files import AGAIN, REMEMBERED, Remembered, broken, open_folder, sync_folder
from khabar.sinks.typed import CONFIG, TABLE, insert, load_duckdb, table_sql

TARGETS: Final = (".parquet", ".parquet/")
_PART: Final = ".part"  # of a file that is being written


class ParquetSink(Sink):
    """Writes `<entry id>.parquet` for what was written since the last flush; large batches make few files."""

    def __init__(self, folder: Path) -> None:
        """Open or make the folder, and read which outcomes its latest files hold.

        Raises:
            NotInstalled: DuckDB is not installed.
            SinkError: the folder cannot be used, or another process writes to it.
        """
        self._folder = folder
        duckdb = load_duckdb()
        self._error = duckdb.Error
        self._db = duckdb.connect(config=CONFIG)
        self._lock = open_folder(folder)
        self._new: dict[str, Delivery] = {}
        self._known = Remembered()
        try:
            for left in folder.glob(f"*{_PART}"):
                left.unlink()
            self._db.execute(table_sql())
            self._read_known()
        except OSError as error:
            raise broken(folder, error) from error
        except duckdb.Error as error:
            raise self._broken(error) from error

    def write(self, deliveries: Sequence[Delivery]) -> None:
        """Keep the records whose outcome is in no file yet for the next flush."""
        self._new |= {each.event.id: each for each in deliveries if each.event.id not in self._known}

    def flush(self) -> None:
        """Write the file, bring it onto the disk, then give it its name."""
        if not self._new:
            return
        first = next(iter(self._new.values()))
        path = self._folder / f"{first.id}-{first.event.id[:8]}.parquet"
        part = path.with_suffix(_PART)
        try:
            insert(self._db, self._new.values())
            self._db.execute(f"COPY {TABLE} TO '{_quoted(part)}' (FORMAT parquet, COMPRESSION zstd)")
            self._db.execute(f"DELETE FROM {TABLE}")  # noqa: S608
            _sync(part)
            part.rename(path)
            sync_folder(self._folder)
        except OSError as error:
            raise broken(self._folder, error) from error
        except self._error as error:
            raise self._broken(error) from error
        self._known.add(self._new)
        self._new.clear()

    def close(self) -> None:
        """Let another process write to the folder."""
        self._db.close()
        os.close(self._lock)

    def _read_known(self) -> None:
        known: list[str] = []
        for path in sorted(self._folder.glob("*.parquet"), reverse=True):
            found = self._db.execute(f"SELECT outcome_id FROM read_parquet('{_quoted(path)}')").fetchall()  # noqa: S608
            known[:0] = [each for (each,) in found]
            if len(known) > REMEMBERED:
                break
        self._known.add(known)

    def _broken(self, error: Exception) -> SinkError:
        return SinkError(f"{self._folder}: Parquet cannot be written: {str(error)[:300]}; {AGAIN}")


def sink(target: str) -> Sink:
    """Return the sink of this folder.

    Args:
        target: path of the folder.
    """
    return ParquetSink(Path(target))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
