"""A file system that forgets: what was not synced is gone at a cut of power. Linux, root, libfuse2 and mfusepy.

`python -m tests.faults.power MOUNT [--tear N]` mounts until it is unmounted; all of it is in memory. Bytes of a file get onto its
disk by fsync, fdatasync or O_SYNC; names by fsync of their folder, or with the file that they name, as on ext4 and xfs. SIGUSR1
cuts the power: what is not on the disk is forgotten. With --tear up to N unsynced bytes of an append survive, as when the
power goes in mid-write.
"""

import argparse
import contextlib
import errno
import os
import random
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.faults.row import Unavailable
from tests.waiting import wait_until

LACKS = "no file system that forgets on this machine; run as root on Linux, with `apt-get install libfuse2` and mfusepy"
CUT = signal.SIGUSR1


class Node:
    """A file: what is on the disk, and what programs see.

    Attributes:
        disk: bytes that survive; None for a file that was never synced.
    """

    def __init__(self, disk: bytes | None) -> None:
        self.disk = bytearray(disk) if disk is not None else None
        self.seen = bytearray(disk or b"")
        self.mode = stat.S_IFREG | 0o644
        self.changed_from: int | None = None  # bytes before it are the same on the disk

    def note_change(self, at: int) -> None:
        """Remember that bytes from here on are not on the disk."""
        self.changed_from = at if self.changed_from is None else min(self.changed_from, at)

    def sync(self) -> None:
        """Put what is seen on the disk."""
        start = self.changed_from
        if self.disk is None:
            self.disk = bytearray(self.seen)
        elif start is not None:
            self.disk[start:] = memoryview(self.seen)[start:]
        self.changed_from = None

    def forget(self, tear: int) -> None:
        """Lose what was not synced, but for the first bytes of what was appended."""
        disk = self.disk if self.disk is not None else bytearray()
        torn = self.seen[len(disk) : len(disk) + tear] if self.seen.startswith(disk) else b""
        self.disk = bytearray(disk + torn)
        self.seen = bytearray(self.disk)
        self.changed_from = None


class Disk:
    """Names and files; the names that survive are kept apart from those that are seen.

    Args:
        tear: unsynced bytes of an append that survive a cut, at most.
    """

    def __init__(self, tear: int = 0) -> None:
        self.tear = tear
        self._draw = random.Random(tear)
        self.lock = threading.RLock()
        self.seen: dict[str, Node | None] = {"/": None}  # None is a folder
        self.durable: dict[str, Node | None] = {"/": None}

    def sync_file(self, path: str) -> None:
        """Put the bytes of a file on the disk, and its name, which goes with them."""
        node = self.seen[path]
        if node is not None:
            node.sync()
            # Its name is on the disk from now on, and the name that the same file had before is not.
            for name in [name for name, other in self.durable.items() if other is node and name != path]:
                del self.durable[name]
        self.durable[path] = node
        for parent in Path(path).parents:
            self.durable.setdefault(str(parent), None)

    def sync_folder(self, path: str) -> None:
        """Put the names in a folder on the disk: what was made, renamed and removed."""

        def inside(name: str) -> bool:
            return name != "/" and str(Path(name).parent) == path

        self.durable = {name: node for name, node in self.durable.items() if not inside(name)}
        self.durable |= {name: node for name, node in self.seen.items() if inside(name)}

    def cut(self) -> None:
        """The power goes."""
        with self.lock:
            self.seen = dict(self.durable)
            for node in {id(node): node for node in self.seen.values() if node is not None}.values():
                node.forget(self._draw.randint(0, self.tear))


