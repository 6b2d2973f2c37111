"""Standard output as a sink: what is flushed has left this process, and is on the disk where it is a file."""

import os
import stat
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console

from khabar.cli.show import render_record
from khabar.cli.visible import shown_json
from khabar.consuming.delivery import Delivery
from khabar.errors import CommandError, Exit, SinkError
from khabar.exporters.registry import Exporter, find_exporter
from khabar.sinks.base import Sink

JSON = "json"
PRETTY = "pretty"
_EVENTS = {"event": "cloudevents"}  # as it was called before there were exporters


class Output(Sink):
    """Standard output, which cannot know what it was given before.

    Written without Python's buffer: after a full disk, that would be written again at the end.
    """

    def __init__(self, descriptor: int, write_one: Callable[[Delivery], bytes]) -> None:
        self._descriptor = descriptor
        self._write_one = write_one
        self._is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
        self._begins_line = not self._is_file

    def write(self, deliveries: Sequence[Delivery]) -> None:
        """Write each in the form that was asked for.

        Raises:
            SinkError: the disk is full, or nobody reads any more.
        """
        data = b"".join(map(self._write_one, deliveries))
        before, written = self._size_bytes(), 0
        try:
            if not self._begins_line and _breaks_off(self._descriptor):
                data = b"\n" + data
            self._begins_line = True
            while written < len(data):
                written += os.write(self._descriptor, data[written:])
        except OSError as error:
            if self._is_file and self._size_bytes() == before + written:  # nobody else writes to it
                with suppress(OSError):
                    os.ftruncate(self._descriptor, before)  # no half of a record stays
            raise _broken(error) from error

    def flush(self) -> None:
        """Bring it onto the disk.

        Raises:
            SinkError: the disk cannot.
        """
        if self._is_file:
            try:
                os.fsync(self._descriptor)
            except OSError as error:
                raise _broken(error) from error

    def close(self) -> None:
        """It stays open."""

    def _size_bytes(self) -> int:
        return os.fstat(self._descriptor).st_size


def open_output(form: str) -> Output:
    """Open standard output for records in a format: json, pretty, or that of an exporter.

    Raises:
        UnusablePlugin: there is no such format.
        CommandError: it is closed; its number may be that of any other file by now.
    """
    write_one = _writer(form)
    if sys.stdout is None:
        raise CommandError("standard output is closed; nothing was read", Exit.FAILED)
    return Output(sys.stdout.fileno(), write_one)


def _writer(form: str) -> Callable[[Delivery], bytes]:
    if form == PRETTY:
        return _pretty
    export: Exporter = _record if form == JSON else find_exporter(_EVENTS.get(form, form), others=(JSON, PRETTY))

    def line(delivery: Delivery) -> bytes:
        made = export(delivery)
        return shown_json((made if isinstance(made, bytes) else orjson.dumps(made)) + b"\n")

    return line


def _record(delivery: Delivery) -> dict[str, Any]:
    return {"outcome_id": delivery.event.id, **delivery.event.data}


def _pretty(delivery: Delivery) -> bytes:
    console = Console()
    with console.capture() as shown:
        console.print(render_record(delivery.event.data))
    return shown.get().encode(sys.stdout.encoding, "replace")


def _breaks_off(descriptor: int) -> bool:
    """Whether a file's last line has no end, as after a full disk; what is appended would become a part of it."""
    if not os.fstat(descriptor).st_size:
        return False
    try:
        # By its name, because what was opened for appending cannot be read.
        with Path(f"/dev/fd/{descriptor}").open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"
    except OSError:
        return True  # an empty line too many harms less than two records in one


def _broken(error: OSError) -> SinkError:
    return SinkError(
        f"standard output cannot be written: {error.strerror or error}; "
        "with --group, the records that were not acknowledged come again after a minute"
    )
