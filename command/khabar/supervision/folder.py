"""The folder of one service on this machine: private to its user, and owned by one `khabar up` at a time."""

import fcntl
import os
import socket
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from khabar.errors import CommandError, Exit

PRIVATE = 0o700
PRIVATE_FILE = 0o600
OURS = frozenset({"archive", "broker", "lock", "log"})  # what khabar itself lays into the folder
ORPHANS_S = 15.0  # what a killed `khabar up` leaves behind ends within this, the broker last
LOOK_EVERY_S = 0.1


@dataclass(frozen=True)
class OwnedFolder:
    """A folder that belongs to this process, and to whichever process inherits `lock_fd`, until the last of them has ended.

    Attributes:
        broker: holds the embedded broker's append-only file and its password.
        logs: holds a log for each process.
        lock_fd: the open lock. Give it to the broker, so that nobody starts a second one beside a broker that still writes.
    """

    path: Path
    lock_fd: int

    @property
    def broker(self) -> Path:
        """Folder of the broker's data."""
        return self.path / "broker"

    @property
    def logs(self) -> Path:
        """Folder of the logs."""
        return self.path / "log"

    @classmethod
    def take(cls, path: Path, *, place: str) -> Self:
        """Make the folder where it is missing, close it to other users, and lock it.

        Args:
            place: where the broker of this service listens; told to whoever finds the folder taken.

        Raises:
            CommandError: it cannot be written or made private, or another service owns it.
        """
        path = path.resolve()
        try:
            is_new = not path.exists()
            path.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
            lock_fd = _lock(path)
        except OSError as error:
            raise CommandError(
                f"cannot keep data under {path}: {error.strerror}; choose another with --var", Exit.USAGE
            ) from error
        owned = cls(path, lock_fd)
        try:
            os.ftruncate(lock_fd, 0)
            os.pwrite(lock_fd, f"{os.getpid()} {socket.gethostname()} {place}\n".encode(), 0)
            owned._close_to_others(is_new=is_new)
        except OSError as error:
            owned.release()
            raise CommandError(
                f"cannot make {error.filename or path} private to this user: {error.strerror}; choose another with --var",
                Exit.USAGE,
            ) from error
        return owned

    def release(self) -> None:
        """Give the folder up; a broker that still runs keeps it locked until it ends."""
        with suppress(OSError):
            os.close(self.lock_fd)

    def _close_to_others(self, *, is_new: bool) -> None:
        # A folder that holds other things as well (`--var .`, `--var /srv`) keeps its rights; ours inside are closed.
        if is_new or {entry.name for entry in self.path.iterdir()} <= OURS:
            _narrow(self.path, PRIVATE)
        for folder in (self.broker, self.logs):
            folder.mkdir(mode=PRIVATE, exist_ok=True)
            _narrow(folder, PRIVATE)
            for entry in folder.rglob("*"):
                _narrow(entry, PRIVATE if entry.is_dir() else PRIVATE_FILE)


def _narrow(path: Path, mode: int) -> None:
    found = path.lstat()
    if not stat.S_ISLNK(found.st_mode) and stat.S_IMODE(found.st_mode) & ~mode:
        path.chmod(stat.S_IMODE(found.st_mode) & mode)


def _lock(path: Path) -> int:
    """Return the open lock file of the folder.

    Raises:
        CommandError: somebody else has it, and is not about to end.
    """
    descriptor = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    deadline = time.monotonic() + ORPHANS_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid, owner = _owner(descriptor)
            if (pid is not None and not _is_gone(pid)) or time.monotonic() > deadline:
                os.close(descriptor)
                gone = " has gone, but its broker still runs" if pid is not None and _is_gone(pid) else ""
                raise CommandError(
                    f"{path} belongs to another `khabar up` ({owner}){gone}; two brokers cannot share one folder. "
                    "Stop it, or choose another folder with --var",
                    Exit.USAGE,
                ) from None
            time.sleep(LOOK_EVERY_S)  # its broker is ending, or the owner has not written its name yet
        except OSError:
            os.close(descriptor)
            raise
        else:
            return descriptor


def _owner(descriptor: int) -> tuple[int | None, str]:
    """Return the owner's process id where it is one of this host, and the owner in words."""
    pid, _, rest = os.pread(descriptor, 500, 0).decode(errors="replace").strip().partition(" ")
    host, _, place = rest.partition(" ")
    if not pid.isdecimal() or not place:
        return None, "it has not said who it is"
    return int(pid) if host == socket.gethostname() else None, f"process {pid} on {host}, broker at {place}"


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