def operations(disk: Disk) -> Any:
    """Return the file system's operations; mfusepy is imported here, for it wants libfuse."""
    import mfusepy

    def fail(number: int) -> None:
        raise mfusepy.FuseOSError(number)

    class Forgetful(mfusepy.Operations):  # type: ignore[misc]
        """All calls that a broker makes."""

        use_ns = True

        def __init__(self) -> None:
            self._handles: dict[int, tuple[str, Node, bool]] = {}
            self._next = 1

        def _node(self, path: str) -> Node:
            node = disk.seen.get(path)
            if node is None:
                fail(errno.EISDIR if path in disk.seen else errno.ENOENT)
            assert node is not None
            return node

        def _open(self, path: str, flags: int) -> int:
            number, self._next = self._next, self._next + 1
            self._handles[number] = (path, self._node(path), bool(flags & (os.O_SYNC | os.O_DSYNC)))
            return number

        def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
            with disk.lock:
                if fh is not None and fh in self._handles:
                    node: Node | None = self._handles[fh][1]
                elif path in disk.seen:
                    node = disk.seen[path]
                else:
                    fail(errno.ENOENT)
                now = time.time_ns()
                times = {"st_atime": now, "st_mtime": now, "st_ctime": now, "st_uid": 0, "st_gid": 0}
                if node is None:
                    return {"st_mode": stat.S_IFDIR | 0o755, "st_nlink": 2, "st_size": 0, **times}
                return {"st_mode": node.mode, "st_nlink": 1, "st_size": len(node.seen), **times}

        def readdir(self, path: str, fh: int) -> list[str]:
            with disk.lock:
                names = [Path(name).name for name in disk.seen if name != "/" and str(Path(name).parent) == path]
            return [".", "..", *names]

        def mkdir(self, path: str, mode: int) -> int:
            with disk.lock:
                disk.seen[path] = None
            return 0

        def rmdir(self, path: str) -> int:
            with disk.lock:
                del disk.seen[path]
            return 0

        def create(self, path: str, mode: int, fi: Any = None) -> int:
            with disk.lock:
                disk.seen[path] = Node(None)
                return self._open(path, os.O_RDWR)

        def open(self, path: str, flags: int) -> int:
            with disk.lock:
                return self._open(path, flags)

        def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
            with disk.lock:
                return bytes(self._handles[fh][1].seen[offset : offset + size])

        def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
            with disk.lock:
                at, node, is_synced = self._handles[fh]
                if offset > len(node.seen):
                    node.note_change(len(node.seen))
                    node.seen.extend(bytes(offset - len(node.seen)))
                node.note_change(offset)
                node.seen[offset : offset + len(data)] = data
                if is_synced:
                    disk.sync_file(at)
            return len(data)

        def truncate(self, path: str, length: int, fh: int | None = None) -> int:
            with disk.lock:
                node = self._node(path) if fh is None else self._handles[fh][1]
                node.note_change(min(length, len(node.seen)))
                del node.seen[length:]
                node.seen.extend(bytes(length - len(node.seen)))
            return 0

        def fsync(self, path: str, datasync: int, fh: int) -> int:
            with disk.lock:
                node = self._handles[fh][1]
                name = next((name for name, other in disk.seen.items() if other is node), None)
                if name is None:  # it was removed or replaced while it was open
                    node.sync()
                else:
                    disk.sync_file(name)
            return 0

        def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
            with disk.lock:
                disk.sync_folder(path)
            return 0

        def rename(self, old: str, new: str) -> int:
            with disk.lock:
                disk.seen[new] = disk.seen.pop(old)
            return 0

        def unlink(self, path: str) -> int:
            with disk.lock:
                self._node(path)
                del disk.seen[path]
            return 0

        def release(self, path: str, fh: int) -> int:
            with disk.lock:
                del self._handles[fh]
            return 0

        def chmod(self, path: str, mode: int) -> int:
            with disk.lock:
                node = disk.seen[path]
                if node is not None:
                    node.mode = mode
            return 0

        def chown(self, path: str, uid: int, gid: int) -> int:
            return 0

        def utimens(self, path: str, times: Any = None) -> int:
            return 0

        def statfs(self, path: str) -> dict[str, int]:
            return {"f_bsize": 4096, "f_frsize": 4096, "f_blocks": 1 << 20, "f_bfree": 1 << 19, "f_bavail": 1 << 19}

    return Forgetful()


class Power:
    """A folder on such a file system, as a context manager.

    Args:
        folder: is made; the broker's data folder.

    Raises:
        Unavailable: this machine cannot mount it.
    """

    def __init__(self, folder: Path, *, tear: int = 0) -> None:
        self.folder = folder
        self._log = folder.parent / f"{folder.name}.fuse.log"
        self._tear = tear

    def __enter__(self) -> "Power":
        if sys.platform != "linux" or os.geteuid() != 0 or not Path("/dev/fuse").exists():
            raise Unavailable(LACKS)
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "tests.faults.power", str(self.folder), "--tear", str(self._tear)]
        with self._log.open("ab") as log:
            root = Path(__file__).resolve().parents[2]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=root)
        wait_until(lambda: self.folder.is_mount() or self._process.poll() is not None)
        if self._process.poll() is not None:
            raise Unavailable(f"{LACKS}: {self._log.read_text(errors='replace')[-200:]}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=False, capture_output=True)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        self._process.kill()
        self._process.wait()

    def cut(self) -> None:
        """Forget what was not synced. Whoever has files open must be dead."""
        before = self._cuts()
        self._process.send_signal(CUT)
        wait_until(lambda: self._cuts() > before)

    def _cuts(self) -> int:
        return self._log.read_text(errors="replace").count("power cut")


def main() -> None:
    """Mount."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mount", type=Path)
    parser.add_argument("--tear", type=int, default=0)
    options = parser.parse_args()
    disk = Disk(options.tear)
    import mfusepy

    signal.pthread_sigmask(signal.SIG_BLOCK, {CUT})

    def wait_for_cuts() -> None:
        while True:
            signal.sigwait({CUT})
            disk.cut()
            print("power cut", flush=True)  # noqa: T201  # for the process that asked for it

    threading.Thread(target=wait_for_cuts, daemon=True).start()
    # direct_io: the kernel must not answer from pages of before the cut
    uncached = {"direct_io": True, "attr_timeout": 0, "entry_timeout": 0, "negative_timeout": 0}
    mfusepy.FUSE(operations(disk), str(options.mount), foreground=True, nothreads=True, **uncached)


if __name__ == "__main__":
    main()
