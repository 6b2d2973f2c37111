"""A limit on a worker process's memory, so that one article cannot take the machine."""

import mmap
import re
import resource
from pathlib import Path

STATUS = Path("/proc/self/status")
PROBED_SHARE = 0.9  # of what is left below the limit: other threads may take some meanwhile


def limit_memory(extra_bytes: int) -> None:
    """Let this process's own data grow by so many bytes from now on; beyond that an allocation raises MemoryError.

    Own data are heap, stacks and private mappings; the model's files, which all processes share, do not count. Without /proc
    (not Linux) there is no limit.
    """
    data_bytes = _data_bytes()
    if data_bytes is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    soft = data_bytes + extra_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def is_machine_short() -> bool:
    """Whether the machine refuses memory that this process may have: then a MemoryError was no article's fault.

    Asked after the article has let go of its memory. Only a machine that does not overcommit refuses any; others end a process.
    """
    data_bytes = _data_bytes()
    soft, _ = resource.getrlimit(resource.RLIMIT_DATA)
    if data_bytes is None or soft == resource.RLIM_INFINITY or soft <= data_bytes:
        return False
    try:
        mmap.mmap(-1, max(mmap.PAGESIZE, int(PROBED_SHARE * (soft - data_bytes))), flags=mmap.MAP_PRIVATE).close()
    except (OSError, MemoryError):
        return True
    return False


def _data_bytes() -> int | None:
    if not STATUS.exists():
        return None
    found = re.search(r"^VmData:\s+(\d+) kB", STATUS.read_text(), re.MULTILINE)
    return 1024 * int(found[1]) if found else None
