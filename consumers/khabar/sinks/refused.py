"""A file for records that a target refuses: one event a line with the reason in it, each once."""

from collections.abc import Mapping
from pathlib import Path

from khabar.consuming.delivery import Delivery
from khabar.errors import SinkError
from khabar.exporters.cloudevents import structured
from khabar.sinks.jsonl import JsonLinesSink


class RefusedRecords:
    """The dead letters of a sink. They are events as those of the sink jsonl, with the reason as the attribute `reason`."""

    def __init__(self, path: str, *, where: str) -> None:
        """Open the file.

        Args:
            path: empty: a record that is refused stops the sink.
            where: the target, for messages.
        """
        self._where = where
        self._file = JsonLinesSink(Path(path)) if path else None

    @property
    def has_file(self) -> bool:
        """Whether a record can be put aside."""
        return self._file is not None

    def add(self, refused: Mapping[str, tuple[Delivery, str]]) -> None:
        """Put records aside, each with why it was refused, and bring them onto the disk.

        Raises:
            SinkError: there is no file for them.
        """
        if not refused:
            return
        if self._file is None:
            delivery, reason = next(iter(refused.values()))
            raise SinkError(
                f"{self._where}: refuses record {delivery.event.id} of article {delivery.event.subject}: {reason}; "
                "give --set dead=FILE to collect such records in a file"
            )
        self._file.write_events([{**structured(each), "reason": reason} for each, reason in refused.values()])
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()
