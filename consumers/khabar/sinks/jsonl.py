"""A file of events, one a line, and a new file when it is full: a record in its CloudEvent, whose id says what is there."""

import os
from collections.abc import Sequence
from glob import escape
from pathlib import Path
from typing import Any, Final

import orjson

from khabar.consuming.delivery import Delivery
from khabar.errors import SinkError
from khabar.exporters.cloudevents import structured
from khabar.sinks.base import Sink
from khabar.sinks.files import AppendFile, Remembered, broken, sync_folder

TARGETS: Final = (".jsonl", ".ndjson")

# A crash repeats only the records written last: those of one read by a consumer, at most 100 records of 1 MiB.
TAIL_BYTES = 128 << 20
_EVENT: Final = b'{"specversion":'


class JsonLinesSink(Sink):
    """Appends to one file, which one process writes at a time.

    The ids in the last 128 MiB are known. A last line that a crash has cut is taken out; its record comes again.
    """

    def __init__(self, path: Path, *, max_mb: float = 0) -> None:
        """Open or make the file.

        Args:
            path: of the file that is written; full ones are `name.000001.jsonl` and so on beside it.
            max_mb: size at which the next file is begun, 10**6 bytes; 0 for one file without end.

        Raises:
            SinkError: it cannot be opened, or holds something else.
        """
        self._path = path
        self._max_bytes = max_mb * 1e6
        self._file = AppendFile(path)
        try:
            end, known = _read_tail(path, TAIL_BYTES)
            left = TAIL_BYTES - self._file.size_bytes
            for full in reversed(self._full()):
                if left > 0:
                    known[:0] = _read_tail(full, left)[1]
                    left -= full.stat().st_size
        except (KeyError, TypeError, ValueError) as error:
            self._file.close()
            raise SinkError(f"{path}: holds lines that are not events of khabar; give another file") from error
        except OSError as error:
            self._file.close()
            raise broken(path, error) from error
        self._file.cut(end)
        self._known = Remembered(known)

    def write(self, deliveries: Sequence[Delivery]) -> None:
        """Append the events that are not there yet."""
        self.write_events([structured(each) for each in deliveries])

    def write_events(self, events: Sequence[dict[str, Any]]) -> None:
        """Append CloudEvents that are not there yet."""
        new = {str(event["id"]): event for event in events if event["id"] not in self._known}
        self._file.append(b"".join(orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE) for event in new.values()))
        self._known.add(new)

    def flush(self) -> None:
        """Bring the lines onto the disk."""
        self._file.sync()
        if self._max_bytes and self._file.size_bytes >= self._max_bytes:
            self._begin_next()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _begin_next(self) -> None:
        full = self._full()
        number = int(full[-1].suffixes[-2][1:]) + 1 if full else 1
        try:
            self._path.rename(self._path.with_suffix(f".{number:06d}{self._path.suffix}"))
            self._file.close()
            self._file = AppendFile(self._path)
            sync_folder(self._path.parent)
        except OSError as error:
            raise broken(self._path, error) from error

    def _full(self) -> list[Path]:
        pattern = f"{escape(self._path.stem)}.{'[0-9]' * 6}{escape(self._path.suffix)}"
        return sorted(self._path.parent.glob(pattern))


def sink(target: str, *, max_mb: float = 0) -> Sink:
    """Return the sink of this file; `target` is a path.

    Args:
        target: path of the file.
        max_mb: begin the next file at this size in MB (10**6 bytes); 0: never.
    """
    return JsonLinesSink(Path(target), max_mb=max_mb)


def _read_tail(path: Path, tail_bytes: int) -> tuple[int, list[str]]:
    """Return where the last whole line ends, and the ids of the last events.

    Raises:
        KeyError, TypeError, ValueError: the file holds something else.
    """
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        start = file.seek(max(0, size - tail_bytes))
        if start:
            start += len(file.readline())  # the rest of a line
        end, ids = start, []
        for line in file:
            if not line.endswith(b"\n"):
                if not line.startswith(_EVENT[: len(line)]):
                    raise ValueError("no event")
                break
            ids.append(str(orjson.loads(line)["id"]))
            end += len(line)
    return end, ids
