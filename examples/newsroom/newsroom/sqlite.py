"""Records in a table of SQLite."""

import json
import sqlite3
from collections.abc import Sequence

from khabar.consuming.delivery import Delivery
from khabar.errors import SinkError
from khabar.sinks.base import Sink


class SqliteSink(Sink):
    """One row an event; the event's id is the key, so a row is there once."""

    def __init__(self, path: str) -> None:
        try:
            self._db = sqlite3.connect(path)
            self._db.execute("CREATE TABLE IF NOT EXISTS records (id TEXT PRIMARY KEY, record TEXT NOT NULL)")
        except sqlite3.Error as error:
            raise SinkError(f"{path}: {error}") from error

    def write(self, deliveries: Sequence[Delivery]) -> None:
        """Insert the events that are not there yet."""
        rows = [(each.event.id, json.dumps(each.event.data, ensure_ascii=False)) for each in deliveries]
        self._db.executemany("INSERT OR IGNORE INTO records VALUES (?, ?)", rows)

    def flush(self) -> None:
        """Commit."""
        self._db.commit()

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def sink(target: str) -> Sink:
    """Open the sink; `target` is what `--to` says."""
    return SqliteSink(target)
