"""Files of sinks: a write is in the file whole or not at all, and one process writes at a time."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from khabar.errors import SinkError

# Ids to remember. A crash repeats only the records written last: one batch of a group, or a whole stream read without a group.
REMEMBERED: Final = 500_000


class AppendFile:
    """A file that only grows.

    Written without Python's buffer: what a full disk has refused would be written again at the end, behind other bytes.
    """

    def __init__(self, path: Path) -> None:
        """Open or make the file.

        Raises:
            SinkError: it cannot be opened, or another process writes to it.
        """
        self.path = path
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise broken(path, error) from error
        lock(self._descriptor, path)

    @property
    def size_bytes(self) -> int:
        """How long it is."""
        return os.fstat(self._descriptor).st_size

    def append(self, data: bytes) -> None:
        """Add bytes at the end; where they do not fit, none of them stays.

        Raises:
            SinkError: the disk is full or broken.
        """
        before, written = self.size_bytes, 0
        try:
            while written < len(data):
                written += os.write(self._descriptor, data[written:])
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._descriptor, before)
            raise broken(self.path, error) from error

    def cut(self, size_bytes: int) -> None:
        """Take away what stands behind the first `size_bytes`.

        Raises:
            SinkError: it cannot be.
        """
        try:
            os.ftruncate(self._descriptor, size_bytes)
        except OSError as error:
            raise broken(self.path, error) from error

    def sync(self) -> None:
        """Bring it onto the disk.

        Raises:
            SinkError: the disk cannot.
        """
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            raise broken(self.path, error) from error

    def close(self) -> None:
        """Close it, and let another process write to it."""
        with suppress(OSError):
            os.close(self._descriptor)


class Remembered:
    """The ids that a target holds, the last `REMEMBERED` of them."""

    def __init__(self, ids: Iterable[str] = ()) -> None:
        self._ids: dict[str, None] = {}
        self.add(ids)

    def __contains__(self, event_id: str) -> bool:
        return event_id in self._ids

    def add(self, ids: Iterable[str]) -> None:
        """Take ids in, the oldest first, and forget the oldest where there are too many."""
        self._ids |= dict.fromkeys(ids)
        for each in list(self._ids)[:-REMEMBERED] if len(self._ids) > 1.1 * REMEMBERED else ():
            del self._ids[each]


def lock(descriptor: int, path: Path) -> None:
    """Keep other processes from writing to a file or folder, until the descriptor is closed.

    Raises:
        SinkError: one does already; the descriptor is closed.
    """
    import fcntl  # not on Windows, where the rest of the client works

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise SinkError(f"{path}: another process writes to it; give each process a target of its own") from error


def open_folder(path: Path) -> int:
    """Make a folder if it is missing, and lock it; return its descriptor.

    Raises:
        SinkError: it cannot be made or opened, or another process writes to it.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise broken(path, error) from error
    lock(descriptor, path)
    return descriptor


def sync_folder(path: Path) -> None:
    """Bring the names in a folder onto the disk: of a file that was made or renamed there."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def broken(path: Path, error: OSError) -> SinkError:
    """Return the error of a target that cannot be written."""
    return SinkError(f"{path}: cannot be written: {error.strerror or error}; {AGAIN}")


AGAIN: Final = "with --group, the records that were not acknowledged come again"
