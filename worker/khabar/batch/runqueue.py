"""How long a thread was ready to run while other work had the processors."""

from pathlib import Path

NS = 1e-9


class RunQueue:
    """The kernel's account of one thread of this process, as Linux keeps it.

    Args:
        thread: its native id.
    """

    def __init__(self, thread: int) -> None:
        self._path = Path(f"/proc/self/task/{thread}/schedstat")
        self.is_kept = self._waited_s() is not None

    def waited_s(self) -> float:
        """Return for how long it has waited for a processor, in seconds since it began; 0 where nobody counts."""
        return self._waited_s() or 0.0

    def _waited_s(self) -> float | None:
        try:
            return NS * int(self._path.read_text().split()[1])
        except (OSError, ValueError, IndexError):  # not Linux, or a kernel built without it
            return None
