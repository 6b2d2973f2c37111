"""A DuckDB file: one typed table of records, and a view for each layer whose items are rows."""

from collections.abc import Sequence
from typing import Final

from khabar.consuming.delivery import Delivery
from khabar.errors import SinkError
from khabar.sinks.base import Sink
from khabar.sinks.files import AGAIN
from khabar.sinks.tables import TABLES
from khabar.sinks.typed import CONFIG, TABLE, insert, load_duckdb, missing_columns, table_sql

TARGETS: Final = (".duckdb",)


class DuckDbSink(Sink):
    """One row an outcome, `outcome_id` its key. One process has the file open; readers wait until it is closed."""

    def __init__(self, path: str) -> None:
        """Open or make the file, its table and its views.

        Raises:
            NotInstalled: DuckDB is not installed.
            SinkError: it cannot be opened, another process has it, or its table is not khabar's.
        """
        self._path = path
        duckdb = load_duckdb()
        self._error = duckdb.Error
        try:
            self._db = duckdb.connect(path, config=CONFIG)
        except duckdb.Error as error:
            raise self._broken(error) from error
        try:
            self._db.execute(table_sql())
            found = self._db.execute(f"SELECT column_name, column_type FROM (DESCRIBE {TABLE})").fetchall()  # noqa: S608
            changes = list(missing_columns(found))
            for layer in TABLES if changes else ():
                self._db.execute(f"DROP VIEW IF EXISTS {layer}")
            for statement in changes:
                self._db.execute(statement)
            for layer in TABLES:
                rows = f"SELECT outcome_id, unnest({layer}, max_depth := 2) FROM {TABLE}"  # noqa: S608
                self._db.execute(f"CREATE VIEW IF NOT EXISTS {layer} AS {rows}")
            self._db.begin()
        except duckdb.Error as error:
            self._db.close()
            raise self._broken(error) from error

    def write(self, deliveries: Sequence[Delivery]) -> None:
        """Insert the records whose outcome is not there yet."""
        try:
            insert(self._db, deliveries)
        except self._error as error:
            raise self._broken(error) from error

    def flush(self) -> None:
        """Commit."""
        try:
            self._db.commit()
            self._db.begin()
        except self._error as error:
            raise self._broken(error) from error

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _broken(self, error: Exception) -> SinkError:
        return SinkError(f"{self._path}: DuckDB cannot write it: {str(error)[:300]}; {AGAIN}")


def sink(target: str) -> Sink:
    """Return the sink of this file.

    Args:
        target: path of the file.
    """
    return DuckDbSink(target)
