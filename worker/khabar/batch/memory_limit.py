"""A limit on a worker process's memory, so that one article cannot take the machine."""

import re
import resource
from pathlib import Path

STATUS = Path("/proc/self/status")


def limit_memory(extra_bytes: int) -> None:
    """Let this process's own data grow by so many bytes from now on; beyond that an allocation raises MemoryError.

    Own data are heap, stacks and private mappings; the model's files, which all processes share, do not count. Without /proc
    (not Linux) there is no limit.
    """
    if not STATUS.exists():
        return
    found = re.search(r"^VmData:\s+(\d+) kB", STATUS.read_text(), re.MULTILINE)
    if found is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    soft = 1024 * int(found[1]) + extra_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
