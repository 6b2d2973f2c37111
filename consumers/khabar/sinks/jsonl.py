"""A file of events, one a line: a record in its CloudEvent, whose id says which lines are there already."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

import orjson

from khabar.consuming.delivery import Delivery
from khabar.errors import SinkError
from khabar.sinks.base import Sink

# What comes again after a crash was written last: one reading of a consumer, 100 records of 1 MiB at the very most.
TAIL_BYTES = 128 << 20
_EVENT: Final = b'{"specversion":'


class JsonLinesSink(Sink):
    """Appends to one file, which one process writes at a time.

    The ids in the file's last 128 MiB are known. A last line that a crash has cut is taken out; its record comes again.
    """

    def __init__(self, path: Path) -> None:
        """Open or make the file.

        Raises:
            SinkError: it cannot be opened, or holds something else.
        """
        self._path = path
        try:
            self._file: IO[bytes] = path.open("a+b")
        except OSError as error:
            raise self._broken(error) from error
        try:
            self._known = _read_tail(self._file)
        except (KeyError, TypeError, ValueError) as error:
            self._file.close()
            raise SinkError(f"{path}: holds lines that are no events of khabar; give another file") from error

    def write(self, deliveries: Sequence[Delivery]) -> None:
        """Append the events that are not there yet."""
        new = {each.event.id: each.event for each in deliveries if each.event.id not in self._known}
        lines = [
            orjson.dumps(event.model_dump(mode="json"), option=orjson.OPT_APPEND_NEWLINE) for event in new.values()
        ]
        try:
            self._file.write(b"".join(lines))
        except OSError as error:
            raise self._broken(error) from error
        self._known |= new.keys()

    def flush(self) -> None:
        """Bring the lines onto the disk."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._broken(error) from error

    def close(self) -> None:
        """Close the file."""
        try:
            self._file.close()
        except OSError as error:
            raise self._broken(error) from error

    def _broken(self, error: OSError) -> SinkError:
        return SinkError(f"{self._path}: cannot be written: {error.strerror or error}")


def sink(target: str) -> Sink:
    """Return the sink of this file; `target` is a path."""
    return JsonLinesSink(Path(target))


def _read_tail(file: IO[bytes]) -> set[str]:
    """Return the ids of the last events, and cut off the beginning of an event that stands after the last line end.

    Raises:
        KeyError, TypeError, ValueError: the file holds something else; it is left as it is.
    """
    size = file.seek(0, os.SEEK_END)
    start = file.seek(max(0, size - TAIL_BYTES))
    if start:
        file.readline()  # the rest of a line
    known = set()
    for line in file:
        if not line.endswith(b"\n"):
            if not line.startswith(_EVENT[: len(line)]):
                raise ValueError("no event")
            file.truncate(size - len(line))
            break
        known.add(str(orjson.loads(line)["id"]))
    return known
