"""The protocol of every sink. One file each, found by its name; `sink(target)` in the file opens it."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from khabar.consuming.delivery import Delivery


@runtime_checkable
class Sink(Protocol):
    """Keeps deliveries somewhere: a file, a database, a search engine.

    A delivery is acknowledged after `flush`. So each comes at least once, and after a crash some come again. A sink that keeps an
    event id once makes that exactly once.
    """

    def write(self, deliveries: Sequence[Delivery]) -> None:
        """Take deliveries, in the order of the stream. One whose `event.id` is kept already changes nothing.

        Raises:
            SinkError: the target cannot be written.
        """
        ...

    def flush(self) -> None:
        """Return when all that was written is safe: it is acknowledged then, and never comes again.

        Raises:
            SinkError: it is not.
        """
        ...

    def close(self) -> None:
        """Release the target. Records that were not flushed may be lost here: they are not acknowledged, so they come again."""
        ...
